// SPDX-License-Identifier: Apache-2.0
// heart's environment, its timings against the watchdogs, HEART_COMMAND, and which heart it is.
#include <algorithm>

#include "doctor/findings.h"
#include "heart/settings.h"
#include "wdt/timing.h"

namespace vakt::doctor {
namespace {

using std::chrono::seconds;

wdt::Millis millis(Duration time) { return std::chrono::duration_cast<wdt::Millis>(time); }

/// As heart reads it: what is out of range is passed over.
seconds reckoned(const char* name, const std::optional<std::string>& said, Findings& out) {
    constexpr long kDefault = 60;
    if (!said) return seconds(kDefault);
    const auto number = heart::scan_number(said->c_str());
    if (number && *number > 10 && *number <= 65535) return seconds(*number);
    out.push_back({Level::wrong, std::string(name) + "=" + *said, "is not used: 60 s count instead",
                   "a number above 10 and up to 65535 is wanted"});
    return seconds(kDefault);
}

void examine_timings(const Facts& facts, Findings& out) {
    const auto& heart = facts.heart;
    const auto beat = reckoned("HEART_BEAT_TIMEOUT", heart.beat_timeout, out);
    const auto delay = reckoned("HEART_BEAT_BOOT_DELAY", heart.boot_delay, out);
    if (!heart.beat_timeout && !heart.boot_delay && !heart.lease) return;
    for (const auto& device : facts.devices) {
        const auto& path = device.settings.path;
        const auto good =
            wdt::check_granted(path, millis(device.rule.timeout), millis(beat), millis(delay));
        if (!good)
            out.push_back({Level::wrong, path.empty() ? device.settings.driver : path,
                           "with this environment of heart, " + good.error().doing,
                           "the heart's own times count for its lease: change them, or timeout"});
    }
    if (!heart.dump_seconds) return;
    const auto wait = heart::scan_number(heart.dump_seconds->c_str()).value_or(0);
    const auto room = delay - seconds(12);  // 10 s are the system's, 2 s before those it ends
    if (wait < 0 || seconds(wait) > room)
        out.push_back({Level::weak, "ERL_CRASH_DUMP_SECONDS=" + *heart.dump_seconds,
                       "the wait for a crash dump is cut at " + wdt::in_words(millis(room)) +
                           ": all steps after giving up share HEART_BEAT_BOOT_DELAY",
                       "raise HEART_BEAT_BOOT_DELAY where dumps take longer"});
}

void examine_words(const Facts& facts, Findings& out) {
    const auto& heart = facts.heart;
    if (heart.kill_signal && *heart.kill_signal != "SIGABRT")
        out.push_back({Level::weak, "HEART_KILL_SIGNAL=" + *heart.kill_signal,
                       "is not used: SIGKILL ends the VM", "SIGABRT is the one word that counts"});
    if (heart.no_kill && *heart.no_kill != "TRUE")
        out.push_back({Level::weak, "HEART_NO_KILL=" + *heart.no_kill,
                       "is not used: the VM is killed", "TRUE is the one word that counts"});
    if (heart.hw_disable)
        out.push_back({Level::weak, "HW_WD_DISABLE",
                       "is set: heart takes no lease, and the board does not depend on this VM",
                       "unset it"});
}

bool may_run(const FileFacts& file, std::uint32_t uid) {
    if (uid == 0) return (file.mode & 0111U) != 0;
    if (uid == file.uid) return (file.mode & 0100U) != 0;
    return (file.mode & 0011U) != 0;  // by its group: which groups is not looked at
}

/// The user whose heart it would be.
std::uint32_t hearts_user(const Facts& facts) {
    for (const auto& lease : facts.leases)
        if (facts.uid == 0 && facts.heart.lease && lease.rule.name.view() == *facts.heart.lease)
            return lease.rule.uid;
    return facts.uid;
}

void examine_command(const Facts& facts, Findings& out) {
    for (const auto& ender : facts.enders)
        if (ender.file.is_setuid_root() && (ender.file.mode & 0011U) != 0)
            out.push_back({Level::weak, ender.path,
                           "is setuid root: every user who may run it ends the board",
                           "chmod u-s " + ender.path +
                               ": a heart with a lease needs no right of its own, the keeper "
                               "reboots for it"});
    if (!facts.command) return;
    const auto& [path, file] = *facts.command;
    const auto user = hearts_user(facts);
    const auto subject = "HEART_COMMAND=" + *facts.heart.command;
    if (!file.there()) {
        out.push_back({Level::wrong, subject, path + " is not there: nothing happens when it runs",
                       "mend the command"});
        return;
    }
    if (file.kind != FileFacts::Kind::regular || !may_run(file, user)) {
        out.push_back({Level::wrong, subject,
                       path + " cannot be run by uid " + std::to_string(user),
                       "chmod a+rx " + path + ", or mend the command"});
        return;
    }
    const auto name = path.substr(path.rfind('/') + 1);
    const bool ends_board =
        name == "reboot" || name == "shutdown" || name == "halt" || name == "poweroff";
    if (ends_board && user != 0 && !file.is_setuid_root() && facts.leases.empty())
        out.push_back({Level::wrong, subject,
                       "uid " + std::to_string(user) + " may not reboot: the command fails",
                       "give its VM a lease in " + facts.conf.path +
                           ", then the keeper reboots; setuid root would let every user"});
}

}  // namespace

void examine_heart(const Facts& facts, Findings& out) {
    examine_timings(facts, out);
    examine_words(facts, out);
    examine_command(facts, out);
    for (const auto& heart : facts.hearts)
        if (!heart.ours && !facts.leases.empty())
            out.push_back({Level::weak, heart.path,
                           "is not Vakt's: the emulator beside it starts this one, which takes no "
                           "lease",
                           "ln -sf " + facts.our_heart + " " + heart.path});
}

}  // namespace vakt::doctor
