// SPDX-License-Identifier: Apache-2.0
// Families and samples as OpenMetrics text.
#include "show/metrics_text.h"

#include "base/utf8.h"

namespace vakt::show {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const char first = text.front();
        if (first == '\n')
            out += "\\n";
        else if (length == 0 || static_cast<unsigned char>(first) < 0x20)
            out += '?';
        else
            out.append(first == '"' || first == '\\' ? "\\" : "").append(text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out + '"';
}

std::string label(std::string_view key, std::string_view value) {
    return std::string(key) + "=" + quoted(value);
}

}  // namespace vakt::show
