// SPDX-License-Identifier: Apache-2.0
// The same record again and again becomes one with a count.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/instant.h"
#include "syslog/entry.h"

namespace vakt::relay {

/// Whether a reader would call them the same: PRI, host, app, pid, msgid, structured data and text.
[[nodiscard]] inline bool same_words(const syslog::Record& a, const syslog::Record& b) {
    return a.pri == b.pri && a.host == b.host && a.app == b.app && a.pid == b.pid &&
           a.msgid == b.msgid && a.structured == b.structured && a.text == b.text;
}

/// What one source said last, and how often again.
///
///   state    | another           the same           due()
///   nothing  | -> watching       -> watching        -
///   watching | -                 -> counting, 1     -
///   counting | say, -> watching  1 more             say, -> watching
///
/// The record's bytes are kept elsewhere. Before they are asked for, is_like() tells by sizes and a
/// sample that most records are another one.
class Repeat {
 public:
    static constexpr Duration kLongestRun = std::chrono::seconds(1);

    /// Of the last one of a run, for the record that stands for all of it.
    struct Last {
        std::optional<std::int64_t> time_ns{};
        std::int64_t taken_ns = 0;
        std::uint64_t mono_ns = 0;
        std::uint64_t source_seq = 0;
    };

    [[nodiscard]] bool is_like(const syslog::Record& record) const {
        return watching_ && Shape(record) == shape_;
    }
    /// `record` was kept; it is what others are compared with from now on.
    void watch(const syslog::Record& record) {
        shape_ = Shape(record);
        watching_ = true;
    }
    void forget() { watching_ = false; }

    void add(const syslog::Entry& entry, Instant now) {
        if (count_++ == 0) due_ = now + kLongestRun;
        last_ = {entry.record.time_ns, entry.taken_ns, entry.mono_ns, entry.source_seq};
    }
    /// So many were the same and are not said yet.
    [[nodiscard]] std::uint32_t count() const { return count_; }
    [[nodiscard]] const Last& last() const { return last_; }
    [[nodiscard]] Instant due() const { return count_ == 0 ? kNever : due_; }
    void said() { count_ = 0; }
    /// So many were counted by an earlier process and not said; they are due at once.
    void owe(std::uint32_t count, const Last& last) {
        count_ = count;
        last_ = last;
        due_ = Instant{};
    }

 private:
    struct Shape {
        Shape() = default;
        explicit Shape(const syslog::Record& r)
            : text(r.text.size()),
              app(r.app.size()),
              others(r.host.size() + r.pid.size() + r.msgid.size() + r.structured.size()),
              sample(sample_of(r.text)),
              pri(r.pri) {}
        static std::uint64_t sample_of(std::string_view text) {
            std::uint64_t begin = 0;
            std::uint64_t middle = 0;
            std::uint64_t end = 0;
            if (text.size() < sizeof(begin)) return 0;
            std::memcpy(&begin, text.data(), sizeof(begin));
            std::memcpy(&middle, text.data() + text.size() / 2 - sizeof(middle) / 2,
                        sizeof(middle));
            std::memcpy(&end, text.data() + text.size() - sizeof(end), sizeof(end));
            return begin ^ middle << 1 ^ end << 2;
        }
        std::size_t text = 0;
        std::size_t app = 0;
        std::size_t others = 0;
        std::uint64_t sample = 0;  // of the text
        std::optional<syslog::Pri> pri;
        bool operator==(const Shape&) const = default;
    };

    Shape shape_;
    bool watching_ = false;
    std::uint32_t count_ = 0;
    Instant due_ = kNever;
    Last last_;
};

}  // namespace vakt::relay
