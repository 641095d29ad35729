// SPDX-License-Identifier: Apache-2.0
#include "inside/inside.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "test/support/scratch.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

using namespace vakt;
using inside::Inside;
using syslog::Source;

TEST_GROUP(Inside) {
    Scratch scratch;
    Result<loop::Loop> made = loop::Loop::make();
    std::vector<std::uint64_t> memory = std::vector<std::uint64_t>((std::size_t{1} << 20) / 8);
    std::vector<std::string> troubles;
    std::unique_ptr<Inside> inside;
    bridge::ClientNumber client = 0;
    std::vector<std::string> texts;  // and "gap N"
    std::string account;

    void setup() override { begin(); }
    void begin() {
        inside = std::make_unique<Inside>(
            *made, std::as_writable_bytes(std::span(memory)), report::BootId{1},
            [this](const std::string& name, const std::string& words) {
                troubles.push_back(name + ": " + words);
            });
        client = *inside->connected(inside::own_peer());
        tell(wire::Hello{.name = "test"});
        tell(wire::Open{.from = wire::From::acknowledged});
        tell(wire::Credit{.more = 1000});
    }
    void end() {
        inside.reset();
        texts.clear();
    }
    void tell(const wire::ToBridge& message) {
        CHECK(inside->message(client, std::string_view(wire::encode(message)).substr(4)));
    }
    inside::SourceRow row(Source source, const std::string& path, const std::string& name = "s") {
        return {.settings = {.source = source, .name = name, .fold_repeats = false},
                .path = path,
                .mode = 0600};
    }
    void look() {
        while (!inside->give_out([this](bridge::ClientNumber number, std::string_view out) {
            CHECK_EQUAL(client, number);
            while (!out.empty()) {
                const auto size =
                    get_big_endian(reinterpret_cast<const unsigned char*>(out.data()), 4);
                take(out.substr(4, size));
                out.remove_prefix(4 + size);
            }
        }))
            continue;
    }
    void take(std::string_view bytes) {
        const auto message = wire::parse_from_bridge(bytes);
        CHECK(message.has_value());
        if (const auto* said = std::get_if<wire::AccountText>(&*message)) account = said->text;
        const auto* batch = std::get_if<wire::Batch>(&*message);
        if (batch == nullptr) return;
        for (auto records = batch->records; !records.empty();) {
            const auto taken = wire::take_record(records);
            CHECK(taken.has_value());
            if (const auto* entry = std::get_if<wire::StampedEntry>(&*taken))
                texts.emplace_back(entry->entry.record.text);
            if (const auto* gap = std::get_if<wire::StampedGap>(&*taken))
                texts.push_back("gap " + (gap->gap.count ? std::to_string(*gap->gap.count)
                                                         : std::string("unknown")));
        }
    }
    void texts_are(const std::vector<std::string>& expected) {
        bool late = false;
        loop::Timer limit(*made, [&] {
            late = true;
            made->stop();
        });
        limit.start(std::chrono::seconds(20));
        loop::Timer again(*made, [&] { made->stop(); });
        for (look(); texts.size() < expected.size() && !late; look()) {
            again.start(std::chrono::milliseconds(1));
            made->run();
        }
        CHECK(texts == expected);
    }
    static void write_into(const std::string& path, const std::string& text) {
        const sys::Fd fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        CHECK_EQUAL(static_cast<ssize_t>(text.size()), ::write(fd.get(), text.data(), text.size()));
    }
    static bool send_to(const std::string& path, const std::string& text) {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        const sys::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        return ::sendto(fd.get(), text.data(), text.size(), 0,
                        reinterpret_cast<const sockaddr*>(&address),
                        sizeof address) == static_cast<ssize_t>(text.size());
    }
};

TEST(Inside, a_fifo_that_is_not_there_is_made_and_read) {
    const auto path = scratch.at("fifo");
    CHECK(static_cast<bool>(inside->open(row(Source::fifo, path))));
    struct stat about = {};
    CHECK_EQUAL(0, ::stat(path.c_str(), &about));
    CHECK_TRUE(S_ISFIFO(about.st_mode));
    CHECK_EQUAL(0600u, about.st_mode & 0777U);
    write_into(path, "<30>app: one\n<30>app: two\n");
    texts_are({"one", "two"});
}

TEST(Inside, what_is_no_fifo_is_refused_in_words_and_the_others_go_on) {
    const auto path = scratch.at("fifo");
    const sys::Fd plain(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const auto refused = inside->open(row(Source::fifo, path));
    CHECK_FALSE(static_cast<bool>(refused));
    CHECK(describe(refused.error()).find(path) != std::string::npos);
    const auto log = scratch.at("log");
    CHECK(static_cast<bool>(inside->open(row(Source::socket, log, "log"))));
    CHECK(send_to(log, "<30>app: one"));
    texts_are({"one"});
}

TEST(Inside, a_source_opened_anew_says_a_gap_of_unknown_size_first) {
    const auto path = scratch.at("log");
    CHECK(static_cast<bool>(inside->open(row(Source::socket, path))));
    CHECK(static_cast<bool>(inside->open(row(Source::socket, path))));
    CHECK(send_to(path, "<30>app: one"));
    texts_are({"gap unknown", "one"});
}

TEST(Inside, one_that_goes_on_with_the_ring_says_a_gap_for_what_came_meanwhile) {
    const auto path = scratch.at("fifo");
    CHECK(static_cast<bool>(inside->open(row(Source::fifo, path))));
    write_into(path, "<30>app: one\n");
    texts_are({"one"});
    end();
    begin();
    CHECK_TRUE(inside->went_on());
    CHECK(static_cast<bool>(inside->open(row(Source::fifo, path))));
    write_into(path, "<30>app: two\n");
    texts_are({"one", "gap unknown", "two"});
}

TEST(Inside, a_fifo_handed_over_loses_nothing_not_even_half_a_line) {
    const auto path = scratch.at("fifo");
    CHECK(static_cast<bool>(inside->open(row(Source::fifo, path))));
    write_into(path, "<30>app: one\n<30>app: tw");
    texts_are({"one"});
    auto handed = inside->hand_over();
    end();
    CHECK_EQUAL(1u, handed.size());
    write_into(path, "o\n");
    begin();
    CHECK(static_cast<bool>(inside->open(row(Source::fifo, path), std::move(handed[0]))));
    texts_are({"one", "two"});
}

TEST(Inside, a_socket_handed_over_keeps_its_file_and_what_waits_in_it) {
    const auto path = scratch.at("log");
    CHECK(static_cast<bool>(inside->open(row(Source::socket, path))));
    CHECK(send_to(path, "<30>app: one"));
    auto handed = inside->hand_over();
    end();
    CHECK(send_to(path, "<30>app: two"));
    begin();
    CHECK(static_cast<bool>(inside->open(row(Source::socket, path), std::move(handed[0]))));
    CHECK(send_to(path, "<30>app: three"));
    texts_are({"one", "two", "three"});
    end();
    CHECK_FALSE(send_to(path, "<30>app: four"));
    CHECK_EQUAL(-1, ::access(path.c_str(), F_OK));
}

TEST(Inside, a_kernels_log_goes_on_behind_its_last_number_and_counts_what_is_missing) {
    const auto path = scratch.at("kmsg");
    CHECK_EQUAL(0, ::mkfifo(path.c_str(), 0600));
    const sys::Fd kernel(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    CHECK(static_cast<bool>(inside->open(row(Source::kmsg, path))));
    write_into(path, "6,0,10,-;one\n6,1,20,-;two\n");
    texts_are({"one", "two"});
    end();
    begin();
    CHECK(static_cast<bool>(inside->open(row(Source::kmsg, path))));
    write_into(path, "6,1,20,-;two\n6,5,20,-;six\n");
    texts_are({"one", "two", "gap 3", "six"});
}

TEST(Inside, a_datagram_that_names_no_host_has_its_senders) {
    const auto origin = inside->known({.source = Source::udp, .name = "u"}, false);
    inside->datagram(*origin, "<30>app: one\n", "192.0.2.7");
    inside->lost(*origin, 4, "");
    inside->datagram(*origin, "\n", "192.0.2.7");
    texts_are({"one", "gap 4"});
}

TEST(Inside, the_account_has_a_line_for_each_reader_and_the_callers_own) {
    inside->account_with([] { return std::string("mine n=1\n"); });
    const auto path = scratch.at("fifo");
    CHECK(static_cast<bool>(inside->open(row(Source::fifo, path))));
    write_into(path, "<30>app: one\n\n");
    texts_are({"one"});
    tell(wire::AccountAsked{});
    look();
    CHECK(account.find("reader s bytes=14 reads=1 empty=1\nmine n=1\n") != std::string::npos);
    CHECK(account.find("source s kind=fifo received=1 accepted=1 ") != std::string::npos);
}
