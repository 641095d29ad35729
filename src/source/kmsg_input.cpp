// SPDX-License-Identifier: Apache-2.0
// What is asked of /dev/kmsg, and the real one.
#include "source/kmsg_input.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "sys/error.h"
#include "sys/fd.h"
#include "sys/nonblock.h"

namespace vakt::source {
namespace {

class KmsgDevice final : public KmsgInput {
 public:
    KmsgDevice(sys::Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
    [[nodiscard]] int fd() const override { return fd_.get(); }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] KmsgRead read(std::span<char> into) override {
        const auto got = sys::read_some(fd_.get(), into);
        using Moved = sys::Moved;
        if (got.how == Moved::How::some) return {KmsgRead::How::some, got.bytes};
        if (got.how == Moved::How::blocked) return {KmsgRead::How::nothing};
        if (got.how == Moved::How::end) return {KmsgRead::How::end};
        if (errno == EPIPE) return {KmsgRead::How::overrun};
        if (errno == EINVAL) return {KmsgRead::How::too_long};
        return {KmsgRead::How::failed};
    }

 private:
    sys::Fd fd_;
    std::string name_;
};

}  // namespace

Result<std::unique_ptr<KmsgInput>> open_kmsg(const std::string& path) {
    sys::Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) {
        const bool refused = errno == EPERM;
        auto error = sys::last_error("open", path);
        if (refused) error.doing += " (it needs CAP_SYSLOG, or kernel.dmesg_restrict=0)";
        return error;
    }
    return std::unique_ptr<KmsgInput>(std::make_unique<KmsgDevice>(std::move(fd), path));
}

}  // namespace vakt::source
