// SPDX-License-Identifier: Apache-2.0
// vaktctl drill: asks for it, then follows what comes of it.
#include <algorithm>

#include "ctl/follow.h"
#include "ctl/printable.h"
#include "ctl/words.h"
#include "keeper/words.h"
#include "prog/vaktctl_verbs.h"
#include "sys/clock.h"

namespace vakt::prog {
namespace {

namespace lease = wire::lease;
using namespace std::chrono_literals;

// A phase that is shorter may be seen only in what follows it.
constexpr Duration kLookEvery = 250ms;

std::string question(const ctl::Options& options) {
    const auto whose = ctl::printable(options.lease.view());
    const std::string then = "; if it does not come back in time, this resets the board";
    switch (options.drill) {
        case keeper::DrillKind::hang_vm:
            return "this stops the VM of lease " + whose + then;
        case keeper::DrillKind::kill_vm:
            return "this kills the VM of lease " + whose + then;
        case keeper::DrillKind::hang_heart:
            return "this stops the heart of lease " + whose + then;
        case keeper::DrillKind::kill_heart:
            return "this kills the heart of lease " + whose + then;
        case keeper::DrillKind::stop_petting:
            return "this resets the board: its watchdog is petted no more";
    }
    return "";
}

void show_lines(const ctl::Follow::Lines& lines) {
    for (const auto& line : lines) show(line + "\n");
}

/// Looks and listens until the end is known.
class Following {
 public:
    Following(KeeperClient& keeper, ctl::Follow& follow) : keeper_(keeper), follow_(follow) {}

    void run() {
        auto look_at = sys::now();
        while (!follow_.end()) {
            const auto now = sys::now();
            if (now >= look_at && !asked_) {
                asked_ = true;
                look_at = now + kLookEvery;
                // Not to be sent is no end: the keeper's last words may be there to be read.
                (void)static_cast<bool>(keeper_.send(lease::StatusAsked{}, now + 1s));
            }
            const auto message = keeper_.next(asked_ ? now + kLookEvery : look_at);
            if (!message) return lose();
            if (*message) take(**message);
            show_lines(follow_.tick(sys::now()));
        }
    }

 private:
    void take(const wire::LeaseMessage& message) {
        if (const auto* const news = std::get_if<lease::News>(&message))
            return show_lines(follow_.news(sys::now(), *news));
        if (status_.take(message) != wire::StatusReader::Took::whole) return;
        asked_ = false;
        show_lines(follow_.status(sys::now(), status_.status()));
    }
    void lose() { show_lines(follow_.lost(sys::now())); }

    KeeperClient& keeper_;
    ctl::Follow& follow_;
    wire::StatusReader status_;
    bool asked_ = false;
};

int code_of(ctl::DrillEnd end) {
    switch (end) {
        case ctl::DrillEnd::recovered:
            show("The chain held: the lease is good again.\n");
            return kDone;
        case ctl::DrillEnd::board:
            show("The chain held: the board is being reset. vaktctl reset tells why, after it.\n");
            return kDone;
        case ctl::DrillEnd::overdue:
            return complain(kRefused,
                            "the chain did NOT hold; vaktctl status and vaktctl doctor tell more");
        case ctl::DrillEnd::lost:
            return complain(kNoKeeper, "the keeper is gone before the end was known");
    }
    return kRefused;
}

}  // namespace

int drill(ctl::Options options) {
    auto keeper = KeeperClient::connect(options.socket);
    if (!keeper) return complain(kNoKeeper, describe(keeper.error()));
    const auto status = keeper->status(patience_from_now(options));
    if (!status) return complain(kNoKeeper, describe(status.error()));
    if (options.drill != keeper::DrillKind::stop_petting)
        if (const auto code = choose_lease(options, *status); code != kDone) return code;
    if (const auto code = confirm(options, question(options)); code != kDone) return code;

    const auto until = patience_from_now(options);
    const auto watching = keeper->ask<lease::Watching>(lease::Watch{}, until);
    if (!watching) return complain(kNoKeeper, describe(watching.error()));
    const auto before = keeper->status(until);
    if (!before) return complain(kNoKeeper, describe(before.error()));
    const auto start = sys::now();
    const auto answer =
        keeper->ask<lease::Answer>(lease::Drill{options.drill, options.lease}, until);
    if (!answer) return complain(kNoKeeper, describe(answer.error()));
    if (const auto code = tell_refusal(options, answer->refusal); code != kDone) return code;

    ctl::Follow follow(options.drill, options.lease, start, *before);
    Following(*keeper, follow).run();
    return code_of(*follow.end());
}

}  // namespace vakt::prog
