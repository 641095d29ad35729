// SPDX-License-Identifier: Apache-2.0
// vaktctl: asks the keeper and the bridge, tells people and programs, and proves the chain.
#include <cstdlib>
#include <string>

#include "prog/vaktctl_doctor.h"
#include "prog/vaktctl_verbs.h"
#include "sys/nonblock.h"
#include "sys/terminal.h"

namespace {

using namespace vakt;

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

ctl::Look look_of(const ctl::Options& options) {
    if (!sys::is_terminal(1)) return {};
    return {.width = sys::terminal_width(1),
            .colour = options.colour && environment("TERM") != "dumb"};
}

int run(const ctl::Options& options) {
    const auto look = look_of(options);
    switch (options.verb) {
        case ctl::Verb::help:
            prog::show(ctl::help());
            return prog::kDone;
        case ctl::Verb::version:
            prog::show("vaktctl " VAKT_VERSION "\n");
            return prog::kDone;
        case ctl::Verb::status:
            return prog::show_status(options, look);
        case ctl::Verb::reset:
            return prog::show_reset(options, look);
        case ctl::Verb::doctor:
            return prog::doctor(options, look);
        case ctl::Verb::drill:
            return prog::drill(options);
        case ctl::Verb::snooze:
            return prog::snooze(options);
        case ctl::Verb::disarm:
            return prog::disarm(options);
        case ctl::Verb::end:
            return prog::end_board(options);
        case ctl::Verb::watch:
            return prog::watch(options);
        case ctl::Verb::events:
            return prog::show_events(options, look);
        case ctl::Verb::account:
            return prog::show_account(options, look);
        case ctl::Verb::healthy:
            return prog::say_healthy(options);
    }
    return prog::kUsage;
}

}  // namespace

int main(int count, char** words) {
    // The keeper's end is an answer too.
    sys::ignore_broken_pipes();
    const auto options = ctl::read_options(
        {words + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)}, environment);
    if (!options) return prog::complain(prog::kUsage, describe(options.error()));
    return run(*options);
}
