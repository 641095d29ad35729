// SPDX-License-Identifier: Apache-2.0
// Both syslog formats, told apart by what stands behind PRI.
#include "syslog/message.h"

#include <array>

#include "base/text.h"
#include "syslog/structured.h"

namespace vakt::syslog {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

// ---- RFC 5424, section 6 ----

/// A header field of PRINTUSASCII, "-" for none. The blank behind it must be there.
bool take_field(std::string_view& text, std::size_t longest, std::string_view& field,
                bool& malformed) {
    const auto end = text.find(' ');
    if (end == std::string_view::npos || end == 0) return false;
    field = text.substr(0, end);
    text.remove_prefix(end + 1);
    for (const char c : field)
        if (c < '!' || c > '~') malformed = true;
    if (field.size() > longest) malformed = true;
    if (field == "-") field = {};
    return true;
}

/// All that stands behind PRI and VERSION. False: the header is not of its form.
bool read_5424(std::string_view rest, Record& record) {
    if (rest.starts_with("- "))
        rest.remove_prefix(1);
    else if (!(record.time_ns = take_rfc3339(rest)))
        return false;
    if (!rest.starts_with(' ')) return false;
    rest.remove_prefix(1);
    constexpr std::size_t kHost = 255;
    constexpr std::size_t kApp = 48;
    constexpr std::size_t kProc = 128;
    constexpr std::size_t kMsgId = 32;
    if (!take_field(rest, kHost, record.host, record.malformed) ||
        !take_field(rest, kApp, record.app, record.malformed) ||
        !take_field(rest, kProc, record.pid, record.malformed) ||
        !take_field(rest, kMsgId, record.msgid, record.malformed))
        return false;
    if (const auto structured = take_structured(rest)) {
        record.structured = *structured;
        if (rest.starts_with(' '))
            rest.remove_prefix(1);
        else if (!rest.empty())
            record.malformed = true;
    } else {
        record.malformed = true;
    }
    if (rest.starts_with(kBom)) {
        rest.remove_prefix(kBom.size());
        record.utf8 = true;
    }
    record.text = rest;
    return true;
}

// ---- RFC 3164, section 4, and what is taken for it ----

/// What a TAG is made of: no blank and no control byte, and nothing that texts without a TAG begin
/// with (JSON, key=value, lists, another PRI).
constexpr std::array<bool, 256> kInTag = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = '!'; c < table.size(); ++c)
        table[c] = c != 0x7f && std::string_view("[]{}<>\"=,;").find(static_cast<char>(c)) ==
                                    std::string_view::npos;
    return table;
}();
bool is_in_tag(char c) { return kInTag[static_cast<unsigned char>(c)]; }

/// "app: ", "app[pid]:", "app[pid] ", "app[]:": without brackets the colon must end the word, so
/// that "http://x" or an IPv6 address is no TAG. A colon alone (Cisco's "host : text") is an empty
/// one.
bool take_tag(std::string_view& text, Record& record) {
    std::size_t end = 0;
    while (end < text.size() && is_in_tag(text[end]) &&
           !(text[end] == ':' && (end + 1 == text.size() || text[end + 1] == ' ')))
        ++end;
    if (end == text.size()) return false;
    const auto app = text.substr(0, end);
    std::string_view pid;
    auto rest = text.substr(end);
    if (rest.starts_with('[') && end > 0) {
        std::size_t close = 1;
        while (close < rest.size() && static_cast<unsigned char>(rest[close]) > ' ' &&
               rest[close] != ']')
            ++close;
        if (close == rest.size() || rest[close] != ']') return false;
        pid = rest.substr(1, close - 1);
        rest.remove_prefix(close + 1);
        if (!rest.empty() && !rest.starts_with(':') && !rest.starts_with(' ')) return false;
        if (rest.starts_with(':')) rest.remove_prefix(1);
    } else if (rest.starts_with(':')) {
        rest.remove_prefix(1);
    } else {
        return false;  // something else ended the word
    }
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    record.app = app;
    record.pid = pid;
    text = rest;
    return true;
}

/// Solaris: "[ID 702911 kern.notice] " before the text (syslogd(8), message identification).
void take_solaris_id(std::string_view& text, Record& record) {
    auto rest = text;
    if (!rest.starts_with("[ID ")) return;
    rest.remove_prefix(4);
    const auto id = take_word(rest);
    if (id.empty() || id.find_first_not_of("0123456789") != std::string_view::npos) return;
    const auto pri = take_named_pri(rest);
    if (!pri || !rest.starts_with(']')) return;
    rest.remove_prefix(1);
    if (rest.starts_with(' '))
        rest.remove_prefix(1);
    else if (!rest.empty())
        return;
    record.pri = pri;
    record.msgid = id;
    text = rest;
}

/// Behind the time: "[host ][facility.severity ][tag]: text".
void read_origin(std::string_view rest, Record& record) {
    if (!take_tag(rest, record)) {
        auto behind = rest;
        record.host = take_word(behind);
        auto named = behind;
        if (const auto pri = take_named_pri(named); pri && named.starts_with(' ')) {
            named.remove_prefix(1);
            record.pri = pri;
            behind = named;
        }
        take_tag(behind, record);
        rest = behind;
    }
    take_solaris_id(rest, record);
    record.text = rest;
}

void read_3164(std::string_view rest, const Context& context, Record& record) {
    auto behind = rest;
    record.time_ns = take_rfc3164_time(behind, context);
    if (!record.time_ns) record.time_ns = take_rfc3339(behind);
    if (record.time_ns && (behind.empty() || behind.starts_with(' ') || behind.starts_with(": "))) {
        record.form = Form::rfc3164;
        behind.remove_prefix(behind.empty() ? 0 : behind.find(' ') + 1);
        return read_origin(behind, record);
    }
    record.time_ns.reset();
    record.text = rest;
    if (!record.pri) {
        record.malformed = true;
        return;
    }
    record.form = Form::rfc3164;
    take_tag(record.text, record);
    take_solaris_id(record.text, record);
}

}  // namespace

Record read_message(std::string_view bytes, const Context& context) {
    while (!bytes.empty() && (bytes.back() == '\0' || bytes.back() == '\n')) bytes.remove_suffix(1);
    Record record;
    record.pri = take_pri(bytes);
    if (record.pri && bytes.starts_with("1 ")) {
        const auto pri = record.pri;
        record.form = Form::rfc5424;
        if (read_5424(bytes.substr(2), record)) return record;
        record = {};
        record.pri = pri;
        record.malformed = true;
        record.text = bytes;
        return record;
    }
    read_3164(bytes, context, record);
    return record;
}

}  // namespace vakt::syslog
