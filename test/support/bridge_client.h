// SPDX-License-Identifier: Apache-2.0
// A client of the bridge that believes nothing: credit is never exceeded, numbers only rise, every
// byte is one that is written so.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "sys/fd.h"
#include "sys/local_socket.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace vakt::test {

class BridgeClient {
 public:
    using Record = std::variant<wire::StampedEntry, wire::StampedGap>;

    /// False: nobody listens.
    bool connect(const std::string& path) {
        *this = {};
        auto socket = sys::connect_local(path);
        if (!socket) return false;
        socket_ = std::move(*socket);
        return true;
    }
    void close() { *this = {}; }
    [[nodiscard]] bool is_connected() const { return static_cast<bool>(socket_); }
    [[nodiscard]] int descriptor() const { return socket_.get(); }

    /// False: the other side is gone.
    bool say(const wire::ToBridge& message) {
        if (const auto* more = std::get_if<wire::Credit>(&message)) credit_ += more->more;
        return say_bytes(wire::encode(message));
    }
    bool say_bytes(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EAGAIN) {
                pollfd ready = {socket_.get(), POLLOUT, 0};
                if (::poll(&ready, 1, 5000) != 1) return false;
                continue;
            }
            if (sent < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// The next message, in that time; none: none came, or the other side has closed (closed()). It
    /// holds until the next call.
    std::optional<wire::FromBridge> hear(std::chrono::milliseconds limit) {
        in_.erase(0, used_);
        used_ = 0;
        const auto until = std::chrono::steady_clock::now() + limit;
        for (;;) {
            if (in_.size() >= 4) {
                const std::size_t size =
                    get_number<std::uint32_t>(reinterpret_cast<const unsigned char*>(in_.data()));
                if (in_.size() >= 4 + size) {
                    used_ = 4 + size;
                    auto message = wire::parse_from_bridge(std::string_view(in_).substr(4, size));
                    if (!message) fault("a message of the bridge's is none");
                    if (const auto* batch = std::get_if<wire::Batch>(&*message)) check(*batch);
                    return message;
                }
            }
            if (closed_) return std::nullopt;
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            pollfd ready = {socket_.get(), POLLIN, 0};
            if (::poll(&ready, 1, std::max(static_cast<int>(left.count()), 0)) != 1)
                return std::nullopt;
            const auto before = in_.size();
            in_.resize(before + 262144);
            const auto got = ::recv(socket_.get(), in_.data() + before, 262144, MSG_DONTWAIT);
            in_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) closed_ = true;
        }
    }
    /// Hands the next message on. False: none came.
    template <class Take>
    bool hear_into(Take&& take, std::chrono::milliseconds limit) {
        const auto message = hear(limit);
        if (message) take(*message);
        return message.has_value();
    }
    [[nodiscard]] bool closed() const { return closed_; }
    [[nodiscard]] std::uint64_t credit() const { return credit_; }

    /// All of a batch's.
    static std::vector<Record> records(const wire::Batch& batch) {
        std::vector<Record> all;
        auto bytes = batch.records;
        while (!bytes.empty()) {
            auto record = wire::take_record(bytes);
            if (!record) fault("a record of the bridge's is none");
            all.push_back(*record);
        }
        if (all.size() != batch.count) fault("a batch counts wrongly");
        return all;
    }

    [[noreturn]] static void fault(const std::string& words) {
        std::fprintf(stderr, "fault: %s\n", words.c_str());
        std::fflush(stdout);
        std::_Exit(1);
    }

 private:
    void check(const wire::Batch& batch) {
        if (batch.count == 0 || batch.count > 1024 || batch.records.size() > 65536 + 65535)
            fault("a batch is empty or too large");
        if (batch.count > credit_) fault("the bridge gave more than it was granted");
        credit_ -= batch.count;
        for (const auto& record : records(batch)) {
            const auto seq =
                std::visit([](const auto& stamped) { return stamped.stamp.seq; }, record);
            if (seq == 0) continue;  // a gap of this client's own
            if (seq <= newest_) fault("number " + std::to_string(seq) + " came twice or too late");
            newest_ = seq;
        }
    }

    sys::Fd socket_;
    std::string in_;
    std::size_t used_ = 0;
    bool closed_ = false;
    std::uint64_t credit_ = 0;
    std::uint64_t newest_ = 0;
};

}  // namespace vakt::test
