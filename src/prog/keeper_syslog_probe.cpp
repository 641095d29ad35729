// SPDX-License-Identifier: Apache-2.0
// Whether a message to the system's log still comes out of the bridge.
#include "prog/keeper_syslog_probe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/instant.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/fd.h"
#include "sys/local_socket.h"
#include "syslog/probe.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace vakt::prog {
namespace {

/// A word that nobody has logged before.
Result<std::string> fresh_word() {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const sys::Fd source(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
    std::array<unsigned char, 16> bytes{};
    if (!source || ::read(source.get(), bytes.data(), bytes.size()) != ssize_t{bytes.size()})
        return sys::last_error("read", "/dev/urandom");
    std::string word;
    for (const auto byte : bytes) {
        word += kDigits[byte >> 4U];
        word += kDigits[byte & 15U];
    }
    return word;
}

/// False with errno ETIMEDOUT when it is not ready by then.
bool is_ready(const sys::Fd& fd, short events, Instant until) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - sys::now()).count();
        pollfd wait{fd.get(), events, 0};
        const auto got = ::poll(&wait, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (got > 0) return true;
        if (got == 0) errno = ETIMEDOUT;
        if (got == 0 || errno != EINTR) return false;
    }
}

class Bridge {
 public:
    Bridge(sys::Fd socket, std::string path, Instant until)
        : socket_(std::move(socket)), path_(std::move(path)), until_(until) {}

    Status say(const wire::ToBridge& message) {
        const auto bytes = wire::encode(message);
        for (std::size_t at = 0; at < bytes.size();) {
            const auto put =
                ::send(socket_.get(), bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (put >= 0)
                at += static_cast<std::size_t>(put);
            else if (errno == EAGAIN ? !is_ready(socket_, POLLOUT, until_) : errno != EINTR)
                return sys::last_error("write", path_);
        }
        return Done{};
    }

    /// The next message; its views hold until the next call.
    Result<wire::FromBridge> hear() {
        constexpr std::size_t kHead = sizeof(std::uint32_t);
        input_.erase(0, std::exchange(heard_, 0));
        for (;;) {
            if (input_.size() >= kHead) {
                const std::size_t size = get_number<std::uint32_t>(
                    reinterpret_cast<const unsigned char*>(input_.data()));
                // A batch of one record is no longer, nor is what else we asked for.
                if (size > 2 * wire::kLongestRecord)
                    return refusal(path_ + ": too long a message for a bridge");
                if (input_.size() - kHead >= size) {
                    heard_ = kHead + size;
                    const auto message =
                        wire::parse_from_bridge(std::string_view(input_).substr(kHead, size));
                    if (!message) return refusal(path_ + ": not a bridge's message");
                    if (const auto* refused = std::get_if<wire::Refused>(&*message))
                        return refusal(path_ + ": refused: " + refused->words);
                    return *message;
                }
            }
            std::array<char, 4096> bytes{};
            const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
            if (got > 0)
                input_.append(bytes.data(), static_cast<std::size_t>(got));
            else if (got == 0)
                return refusal(path_ + ": closed by the bridge");
            else if (errno == EAGAIN ? !is_ready(socket_, POLLIN, until_) : errno != EINTR)
                return sys::last_error("read", path_);
        }
    }

 private:
    sys::Fd socket_;
    std::string path_;
    Instant until_;
    std::string input_;
    std::size_t heard_ = 0;
};

/// Waits for a queue that is full: a daemon that is busy is no daemon that hangs.
Status log(const std::string& path, const std::string& word, Instant until) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return sys::last_error("connect", path);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size());
    const sys::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return sys::last_error("connect", path);
    const auto line = "<" + std::to_string(syslog::kProbePri.number()) + ">" +
                      std::string(syslog::kProbeApp) + "[" + std::to_string(::getpid()) +
                      "]: " + word;
    while (::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0)
        if (errno == EAGAIN ? !is_ready(socket, POLLOUT, until) : errno != EINTR)
            return sys::last_error("write", path);
    return Done{};
}

/// Whether it is among the records of a batch, and how many there are.
std::pair<bool, std::uint32_t> look_for(const std::string& word, wire::Batch batch) {
    bool found = false;
    std::uint32_t count = 0;
    for (; const auto record = wire::take_record(batch.records); ++count)
        if (const auto* its = std::get_if<wire::StampedEntry>(&*record))
            found |= its->entry.record.text.find(word) != std::string_view::npos;
    return {found, count};
}

}  // namespace

Status syslog_round_trip(const std::string& log_path, const std::string& bridge_path,
                         std::chrono::milliseconds patience) {
    const auto until = sys::now() + patience;
    const auto word = fresh_word();
    if (!word) return word.error();
    auto socket = sys::connect_local(bridge_path);
    if (!socket) return socket.error();
    Bridge bridge(std::move(*socket), bridge_path, until);

    if (auto said = bridge.say(wire::Hello{}); !said) return said;
    const auto answer = bridge.hear();
    if (!answer) return answer.error();
    const auto* welcome = std::get_if<wire::Welcome>(&*answer);
    if (welcome == nullptr) return refusal(bridge_path + ": no welcome");

    relay::Condition condition;
    condition.texts.push_back(*word);
    // Behind what it has now, since "from now on" might be after our message came.
    const wire::Open open{.from = wire::From::after,
                          .boot_id = welcome->boot_id,
                          .seq = welcome->next - 1,
                          .filter = {.strict = true, .any_of = {condition}}};
    if (auto said = bridge.say(open); !said) return said;
    if (auto said = bridge.say(wire::Credit{.more = 1}); !said) return said;
    if (auto said = log(log_path, *word, until); !said) return said;

    for (;;) {
        const auto heard = bridge.hear();
        if (!heard && heard.error().code == std::errc::timed_out) {
            std::string words = "what was logged to ";
            words.append(log_path).append(" did not come to ").append(bridge_path);
            words.append(" within ").append(std::to_string(patience.count() / 1000)).append(" s");
            return refusal(std::move(words));
        }
        if (!heard) return heard.error();
        const auto* batch = std::get_if<wire::Batch>(&*heard);
        if (batch == nullptr) continue;
        const auto [found, count] = look_for(*word, *batch);
        if (found) return Done{};
        // A gap took our credit.
        if (auto said = bridge.say(wire::Credit{.more = std::max(count, 1U)}); !said) return said;
    }
}

}  // namespace vakt::prog
