// SPDX-License-Identifier: Apache-2.0
// vaktctl's verbs that ask the keeper for something: snooze, healthy, disarm, reboot; and asking
// back.
#include <unistd.h>

#include "ctl/printable.h"
#include "ctl/words.h"
#include "prog/vaktctl_verbs.h"
#include "report/keeper_note.h"
#include "sys/clock.h"
#include "sys/nonblock.h"
#include "sys/terminal.h"

namespace vakt::prog {
namespace {

namespace lease = wire::lease;
using namespace std::chrono_literals;

// Whoever wants it will have typed it by then.
constexpr Duration kAnswerWithin = 60s;

/// One question that is answered by Answer. The exit status.
int ask(KeeperClient& keeper, const ctl::Options& options, const wire::LeaseMessage& question) {
    const auto answer = keeper.ask<lease::Answer>(question, patience_from_now(options));
    if (!answer) return complain(kNoKeeper, describe(answer.error()));
    return tell_refusal(options, answer->refusal);
}

}  // namespace

void show(std::string_view text) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    for (std::span rest(bytes, text.size()); !rest.empty();) {
        const auto moved = sys::write_some(1, rest);
        // Somebody gave us an output that does not block, or is gone: what is lost is theirs.
        if (moved.how != sys::Moved::How::some) return;
        rest = rest.subspan(moved.bytes);
    }
}

int complain(int code, std::string_view words) {
    sys::say(2, "vaktctl: " + ctl::printable(words));
    return code;
}

Instant patience_from_now(const ctl::Options& options) { return sys::now() + options.patience; }

int tell_refusal(const ctl::Options& options, keeper::Refusal refusal) {
    if (refusal == keeper::Refusal::none) return kDone;
    return complain(kRefused, "refused: " + ctl::refusal_words(options, refusal, ::getuid()));
}

int confirm(const ctl::Options& options, const std::string& question) {
    if (options.yes) return kDone;
    if (!sys::is_terminal(0))
        return complain(kUsage, question + "; without a terminal, say --yes to mean it");
    sys::say(2, question + ".\nType yes to go on:");
    const auto answer = sys::read_answer(0, kAnswerWithin);
    return answer == "yes" ? kDone : complain(kRefused, "nothing was done");
}

int choose_lease(ctl::Options& options, const wire::WholeStatus& status) {
    if (!options.lease.empty()) return kDone;
    std::string all;
    for (const auto& row : status.leases) {
        if (row.presence != keeper::Presence::held) continue;
        (all += all.empty() ? "" : ", ") += ctl::printable(row.name.view());
        options.lease = row.name;
    }
    if (all.empty()) return complain(kRefused, "no heart holds a lease; vaktctl status shows them");
    if (all == ctl::printable(options.lease.view())) return kDone;
    return complain(kUsage, "which lease is meant? There are " + all);
}

int snooze(ctl::Options options) {
    auto keeper = KeeperClient::connect(options.socket);
    if (!keeper) return complain(kNoKeeper, describe(keeper.error()));
    if (options.lease.empty()) {
        const auto status = keeper->status(patience_from_now(options));
        if (!status) return complain(kNoKeeper, describe(status.error()));
        if (const auto code = choose_lease(options, *status); code != kDone) return code;
    }
    const auto code = ask(*keeper, options, lease::Snooze{options.lease, options.length});
    if (code == kDone)
        show(ctl::printable(options.lease.view()) + " counts as good for " +
             ctl::length_words(options.length) + "\n");
    return code;
}

int say_healthy(const ctl::Options& options) {
    auto keeper = KeeperClient::connect(options.socket);
    if (!keeper) return complain(kNoKeeper, describe(keeper.error()));
    const auto code = ask(*keeper, options, lease::Healthy{});
    if (code == kDone) show("this boot counts as one that has come up\n");
    return code;
}

int disarm(const ctl::Options& options) {
    auto keeper = KeeperClient::connect(options.socket);
    if (!keeper) return complain(kNoKeeper, describe(keeper.error()));
    const auto status = keeper->status(patience_from_now(options));
    if (!status) return complain(kNoKeeper, describe(status.error()));
    std::vector<lease::StatusDevice> armed;
    std::string names;
    for (const auto& row : status->devices) {
        const bool meant = options.device == keeper::kEveryDevice || options.device == row.number;
        if (!meant || row.state != keeper::DeviceState::armed) continue;
        armed.push_back(row);
        (names += names.empty() ? "" : ", ") += ctl::printable(row.name.view());
    }
    if (armed.empty()) return tell_refusal(options, keeper::Refusal::not_there);
    const auto question = "this disarms " + names + " for good: what hangs is then not reset by it";
    if (const auto code = confirm(options, question); code != kDone) return code;
    auto worst = kDone;
    for (const auto& row : armed) {
        const auto answer =
            keeper->ask<lease::Answer>(lease::Disarm{row.number}, patience_from_now(options));
        if (!answer) return complain(kNoKeeper, describe(answer.error()));
        const auto name = ctl::printable(row.name.view());
        if (answer->refusal == keeper::Refusal::none)
            show(name + " is disarmed\n");
        else
            worst = complain(
                kRefused,
                name + ": refused: " + ctl::refusal_words(options, answer->refusal, ::getuid()));
    }
    return worst;
}

int end_board(const ctl::Options& options) {
    auto keeper = KeeperClient::connect(options.socket);
    if (!keeper) return complain(kNoKeeper, describe(keeper.error()));
    const auto what = std::string(report::words_of(options.end));
    const auto question = "this ends the board (" + what + ")" +
                          (options.now ? " at once, without the system's own shutdown" : "");
    if (const auto code = confirm(options, question); code != kDone) return code;
    const auto code = ask(*keeper, options, lease::End{options.end, options.now});
    if (code != kDone) return code;
    auto words = what + " has begun";
    if (const auto status = keeper->status(patience_from_now(options)))
        if (status->board.deadline != kNever)
            words += "; " + ctl::in_words(status->board.deadline - status->board.now) +
                     " are left until the hardware does it";
    show(words + "\n");
    return kDone;
}

}  // namespace vakt::prog
