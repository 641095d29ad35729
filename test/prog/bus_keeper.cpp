// SPDX-License-Identifier: Apache-2.0
// usage: bus_keeper serve SOCKET FIFO | bus_keeper end SOCKET reboot|poweroff|halt
// serve: stands for the keeper. Says on standard output what it is told, and does what it reads
// from the FIFO, a line each:
//   ask login1|systemd1 reboot|poweroff|halt    AskEnd to its hands
//   news KIND SUBJECT                           News to its watchers
//   mute | speak                                leaves StatusAsked unanswered, or answers again
// end: asks a keeper for a guarded end, and whether it agrees.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "keeper/words.h"
#include "sys/clock.h"
#include "sys/fd.h"
#include "sys/local_socket.h"
#include "wire/lease_bytes.h"

using namespace vakt;
using namespace std::chrono_literals;
namespace lease = wire::lease;

namespace {

struct Client {
    sys::Fd socket;
    wire::LeaseDecoder in;
    bool hands = false;
    bool watches = false;
};

void say(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

void send(const Client& client, const wire::LeaseMessage& message) {
    std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
    const auto all = wire::encode(message, bytes);
    if (::send(client.socket.get(), all.data(), all.size(), MSG_NOSIGNAL) < 0) say("send failed");
}

template <class Enum>
Enum named(const std::string& name, std::uint8_t count) {
    for (std::uint8_t at = 0; at < count; ++at)
        if (keeper::name_of(static_cast<Enum>(at)) == name) return static_cast<Enum>(at);
    say("no such word: " + name);
    return {};
}

class Keeper {
 public:
    void take(Client& client, const wire::LeaseMessage& message) {
        if (std::get_if<lease::Hands>(&message) != nullptr) {
            client.hands = true;
            say("hands");
            send(client, lease::Answer{});
        } else if (std::get_if<lease::Watch>(&message) != nullptr) {
            client.watches = true;
            say("watch");
            send(client, lease::Watching{!report_taken_});
        } else if (std::get_if<lease::ReportTaken>(&message) != nullptr) {
            report_taken_ = true;
            say("report-taken");
            send(client, lease::Answer{});
        } else if (const auto* failed = std::get_if<lease::RungFailed>(&message)) {
            say("rung-failed " + std::string(keeper::name_of(failed->rung)));
        } else if (const auto* down = std::get_if<lease::GoingDown>(&message)) {
            say(down->going ? "going-down" : "staying-up");
        } else if (std::get_if<lease::StatusAsked>(&message) != nullptr) {
            say("status-asked");
            if (!mute_) send_status(client);
        } else {
            say("something else");
        }
    }

    void obey(const std::string& line, const std::vector<std::unique_ptr<Client>>& clients) {
        std::istringstream words(line);
        std::string verb;
        std::string first;
        std::string second;
        words >> verb >> first >> second;
        if (verb == "mute" || verb == "speak") mute_ = verb == "mute";
        for (const auto& client : clients) {
            if (verb == "ask" && client->hands)
                send(*client, lease::AskEnd{named<keeper::Rung>(first, keeper::kRungs),
                                            named<keeper::EndKind>(second, keeper::kEndKinds)});
            if (verb == "news" && client->watches) {
                const auto kind = named<keeper::NoteKind>(first, keeper::kNoteKinds);
                if (kind == keeper::NoteKind::verdict) verdict_ = true;
                send(*client, lease::News{.kind = kind,
                                          .cause = keeper::Cause::vm_silent,
                                          .percent = 75,
                                          .subject = std::string_view(second),
                                          .deadline = Instant(42s),
                                          .by = 1000});
            }
        }
        say("did " + line);
    }

 private:
    void send_status(const Client& client) const {
        lease::StatusBoard board;
        board.now = sys::now();
        board.deadline = board.now + 100s;
        board.flags = client.hands ? lease::kHands : 0;
        board.rung = verdict_ ? keeper::Rung::login1 : keeper::Rung::none;
        board.oldest = "otp";
        board.beats = 4711;
        board.beat_intervals = {0, 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 1};
        board.boots = 17;
        board.version = "0.0.test";
        send(client, board);
        send(client, lease::StatusLease{.name = "otp",
                                        .uid = 1000,
                                        .presence = keeper::Presence::held,
                                        .held = true,
                                        .last_good_beat = board.now - 2s,
                                        .deadline = board.now + 100s,
                                        .vm_pid = 4711});
        send(client, lease::StatusDevice{.number = 0,
                                         .name = "/run/board \xff",
                                         .driver = "soft",
                                         .state = keeper::DeviceState::armed,
                                         .granted = 30s,
                                         .petted = board.now});
        send(client, lease::StatusEvidence{.name = "disk", .good = board.now});
        send(client, lease::StatusEnd{});
    }

    bool mute_ = false;
    bool verdict_ = false;
    bool report_taken_ = false;
};

int serve(const char* path, const char* fifo) {
    const sys::Fd told(::open(fifo, O_RDWR | O_CLOEXEC));
    const sys::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    ::unlink(path);
    if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener.get(), 8) != 0)
        return 1;
    say("ready");
    Keeper keeper;
    std::vector<std::unique_ptr<Client>> clients;
    std::string commands;
    for (;;) {
        std::vector<pollfd> rows{{told.get(), POLLIN, 0}, {listener.get(), POLLIN, 0}};
        for (const auto& client : clients) rows.push_back({client->socket.get(), POLLIN, 0});
        ::poll(rows.data(), rows.size(), -1);
        std::array<char, 4096> bytes{};
        if (rows[0].revents != 0) {
            const auto got = ::read(told.get(), bytes.data(), bytes.size());
            if (got <= 0) return 0;
            commands.append(bytes.data(), static_cast<std::size_t>(got));
            for (auto end = commands.find('\n'); end != std::string::npos;
                 end = commands.find('\n')) {
                keeper.obey(commands.substr(0, end), clients);
                commands.erase(0, end + 1);
            }
        }
        for (std::size_t at = 2; at < rows.size(); ++at) {
            if (rows[at].revents == 0) continue;
            auto& client = *clients[at - 2];
            const auto got = ::recv(client.socket.get(), bytes.data(), bytes.size(), 0);
            if (got <= 0) {
                say("lost");
                client.socket = {};
                continue;
            }
            std::span<const std::uint8_t> input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                static_cast<std::size_t>(got));
            while (!input.empty()) {
                input = input.subspan(client.in.feed(input));
                while (const auto message = client.in.next()) keeper.take(client, *message);
                if (client.in.fault() != wire::LeaseFault::none) return 2;
            }
        }
        std::erase_if(clients, [](const auto& client) { return !client->socket; });
        if (rows[1].revents != 0) {
            clients.push_back(std::make_unique<Client>());
            clients.back()->socket = sys::Fd(::accept(listener.get(), nullptr, nullptr));
        }
    }
}

int end(const char* path, const char* kind) {
    auto socket = sys::connect_local(path);
    if (!socket) return 1;
    Client client{std::move(*socket), {}};
    send(client, lease::End{named<keeper::EndKind>(kind, keeper::kEndKinds), false});
    for (;;) {
        pollfd ready{client.socket.get(), POLLIN, 0};
        if (::poll(&ready, 1, 10000) != 1) return 1;
        std::array<std::uint8_t, 4096> bytes{};
        const auto got = ::recv(client.socket.get(), bytes.data(), bytes.size(), 0);
        if (got <= 0) return 1;
        client.in.feed(std::span(bytes).first(static_cast<std::size_t>(got)));
        while (const auto message = client.in.next())
            if (const auto* answer = std::get_if<lease::Answer>(&*message))
                return answer->refusal == keeper::Refusal::none ? 0 : 3;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::string(argv[1]) == "serve") return serve(argv[2], argv[3]);
    if (argc == 4 && std::string(argv[1]) == "end") return end(argv[2], argv[3]);
    return 64;
}
