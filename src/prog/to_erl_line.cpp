// SPDX-License-Identifier: Apache-2.0
// to_erl's way to a console: the socket of our run_erl, else the FIFOs of any.
#include "prog/to_erl_line.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>

#include "console/pipe_names.h"
#include "prog/console_place.h"
#include "sys/error.h"
#include "sys/local_peer.h"
#include "sys/local_socket.h"

namespace vakt::prog {
namespace {

std::string reason() { return std::generic_category().message(errno); }

std::optional<uid_t> owner_of(const std::string& path) {
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0) return std::nullopt;
    return about.st_uid;
}

// Whoever may write in the directory could put a socket beside FIFOs that are another's, and would
// be told what is typed.
std::optional<sys::Fd> socket_beside(const console::PipeNames& names) {
    auto socket = sys::connect_local(names.socket());
    if (!socket) return std::nullopt;
    const auto peer = sys::peer_of(*socket);
    const auto fifo = owner_of(names.from_viewer());
    if (!peer || (fifo && *fifo != peer->uid) || owner_of(names.socket()) != peer->uid)
        return std::nullopt;
    return std::move(*socket);
}

sys::Fd open_fifo(const std::string& path, int access) {
    return sys::Fd(::open(path.c_str(), access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

Result<std::string> choose_pipe(const ToErlOptions& options) {
    auto path = options.pipe;
    if (options.private_place) {
        const auto directory = private_console_directory();
        if (!directory) return directory.error();
        path = console::in_private_directory(*directory, path);
    }
    if (!console::names_directory(path)) return path;
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
    if (!directory) return refusal("Can't access pipe directory " + path + ": " + reason());
    std::uint32_t highest = 0;
    while (const dirent* const entry = ::readdir(directory.get()))
        highest = std::max(highest, console::pipe_number(entry->d_name));
    if (highest == 0) return path.append(console::kPipeStub);
    return console::numbered_pipe(path, highest).base;
}

Result<Line> open_line(const std::string& pipe, bool force) {
    const console::PipeNames names{pipe};
    Line line{.pipe = pipe, .from = {}, .to = {}, .socket = false, .notice = {}};
    if (auto socket = socket_beside(names)) {
        line.to = sys::Fd(::fcntl(socket->get(), F_DUPFD_CLOEXEC, 0));
        if (!line.to) return sys::last_error("dup", names.socket());
        line.from = std::move(*socket);
        line.socket = true;
        return line;
    }
    // Somebody who reads what run_erl writes is another to_erl.
    if (open_fifo(names.to_viewer(), O_WRONLY)) {
        line.notice = "Another to_erl process already attached to pipe " + pipe + ".\n";
        if (!force) {
            line.notice.pop_back();
            return refusal(line.notice);
        }
        line.notice += "But we proceed anyway by force (-F).\n";
    }
    line.from = open_fifo(names.to_viewer(), O_RDONLY);
    if (line.from) line.to = open_fifo(names.from_viewer(), O_WRONLY);
    if (!line.to) return refusal("No running Erlang on pipe " + pipe + ": " + reason());
    return line;
}

}  // namespace vakt::prog
