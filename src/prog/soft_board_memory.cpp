// SPDX-License-Identifier: Apache-2.0
// What a simulated board keeps over a reset, and what is new after it.
#include "prog/soft_board_memory.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "report/boot_id.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

std::uint64_t size_of(const std::string& path) {
    struct stat status {};
    if (path.empty() || ::stat(path.c_str(), &status) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

// By another name first, so that no reader sees half of it.
Status write_file(const std::string& path, std::string_view text) {
    const auto temp = path + ".new";
    sys::Fd file(::open(temp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file) return sys::last_error("open", temp);
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return sys::last_error("write", temp);
    if (::rename(temp.c_str(), path.c_str()) != 0) return sys::last_error("rename", temp);
    return Done{};
}

std::string new_boot_id() {
    report::BootId id{};
    if (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) id[15] = 1;
    id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x40);  // RFC 4122: version 4, variant 1
    id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
    return report::boot_id_text(id) + "\n";
}

// The bytes from `begin` to the end, at most the last kRamoopsSize of them.
std::string tail_of(const std::string& path, std::uint64_t begin) {
    const sys::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto size = size_of(path);
    if (!file || size <= begin) return {};
    const auto length = std::min<std::uint64_t>(size - begin, kRamoopsSize);
    std::string bytes(static_cast<std::size_t>(length), '\0');
    const auto got =
        ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(size - length));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

Status keep(const std::string& from, std::uint64_t begin, const std::string& to) {
    const auto bytes = tail_of(from, begin);
    if (!bytes.empty()) return write_file(to, bytes);
    ::unlink(to.c_str());
    return Done{};
}

std::string record(const BoardFiles& files, const char* name) {
    return files.pstore + "/" + name + "-ramoops-0";
}

}  // namespace

Result<std::uint32_t> BoardMemory::first_flags() const {
    const sys::Fd file(::open(files_.flags.c_str(), O_RDONLY | O_CLOEXEC));
    if (files_.flags.empty() || !file) return 0U;
    auto text = sys::read_all(file, 64, files_.flags);
    if (!text) return text.error();
    if (text->ends_with('\n')) text->pop_back();
    const auto flags = parse_decimal<std::uint32_t>(*text);
    if (!flags) return refusal(files_.flags + " holds no decimal number");
    return *flags;
}

Status BoardMemory::boot(std::uint32_t flags) {
    ++boots_;
    if (!files_.flags.empty())
        if (auto wrote = write_file(files_.flags, std::to_string(flags) + "\n"); !wrote)
            return wrote;
    if (!files_.boot_id.empty())
        if (auto wrote = write_file(files_.boot_id, new_boot_id()); !wrote) return wrote;
    if (!files_.pmsg.empty())
        if (auto wrote = write_file(files_.pmsg, ""); !wrote) return wrote;
    console_begin_ = size_of(files_.console);
    return Done{};
}

Status BoardMemory::keep_ram() const {
    if (files_.pstore.empty()) return Done{};
    if (!files_.pmsg.empty())
        if (auto kept = keep(files_.pmsg, 0, record(files_, "pmsg")); !kept) return kept;
    if (!files_.console.empty())
        return keep(files_.console, console_begin_, record(files_, "console"));
    return Done{};
}

void BoardMemory::lose_ram() const {
    if (files_.pstore.empty()) return;
    for (const char* name : {"pmsg", "console"}) ::unlink(record(files_, name).c_str());
}

void BoardMemory::log(std::chrono::steady_clock::time_point now, const std::string& words) {
    if (files_.log.empty()) return;
    if (!log_)
        log_ = sys::Fd(::open(files_.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    const auto line = std::to_string(now.time_since_epoch() / std::chrono::nanoseconds(1)) + " " +
                      std::to_string(boots_) + " " + words + "\n";
    [[maybe_unused]] const auto n = ::write(log_.get(), line.data(), line.size());
}

}  // namespace vakt::prog
