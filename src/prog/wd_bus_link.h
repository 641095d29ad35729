// SPDX-License-Identifier: Apache-2.0
// wd_bus's connection to the keeper.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "sys/fd.h"
#include "wire/lease_bytes.h"

namespace vakt::prog {

/// Never waits. What cannot be sent at once is kept; a keeper that does not read is lost.
class KeeperLink {
 public:
    [[nodiscard]] static Result<std::unique_ptr<KeeperLink>> connect(const std::string& path);

    void say(const wire::LeaseMessage& message);
    [[nodiscard]] int descriptor() const { return socket_.get(); }
    [[nodiscard]] short events() const;

    /// Sends what was kept and hands over each message that has come. False: the link is lost.
    bool process(const std::function<void(const wire::LeaseMessage&)>& take);

 private:
    explicit KeeperLink(sys::Fd socket) : socket_(std::move(socket)) {}
    void flush();

    sys::Fd socket_;
    wire::LeaseDecoder in_;
    std::string out_;
    bool lost_ = false;
};

}  // namespace vakt::prog
