// SPDX-License-Identifier: Apache-2.0
// What the keeper wants noted, as an entry of the ledger with words for people.
#include "report/keeper_note.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/fixed_line.h"

namespace vakt::report {

namespace {

using keeper::NoteKind;
using Line = FixedLine<157>;

void put_cause(Line& line, const keeper::Note& note) {
    line.put(words_of(note.cause));
    if (note.cause == keeper::Cause::evidence) {
        line.put(": ");
        line.put(note.subject.view());
    }
    if (note.cause == keeper::Cause::requested || note.cause == keeper::Cause::drill) {
        line.put(" by uid ");
        line.put(std::uint64_t{note.by});
    }
}

void put_deadline(Line& line, const keeper::Note& note, Instant now) {
    if (note.deadline == kNever) return;
    const auto left = std::max(note.deadline - now, Duration::zero());
    line.put("; reset in ");
    // Rounded up: nobody is told that no time is left while some is.
    line.put(static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(left).count()));
    line.put(" s at the latest");
}

void put_words(Line& line, const keeper::Note& note, Instant now) {
    switch (note.kind) {
        case NoteKind::warned:
            line.put("silent");
            return put_deadline(line, note, now);
        case NoteKind::given_up:
            line.put("given up: ");
            put_cause(line, note);
            return put_deadline(line, note, now);
        case NoteKind::command:
            line.put("HEART_COMMAND did not help: none, failed or too long; at first ");
            put_cause(line, note);
            return put_deadline(line, note, now);
        case NoteKind::recovered:
            line.put(note.deadline == kNever ? "does not count any more" : "beats again");
            return;
        case NoteKind::retired:
            line.put("its VM left in order");
            return;
        case NoteKind::snoozed:
            line.put("snooze ");
            put_cause(line, note);
            return put_deadline(line, note, now);
        case NoteKind::verdict:
            line.put(words_of(note.end));
            line.put(note.cause == keeper::Cause::drill ? " by the hardware alone: " : ": ");
            put_cause(line, note);
            return put_deadline(line, note, now);
        case NoteKind::drill:
            put_cause(line, note);
            return;
        case NoteKind::disarmed:
            line.put("a watchdog is to be disarmed: ");
            put_cause(line, note);
            return;
        case NoteKind::stale:
            put_cause(line, note);
            return put_deadline(line, note, now);
        case NoteKind::clean:
            line.put("the system is going down");
            return;
        case NoteKind::left:
            line.put("the keeper leaves; the hardware goes on counting");
            return;
    }
}

Kind kind_of(NoteKind kind) {
    switch (kind) {
        case NoteKind::given_up:
        case NoteKind::command:
        case NoteKind::verdict:
            return Kind::note;
        case NoteKind::recovered:
            return Kind::recovered;
        case NoteKind::snoozed:
            return Kind::snoozed;
        case NoteKind::clean:
            return Kind::clean;
        default:
            return Kind::info;
    }
}

Step step_of(const keeper::Note& note) {
    switch (note.kind) {
        case NoteKind::given_up:
            return note.cause == keeper::Cause::never_came ? Step::none : Step::kill;
        case NoteKind::command:
            return Step::heart_command;
        case NoteKind::verdict:
            return note.cause == keeper::Cause::drill ? Step::hardware : Step::login1;
        default:
            return Step::none;
    }
}

}  // namespace

std::string_view words_of(keeper::Cause cause) {
    switch (cause) {
        case keeper::Cause::none:
            return "no cause was given";
        case keeper::Cause::vm_silent:
            return "no beat from the VM";
        case keeper::Cause::vm_closed:
            return "the VM closed its port without SHUT_DOWN";
        case keeper::Cause::vm_crash:
            return "the VM crashed";
        case keeper::Cause::port_failed:
            return "heart cannot read its port";
        case keeper::Cause::heart_silent:
            return "heart is lost or silent";
        case keeper::Cause::never_came:
            return "it never came within its boot deadline";
        case keeper::Cause::evidence:
            return "evidence is stale";
        case keeper::Cause::requested:
            return "asked for";
        case keeper::Cause::drill:
            return "a drill";
    }
    return "";
}

std::string_view words_of(keeper::EndKind end) {
    switch (end) {
        case keeper::EndKind::reboot:
            return "reboot";
        case keeper::EndKind::poweroff:
            return "power off";
        case keeper::EndKind::halt:
            return "halt";
    }
    return "";
}

Cause cause_of(keeper::Cause cause) {
    switch (cause) {
        case keeper::Cause::none:
            return Cause::unknown;
        case keeper::Cause::vm_silent:
        case keeper::Cause::port_failed:
        case keeper::Cause::heart_silent:
        case keeper::Cause::never_came:
            return Cause::vm_hang;
        case keeper::Cause::vm_closed:
            return Cause::heart_command;
        case keeper::Cause::vm_crash:
            return Cause::vm_crash;
        case keeper::Cause::evidence:
            return Cause::evidence;
        case keeper::Cause::requested:
        case keeper::Cause::drill:
            return Cause::requested;
    }
    return Cause::unknown;
}

Entry entry_of(const keeper::Note& note, const Moment& when) {
    Line words;
    put_words(words, note, when.now);
    Entry entry;
    entry.kind = kind_of(note.kind);
    entry.cause = cause_of(note.cause);
    entry.step = step_of(note);
    entry.wall_ns = when.wall_ns;
    entry.uptime_ms = when.uptime_ms;
    entry.beat_age_ms = when.beat_age_ms;
    if (note.cause != keeper::Cause::evidence) entry.lease = note.subject;
    entry.text = words.view();
    return entry;
}

}  // namespace vakt::report
