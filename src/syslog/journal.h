// SPDX-License-Identifier: Apache-2.0
// The fields of one journal entry (systemd.journal-fields(7)) become an entry of ours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "syslog/entry.h"
#include "syslog/sd_writer.h"

namespace vakt::syslog {

/// Gathers fields one by one, copies what is kept (a journal's data move under the reader), and
/// allocates nothing after it was made. Which field becomes what:
///
///   MESSAGE                                text, any bytes
///   PRIORITY, SYSLOG_FACILITY              PRI; without the former info, without the latter user,
///                                          as journald itself forwards them; without both none
///   SYSLOG_IDENTIFIER, else _COMM          app
///   SYSLOG_PID, else _PID                  pid
///   MESSAGE_ID                             msgid
///   _HOSTNAME                              host
///   _PID with _UID                         sender
///   _SYSTEMD_UNIT; of the system's first
///   process UNIT, which it speaks of       unit
///   _SOURCE_REALTIME_TIMESTAMP             time, else the journal's own
///   SYSLOG_TIMESTAMP, SYSLOG_RAW           nothing: they are what the others were read from
///   _TRANSPORT, and every other field
///   without an underscore before it        structured data, one element, in the order they come
///
/// A journal entry without MESSAGE, with a number that is none or a name no field has, is marked
/// malformed.
class JournalFields {
 public:
    /// RFC 5424, section 6.3.2, wants "name@enterprise" of everybody but IANA. We are no
    /// enterprise; 0 is the number IANA keeps back, so the name is nobody else's.
    static constexpr std::string_view kSdId = "journal@0";
    static constexpr std::size_t kLongestText = 65535;
    /// Of all structured data; a field that does not fit any more is left out and marks it `cut`.
    static constexpr std::size_t kLongestStructured = 8192;
    static constexpr std::size_t kLongestField = 255;  ///< of the others; the rest is cut off

    JournalFields();
    /// Begins another entry. `real_ns`: when journald took it, since 1970-01-01T00:00:00Z.
    /// `mono_ns`: CLOCK_MONOTONIC then, 0 where that was in another boot.
    void begin(std::int64_t real_ns, std::uint64_t mono_ns);
    /// "NAME=value", each field once or more; the second MESSAGE and the like are structured data.
    void add(std::string_view field);
    /// What was gathered; its views hold until begin().
    [[nodiscard]] Entry entry() const;

 private:
    enum Part : std::uint8_t { identifier, comm, syslog_pid, pid, id, host, unit, about, parts };
    bool keep(Part part, std::string_view value);
    void describe(std::string_view name, std::string_view value);

    struct Room {
        std::array<char, kLongestText> text;
        std::array<char, kLongestStructured> structured;
        std::array<std::array<char, kLongestField>, parts> part;
    };
    std::unique_ptr<Room> room_;
    std::array<std::string_view, parts> part_;
    std::optional<std::string_view> text_;
    SdWriter structured_;
    std::optional<std::uint8_t> severity_;
    std::optional<std::uint8_t> facility_;
    std::optional<std::uint32_t> sender_pid_;
    std::optional<std::uint32_t> sender_uid_;
    std::int64_t time_ns_ = 0;
    std::uint64_t mono_ns_ = 0;
    bool malformed_ = false;
    bool cut_ = false;
};

/// A cursor of sd-journal, taken apart: "s=ID;i=HEX;b=ID;m=HEX;t=HEX;x=HEX". By its makers' word it
/// is opaque; where it does not look like this nothing is concluded from it.
struct JournalCursor {
    std::string_view sequence_id;  ///< s: whose numbers they are
    std::uint64_t number = 0;      ///< i: one more for each entry of that sequence
    std::string_view place;        ///< "b=...": when and what, the same in any file it is copied to
};
[[nodiscard]] std::optional<JournalCursor> read_journal_cursor(std::string_view cursor);

/// How many entries are missing between two that follow each other; none: their numbers do not
/// tell. 0 as well when `to` is not behind `from`.
[[nodiscard]] std::optional<std::uint64_t> missing_between(std::string_view from,
                                                           std::string_view to);
/// Whether both are of the same entry, perhaps in two files (journald copies /run's to /var).
[[nodiscard]] bool same_entry(std::string_view one, std::string_view other);

}  // namespace vakt::syslog
