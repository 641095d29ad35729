// SPDX-License-Identifier: Apache-2.0
// Events and gaps, for people and for programs.
#include "ctl/event_text.h"

#include <algorithm>
#include <optional>

#include "base/json_text.h"
#include "base/text.h"
#include "ctl/page.h"
#include "ctl/printable.h"

namespace vakt::ctl {
namespace {

using std::string;
using std::string_view;
using syslog::Severity;

string_view name_of(syslog::Source source) {
    return syslog::kSourceNames[static_cast<std::size_t>(source)];
}
string_view name_of(syslog::Loss reason) {
    return syslog::kLossNames[static_cast<std::size_t>(reason)];
}
/// Whoever could have read it in time, or not.
string_view dropper(syslog::Loss reason) {
    const bool before_us = reason == syslog::Loss::source || reason == syslog::Loss::restart;
    return before_us ? "source" : "bridge";
}
string_view facility_of(syslog::Pri pri) { return syslog::kFacilityNames[pri.facility()]; }
string_view severity_of(syslog::Pri pri) {
    return syslog::kSeverityNames[static_cast<std::size_t>(pri.severity())];
}

Tone tone_of(const std::optional<syslog::Pri>& pri) {
    if (!pri) return Tone::plain;
    if (pri->severity() <= Severity::err) return Tone::alarm;
    if (pri->severity() == Severity::warning) return Tone::warning;
    return pri->severity() == Severity::debug ? Tone::dim : Tone::plain;
}

void word(string& line, string_view text) {
    if (text.empty()) return;
    if (!line.empty()) line += ' ';
    line += printable(text);
}

/// Its lines; those behind the first are indented, so that none of them looks like an event.
string printable_lines(string_view text) {
    string out;
    while (text.ends_with('\n')) text.remove_suffix(1);
    while (!text.empty()) {
        string line(take_line(text));
        std::ranges::replace(line, '\t', ' ');
        if (!out.empty()) out += "\n    ";
        out += printable(line);
    }
    return out;
}

/// What the system says of its sender, else what the message says of itself.
string pid_of(const syslog::Entry& entry) {
    return entry.sender ? std::to_string(entry.sender->pid) : string(entry.record.pid);
}

class Json {
 public:
    void text(string_view key, string_view value) { out_.key(key).value(value); }
    /// null where there is none
    void text_or_null(string_view key, string_view value) {
        if (value.empty())
            out_.key(key).null();
        else
            text(key, value);
    }
    void text_if(string_view key, string_view value) {
        if (!value.empty()) text(key, value);
    }
    void number(string_view key, auto value) { out_.key(key).value(value); }
    void number_if(string_view key, auto value) {
        if (value != 0) number(key, value);
    }
    void truth_if(string_view key, bool value) {
        if (value) out_.key(key).value(true);
    }
    void open() { out_.open('{'); }
    [[nodiscard]] string line() { return out_.close('}').text() + '\n'; }

 private:
    JsonText out_;
};

}  // namespace

string event_line(const wire::StampedEntry& event, string_view when, bool colour) {
    const auto& entry = event.entry;
    const auto& record = entry.record;
    string line(when);
    word(line, record.host);
    if (record.pri)
        word(line, string(facility_of(*record.pri)) + "." + string(severity_of(*record.pri)));
    string tag = record.app.empty() ? string(entry.unit) : string(record.app);
    if (const auto pid = pid_of(entry); !tag.empty() && !pid.empty()) tag += "[" + pid + "]";
    if (!tag.empty()) word(line, tag + ":");
    auto text = printable_lines(record.text);
    if (entry.cut) text += " (cut)";
    if (event.stamp.repeats > 0)
        text += " (and " + std::to_string(event.stamp.repeats) + " more like it)";
    if (!line.empty() && !text.empty()) line += ' ';
    return line + toned(text, tone_of(record.pri), colour) + '\n';
}

string gap_line(const wire::StampedGap& stamped, bool colour) {
    const auto& gap = stamped.gap;
    string line = "-- " + (gap.count ? std::to_string(*gap.count) : "an unknown number of") +
                  " lost of " + string(name_of(gap.source)) + " (" + string(name_of(gap.reason)) +
                  ")";
    if (gap.to != 0)
        line += ", numbers " + std::to_string(gap.from) + " to " + std::to_string(gap.to);
    if (!gap.words.empty()) line += ": " + printable(gap.words);
    return toned(line, Tone::warning, colour) + '\n';
}

string event_json(const wire::StampedEntry& event, const report::BootId& boot) {
    const auto& entry = event.entry;
    const auto& record = entry.record;
    Json json;
    json.open();
    json.text("boot_id", report::boot_id_text(boot));
    json.number("seq", event.stamp.seq);
    json.text("source", name_of(entry.source));
    json.number("time", record.time_ns.value_or(0));
    json.text_or_null("facility", record.pri ? facility_of(*record.pri) : "");
    json.text_or_null("severity", record.pri ? severity_of(*record.pri) : "");
    json.text_or_null("host", record.host);
    json.text_or_null("app", record.app);
    json.text_or_null("pid", pid_of(entry));
    json.text("text", record.text);
    json.number_if("mono", entry.mono_ns);
    json.text_if("msgid", record.msgid);
    json.text_if("structured", record.structured);
    json.text_if("unit", entry.unit);
    if (entry.sender) {
        json.number("uid", entry.sender->uid);
        json.number("sender_pid", entry.sender->pid);
        if (entry.record.pid != pid_of(entry)) json.text_if("claimed_pid", entry.record.pid);
    }
    json.number_if("repeats", event.stamp.repeats);
    json.truth_if("malformed", record.malformed);
    json.truth_if("cut", entry.cut);
    json.text_if("raw", entry.raw);
    return json.line();
}

string gap_json(const wire::StampedGap& stamped, const report::BootId& boot) {
    const auto& gap = stamped.gap;
    Json json;
    json.open();
    json.text("boot_id", report::boot_id_text(boot));
    if (gap.count)
        json.number("gap", *gap.count);
    else
        json.text("gap", "unknown");
    json.text("source", name_of(gap.source));
    json.text("dropped_by", dropper(gap.reason));
    json.text("reason", name_of(gap.reason));
    if (gap.to != 0) {
        json.number("from", gap.from);
        json.number("to", gap.to);
    }
    json.text_if("words", gap.words);
    return json.line();
}

}  // namespace vakt::ctl
