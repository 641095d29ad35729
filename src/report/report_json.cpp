// SPDX-License-Identifier: Apache-2.0
// The reset report as JSON.
#include "report/report_json.h"

#include <string>
#include <vector>

#include "base/json_text.h"

namespace vakt::report {

namespace {

/// What every report of this boot begins with.
JsonText beginning(const BootId& this_boot) {
    JsonText out;
    out.open('{').key("version").value(1).key("this_boot").value(boot_id_text(this_boot));
    return out;
}

void put_texts(JsonText& out, std::string_view key, const std::vector<std::string>& texts) {
    out.key(key).open('[');
    for (const auto& text : texts) out.value(text);
    out.close(']');
}

}  // namespace

std::string report_json(const Report& report, const BootId& this_boot) {
    auto out = beginning(this_boot);
    const auto number = [&out](std::string_view key, bool known, auto value) {
        out.key(key);
        if (known)
            out.value(value);
        else
            out.null();
    };
    out.key("boot");
    if (report.boot)
        out.value(boot_id_text(*report.boot));
    else
        out.null();
    out.key("cause").value(name_of(report.cause));
    out.key("confidence").value(name_of(report.confidence));
    out.key("lease").value(report.lease);
    out.key("text").value(report.text);
    number("noted_at_ns", report.wall_ns != 0, report.wall_ns);
    number("beat_age_ms", report.beat_age_ms != kBeatAgeUnknown, report.beat_age_ms);
    number("boots", true, report.boots);
    number("failed_boots", true, report.failed_boots);
    put_texts(out, "evidence", report.evidence);
    put_texts(out, "last_lines", report.last_lines);
    return out.close('}').text() + '\n';
}

bool is_report_of(std::string_view json, const BootId& this_boot) {
    return json.starts_with(beginning(this_boot).text() + ",") && json.ends_with("}\n");
}

}  // namespace vakt::report
