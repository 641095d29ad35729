// SPDX-License-Identifier: Apache-2.0
// A bridge that is not one, for test/prog/vaktctl_events.sh. It says on standard output what it is
// asked.
//
//   events_peer SOCKET hang             accepts and never answers
//   events_peer SOCKET close            accepts and closes
//   events_peer SOCKET garbage          says what no bridge says
//   events_peer SOCKET refuse           refuses everyone, with words that would command a terminal
//   events_peer SOCKET mute             welcomes, and gives nothing
//   events_peer SOCKET broken           gives a batch that holds less than it says
//   events_peer SOCKET names            keeps one event that would command a terminal
//   events_peer SOCKET account FILE     answers with the account in FILE
//   events_peer SOCKET events N [K]     keeps events 1 to N: "text n" of app0, app1 or app2 (n % 3)
//                                       and severity n % 8; 3 and 4 were lost. On a Narrow come two
//                                       more, of severity 3 and 7. With K it closes the connection
//                                       after K of them, twice
//
// Never more than was granted. Serves one connection after the other until it is ended.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "sys/local_listener.h"
#include "sys/nonblock.h"
#include "wire/bridge_bytes.h"
#include "wire/packet.h"
#include "wire/record_bytes.h"

namespace {

using namespace vakt;

constexpr report::BootId kBoot{0x0b, 0x00, 0x07};
constexpr std::uint64_t kLostFrom = 3;
constexpr std::uint64_t kLostTo = 4;
constexpr std::uint64_t kABatch = 100;

std::string_view mode;
std::uint64_t kept = 0;
std::uint64_t closes_after = 0;
int closes = 2;
std::string account_file;

class Client {
 public:
    explicit Client(int fd) : fd_(fd) {}

    /// False: the connection is to be closed.
    bool on(const wire::ToBridge& message) {
        if (const auto* m = std::get_if<wire::Hello>(&message)) return take(*m);
        if (const auto* m = std::get_if<wire::Open>(&message)) return take(*m);
        if (const auto* m = std::get_if<wire::Credit>(&message)) return take(*m);
        if (const auto* m = std::get_if<wire::Narrow>(&message)) return take(*m);
        if (std::holds_alternative<wire::AccountAsked>(message)) return account();
        std::printf("ack\n");
        return true;
    }

 private:
    bool take(const wire::Hello&) {
        std::printf("hello\n");
        if (mode == "refuse") {
            say(wire::Refused{wire::Refusal::not_allowed, "not \x1b[2J you"});
            return false;
        }
        say(wire::Welcome{.boot_id = kBoot, .oldest = 1, .next = kept + 1});
        return true;
    }
    bool take(const wire::Open& open) {
        const bool after = open.from == wire::From::after && open.boot_id == kBoot;
        at_ = after ? open.seq : 0;
        filter_ = open.filter;
        std::printf("open behind %s, %s\n", std::to_string(at_).c_str(),
                    filter_.any_of.empty() ? "everything" : "filtered");
        return true;
    }
    bool take(const wire::Credit& credit) {
        credit_ += credit.more;
        return give();
    }
    bool take(const wire::Narrow& narrow) {
        std::printf("narrow, %s\n", narrow.filter.any_of.empty() ? "everything" : "filtered");
        filter_ = narrow.filter;
        if (!narrowed_) kept += 2;
        narrowed_ = true;
        return give();
    }
    bool account() {
        std::printf("account\n");
        if (mode == "mute") return true;
        std::ifstream file(account_file);
        std::stringstream text;
        text << file.rdbuf();
        say(wire::AccountText{text.str()});
        return true;
    }

    bool give() {
        if (mode == "mute") return true;
        if (mode == "broken") {
            say(wire::Batch{kBoot, 2, "no records"});
            return true;
        }
        while (credit_ > 0 && at_ < kept) {
            std::string records;
            std::uint16_t count = 0;
            while (count < kABatch && credit_ > 0 && at_ < kept) {
                if (!put_next(records)) continue;
                ++count;
                --credit_;
                if (closes_after != 0 && closes > 0 && ++given_ == closes_after) {
                    say(wire::Batch{kBoot, count, records});
                    --closes;
                    return false;
                }
            }
            if (count > 0) say(wire::Batch{kBoot, count, records});
        }
        return true;
    }
    /// The next one, or the gap in its place; false if it does not pass.
    bool put_next(std::string& records) {
        const auto n = ++at_;
        if (n == kLostFrom) {
            at_ = kLostTo;
            const syslog::Gap gap{
                .source = syslog::Source::fifo, .count = 2, .from = kLostFrom, .to = kLostTo};
            return keep(wire::put_gap(gap, {}, room_), records);
        }
        const bool hostile = mode == "names";
        const bool live = narrowed_ && n + 2 > kept;
        const auto severity = live ? (n + 1 == kept ? 3 : 7) : n % 8;
        const auto app = hostile ? "\x1b]0;owned\x07" : "app" + std::to_string(n % 3);
        const auto text = hostile ? "\x1b[31m\r\n\"\xc2\x9b" : "text " + std::to_string(n);
        const syslog::Entry entry{
            .record = {.pri = syslog::Pri(3, static_cast<syslog::Severity>(severity)),
                       .time_ns = 1795284255000000000,
                       .host = "board",
                       .app = app,
                       .text = text},
            .source = syslog::Source::fifo};
        if (!filter_.passes(entry)) return false;
        return keep(wire::put_entry(entry, {.seq = n}, room_), records);
    }
    bool keep(std::size_t size, std::string& records) {
        records.append(reinterpret_cast<const char*>(room_.data()), size);
        return true;
    }
    void say(const wire::FromBridge& message) const {
        const auto bytes = wire::encode(message);
        for (std::string_view rest(bytes); !rest.empty();) {
            const auto n = ::write(fd_, rest.data(), rest.size());
            if (n <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    int fd_;
    std::uint64_t at_ = 0;
    std::uint64_t credit_ = 0;
    std::uint64_t given_ = 0;
    bool narrowed_ = false;
    relay::Filter filter_;
    std::vector<unsigned char> room_ = std::vector<unsigned char>(wire::kLongestRecord);
};

void serve(int fd) {
    if (mode == "close") return;
    if (mode == "garbage") (void)!::write(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    Client client(fd);
    wire::PacketReader reader(wire::Prefix::four, wire::kLongestToBridge);
    std::array<char, 4096> bytes;
    bool stays = true;
    while (stays) {
        const auto count = ::read(fd, bytes.data(), bytes.size());
        if (count <= 0) return;
        if (mode == "hang" || mode == "garbage") continue;
        reader.feed({bytes.data(), static_cast<std::size_t>(count)}, [&](const auto& packet) {
            const auto message = wire::parse_to_bridge(packet.body);
            if (!message) std::printf("nonsense\n");
            if (stays) stays = message && client.on(*message);
        });
        std::fflush(stdout);
    }
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) return 2;
    mode = words[2];
    if (mode == "names" || mode == "mute" || mode == "broken") kept = 1;
    if (mode == "account" && count > 3) account_file = words[3];
    if (mode == "events" && count > 3) kept = std::strtoull(words[3], nullptr, 10);
    if (mode == "events" && count > 4) closes_after = std::strtoull(words[4], nullptr, 10);
    sys::ignore_broken_pipes();
    const auto listener = sys::listen_local(words[1], {});
    if (!listener) return 1;
    for (;;) {
        pollfd watched = {listener->get(), POLLIN, 0};
        if (::poll(&watched, 1, -1) < 0) continue;
        const sys::Fd connection(::accept(listener->get(), nullptr, nullptr));
        if (!connection) return 1;
        serve(connection.get());
        std::fflush(stdout);
    }
}
