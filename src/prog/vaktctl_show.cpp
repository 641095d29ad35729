// SPDX-License-Identifier: Apache-2.0
// vaktctl's verbs that only look: status, reset, watch.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>

#include "ctl/printable.h"
#include "ctl/report_text.h"
#include "ctl/status_text.h"
#include "ctl/words.h"
#include "prog/vaktctl_verbs.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kLargestReport = 1U << 20;

Result<std::string> read_report(const std::string& path) {
    // Not to be held up by a FIFO in its place.
    const sys::Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!file) {
        auto error = sys::last_error("open", path);
        if (error.code == std::errc::no_such_file_or_directory)
            error = refusal("there is no " + path +
                            "; wd_keeper has it made when it starts: is it running?");
        return error;
    }
    if (!S_ISREG(sys::status_of(file).st_mode)) return refusal(path + " is no regular file");
    return sys::read_all(file, kLargestReport, path);
}

}  // namespace

std::string local_time(std::int64_t wall_ns, const char* format) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    // Before 1970 too the fraction counts forwards.
    const bool before = wall_ns % kSecond < 0;
    const std::time_t seconds = wall_ns / kSecond - (before ? 1 : 0);
    const auto fraction = wall_ns % kSecond + (before ? kSecond : 0);
    std::tm local = {};
    char text[64] = "";
    if (::localtime_r(&seconds, &local) == nullptr) return "";
    (void)std::strftime(text, sizeof text, format, &local);
    return std::string(text) + "." + std::to_string(1000 + fraction / 1'000'000).substr(1);
}

int show_status(const ctl::Options& options, const ctl::Look& look) {
    auto keeper = KeeperClient::connect(options.socket);
    if (!keeper) return complain(kNoKeeper, describe(keeper.error()));
    const auto status = keeper->status(patience_from_now(options));
    if (!status) return complain(kNoKeeper, describe(status.error()));
    show(options.json ? ctl::status_json(*status) : ctl::status_text(*status, look));
    return kDone;
}

int show_reset(const ctl::Options& options, const ctl::Look& look) {
    const auto path = options.run + "/reset_report.json";
    const auto json = read_report(path);
    if (!json) return complain(kRefused, describe(json.error()));
    const auto text = options.json ? ctl::report_json(*json) : ctl::report_text(*json, look);
    if (!text) return complain(kRefused, path + ": " + describe(text.error()));
    show(*text);
    return kDone;
}

int watch(const ctl::Options& options) {
    auto keeper = KeeperClient::connect(options.socket);
    if (!keeper) return complain(kNoKeeper, describe(keeper.error()));
    const auto watching =
        keeper->ask<wire::lease::Watching>(wire::lease::Watch{}, patience_from_now(options));
    if (!watching) return complain(kNoKeeper, describe(watching.error()));
    const auto until = options.length == Duration::zero() ? kNever : sys::now() + options.length;
    while (sys::now() < until) {
        const auto message = keeper->next(until);
        if (!message) return complain(kNoKeeper, describe(message.error()));
        const auto* const news = *message ? std::get_if<wire::lease::News>(&**message) : nullptr;
        if (news == nullptr) continue;
        const auto wall = sys::wall_ns();
        show(options.json
                 ? ctl::news_json(*news, sys::now(), wall) + "\n"
                 : local_time(wall, "%H:%M:%S") + "  " + ctl::news_words(*news, sys::now()) + "\n");
    }
    return kDone;
}

}  // namespace vakt::prog
