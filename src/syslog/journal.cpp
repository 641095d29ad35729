// SPDX-License-Identifier: Apache-2.0
// Journal fields, sorted into an entry.
#include "syslog/journal.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace vakt::syslog {
namespace {

/// The first value that is a number up to `most` is taken; one that is none is a fault.
template <class T>
void take_number(std::string_view value, T most, std::optional<T>& into, bool& malformed) {
    const auto number = parse_decimal<T>(value);
    if (!number || *number > most) {
        malformed = true;
        return;
    }
    if (!into) into = number;
}

/// "i=1f;" off the front: the value behind `key`.
std::optional<std::string_view> take_item(std::string_view& text, std::string_view key) {
    if (!text.starts_with(key)) return std::nullopt;
    const auto end = text.find(';');
    if (end == std::string_view::npos) return std::nullopt;
    const auto value = text.substr(key.size(), end - key.size());
    text.remove_prefix(end + 1);
    return value;
}

std::optional<std::uint64_t> read_hex(std::string_view text) {
    constexpr std::size_t kDigits = 16;
    if (text.empty() || text.size() > kDigits) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9')
            value = value << 4 | static_cast<std::uint64_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | static_cast<std::uint64_t>(c - 'a' + 10);
        else
            return std::nullopt;
    }
    return value;
}

}  // namespace

// Not value-initialised: the pages are touched when something is put there.
JournalFields::JournalFields()
    : room_(std::make_unique_for_overwrite<Room>()), structured_(room_->structured, kSdId) {}

void JournalFields::begin(std::int64_t real_ns, std::uint64_t mono_ns) {
    part_ = {};
    text_.reset();
    structured_.clear();
    severity_.reset();
    facility_.reset();
    sender_pid_.reset();
    sender_uid_.reset();
    time_ns_ = real_ns;
    mono_ns_ = mono_ns;
    malformed_ = false;
    cut_ = false;
}

void JournalFields::add(std::string_view field) {
    const auto end = field.find('=');
    if (end == std::string_view::npos || end == 0) {
        malformed_ = true;
        return;
    }
    const auto name = field.substr(0, end);
    const auto value = field.substr(end + 1);
    constexpr std::uint8_t kFacilities = 23;
    constexpr std::uint8_t kSeverities = 7;
    constexpr auto kAny = static_cast<std::uint32_t>(-1);
    if (name.front() == '_') {
        if (name == "_COMM") return static_cast<void>(keep(comm, value));
        if (name == "_HOSTNAME") return static_cast<void>(keep(host, value));
        if (name == "_SYSTEMD_UNIT") return static_cast<void>(keep(unit, value));
        if (name == "_UID") return take_number(value, kAny, sender_uid_, malformed_);
        if (name == "_PID") {
            keep(pid, value);
            return take_number(value, kAny, sender_pid_, malformed_);
        }
        if (name == "_SOURCE_REALTIME_TIMESTAMP") {
            constexpr std::uint64_t kMicro = 1000;
            const auto time = parse_decimal<std::uint64_t>(value);
            if (time && *time <= static_cast<std::uint64_t>(INT64_MAX) / kMicro)
                time_ns_ = static_cast<std::int64_t>(*time * kMicro);
            else
                malformed_ = true;
            return;
        }
        if (name != "_TRANSPORT") return;
    } else if (name == "MESSAGE") {
        if (!text_) {
            const auto kept = value.substr(0, kLongestText);
            cut_ = cut_ || kept.size() < value.size();
            std::memcpy(room_->text.data(), kept.data(), kept.size());
            text_ = {room_->text.data(), kept.size()};
            return;
        }
    } else if (name == "PRIORITY") {
        return take_number(value, kSeverities, severity_, malformed_);
    } else if (name.starts_with("SYSLOG_")) {
        if (name == "SYSLOG_FACILITY")
            return take_number(value, kFacilities, facility_, malformed_);
        if (name == "SYSLOG_TIMESTAMP" || name == "SYSLOG_RAW") return;
        if (name == "SYSLOG_IDENTIFIER" && keep(identifier, value)) return;
        if (name == "SYSLOG_PID" && keep(syslog_pid, value)) return;
    } else if (name == "MESSAGE_ID") {
        if (keep(id, value)) return;
    } else if (name == "UNIT") {
        keep(about, value);  // and it is told as a field, too: only systemd's own are the unit
    }
    describe(name, value);
}

// False when the part has a value already.
bool JournalFields::keep(Part part, std::string_view value) {
    if (!part_[part].empty()) return false;
    const auto kept = value.substr(0, kLongestField);
    cut_ = cut_ || kept.size() < value.size();
    std::memcpy(room_->part[part].data(), kept.data(), kept.size());
    part_[part] = {room_->part[part].data(), kept.size()};
    return true;
}

void JournalFields::describe(std::string_view name, std::string_view value) {
    // journald lets only such names in; a file that broke may hold others.
    constexpr std::string_view kOfNames = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    if (name.find_first_not_of(kOfNames) != std::string_view::npos) {
        malformed_ = true;
        return;
    }
    if (!structured_.add(name, value)) cut_ = true;
}

Entry JournalFields::entry() const {
    Entry entry;
    entry.source = Source::journal;
    entry.mono_ns = mono_ns_;
    entry.cut = cut_;
    entry.unit = part_[unit];
    if (sender_pid_ && sender_uid_) entry.sender = Sender{*sender_pid_, *sender_uid_};
    if (sender_pid_ == 1U && !part_[about].empty()) entry.unit = part_[about];
    auto& record = entry.record;
    record.form = Form::journal;
    record.malformed = malformed_ || !text_;
    constexpr std::uint8_t kUser = 1;
    if (severity_ || facility_)
        record.pri = Pri(
            facility_.value_or(kUser),
            static_cast<Severity>(severity_.value_or(static_cast<std::uint8_t>(Severity::info))));
    record.time_ns = time_ns_;
    record.host = part_[host];
    record.app = part_[identifier].empty() ? part_[comm] : part_[identifier];
    record.pid = part_[syslog_pid].empty() ? part_[pid] : part_[syslog_pid];
    record.msgid = part_[id];
    record.structured = structured_.text();
    record.text = text_.value_or(std::string_view());
    return entry;
}

std::optional<JournalCursor> read_journal_cursor(std::string_view cursor) {
    const auto sequence = take_item(cursor, "s=");
    const auto number = take_item(cursor, "i=");
    if (!sequence || !number || !cursor.starts_with("b=")) return std::nullopt;
    const auto value = read_hex(*number);
    if (!value || sequence->empty()) return std::nullopt;
    return JournalCursor{*sequence, *value, cursor};
}

std::optional<std::uint64_t> missing_between(std::string_view from, std::string_view to) {
    const auto one = read_journal_cursor(from);
    const auto other = read_journal_cursor(to);
    if (!one || !other || one->sequence_id != other->sequence_id) return std::nullopt;
    return other->number > one->number ? other->number - one->number - 1 : 0;
}

bool same_entry(std::string_view one, std::string_view other) {
    const auto a = read_journal_cursor(one);
    const auto b = read_journal_cursor(other);
    return a && b ? a->place == b->place : one == other;
}

}  // namespace vakt::syslog
