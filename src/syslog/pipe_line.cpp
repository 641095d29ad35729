// SPDX-License-Identifier: Apache-2.0
// A record as the line that a syslogd would write into a pipe.
#include "syslog/pipe_line.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace vakt::syslog {
namespace {

/// Writes as long as there is room for what is whole, and then no more.
class Writer {
 public:
    explicit Writer(std::span<char> room)
        : room_(room.first(room.size() - PipeLine::kCut.size())), all_(room) {}

    void put(std::string_view bytes) {
        if (cut_ || bytes.size() > room_.size() - size_) {
            cut_ = true;
            return;
        }
        std::memcpy(room_.data() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void digits(std::uint64_t number, std::size_t width) {
        char text[20];
        for (auto at = width; at > 0; --at, number /= 10)
            text[at - 1] = static_cast<char>('0' + number % 10);
        put({text, width});
    }
    /// A word of the head: what would part or end it is '_'.
    void word(std::string_view bytes) {
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            const char shown = byte <= ' ' || byte == 0x7f ? '_' : c;
            put({&shown, 1});
        }
    }
    void text(std::string_view bytes) {
        while (!bytes.empty() && !cut_) {
            const auto plain = std::find_if(bytes.begin(), bytes.end(), is_control) - bytes.begin();
            run(bytes.substr(0, static_cast<std::size_t>(plain)));
            bytes.remove_prefix(static_cast<std::size_t>(plain));
            if (bytes.empty()) return;
            const auto byte = static_cast<unsigned char>(bytes.front());
            const char octal[] = {'#', static_cast<char>('0' + byte / 64),
                                  static_cast<char>('0' + byte / 8 % 8),
                                  static_cast<char>('0' + byte % 8)};
            put({octal, sizeof octal});
            bytes.remove_prefix(1);
        }
    }
    PipeLine line() {
        const std::string_view end = cut_ ? PipeLine::kCut : "\n";
        std::memcpy(all_.data() + size_, end.data(), end.size());
        return {{all_.data(), size_ + end.size()}, cut_};
    }

 private:
    static bool is_control(char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < ' ' || byte == 0x7f;
    }
    /// As much as there is room for, to the end of a UTF-8 sequence.
    void run(std::string_view bytes) {
        auto fits = std::min(bytes.size(), room_.size() - size_);
        if (fits < bytes.size()) {
            for (int back = 0; back < 3 && fits > 0 && is_inner(bytes[fits]); ++back) --fits;
            put(bytes.substr(0, fits));
            cut_ = true;
            return;
        }
        put(bytes);
    }
    static bool is_inner(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

    std::span<char> room_;
    std::span<char> all_;
    std::size_t size_ = 0;
    bool cut_ = false;
};

void put_time(Writer& writer, std::int64_t time_ns) {
    using namespace std::chrono;
    // Not by floor<days>, which goes beyond 64 bits for the first day of all.
    constexpr std::int64_t kDay = nanoseconds(days(1)).count();
    const auto past = (time_ns % kDay + kDay) % kDay;
    const auto whole = time_ns / kDay - (time_ns % kDay < 0 ? 1 : 0);
    const year_month_day date{sys_days{days{whole}}};
    const hh_mm_ss clock(floor<microseconds>(nanoseconds(past)));
    writer.digits(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
    writer.put("-");
    writer.digits(static_cast<unsigned>(date.month()), 2);
    writer.put("-");
    writer.digits(static_cast<unsigned>(date.day()), 2);
    writer.put("T");
    writer.digits(static_cast<std::uint64_t>(clock.hours().count()), 2);
    writer.put(":");
    writer.digits(static_cast<std::uint64_t>(clock.minutes().count()), 2);
    writer.put(":");
    writer.digits(static_cast<std::uint64_t>(clock.seconds().count()), 2);
    writer.put(".");
    writer.digits(static_cast<std::uint64_t>(clock.subseconds().count()), 6);
    writer.put("+00:00");
}

}  // namespace

PipeLine put_pipe_line(const Entry& entry, const LineDefaults& defaults, std::span<char> room) {
    constexpr std::size_t kLongestWord = 64;  // that head and mark always find their room
    const auto& record = entry.record;
    Writer writer(room);
    const auto pri = record.pri.value_or(Pri());
    const auto number = pri.number();
    writer.put("<");
    writer.digits(number, number > 99 ? 3 : number > 9 ? 2 : 1);
    writer.put(">");
    put_time(writer, record.time_ns.value_or(defaults.time_ns));
    writer.put(" ");
    writer.word((record.host.empty() ? defaults.host : record.host).substr(0, kLongestWord));
    writer.put(" ");
    if (!record.app.empty()) {
        writer.word(record.app.substr(0, kLongestWord));
        if (!record.pid.empty()) {
            writer.put("[");
            writer.word(record.pid.substr(0, kLongestWord / 2));
            writer.put("]");
        }
        writer.put(": ");
    }
    auto text = record.text;
    while (text.ends_with('\n')) text.remove_suffix(1);
    writer.text(text);
    return writer.line();
}

}  // namespace vakt::syslog
