// SPDX-License-Identifier: Apache-2.0
// Everything that is left of the last boot, made into one verdict: why the board restarted.
#include "report/reset_report.h"

#include <algorithm>
#include <utility>

#include "report/boot_status.h"
#include "report/last_lines.h"
#include "report/pmsg_note.h"
#include "wdt/timing.h"

namespace vakt::report {

namespace {

constexpr wdt::BootFlags kPowerFlags = wdt::kPowerUnder | wdt::kPowerOver;

/// Of what start_erl said, the last: a loop says the same again and again.
constexpr std::size_t kMostStarts = 3;

/// The facts of the rules' table.
struct Facts {
    std::optional<Entry> note;   ///< N
    std::optional<Entry> other;  ///< the first of another lease or evidence, not recovered from
    Step deepest = Step::none;
    bool noted_clean = false;
    bool has_word = false;
    bool bitten = false;
    wdt::BootFlags flags = 0;
    bool in_ledger = false;
    std::vector<Entry> starts;       ///< what start_erl chose instead of the plain release
    std::optional<Entry> asked_for;  ///< a drill, a disarming: no cause, but worth telling
    PstoreContent pstore;

    /// The hardware was not what somebody had asked for.
    [[nodiscard]] bool bites_unasked() const { return bitten && deepest != Step::hardware; }
};

struct Verdict {
    Cause cause;
    Confidence confidence;
};

/// Whether pmsg has what the ledger has. The numbers may differ: pmsg is written first, with the
/// one that the ledger is reckoned to give.
bool same(Entry a, Entry b) {
    a.sequence = b.sequence = 1;
    return PmsgLine(a).view() == PmsgLine(b).view();
}

/// The ledger's entries and pmsg's notes of one boot, each once, oldest first.
std::vector<Entry> entries_of(const BootId& boot, const Findings& findings,
                              const PstoreContent& pstore) {
    std::vector<Entry> entries;
    const auto take = [&](const Entry& entry) {
        if (entry.boot_id != boot) return;
        const bool there = std::any_of(entries.begin(), entries.end(),
                                       [&](const Entry& one) { return same(one, entry); });
        if (!there) entries.push_back(entry);
    };
    for (const auto& entry : findings.ledger.entries) take(entry);
    for (const auto& entry : pstore.notes) take(entry);
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.uptime_ms, a.sequence) < std::pair(b.uptime_ms, b.sequence);
    });
    return entries;
}

/// The boot before this one: the newest entry that is not this boot's names it.
std::optional<BootId> boot_before(const Findings& findings, const PstoreContent& pstore) {
    const Entry* newest = nullptr;
    const auto look = [&](const Entry& entry) {
        if (entry.boot_id != findings.this_boot &&
            (newest == nullptr || entry.sequence > newest->sequence))
            newest = &entry;
    };
    for (const auto& entry : findings.ledger.entries) look(entry);
    for (const auto& entry : pstore.notes) look(entry);
    if (newest == nullptr) return std::nullopt;
    return newest->boot_id;
}

/// By the wall clock that its first entry had.
std::optional<std::int64_t> beginning_of(const BootId& boot, const Findings& findings) {
    constexpr std::uint64_t kLongest = 1'000'000'000'000;  // milliseconds; no boot lasts 30 years
    for (const auto& entry : findings.ledger.entries) {
        if (entry.boot_id != boot) continue;
        const auto before =
            static_cast<std::int64_t>(std::min(entry.uptime_ms, kLongest)) * 1'000'000;
        return entry.wall_ns < INT64_MIN + before ? INT64_MIN : entry.wall_ns - before;
    }
    return std::nullopt;
}

/// What was noted and not recovered from.
void read_entries(const std::vector<Entry>& entries, Facts& facts) {
    std::vector<Entry> open;
    for (const auto& entry : entries) {
        if (entry.kind == Kind::note) open.push_back(entry);
        if (entry.kind == Kind::clean) facts.noted_clean = true;
        if (entry.kind == Kind::info && entry.cause == Cause::requested) facts.asked_for = entry;
        if (is_start_info(entry)) facts.starts.push_back(entry);
        if (entry.kind != Kind::recovered) continue;
        facts.noted_clean = false;
        std::erase_if(open, [&](const Entry& note) {
            return entry.lease.empty() || note.lease == entry.lease;
        });
    }
    if (open.empty()) return;
    for (const auto& note : open) facts.deepest = std::max(facts.deepest, note.step);
    // Of several that went wrong the one that first had the board brought down, else the first: a
    // VM that crashes since its disk is gone is started again; what watches the disk resets. Who
    // asks for a restart after a fault asks for its sake.
    auto cause = open.begin();
    const auto brought_down = [](const auto& note) {
        return note.step >= Step::login1 && note.cause != Cause::requested;
    };
    const auto asked = std::find_if(open.begin(), open.end(), brought_down);
    if (cause->cause != Cause::requested && asked != open.end())
        cause = std::find_if(open.begin(), open.end(),
                             [&](const auto& note) { return note.lease == asked->lease; });
    facts.note = *cause;
    std::erase_if(open, [&](const Entry& note) { return note.lease == facts.note->lease; });
    if (!open.empty()) facts.other = open.front();
}

Verdict judge_panic(const Facts& facts) {
    if (facts.pstore.pretimeout)
        return {facts.note ? facts.note->cause : Cause::hw_watchdog, Confidence::high};
    // Of a boot that nothing else names, the record may be older than the hang.
    const bool contradicted = facts.note || facts.noted_clean || (facts.bitten && !facts.in_ledger);
    return {Cause::kernel_panic, contradicted ? Confidence::medium : Confidence::high};
}

Verdict judge_note(const Facts& facts) {
    const auto cause = facts.note->cause;
    if (cause == Cause::requested)
        return {cause, facts.bites_unasked() ? Confidence::medium : Confidence::high};
    if (facts.bitten || facts.noted_clean || facts.deepest >= Step::login1)
        return {cause, Confidence::high};
    return {cause, (facts.flags & kPowerFlags) != 0 ? Confidence::low : Confidence::medium};
}

Verdict judge(const Facts& facts) {
    if (facts.pstore.panicked) return judge_panic(facts);
    if (facts.note) return judge_note(facts);
    if (facts.noted_clean)
        return {Cause::clean, facts.bitten ? Confidence::medium : Confidence::high};
    if (facts.pstore.restarted) return {Cause::clean, Confidence::medium};
    if (facts.bitten)
        return {Cause::hw_watchdog, facts.in_ledger ? Confidence::high : Confidence::medium};
    if ((facts.flags & kPowerFlags) != 0) return {Cause::power, Confidence::high};
    if (facts.flags != 0) return {Cause::unknown, Confidence::medium};
    if (facts.in_ledger && facts.has_word)
        return {facts.pstore.kept_ram ? Cause::unknown : Cause::power, Confidence::medium};
    return {Cause::unknown, Confidence::low};
}

std::string noted_words(const Entry& note, bool on_disk) {
    std::string words = "noted before: " + std::string(name_of(note.cause));
    if (!note.lease.empty()) words += ", lease " + fit_line(note.lease.view());
    if (note.beat_age_ms != kBeatAgeUnknown)
        words += ", last beat " + wdt::in_words(wdt::Millis(note.beat_age_ms)) + " ago";
    if (!note.text.empty()) words += ": " + fit_line(note.text.view());
    if (!on_disk) words += " (in pmsg alone; the disk did not get it)";
    return words;
}

void explain(const Findings& findings, const Facts& facts, const Verdict& verdict,
             std::vector<std::string>& evidence) {
    const auto& pstore = facts.pstore;
    const auto say = [&](std::string words) { evidence.push_back(std::move(words)); };
    if (pstore.panicked)
        say("the kernel panicked" + (pstore.panic.empty() ? "" : ": " + pstore.panic));
    for (const auto* noted : {&facts.note, &facts.other}) {
        if (!*noted) continue;
        const auto& stored = findings.ledger.entries;
        say(noted_words(**noted, std::any_of(stored.begin(), stored.end(),
                                             [&](const auto& e) { return same(e, **noted); })));
    }
    if (facts.deepest != Step::none)
        say("the last step noted was " + std::string(name_of(facts.deepest)));
    if (facts.noted_clean) say("an orderly shutdown had begun");
    for (const auto& word : findings.hardware)
        say(fit_line(word.device) + " says: " +
            (word.flags ? boot_status_words(*word.flags) : std::string("it cannot tell")));
    if (facts.asked_for)
        say("noted too" +
            (facts.asked_for->lease.empty()
                 ? std::string()
                 : ", lease " + fit_line(facts.asked_for->lease.view())) +
            ": " + fit_line(facts.asked_for->text.view()));
    const auto first = facts.starts.size() - std::min(facts.starts.size(), kMostStarts);
    for (auto at = first; at < facts.starts.size(); ++at)
        say("noted too: " + fit_line(facts.starts[at].text.view()));
    const bool orderly = verdict.cause == Cause::clean || verdict.cause == Cause::requested;
    if (orderly && facts.bites_unasked())
        say("but the watchdog ended it: the shutdown hung, or this board restarts by its watchdog");
    if (verdict.cause == Cause::kernel_panic && facts.note)
        say("but " + std::string(name_of(facts.note->cause)) + " was noted before the panic");
    if (verdict.cause == Cause::kernel_panic && facts.noted_clean)
        say("but the shutdown was orderly before the panic");
    if (facts.note && !pstore.panicked && (facts.flags & kPowerFlags) != 0)
        say("but the power failed too");
    if (pstore.restarted) say("the kernel's console ends in an orderly restart");
    if (pstore.oopsed && !pstore.panicked) say("the kernel had an oops");
    if (facts.in_ledger && !facts.note && !facts.noted_clean)
        say("the boot before ended without a note");
    if (!facts.in_ledger) say("the ledger has no boot before this one");
    if (findings.ledger.damaged != 0)
        say(std::to_string(findings.ledger.damaged) + " slots of the ledger are damaged");
    if (pstore.kept_ram) say("RAM outlived the restart");
    for (const auto& name : pstore.stale) say(name + " is older than the boot before");
    for (const auto& name : pstore.told) say(name + " is what an earlier report told of");
    for (const auto& name : pstore.passed_over) say(name + " is compressed and was not read");
    for (const auto& words : findings.troubles) say(fit_line(words));
}

/// Whether a line of facility kern is what the kernel's own record ends in: "[ 9.5] text".
bool is_kernels(const BlackBoxLine& line, std::string_view its) {
    const auto text = fit_line(line.text);
    const auto words = std::string_view(text).substr(text.starts_with("kernel: ") ? 8 : 0);
    return line.pri < 8 && !words.empty() && its.ends_with(words);
}

/// Black box and pmsg, without this boot's, and without what the kernel's own record has.
std::vector<BlackBoxLine> logged_lines(const Findings& findings, const PstoreContent& pstore) {
    // pmsg has the beginnings of lines that the disk may have whole: what comes last stays.
    auto lines = pstore.logged;
    lines.insert(lines.end(), findings.black_box.begin(), findings.black_box.end());
    std::erase_if(lines, [&](const BlackBoxLine& line) {
        if (line.boot_id == findings.this_boot) return true;
        return std::any_of(pstore.kernel_lines.begin(), pstore.kernel_lines.end(),
                           [&](const auto& its) { return is_kernels(line, its); });
    });
    return lines;
}

void gather_lines(const Findings& findings, const std::optional<BootId>& boot,
                  const PstoreContent& pstore, std::vector<std::string>& lines) {
    auto logged = logged_lines(findings, pstore);
    // Where nothing else names the boot, the newest line does.
    const auto its = boot || logged.empty() ? boot : logged.back().boot_id;
    std::erase_if(logged, [&](const auto& line) { return line.boot_id != its; });
    // Half for each where both have more than that.
    const auto kernel =
        std::min(pstore.kernel_lines.size(), kLastLines - std::min(logged.size(), kLastLines / 2));
    if (its)
        for (const auto& line : last_lines(std::move(logged), *its, kLastLines - kernel))
            lines.push_back(line_words(line));
    for (const auto& line : std::span(pstore.kernel_lines).last(kernel)) lines.push_back(line);
}

}  // namespace

Report make_report(const Findings& findings) {
    Facts facts;
    // The boot's beginning decides which dmesg records are its own, and pmsg may name the boot. A
    // clock may have been set back since, so that is for records of before the first report alone.
    facts.pstore = read_pstore(findings.pstore, std::nullopt);
    const auto boot = boot_before(findings, facts.pstore);
    if (boot && !findings.told_is_kept)
        if (const auto since = beginning_of(*boot, findings))
            facts.pstore = read_pstore(findings.pstore, since);

    Report report;
    report.boot = boot;
    if (boot) {
        const auto entries = entries_of(*boot, findings, facts.pstore);
        facts.in_ledger = true;
        read_entries(entries, facts);
    }
    // Counts are in the ledger alone; pmsg has none.
    for (const auto& entry : findings.ledger.entries) {
        if (!boot || entry.boot_id != *boot) continue;
        report.boots = entry.boots;
        report.failed_boots = entry.healthy ? 0 : entry.failed_boots + (entry.ended ? 0 : 1);
    }
    for (const auto& word : findings.hardware) {
        facts.has_word |= word.flags.has_value();
        facts.flags |= word.flags.value_or(0);
    }
    facts.bitten = (facts.flags & wdt::kCardReset) != 0;

    const auto verdict = judge(facts);
    report.cause = verdict.cause;
    report.confidence = verdict.confidence;
    if (facts.note) {
        report.lease = fit_line(facts.note->lease.view());
        report.text = fit_line(facts.note->text.view());
        report.wall_ns = facts.note->wall_ns;
        report.beat_age_ms = facts.note->beat_age_ms;
    }
    explain(findings, facts, verdict, report.evidence);
    gather_lines(findings, boot, facts.pstore, report.last_lines);
    return report;
}

}  // namespace vakt::report
