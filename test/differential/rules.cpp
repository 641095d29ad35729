// SPDX-License-Identifier: Apache-2.0
// The differences between rsyslog's parsers and ours.
#include "test/differential/rules.h"

#include <algorithm>

#include "syslog/timestamp.h"

namespace vakt::differential {
namespace {

using syslog::Record;

std::string nil(std::string_view text) { return std::string(text == "-" ? "" : text); }

std::int64_t time_of(std::string_view text) { return syslog::take_rfc3339(text).value_or(0); }

}  // namespace

std::string_view stripped(std::string_view bytes) {
    while (!bytes.empty() && (bytes.back() == '\0' || bytes.back() == '\n')) bytes.remove_suffix(1);
    return bytes;
}

std::int64_t now_of(const Theirs& theirs) { return time_of(theirs.generated); }

std::vector<Difference> differences(const Record& ours, const Theirs& theirs) {
    std::vector<Difference> all;
    const auto compare = [&all](const char* field, std::string_view a, std::string_view b) {
        if (a != b) all.push_back({field, std::string(a), std::string(b)});
    };
    constexpr std::uint8_t kNone = 13;
    compare("pri", std::to_string(ours.pri ? ours.pri->number() : kNone), theirs.pri);
    // rsyslog keeps microseconds.
    constexpr std::int64_t kMicro = 1000;
    const auto time = time_of(theirs.time);
    if (ours.time_ns ? *ours.time_ns / kMicro != time / kMicro : theirs.time != theirs.generated)
        compare("time", ours.time_ns ? std::to_string(*ours.time_ns) : "none",
                std::to_string(time) + " " + theirs.time);
    compare("host", ours.host, theirs.host == theirs.fromhost ? "" : nil(theirs.host));
    compare("app", ours.app, nil(theirs.app));
    compare("pid", ours.pid, nil(theirs.proc));
    compare("msgid", ours.msgid, nil(theirs.msgid));
    compare("sd", ours.structured, nil(theirs.sd));
    // Behind a TAG rsyslog's text begins with the blank.
    std::string_view text = theirs.msg;
    if (ours.form != syslog::Form::rfc5424 && text.starts_with(' ')) text.remove_prefix(1);
    compare("text", ours.text, text);
    return all;
}

namespace {

bool is(const Difference& difference, std::string_view fields) {
    return fields.find(difference.field) != std::string_view::npos;
}

bool claims_5424(std::string_view bytes) {
    auto rest = bytes;
    return syslog::take_pri(rest) && rest.starts_with("1 ");
}
bool theirs_has_time(const Theirs& theirs) { return theirs.time != theirs.generated; }

bool bom(std::string_view, const Record& ours, const Theirs&, const Difference& d) {
    return ours.utf8 && is(d, "text") && d.theirs == "\xEF\xBB\xBF" + d.ours;
}
bool no_header(std::string_view bytes, const Record& ours, const Theirs&, const Difference&) {
    return ours.form == syslog::Form::plain && !ours.pri && !bytes.starts_with('<');
}
bool bad_pri(std::string_view bytes, const Record& ours, const Theirs&, const Difference&) {
    return !ours.pri && bytes.starts_with('<');
}
bool bad_5424(std::string_view bytes, const Record& ours, const Theirs&, const Difference&) {
    return claims_5424(bytes) && ours.form != syslog::Form::rfc5424;
}
bool bad_structured(std::string_view, const Record& ours, const Theirs&, const Difference& d) {
    return ours.form == syslog::Form::rfc5424 && ours.malformed && is(d, "sd text");
}
bool year(std::string_view, const Record& ours, const Theirs& theirs, const Difference& d) {
    if (!is(d, "time") || !ours.time_ns || !theirs_has_time(theirs)) return false;
    constexpr std::int64_t kDay = 86'400'000'000'000;
    const auto apart = *ours.time_ns - time_of(theirs.time);
    return apart == 365 * kDay || apart == 366 * kDay || -apart == 365 * kDay ||
           -apart == 366 * kDay;
}
bool solaris(std::string_view bytes, const Record& ours, const Theirs&, const Difference& d) {
    return bytes.find("[ID ") != std::string_view::npos && !ours.msgid.empty() &&
           is(d, "pri msgid text");
}
bool named_pri(std::string_view bytes, const Record& ours, const Theirs&, const Difference& d) {
    auto rest = bytes;
    return ours.pri && ours.pri != syslog::take_pri(rest) && !ours.host.empty() &&
           is(d, "pri app pid text");
}
bool slash(std::string_view, const Record& ours, const Theirs& theirs, const Difference& d) {
    return is(d, "app") && ours.app.substr(0, ours.app.find('/')) == nil(theirs.app);
}
bool colon_in_tag(std::string_view, const Record& ours, const Theirs& theirs, const Difference& d) {
    return ours.app.find(':') != std::string_view::npos &&
           ours.app.substr(0, ours.app.find(':')).starts_with(nil(theirs.app)) &&
           is(d, "app pid text");
}
bool ipv6_host(std::string_view, const Record& ours, const Theirs&, const Difference& d) {
    return ours.form == syslog::Form::rfc3164 && ours.host.find(':') != std::string_view::npos &&
           is(d, "host app pid text");
}
bool odd_host(std::string_view, const Record& ours, const Theirs& theirs, const Difference& d) {
    constexpr std::string_view kOfHosts =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    return ours.form == syslog::Form::rfc3164 && theirs.host == theirs.fromhost &&
           (ours.host.find_first_not_of(kOfHosts) != std::string_view::npos ||
            ours.host.ends_with('-') || ours.host.ends_with('.')) &&
           is(d, "host app pid text");
}
bool no_time(std::string_view, const Record& ours, const Theirs&, const Difference& d) {
    return ours.form == syslog::Form::rfc3164 && !ours.time_ns && is(d, "host app pid text");
}
bool loose_time(std::string_view, const Record& ours, const Theirs& theirs, const Difference& d) {
    return ours.form == syslog::Form::rfc3164 && !ours.time_ns && theirs_has_time(theirs) &&
           is(d, "time");
}
bool fine_time(std::string_view bytes, const Record& ours, const Theirs& theirs,
               const Difference& d) {
    return is(d, "time") && ours.time_ns && *ours.time_ns % 1000 != 0 &&
           time_of(theirs.time) == 0 && bytes.find('.') != std::string_view::npos;
}
bool lower_case_z(std::string_view bytes, const Record& ours, const Theirs& theirs,
                  const Difference&) {
    auto rest = bytes;
    static_cast<void>(syslog::take_pri(rest));
    if (rest.starts_with("1 ")) rest.remove_prefix(2);
    return ours.time_ns && !theirs_has_time(theirs) &&
           rest.substr(0, rest.find(' ')).find_first_of("zt") != std::string_view::npos;
}
bool eight_bit_app(std::string_view, const Record& ours, const Theirs& theirs,
                   const Difference& d) {
    const auto odd = static_cast<std::size_t>(
        std::find_if(ours.app.begin(), ours.app.end(), [](char c) { return c < 0; }) -
        ours.app.begin());
    return is(d, "app") && odd < ours.app.size() && ours.app.substr(0, odd) == nil(theirs.app);
}
bool blanks(std::string_view bytes, const Record& ours, const Theirs&, const Difference& d) {
    const auto trimmed = [](std::string_view text) {
        return text.substr(std::min(text.size(), text.find_first_not_of(' ')));
    };
    if (is(d, "text") && trimmed(d.ours) == trimmed(d.theirs)) return true;
    const auto clock = bytes.find("  ");
    return ours.time_ns && clock != std::string_view::npos && clock > 0 &&
           bytes[clock - 1] >= '0' && bytes[clock - 1] <= '9' && is(d, "host app pid text");
}
bool tag_without_colon(std::string_view, const Record& ours, const Theirs& theirs,
                       const Difference& d) {
    return ours.form == syslog::Form::rfc3164 && ours.app.empty() && !theirs.tag.empty() &&
           is(d, "app pid text");
}

}  // namespace

const std::vector<Rule>& rules() {
    static const std::vector<Rule> kAll = {
        {"bom",
         "the BOM is a mark of the text (RFC 5424, 6.4) and no part of it: taken off, and said",
         bom},
        {"no_header",
         "neither PRI nor time: no header is made up of the text's first words; it is the text, "
         "marked",
         no_header},
        {"bad_pri",
         "what is no PRI (over 191, leading zeros, no '>') is not read as one, and stays in the "
         "text",
         bad_pri},
        {"bad_5424",
         "VERSION 1 with a header of another form: all behind PRI is text, marked, and not tried "
         "as RFC 3164",
         bad_5424},
        {"bad_structured",
         "structured data that do not end, or are of another form, are text, marked",
         bad_structured},
        {"year",
         "a time without a year is taken nearest to now; theirs is never more than a month ahead",
         year},
        {"solaris", "Solaris's [ID number facility.severity] is read: msgid and PRI", solaris},
        {"named_pri", "busybox's facility.severity behind the host is read: PRI", named_pri},
        {"slash", "the TAG is the app, whole; theirs ends at a slash", slash},
        {"colon_in_tag", "a colon inside a word does not end the TAG", colon_in_tag},
        {"ipv6_host", "an IPv6 address is a host; theirs takes it for a TAG", ipv6_host},
        {"odd_host",
         "any word between time and TAG is the host; theirs knows letters, digits, dots and dashes",
         odd_host},
        {"no_time",
         "without a time there is no host, only a TAG; theirs takes the first word for a host",
         no_time},
        {"loose_time",
         "theirs takes times with one-digit numbers, lower-case months and a year in front",
         loose_time},
        {"fine_time", "nanoseconds; theirs cannot print more than six digits", fine_time},
        {"lower_case_z", "RFC 3339's lower-case t and z are read; theirs refuses them",
         lower_case_z},
        {"eight_bit_app", "a TAG may hold bytes over 127; theirs ends there", eight_bit_app},
        {"blanks", "blanks beyond the one that parts the fields belong to what follows", blanks},
        {"tag_without_colon",
         "a word is a TAG by its colon or brackets; theirs takes any first word",
         tag_without_colon},
    };
    return kAll;
}

const Rule* explain(std::string_view bytes, const Record& ours, const Theirs& theirs,
                    const Difference& difference) {
    for (const auto& rule : rules())
        if (rule.holds(bytes, ours, theirs, difference)) return &rule;
    return nullptr;
}

}  // namespace vakt::differential
