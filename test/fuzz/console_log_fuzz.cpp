// SPDX-License-Identifier: Apache-2.0
// Any bytes as the environment of a console's log, as names in its directory, and as a sequence of
// what happens to its backlog: everything stays within its limits.
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "console/log.h"
#include "console/log_backlog.h"
#include "console/log_names.h"
#include "console/log_settings.h"
#include "console/pipe_names.h"

using namespace vakt;
using namespace vakt::console;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void try_settings(std::string_view text) {
    // A value of the environment has no zero byte; each line is one variable's.
    std::string values(text);
    for (auto& c : values)
        if (c == '\0') c = ' ';
    std::string_view rest = values;
    const auto read = read_log_settings([&](const char*) -> std::optional<std::string_view> {
        if (rest.empty()) return std::nullopt;
        return take_line(rest);
    });
    const auto& its = read.settings;
    must(its.generations >= 2 && its.generations <= 1000);
    must(its.max_size >= 1000);
    must(its.alive >= std::chrono::minutes(1) && its.activity >= std::chrono::minutes(1));
    must(its.sync >= std::chrono::seconds(1) && its.sync <= std::chrono::hours(1));
    must(its.format.size() <= 256);
    std::tm time{};
    time.tm_year = 126;
    time.tm_zone = "GMT";
    const auto stamp = log_time(its, time);
    must(!stamp.empty() && stamp.size() <= 255);
    Silence silence(its, Instant{});
    must(silence.wake_at() > Instant{} && silence.wake_at() < kNever);
}

void try_names(std::string_view text) {
    LogsThere there(7);
    while (!text.empty()) {
        const auto name = take_line(text);
        there.saw(name);
        if (const auto number = log_number(name); number != 0) must(log_name(number) == name);
        must(pipe_number(name) <= kMostPipes);
    }
    must(there.newest() >= 1 && there.newest() <= 7);
}

void try_backlog(std::string_view text) {
    LogBacklog backlog;
    Instant now{std::chrono::hours(1)};
    std::uint64_t put = 0;
    std::uint64_t told = 0;
    std::uint64_t got = 0;
    const auto take = [&] {
        told += backlog.first().missed;
        got += backlog.first().bytes.size();
        backlog.taken(now);
    };
    for (const char c : text) {
        const auto number = static_cast<unsigned char>(c);
        now += std::chrono::milliseconds(number);
        if (number % 4 == 0 && !backlog.empty()) {
            take();
        } else if (number % 4 == 1) {
            backlog.on_wake(now);
        } else if (!backlog.full()) {
            const auto size = std::size_t{number} * 256;
            put += size;
            backlog.put(now, {.bytes = std::string(size, 'x')});
        }
    }
    const auto left = backlog.missed();
    while (!backlog.empty()) take();
    must(put == told + got + left);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try_settings(text);
    try_names(text);
    try_backlog(text.substr(0, 4096));
    return 0;
}
