// SPDX-License-Identifier: Apache-2.0
// What a simulated board left behind, judged.
#include "test/storm/storm_board.h"

namespace vakt::storm {

// Once it is dead the reason must stand somewhere, unless the reset was what killed it.
void StormBoard::look_at_vm() {
    const auto deed = row().deed;
    const bool ladder_kills = deed == Deed::vm_hangs || deed == Deed::vm_and_heart_hang ||
                              deed == Deed::heart_hangs || deed == Deed::scribe_killed ||
                              deed == Deed::scribe_hangs;
    if (death_seen_ || !ladder_kills) return;
    if (::kill(vm_, 0) == 0) return;
    death_seen_ = true;
    const auto is_reason = [](const report::Entry& entry) {
        return entry.kind == report::Kind::note && entry.cause == report::Cause::vm_hang;
    };
    const auto notes = report::read_pmsg(bytes_of(path("pmsg")));
    const auto ledger = ledger_of(path("state/ledger"));
    const bool is_noted = std::any_of(notes.begin(), notes.end(), is_reason) ||
                          std::any_of(ledger.begin(), ledger.end(), is_reason);
    log_.read();
    if (!is_noted && logged(boot_, "expired") == nullptr)
        fail("the VM is dead, and why is noted nowhere");
}

Nanoseconds StormBoard::last_pet() const {
    Nanoseconds last = 0;
    for (const auto& line : log_.lines)
        if (line.boot == boot_ && (line.words == "pet" || line.words.starts_with("arm ")))
            last = line.at;
    return last;
}

Nanoseconds StormBoard::last_good_beat() const {
    Nanoseconds last = 0;
    for (const auto& line : vm_log_.lines)
        if (line.words == "beat" && line.at <= acted_at_ + 50 * kMs) last = line.at;
    return last;
}

void StormBoard::judge_reset() {
    const auto* expired = logged(boot_, "expired");
    if (harmless()) return fail("it was reset");
    if (expired == nullptr) return fail("it ended without its watchdog");
    const auto by = row().hardware_decides ? last_pet() + hardware_s_ * kSecond
                                           : last_good_beat() + kBeatTimeout + kBootDelay;
    if (!row().hardware_decides) totals_.nearest = std::min(totals_.nearest, by - expired->at);
    if (expired->at > by + kSlack)
        fail("reset " + std::to_string((expired->at - by) / kMs) + " ms after D");

    // The ledger's clock is CLOCK_BOOTTIME.
    const auto ahead = clock_of(CLOCK_BOOTTIME) - now();
    for (const auto& entry : ledger_of(path("state/ledger"))) {
        const auto verdict = static_cast<Nanoseconds>(entry.uptime_ms) * kMs - ahead;
        if (entry.kind != report::Kind::note || entry.step < report::Step::login1 ||
            verdict < acted_at_ - kSecond)
            continue;
        if (last_pet() > verdict + kSlack)
            fail("petted " + std::to_string((last_pet() - verdict) / kMs) +
                 " ms after the verdict");
    }
}

std::string StormBoard::boot_id() const {
    auto boot = bytes_of(path("boot_id"));
    if (boot.ends_with('\n')) boot.pop_back();
    return boot;
}

void StormBoard::when_told() {
    const auto json = bytes_of(path("run/reset_report.json"));
    const auto boot = boot_id();
    const bool is_there = json.ends_with('\n') && value_of(json, "this_boot") == boot;
    if (!is_there && now() - since_ < kPatience) return;
    const auto cause = is_there ? value_of(json, "cause") : "(no report)";
    // Where its parent waited for it first, nobody can tell any more that it was a signal.
    const bool waited_for = row().deed == Deed::vm_killed && cause == "heart_command";
    if (!harmless() && cause != row().cause && !waited_for)
        fail("the report says " + cause + ", " + value_of(json, "text") + ", and not " +
             row().cause);
    if (is_there && value_of(json, "boot") != ended_boot_) fail("the report is on another boot");
    const bool is_the_vms = !harmless() && !row().hardware_decides;
    if (is_there && is_the_vms && value_of(json, "lease") != "vm")
        fail("the report names another lease");
    count(cause);
    row_ = next_row_;
    enter(Phase::booting);
}

void StormBoard::count(const std::string& cause) {
    ++totals_.told[{row_, cause}];
    ++rounds_;
}

}  // namespace vakt::storm
