// SPDX-License-Identifier: Apache-2.0
// What of a bridge outlives it.
#include "prog/syslog_bridge_memory.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/open.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

constexpr const char* kFile = "bridge.seq";
constexpr std::size_t kMost = 100;

struct Line {
    report::BootId boot{};
    std::uint64_t number = 0;
};

std::optional<Line> read_line(std::string_view text) {
    if (text.size() < report::kBootIdText + 2 || text.back() != '\n') return std::nullopt;
    const auto boot = report::parse_boot_id(text.substr(0, report::kBootIdText));
    text.remove_suffix(1);
    const auto number = parse_decimal<std::uint64_t>(text.substr(report::kBootIdText + 1));
    if (!boot || !number || *number == 0) return std::nullopt;
    return Line{*boot, *number};
}

sys::Fd directory(const std::string& path) {
    return sys::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

ReservedNumbers::ReservedNumbers(std::string state, const report::BootId& boot, Log& log)
    : state_(std::move(state)), boot_(boot), log_(log) {
    const auto dir = directory(state_);
    bool sure = static_cast<bool>(dir);
    if (!dir) {
        log_.say(sys::Severity::err, describe(sys::last_error("open", state_)));
    } else if (const auto file = sys::open_regular(dir, kFile)) {
        const auto text = sys::read_all(*file, kMost, kFile);
        const auto line = text ? read_line(*text) : std::nullopt;
        if (line && line->boot == boot_) first_ = line->number;
        were_used_ = !line || line->boot == boot_;
        sure = line.has_value();
        if (!sure) log_.say(sys::Severity::err, state_, "/", kFile, ": holds no number");
    } else if (file.error().code == std::errc::no_such_file_or_directory) {
        were_used_ = false;
    } else {
        sure = false;
        log_.say(sys::Severity::err, describe(file.error()));
    }
    end_ = first_ + kAtOnce;
    if (sure) {
        const auto written = write(end_);
        if (written) return;
        log_.say(sys::Severity::err, "numbers cannot be reserved: ", describe(written.error()));
    }
    first_ = std::max(first_, sys::uptime_ms() * 1'000'000);
    end_ = first_ + kAtOnce;
    if (!sure) static_cast<void>(write(end_));
}

void ReservedNumbers::keep_ahead_of(std::uint64_t next) {
    if (next + kAtOnce / 2 < end_) return;
    end_ = next + kAtOnce;
    if (const auto written = write(end_); !written)
        log_.say(sys::Severity::err, "numbers cannot be reserved: ", describe(written.error()));
}

Status ReservedNumbers::write(std::uint64_t number) const {
    const auto dir = directory(state_);
    if (!dir) return sys::last_error("open", state_);
    const auto text = report::boot_id_text(boot_) + " " + std::to_string(number) + "\n";
    constexpr mode_t kMode = 0644;
    if (auto put = sys::put_file(dir, kFile, std::string(kFile) + ".new", text, kMode); !put)
        return put;
    return sys::sync_directory(dir);
}

}  // namespace vakt::prog
