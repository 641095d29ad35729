// SPDX-License-Identifier: Apache-2.0
// Records, gaps and messages of every kind, as test/data/bridge_bytes/v1.txt has them: a name, the
// bytes, and in words what they mean.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "syslog/message.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace vakt::test {

struct Row {
    std::string name;
    std::string hex;
    std::string meaning;
};

inline std::vector<Row> golden_bridge_bytes() {
    std::ifstream file("test/data/bridge_bytes/v1.txt");
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        Row row;
        words >> row.name >> row.hex >> std::ws;
        std::getline(words, row.meaning);
        rows.push_back(row);
    }
    return rows;
}

inline std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15U];
    }
    return text;
}

/// In quotes; what is not printable ASCII as \xNN.
inline std::string quoted(std::string_view bytes) {
    std::string text = "\"";
    for (const char c : bytes) {
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (c >= ' ' && c <= '~') {
            text += c;
        } else {
            text += "\\x" + hex({&c, 1});
        }
    }
    return text + '"';
}

inline std::string part(const char* key, std::string_view bytes) {
    return bytes.empty() ? "" : " " + std::string(key) + "=" + quoted(bytes);
}
template <class Number>
std::string known(const char* key, Number number) {
    return number == 0 ? "" : " " + std::string(key) + "=" + std::to_string(number);
}

inline std::string stamp_text(const wire::Stamp& stamp, syslog::Source source) {
    return " seq=" + std::to_string(stamp.seq) + " origin=" + std::to_string(stamp.origin) +
           " source=" + std::string(syslog::kSourceNames[static_cast<std::size_t>(source)]);
}

/// Everything that the bytes say; what is empty or not known is left out.
inline std::string meaning(const wire::StampedEntry& taken) {
    const char* const forms[] = {"plain", "rfc3164", "rfc5424", "kmsg", "journal"};
    const auto& entry = taken.entry;
    const auto& record = entry.record;
    auto text = "record" + stamp_text(taken.stamp, entry.source);
    if (record.pri) text += " pri=" + std::to_string(record.pri->number());
    text += " time=" + std::to_string(record.time_ns.value_or(0));
    if (taken.time_is_ours) text += " time_is_ours";
    text += known("mono", entry.mono_ns) + known("source_seq", entry.source_seq) +
            known("repeats", taken.stamp.repeats);
    text += " form=" + std::string(forms[static_cast<std::size_t>(record.form)]);
    if (record.malformed) text += " malformed";
    if (record.utf8) text += " utf8";
    if (entry.cut) text += " cut";
    if (entry.raw.empty()) text += " composed";
    if (entry.sender)
        text += " sender_pid=" + std::to_string(entry.sender->pid) +
                " sender_uid=" + std::to_string(entry.sender->uid);
    return text + part("unit", entry.unit) + part("host", record.host) + part("app", record.app) +
           part("pid", record.pid) + part("msgid", record.msgid) +
           part("structured", record.structured) + part("text", record.text) +
           part("raw", entry.raw);
}
inline std::string meaning(const wire::StampedGap& taken) {
    const auto& gap = taken.gap;
    return "gap" + stamp_text(taken.stamp, gap.source) +
           " reason=" + std::string(syslog::kLossNames[static_cast<std::size_t>(gap.reason)]) +
           " count=" + (gap.count ? std::to_string(*gap.count) : "unknown") +
           known("from", gap.from) + known("to", gap.to) + part("words", gap.words);
}

/// One of each kind of record and gap, under its name.
inline std::vector<std::pair<std::string, std::string>> sample_records() {
    using namespace syslog;
    // 2026-11-21T18:04:15Z
    constexpr std::int64_t kThen = 1795284255LL * 1'000'000'000;
    std::vector<std::pair<std::string, std::string>> all;
    std::uint64_t seq = 0x0102030400000000;
    std::vector<unsigned char> room(wire::kLongestRecord);
    const auto keep = [&](const std::string& name, std::size_t size) {
        all.emplace_back(name, std::string(reinterpret_cast<const char*>(room.data()), size));
    };
    const auto stamp = [&](Source source, std::uint32_t repeats) {
        return wire::Stamp{.seq = seq++,
                           .origin = static_cast<std::uint8_t>(source),
                           .read_ns = kThen + 5,
                           .repeats = repeats};
    };
    const auto record = [&](const std::string& name, const Entry& entry,
                            std::uint32_t repeats = 0) {
        keep(name, wire::put_entry(entry, stamp(entry.source, repeats), room));
    };
    const auto line = [&](std::string_view raw, Source source) {
        return Entry{.record = read_message(raw, Context{kThen, 0}), .raw = raw, .source = source};
    };
    const auto gap = [&](const std::string& name, const Gap& lost) {
        keep(name, wire::put_gap(lost, stamp(lost.source, 0), room));
    };

    record("fifo-3164", line("<13>Nov 21 18:04:15 board sshd[77]: session opened", Source::fifo));
    record("fifo-no-time", line("<30>cron[9]: (root) CMD (true)", Source::fifo));
    record("fifo-malformed", line("no PRI and no time", Source::fifo));
    record("fifo-every-byte-kind",
           line({"<11>app: \"q\" \\ \t\x00\xff \xc3\xa4", 21}, Source::fifo));
    record("fifo-text-only", line("<0>x", Source::fifo));
    record(
        "udp-5424",
        line("<165>1 2026-11-21T18:04:14.962539Z host.example app 77 ID47 [sd@1 k=\"v\"][e] text",
             Source::udp));
    record("udp-5424-utf8",
           line("<34>1 2026-11-21T18:04:15Z - su - ID47 - \xef\xbb\xbf\xc3\xa4 ok", Source::udp));
    record("udp-5424-malformed", line("<34>1 yesterday host app - - - text", Source::udp));
    record("udp-solaris",
           line("<29>Nov 21 18:04:15 sun su: [ID 702911 auth.notice] 'su root'", Source::udp));
    auto with_sender = line("<86>Nov 21 18:04:15 login[4]: in", Source::socket);
    with_sender.sender = Sender{4711, 1000};
    record("socket-sender", with_sender);
    with_sender.sender = Sender{0, 0};
    record("socket-sender-zero", with_sender);
    auto with_unit = line("<27>Nov 21 18:04:15 vakt[5]: from a unit", Source::forward);
    with_unit.sender = Sender{5, 0};
    with_unit.unit = "vakt-bridge.service";
    record("forward-unit", with_unit);
    record("kmsg", {.record = {.form = Form::kmsg,
                               .pri = Pri(0, Severity::warning),
                               .time_ns = kThen,
                               .app = "kernel",
                               .text = "usb 1-1: reset"},
                    .source = Source::kmsg,
                    .mono_ns = 1234567000,
                    .source_seq = 4242});
    record("journal", {.record = {.form = Form::journal,
                                  .utf8 = true,
                                  .pri = Pri(3, Severity::err),
                                  .time_ns = kThen + 1000,
                                  .host = "board",
                                  .app = "dbus-daemon",
                                  .pid = "412",
                                  .msgid = "8d45620c1a4348dbb17410da57c60c66",
                                  .structured = "[journal@32473 CODE_FILE=\"x.c\"]",
                                  .text = "two\nlines"},
                       .source = Source::journal,
                       .mono_ns = 99,
                       .sender = Sender{412, 101},
                       .unit = "dbus.service"});
    record("journal-empty",
           {.record = {.form = Form::journal, .time_ns = 0}, .source = Source::journal});
    record("bridge-own", {.record = {.pri = Pri(5, Severity::notice),
                                     .app = "syslog_bridge",
                                     .text = "fifo: opened again"},
                          .source = Source::bridge});
    record("repeats", line("<13>Nov 21 18:04:15 board sshd[77]: again", Source::fifo), 0xFFFFFFFE);
    record("before-1970", {.record = {.time_ns = -1, .text = "x"}, .source = Source::journal});
    auto marked = line("<13>app: the beginning of a long line [cut]", Source::fifo);
    marked.cut = true;
    record("cut-by-source", marked);
    const auto long_line = "<13>app: " + std::string(400, 'x');
    record("longer-than-a-byte-counts", line(long_line, Source::udp));

    gap("gap-overrun", {.source = Source::fifo,
                        .reason = Loss::overrun,
                        .count = 300,
                        .from = 0x0102030400000001,
                        .to = 0x0102030400000200});
    gap("gap-source", {.source = Source::kmsg, .reason = Loss::source, .count = 7});
    gap("gap-rate-guard", {.source = Source::socket,
                           .reason = Loss::rate_guard,
                           .count = 12345678901,
                           .words = "pid 4711 \"loud\" \xff"});
    gap("gap-restart", {.source = Source::udp, .reason = Loss::restart});
    gap("gap-too-long", {.source = Source::journal, .reason = Loss::too_long, .count = 1});
    gap("gap-count-zero", {.source = Source::bridge, .reason = Loss::source, .count = 0});
    return all;
}

inline const report::BootId kSampleBoot{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                        0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};

inline std::string meaning(const relay::Filter& filter) {
    std::string text = filter.strict ? " strict" : "";
    for (const auto& condition : filter.any_of) {
        text += " ( severity=" + std::to_string(condition.least_severe) +
                known("facilities", condition.facilities) + known("sources", condition.sources);
        for (const auto& word : condition.apps) text += part("app", word);
        for (const auto& word : condition.units) text += part("unit", word);
        for (const auto& word : condition.texts) text += part("text", word);
        text += " )";
    }
    return text;
}
inline std::string place(const report::BootId& boot, std::uint64_t seq) {
    return " boot_id=" + report::boot_id_text(boot) + " seq=" + std::to_string(seq);
}
inline std::string meaning(const wire::Hello& hello) {
    return "hello least=" + std::to_string(hello.least) + " most=" + std::to_string(hello.most) +
           part("name", hello.name);
}
inline std::string meaning(const wire::Open& open) {
    const char* const from[] = {"now", "oldest", "after", "acknowledged"};
    return "open from=" + std::string(from[static_cast<std::size_t>(open.from)]) +
           place(open.boot_id, open.seq) + meaning(open.filter);
}
inline std::string meaning(const wire::Credit& credit) {
    return "credit more=" + std::to_string(credit.more);
}
inline std::string meaning(const wire::Ack& ack) { return "ack" + place(ack.boot_id, ack.seq); }
inline std::string meaning(const wire::Narrow& narrow) { return "narrow" + meaning(narrow.filter); }
inline std::string meaning(const wire::AccountAsked&) { return "account_asked"; }
inline std::string meaning(const wire::Welcome& welcome) {
    auto text = "welcome version=" + std::to_string(welcome.version) +
                " boot_id=" + report::boot_id_text(welcome.boot_id) +
                " oldest=" + std::to_string(welcome.oldest) +
                " next=" + std::to_string(welcome.next);
    for (const auto& source : welcome.sources)
        text += " ( origin=" + std::to_string(source.origin) + " source=" +
                std::string(syslog::kSourceNames[static_cast<std::size_t>(source.source)]) +
                part("name", source.name) + " )";
    return text;
}
inline std::string meaning(const wire::Refused& refused) {
    const char* const reasons[] = {"version", "bad_bytes", "not_allowed", "full", "leaving"};
    return "refused reason=" + std::string(reasons[static_cast<std::size_t>(refused.reason)]) +
           part("words", refused.words);
}
/// Its records by the names of their rows.
inline std::string meaning(const wire::Batch& batch) {
    auto text = "batch boot_id=" + report::boot_id_text(batch.boot_id) +
                " count=" + std::to_string(batch.count);
    auto rest = batch.records;
    for (const auto& [name, bytes] : sample_records())
        if (!rest.empty() && rest.starts_with(bytes)) {
            text += " " + name;
            rest.remove_prefix(bytes.size());
        }
    return rest.empty() ? text : text + " ?";
}
inline std::string meaning(const wire::AccountText& account) {
    return "account" + part("text", account.text);
}

/// All of them, one behind the other.
inline std::string sample_bytes() {
    std::string all;
    for (const auto& [name, bytes] : sample_records()) all += bytes;
    return all;
}

using SampleMessage = std::variant<wire::ToBridge, wire::FromBridge>;

/// One message of each kind and more, under its name. `records` is sample_bytes(), which the
/// batches view.
inline std::vector<std::pair<std::string, SampleMessage>> sample_messages(
    std::string_view records) {
    using namespace wire;
    using relay::Condition;
    using relay::Filter;
    const auto samples = sample_records();
    const auto first = samples.front().second.size();
    const auto count = static_cast<std::uint16_t>(samples.size());
    const Filter every_condition{
        .strict = true,
        .any_of = {{.least_severe = 3},
                   {.least_severe = 7,
                    .facilities = 1U | 1U << 23 | Condition::kNoPri,
                    .sources = 1U << 1 | 1U << 6,
                    .apps = {"sshd", "su"},
                    .units = {"dbus.service"},
                    .texts = {"session", "\xff \"", std::string(255, 'x')}}}};
    const auto to = [](const ToBridge& message) { return message; };
    const auto from = [](const FromBridge& message) { return message; };
    return {
        {"hello", to(Hello{1, 1, "vakt@board"})},
        {"hello-nameless", to(Hello{1, 255, ""})},
        {"open-now", to(Open{})},
        {"open-oldest", to(Open{.from = From::oldest, .filter = {.strict = true}})},
        {"open-after", to(Open{.from = From::after,
                               .boot_id = kSampleBoot,
                               .seq = 0x0102030400000005,
                               .filter = every_condition})},
        {"open-acknowledged",
         to(Open{.from = From::acknowledged, .filter = {.any_of = {{.least_severe = 4}}}})},
        {"credit", to(Credit{0xFFFFFFFE})},
        {"ack", to(Ack{kSampleBoot, 0x0102030400000005})},
        {"narrow", to(Narrow{every_condition})},
        {"narrow-to-everything", to(Narrow{})},
        {"account-asked", to(AccountAsked{})},
        {"welcome", from(Welcome{.boot_id = kSampleBoot,
                                 .oldest = 0x0102030400000000,
                                 .next = 0x0102030400000042,
                                 .sources = {{0, syslog::Source::bridge, "bridge"},
                                             {1, syslog::Source::fifo, "fifo"},
                                             {200, syslog::Source::udp, ""}}})},
        {"welcome-sourceless", from(Welcome{})},
        {"refused", from(Refused{Refusal::not_allowed, "uid 1000 is not of group vakt"})},
        {"refused-wordless", from(Refused{Refusal::leaving, ""})},
        {"batch-empty", from(Batch{kSampleBoot, 0, ""})},
        {"batch-one", from(Batch{kSampleBoot, 1, records.substr(0, first)})},
        {"batch", from(Batch{kSampleBoot, count, records})},
        {"account", from(AccountText{"ring size=4194304\nsource fifo kind=fifo received=2\n"})},
        {"account-empty", from(AccountText{""})},
    };
}

}  // namespace vakt::test
