// SPDX-License-Identifier: Apache-2.0
// The reset report as JSON.
#include "report/report_json.h"

#include <algorithm>

#include "base/utf8.h"

namespace vakt::report {

namespace {

void put_text(std::string& out, std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += '"';
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const auto first = static_cast<unsigned char>(text.front());
        if (length == 0) {
            out += '?';
        } else if (first < 0x20 || first == 0x7f) {
            out += "\\u00";
            out += kDigits[first >> 4];
            out += kDigits[first & 0xfU];
        } else {
            if (first == '"' || first == '\\') out += '\\';
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
}

void put_key(std::string& out, std::string_view key) {
    out += out.size() == 1 ? "\"" : ",\"";
    out += key;
    out += "\":";
}

void put_texts(std::string& out, const std::vector<std::string>& texts) {
    out += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i != 0) out += ',';
        put_text(out, texts[i]);
    }
    out += ']';
}

/// What every report of this boot begins with.
std::string beginning(const BootId& this_boot) {
    std::string out = "{";
    put_key(out, "version");
    out += '1';
    put_key(out, "this_boot");
    put_text(out, boot_id_text(this_boot));
    return out;
}

}  // namespace

std::string report_json(const Report& report, const BootId& this_boot) {
    auto out = beginning(this_boot);
    const auto text = [&out](std::string_view key, std::string_view value) {
        put_key(out, key);
        put_text(out, value);
    };
    const auto number = [&out](std::string_view key, bool known, auto value) {
        put_key(out, key);
        out += known ? std::to_string(value) : "null";
    };
    if (report.boot) {
        text("boot", boot_id_text(*report.boot));
    } else {
        put_key(out, "boot");
        out += "null";
    }
    text("cause", name_of(report.cause));
    text("confidence", name_of(report.confidence));
    text("lease", report.lease);
    text("text", report.text);
    number("noted_at_ns", report.wall_ns != 0, report.wall_ns);
    number("beat_age_ms", report.beat_age_ms != kBeatAgeUnknown, report.beat_age_ms);
    number("boots", true, report.boots);
    number("failed_boots", true, report.failed_boots);
    put_key(out, "evidence");
    put_texts(out, report.evidence);
    put_key(out, "last_lines");
    put_texts(out, report.last_lines);
    out += "}\n";
    return out;
}

bool is_report_of(std::string_view json, const BootId& this_boot) {
    return json.starts_with(beginning(this_boot) + ",") && json.ends_with("}\n");
}

}  // namespace vakt::report
