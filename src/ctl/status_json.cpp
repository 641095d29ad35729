// SPDX-License-Identifier: Apache-2.0
// The keeper's status for programs.
#include <algorithm>
#include <optional>

#include "base/json_text.h"
#include "ctl/status_text.h"
#include "keeper/words.h"

namespace vakt::ctl {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

class StatusJson {
 public:
    explicit StatusJson(const wire::WholeStatus& status)
        : status_(status), now_(status.board.now) {}

    std::string text() {
        out_.open('{').key("version").value(1);
        board();
        rows("leases", status_.leases);
        rows("devices", status_.devices);
        rows("evidence", status_.evidence);
        return out_.close('}').text() + '\n';
    }

 private:
    void put(std::string_view key, const auto& value) { out_.key(key).value(value); }
    void maybe(std::string_view key, std::optional<std::int64_t> value) {
        out_.key(key);
        if (value)
            out_.value(*value);
        else
            out_.null();
    }
    void millis(std::string_view key, Duration time) {
        put(key, duration_cast<milliseconds>(time).count());
    }
    void until(std::string_view key, Instant at) {
        maybe(key, at == kNever ? std::nullopt
                                : std::optional(duration_cast<milliseconds>(at - now_).count()));
    }
    void since(std::string_view key, Instant at) {
        maybe(key, at == kNever ? std::nullopt
                                : std::optional(duration_cast<milliseconds>(now_ - at).count()));
    }
    void flag(std::string_view key, std::uint16_t bit) {
        put(key, (status_.board.flags & bit) != 0);
    }

    void board() {
        const auto& board = status_.board;
        put("keeper_version", board.version.view());
        put("mode", keeper::name_of(board.mode));
        until("deadline_in_ms", board.deadline);
        out_.key("verdict");
        if (board.rung == keeper::Rung::none) {
            out_.null();
        } else {
            out_.open('{').key("rung").value(keeper::name_of(board.rung));
            put("end", keeper::name_of(board.end));
            put("cause", keeper::name_of(board.cause));
            put("subject", board.subject.view());
            out_.close('}');
        }
        out_.key("oldest");
        if (board.oldest.empty()) {
            out_.null();
        } else {
            out_.open('{').key("name").value(board.oldest.view());
            put("is_evidence", board.oldest_is_evidence);
            since("silent_for_ms", board.oldest_silent_from);
            until("deadline_in_ms", board.oldest_deadline);
            out_.close('}');
        }
        since("started_ago_ms", board.started);
        put("beats", board.beats);
        put("pets", board.pets);
        put("pet_failures", board.pet_failures);
        put("refused", board.refused);
        put("boots", board.boots);
        put("failed_boots", board.failed_boots);
        out_.key("beat_intervals").open('[');
        for (const auto count : board.beat_intervals) out_.value(count);
        out_.close(']').key("reload_error");
        if (board.error.empty())
            out_.null();
        else
            out_.value(board.error.view());
        flag("holds_back", wire::lease::kHoldsBack);
        flag("memory_locked", wire::lease::kMemoryLocked);
        flag("real_time", wire::lease::kRealTime);
        flag("oom_exempt", wire::lease::kOomExempt);
        flag("hands", wire::lease::kHands);
        flag("systemd_owns", wire::lease::kSystemdOwns);
        flag("scribe_lost", wire::lease::kScribeLost);
        flag("prober_lost", wire::lease::kProberLost);
        flag("reader_lost", wire::lease::kReaderLost);
    }

    void rows(std::string_view key, const auto& rows) {
        out_.key(key).open('[');
        for (const auto& one : rows) {
            out_.open('{');
            row(one);
            out_.close('}');
        }
        out_.close(']');
    }

    void row(const wire::lease::StatusLease& lease) {
        put("name", lease.name.view());
        put("uid", lease.uid);
        put("required", lease.required);
        put("presence", keeper::name_of(lease.presence));
        put("phase", keeper::name_of(lease.phase));
        put("cause", keeper::name_of(lease.cause));
        put("held", lease.held);
        millis("beat_timeout_ms", lease.timing.beat_timeout);
        millis("boot_delay_ms", lease.timing.boot_delay);
        since("last_good_beat_ago_ms", lease.last_good_beat);
        until("deadline_in_ms", lease.deadline);
        millis("snoozed_for_ms", std::max(lease.snoozed_until - now_, Duration::zero()));
        maybe("vm_pid", lease.vm_pid == 0 ? std::nullopt : std::optional(lease.vm_pid));
    }

    void row(const wire::lease::StatusDevice& device) {
        put("number", device.number);
        put("name", device.name.view());
        put("driver", device.driver.view());
        put("identity", device.identity.view());
        put("state", keeper::name_of(device.state));
        millis("granted_ms", device.granted);
        since("petted_ago_ms", device.petted == Instant{} ? kNever : device.petted);
        maybe("time_left_ms",
              device.time_left < Duration::zero()
                  ? std::nullopt
                  : std::optional(duration_cast<milliseconds>(device.time_left).count()));
        put("boot_status", device.boot_status);
        const auto disarms =
            device.abilities & (wire::lease::kCanDisarm | wire::lease::kCannotDisarm);
        out_.key("can_disarm");
        if (disarms == wire::lease::kCanDisarm || disarms == wire::lease::kCannotDisarm)
            out_.value(disarms == wire::lease::kCanDisarm);
        else
            out_.null();
        put("closing_disarms", (device.abilities & wire::lease::kClosingDisarms) != 0);
        put("has_pretimeout", (device.abilities & wire::lease::kHasPretimeout) != 0);
        put("alarm_only", (device.abilities & wire::lease::kAlarmOnly) != 0);
    }

    void row(const wire::lease::StatusEvidence& evidence) {
        put("name", evidence.name.view());
        since("good_ago_ms", evidence.good);
        millis("freshness_ms", evidence.freshness);
        millis("grace_ms", evidence.grace);
        until("deadline_in_ms", evidence.deadline);
        put("asking", evidence.asking);
    }

    const wire::WholeStatus& status_;
    Instant now_;
    JsonText out_;
};

}  // namespace

std::string status_json(const wire::WholeStatus& status) { return StatusJson(status).text(); }

}  // namespace vakt::ctl
