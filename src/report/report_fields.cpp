// SPDX-License-Identifier: Apache-2.0
// One text out of reset_report.json.
#include "report/report_fields.h"

namespace vakt::report {

std::string report_text(std::string_view json, std::string_view key) {
    const auto wanted = "\"" + std::string(key) + "\":\"";
    const auto at = json.find(wanted);
    if (at == std::string_view::npos) return "";
    json.remove_prefix(at + wanted.size());
    std::string text;
    while (!json.empty() && json.front() != '"') {
        const bool escaped = json.front() == '\\';
        if (escaped) json.remove_prefix(1);
        if (json.empty()) return "";
        constexpr std::size_t kUnicode = 5;  // uXXXX
        const bool unicode = escaped && json.front() == 'u';
        text += unicode ? '?' : json.front();
        json.remove_prefix(unicode && json.size() >= kUnicode ? kUnicode : 1);
    }
    return json.empty() ? "" : text;
}

}  // namespace vakt::report
