// SPDX-License-Identifier: Apache-2.0
// The real half of the seam to a device node: open, ioctl, read, write and close.
#include "drivers/dev_node.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sys/error.h"
#include "sys/notify.h"

namespace vakt::drivers {

namespace {

template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

#ifdef __sun
using IoctlRequest = int;
#else
using IoctlRequest = unsigned long;
#endif

int unsupported() {
    errno = ENOTTY;
    return -1;
}

class FileNode final : public DevNode {
 public:
    FileNode(std::string path, Access access, sys::Fd fd)
        : path_(std::move(path)), access_(access), fd_(std::move(fd)) {}

    Status open() override {
        const int flags = access_ == Access::read_write ? O_RDWR : O_WRONLY;
        sys::Fd fd(
            uninterrupted([&] { return ::open(path_.c_str(), flags | O_CLOEXEC | O_NOCTTY); }));
        if (!fd) return sys::last_error("open", path_);
        fd_ = std::move(fd);
        return Done{};
    }
    void close() override { fd_ = sys::Fd(); }
    [[nodiscard]] int descriptor() const override { return fd_.get(); }
    [[nodiscard]] const std::string& name() const override { return path_; }

    int control(unsigned long request, void* argument) override {
        return uninterrupted(
            [&] { return ::ioctl(fd_.get(), static_cast<IoctlRequest>(request), argument); });
    }
    ssize_t read(std::span<std::byte> into) override {
        return uninterrupted([&] { return ::read(fd_.get(), into.data(), into.size()); });
    }
    ssize_t write(std::span<const std::byte> bytes) override {
        return uninterrupted([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
    }
    ssize_t read_at(std::span<std::byte> into, off_t offset) override {
        return uninterrupted([&] { return ::pread(fd_.get(), into.data(), into.size(), offset); });
    }
    ssize_t write_at(std::span<const std::byte> bytes, off_t offset) override {
        return uninterrupted(
            [&] { return ::pwrite(fd_.get(), bytes.data(), bytes.size(), offset); });
    }

 private:
    std::string path_;
    Access access_;
    sys::Fd fd_;
};

class SocketNode final : public DevNode {
 public:
    SocketNode(std::string path, sys::Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

    Status open() override {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path_.size() >= sizeof address.sun_path)
            return Error{"connect " + path_, std::make_error_code(std::errc::filename_too_long)};
        std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);

        sys::Fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        if (!fd) return sys::last_error("socket for", path_);
        const timeval patience{1, 0};
        for (const int side : {SO_RCVTIMEO, SO_SNDTIMEO})
            if (::setsockopt(fd.get(), SOL_SOCKET, side, &patience, sizeof patience) != 0)
                return sys::last_error("setsockopt", path_);
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): connect(2) is made so
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        if (uninterrupted([&] { return ::connect(fd.get(), generic, sizeof address); }) != 0)
            return sys::last_error("connect", path_);
        fd_ = std::move(fd);
        return Done{};
    }
    void close() override { fd_ = sys::Fd(); }
    [[nodiscard]] int descriptor() const override { return fd_.get(); }
    [[nodiscard]] const std::string& name() const override { return path_; }

    int control(unsigned long /*request*/, void* /*argument*/) override { return unsupported(); }
    ssize_t read(std::span<std::byte> into) override {
        return uninterrupted([&] { return ::recv(fd_.get(), into.data(), into.size(), 0); });
    }
    ssize_t write(std::span<const std::byte> bytes) override {
        return uninterrupted(
            [&] { return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    }
    ssize_t read_at(std::span<std::byte> /*into*/, off_t /*offset*/) override {
        return unsupported();
    }
    ssize_t write_at(std::span<const std::byte> /*bytes*/, off_t /*offset*/) override {
        return unsupported();
    }

 private:
    std::string path_;
    sys::Fd fd_;
};

class NotifyNode final : public DevNode {
 public:
    explicit NotifyNode(std::string address) : address_(std::move(address)) {}

    Status open() override {
        sys::ServiceManager manager(address_.c_str());
        if (!manager.listens()) return sys::last_error("connect", address_);
        manager_ = std::move(manager);
        return Done{};
    }
    void close() override { manager_ = {}; }
    [[nodiscard]] int descriptor() const override { return manager_.descriptor(); }
    [[nodiscard]] const std::string& name() const override { return address_; }

    int control(unsigned long /*request*/, void* /*argument*/) override { return unsupported(); }
    ssize_t read(std::span<std::byte> /*into*/) override { return unsupported(); }
    ssize_t write(std::span<const std::byte> bytes) override {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are characters
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return manager_.send(text) ? static_cast<ssize_t>(bytes.size()) : -1;
    }
    ssize_t read_at(std::span<std::byte> /*into*/, off_t /*offset*/) override {
        return unsupported();
    }
    ssize_t write_at(std::span<const std::byte> /*bytes*/, off_t /*offset*/) override {
        return unsupported();
    }

 private:
    std::string address_;
    sys::ServiceManager manager_;
};

}  // namespace

std::unique_ptr<DevNode> device_node(std::string path, Access access) {
    return std::make_unique<FileNode>(std::move(path), access, sys::Fd());
}

std::unique_ptr<DevNode> socket_node(std::string path) {
    return std::make_unique<SocketNode>(std::move(path), sys::Fd());
}

std::unique_ptr<DevNode> notify_node(std::string address) {
    return std::make_unique<NotifyNode>(std::move(address));
}

std::unique_ptr<DevNode> adopted_node(std::string path, Access access, sys::Fd fd) {
    return std::make_unique<FileNode>(std::move(path), access, std::move(fd));
}

std::unique_ptr<DevNode> adopted_socket(std::string path, sys::Fd fd) {
    return std::make_unique<SocketNode>(std::move(path), std::move(fd));
}

}  // namespace vakt::drivers
