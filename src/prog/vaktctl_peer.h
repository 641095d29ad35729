// SPDX-License-Identifier: Apache-2.0
// A local socket on whose other end nobody is waited for without a limit.
#pragma once

#include <span>
#include <string>

#include "base/instant.h"
#include "base/result.h"
#include "sys/fd.h"

namespace vakt::prog {

/// Whom vaktctl speaks to, in words.
struct PeerName {
    const char* short_name;   ///< "keeper"
    const char* program;      ///< "wd_keeper"
    const char* not_allowed;  ///< what to do where the socket may not be opened
};

class Peer {
 public:
    /// Errors: words that say what to do about it.
    static Result<Peer> connect(const PeerName& name, const std::string& path);

    /// Waits until it is sent, but not beyond `until`.
    Status send(std::span<const unsigned char> bytes, Instant until);
    /// How much of what came is in `into` now; 0 when nothing came until then. Errors: the
    /// connection is lost.
    Result<std::size_t> read(std::span<char> into, Instant until);

    /// It does not answer.
    [[nodiscard]] Error silent() const;
    /// What it says is none of its own words.
    [[nodiscard]] Error stranger() const;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
    Peer(const PeerName& name, std::string path, sys::Fd socket)
        : name_(name), path_(std::move(path)), socket_(std::move(socket)) {}

    bool wait(short events, Instant until);
    [[nodiscard]] std::string who() const;

    PeerName name_;
    std::string path_;
    sys::Fd socket_;
};

}  // namespace vakt::prog
