// SPDX-License-Identifier: Apache-2.0
// Stands in for syslog daemon and bridge before the keeper's probe of the log:
//   probe_peer LOG BRIDGE MODE
// binds the datagram socket LOG and listens on BRIDGE; says "ready", and what comes to LOG, a line
// each. What was logged is given to the client whose filter asks for it, in MODE
//   good        at once
//   gap         behind a gap that takes the credit
//   other       another text
//   lost        not at all
//   refuse      every client is refused
//   nonsense    bytes that are no message
//   hang        clients are not answered
//   leave       the connection ends instead
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "sys/fd.h"
#include "syslog/probe.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

using namespace vakt;

namespace {

sys::Fd bound(const char* path, int kind) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    sys::Fd fd(::socket(AF_UNIX, kind | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        std::exit(2);
    return fd;
}

std::string record_of(const std::string& text) {
    std::string record(wire::kLongestRecord, '\0');
    syslog::Entry entry;
    entry.record.text = text;
    record.resize(wire::put_entry(
        entry, {.seq = 7}, {reinterpret_cast<unsigned char*>(record.data()), record.size()}));
    return record;
}
std::string gap_record() {
    std::string record(512, '\0');
    record.resize(wire::put_gap({.source = syslog::Source::udp}, {.seq = 6},
                                {reinterpret_cast<unsigned char*>(record.data()), record.size()}));
    return record;
}

class Client {
 public:
    Client(int fd, std::string mode) : fd_(fd), mode_(std::move(mode)) {
        if (mode_ == "nonsense") put("\0\0\0\1?", 5);
        if (mode_ == "refuse")
            say(wire::Refused{.reason = wire::Refusal::not_allowed, .words = "not you"});
    }
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// False: it is gone.
    bool read() {
        char bytes[4096];
        const auto got = ::read(fd_.get(), bytes, sizeof bytes);
        if (got <= 0) return false;
        if (mode_ == "hang") return true;
        input_.append(bytes, static_cast<std::size_t>(got));
        while (input_.size() >= 4) {
            const auto size =
                get_big_endian(reinterpret_cast<const unsigned char*>(input_.data()), 4);
            if (input_.size() - 4 < size) break;
            const auto message = wire::parse_to_bridge(std::string_view(input_).substr(4, size));
            if (!message) std::exit(3);
            hear(*message);
            input_.erase(0, 4 + size);
        }
        return true;
    }
    /// False: it is let go.
    bool logged(const std::string& text) {
        if (mode_ == "leave") return false;
        if (mode_ == "good" || mode_ == "gap") waiting_ = text;
        if (mode_ == "other") waiting_ = "another text";
        if (mode_ == "gap") waiting_gap_ = true;
        give();
        return true;
    }

 private:
    void hear(const wire::ToBridge& message) {
        if (std::holds_alternative<wire::Hello>(message))
            say(wire::Welcome{.boot_id = {1}, .oldest = 1, .next = 7, .sources = {}});
        if (const auto* open = std::get_if<wire::Open>(&message)) {
            const bool well = open->from == wire::From::after && open->seq == 6 &&
                              open->filter.strict && open->filter.any_of.size() == 1 &&
                              open->filter.any_of[0].texts.size() == 1;
            if (!well) std::exit(3);
            filter_ = open->filter;
        }
        if (const auto* credit = std::get_if<wire::Credit>(&message)) credit_ += credit->more;
        give();
    }
    void give() {
        while (credit_ > 0 && !waiting_.empty()) {
            --credit_;
            const auto record = waiting_gap_ ? gap_record() : record_of(waiting_);
            if (!waiting_gap_) waiting_.clear();
            waiting_gap_ = false;
            say(wire::Batch{.boot_id = {1}, .count = 1, .records = record});
        }
    }
    void say(const wire::FromBridge& message) {
        const auto bytes = wire::encode(message);
        put(bytes.data(), bytes.size());
    }
    void put(const char* bytes, std::size_t size) {
        [[maybe_unused]] const auto n = ::send(fd_.get(), bytes, size, MSG_NOSIGNAL);
    }

    sys::Fd fd_;
    std::string mode_;
    std::string input_;
    relay::Filter filter_;
    std::uint32_t credit_ = 0;
    std::string waiting_;
    bool waiting_gap_ = false;
};

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): whatever is thrown here ends the test, as it should
int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const auto log = bound(argv[1], SOCK_DGRAM);
    const auto listener = bound(argv[2], SOCK_STREAM);
    ::listen(listener.get(), 8);
    std::cout << "ready" << std::endl;
    std::unique_ptr<Client> client;
    for (;;) {
        pollfd waits[3] = {{log.get(), POLLIN, 0},
                           {listener.get(), POLLIN, 0},
                           {client ? client->fd() : -1, POLLIN, 0}};
        if (::poll(waits, 3, -1) < 0) return 1;
        if (waits[0].revents != 0) {
            char bytes[2048];
            const auto got = ::recv(log.get(), bytes, sizeof bytes, 0);
            const std::string text(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
            std::cout << text << std::endl;
            if (client && !client->logged(text)) client.reset();
        }
        if (client && waits[2].revents != 0 && !client->read()) client.reset();
        if (waits[1].revents != 0)
            client = std::make_unique<Client>(
                ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), argv[3]);
    }
}
