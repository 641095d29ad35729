// SPDX-License-Identifier: Apache-2.0
// A system's files under a root of doctor's choice.
#include "prog/vaktctl_doctor_tree.h"

#include <dirent.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>

#include "base/text.h"
#include "sys/fd.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

using doctor::FileFacts;

constexpr std::size_t kSmall = 1024UL * 1024;

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};

FileFacts::Kind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileFacts::Kind::regular;
    if (S_ISDIR(mode)) return FileFacts::Kind::directory;
    if (S_ISCHR(mode) || S_ISBLK(mode)) return FileFacts::Kind::device;
    if (S_ISFIFO(mode)) return FileFacts::Kind::fifo;
    return S_ISSOCK(mode) ? FileFacts::Kind::socket : FileFacts::Kind::other;
}

}  // namespace

FileFacts Tree::file(const std::string& path) const {
    struct stat status {};
    if (::stat(at(path).c_str(), &status) != 0) return {};
    return {kind_of(status.st_mode), status.st_uid, status.st_mode & 07777U};
}

std::optional<std::string> Tree::text(const std::string& path) const {
    auto read = sys::read_regular(at(path), kSmall);
    return read ? std::optional(std::move(*read)) : std::nullopt;
}

std::string Tree::line(const std::string& path) const {
    const auto all = text(path);
    std::string_view rest = all ? std::string_view(*all) : std::string_view();
    return std::string(take_line(rest));
}

std::optional<long> Tree::number(const std::string& path) const {
    const auto value = parse_decimal<std::uint32_t>(line(path));
    return value ? std::optional<long>(*value) : std::nullopt;
}

std::vector<std::string> Tree::entries(const std::string& path) const {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, CloseDir> dir(::opendir(at(path).c_str()));
    while (const auto* entry = dir ? ::readdir(dir.get()) : nullptr)
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    std::sort(names.begin(), names.end());
    return names;
}

std::string Tree::target(const std::string& link) const {
    std::array<char, PATH_MAX> target;
    const auto size = ::readlink(at(link).c_str(), target.data(), target.size());
    return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : "";
}

doctor::Reach Tree::knock(const std::string& socket) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = at(socket);
    if (path.size() >= sizeof address.sun_path) return doctor::Reach::absent;
    path.copy(address.sun_path, path.size());
    const sys::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return doctor::Reach::answers;
    switch (errno) {
        case EAGAIN:  // others are before us
            return doctor::Reach::answers;
        case EACCES:
        case EPERM:
            return doctor::Reach::denied;
        case ENOENT:
        case ENOTDIR:
            return doctor::Reach::absent;
        default:
            return doctor::Reach::refused;
    }
}

std::vector<doctor::Owner> Tree::processes() const {
    std::vector<doctor::Owner> all;
    for (const auto& pid : entries("/proc"))
        if (const auto value = parse_decimal<std::uint32_t>(pid))
            all.push_back({*value, line("/proc/" + pid + "/comm")});
    return all;
}

std::vector<std::string> Tree::open_files(const doctor::Owner& process) const {
    std::vector<std::string> all;
    const auto fds = "/proc/" + std::to_string(process.pid) + "/fd/";
    for (const auto& fd : entries(fds)) all.push_back(target(fds + fd));
    return all;
}

}  // namespace vakt::prog
