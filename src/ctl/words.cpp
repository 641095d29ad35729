// SPDX-License-Identifier: Apache-2.0
// What the keeper says, in words for people.
#include "ctl/words.h"

#include "base/json_text.h"
#include "ctl/printable.h"
#include "keeper/words.h"
#include "report/keeper_note.h"

namespace vakt::ctl {
namespace {

using keeper::Refusal;

std::string what(const Options& asked) {
    switch (asked.verb) {
        case Verb::drill:
            return "drill";
        case Verb::snooze:
            return "snooze";
        case Verb::disarm:
            return "disarm";
        case Verb::end:
            return "reboot";
        default:
            return "say so";
    }
}

std::string not_there(const Options& asked) {
    switch (asked.verb) {
        case Verb::drill:
            if (asked.drill == keeper::DrillKind::stop_petting)
                return "no watchdog is armed, so nothing is petted; keeper.conf names the devices";
            if (asked.lease.empty())
                return "this connection holds no lease; name one: vaktctl status shows them";
            return "no heart holds this lease, or its VM is not known; vaktctl status shows them";
        case Verb::snooze:
            if (asked.lease.empty())
                return "this connection holds no lease; name one: vaktctl status shows them";
            return "no such lease, or it counts for nothing now; vaktctl status shows them";
        case Verb::disarm:
            return "no such watchdog is armed; vaktctl status shows them";
        default:
            return "it is not there";
    }
}

/// A note without its percent is a note of the ledger.
report::Entry entry(const wire::lease::News& news, Instant now) {
    const keeper::Note note{.kind = news.kind,
                            .cause = news.cause,
                            .end = news.end,
                            .subject = news.subject,
                            .deadline = news.deadline,
                            .by = news.by};
    return report::entry_of(note, {.now = now});
}

std::string words_alone(const wire::lease::News& news, Instant now) {
    std::string words(entry(news, now).text.view());
    if (news.kind == keeper::NoteKind::warned) {
        const auto rest = words.find(';');
        words = "silent for " + std::to_string(news.percent) + " % of its beat timeout" +
                (rest == std::string::npos ? "" : words.substr(rest));
    }
    return words;
}

bool has_uid(const wire::lease::News& news) {
    return news.cause == keeper::Cause::requested || news.cause == keeper::Cause::drill;
}

}  // namespace

std::string refusal_words(const Options& asked, Refusal refusal, std::uint32_t uid) {
    switch (refusal) {
        case Refusal::none:
            return "done";
        case Refusal::unknown_lease:
            return "keeper.conf has no such lease for uid " + std::to_string(uid) +
                   "; add a row to its leases";
        case Refusal::timing:
            return "a watchdog's timeout is above beat timeout + boot delay - 10 s; lower the one "
                   "in keeper.conf, or raise HEART_BEAT_TIMEOUT or HEART_BEAT_BOOT_DELAY";
        case Refusal::not_allowed:
            if (asked.verb == Verb::healthy)
                return "uid " + std::to_string(uid) +
                       " holds no lease of keeper.conf; root may say so, or a lease's user";
            return "uid " + std::to_string(uid) + " may not " + what(asked) +
                   "; root may, and whom the rights in keeper.conf give it";
        case Refusal::too_late:
            return "the lease is given up already; only the beats of a new heart recover it, and "
                   "vaktctl watch shows them";
        case Refusal::not_there:
            return not_there(asked);
        case Refusal::ending:
            return "the board is ending already, or the keeper leaves; vaktctl status tells which";
        case Refusal::nowayout:
            return "the hardware cannot be disarmed (nowayout): without pets it resets the board; "
                   "to be rid of it, end the system in order, or reboot without it in keeper.conf";
    }
    return "";
}

std::string news_words(const wire::lease::News& news, Instant now) {
    const auto who = news.subject.empty() ? "" : printable(news.subject.view()) + ": ";
    return who + printable(words_alone(news, now));
}

std::string news_json(const wire::lease::News& news, Instant now, std::int64_t wall_ns) {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    JsonText out;
    const auto maybe = [&](std::string_view key, bool known, auto value) {
        out.key(key);
        if (known)
            out.value(value);
        else
            out.null();
    };
    out.open('{').key("version").value(1).key("time_ns").value(wall_ns);
    out.key("kind").value(keeper::name_of(news.kind)).key("subject").value(news.subject.view());
    out.key("cause").value(keeper::name_of(news.cause));
    const bool bounded = news.deadline != kNever;
    maybe("reset_in_ms", bounded,
          bounded ? duration_cast<milliseconds>(news.deadline - now).count() : 0);
    maybe("percent", news.kind == keeper::NoteKind::warned, news.percent);
    maybe("end", news.kind == keeper::NoteKind::verdict, keeper::name_of(news.end));
    maybe("uid", has_uid(news), news.by);
    out.key("text").value(words_alone(news, now));
    return out.close('}').text();
}

std::string_view doing(keeper::Ladder::Phase phase) {
    using Phase = keeper::Ladder::Phase;
    switch (phase) {
        case Phase::calm:
            return "";
        case Phase::warned:
            return "silent for half its beat timeout";
        case Phase::warned_again:
            return "silent for three quarters of its beat timeout";
        case Phase::noting:
            return "the reason is being noted";
        case Phase::hearts_hands:
            return "heart ends the VM and runs its heart command";
        case Phase::dumping:
            return "the crash dump is waited for";
        case Phase::ending:
            return "the VM was sent SIGABRT";
        case Phase::killing:
            return "the VM was sent SIGKILL";
        case Phase::spent:
            return "VM and heart command are done with; the beats of a new heart are waited for";
    }
    return "";
}

std::string_view doing(keeper::Rung rung) {
    switch (rung) {
        case keeper::Rung::none:
            return "";
        case keeper::Rung::noting:
            return "the verdict is being noted";
        case keeper::Rung::login1:
            return "logind is asked to end the system";
        case keeper::Rung::systemd1:
            return "systemd is asked to end the system";
        case keeper::Rung::syscall:
            return "reboot(2) by the keeper itself";
        case keeper::Rung::hardware:
            return "nothing pets any more: the hardware is waited for";
    }
    return "";
}

}  // namespace vakt::ctl
