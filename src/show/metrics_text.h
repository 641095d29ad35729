// SPDX-License-Identifier: Apache-2.0
// Families and samples as OpenMetrics text (OpenMetrics 1.0, "Text format").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vakt::show {

/// A label's value: backslash, quote and newline are escaped, broken UTF-8 and other control
/// characters become '?'.
[[nodiscard]] std::string quoted(std::string_view text);

/// KEY="value"; several are joined by ','.
[[nodiscard]] std::string label(std::string_view key, std::string_view value);

class MetricsText {
 public:
    /// Begins a family: its samples follow.
    MetricsText& family(std::string_view name, std::string_view type, std::string_view help,
                        std::string_view unit = {}) {
        name_ = "vakt_" + std::string(name);
        meta("TYPE", type);
        if (!unit.empty()) meta("UNIT", unit);
        meta("HELP", help);
        return *this;
    }
    MetricsText& seconds_family(std::string_view name, std::string_view help) {
        return family(std::string(name) + "_seconds", "gauge", help, "seconds");
    }
    MetricsText& sample(std::string_view labels, std::string_view value,
                        std::string_view suffix = {}) {
        text_.append(name_).append(suffix);
        if (!labels.empty()) text_.append("{").append(labels).append("}");
        text_.append(" ").append(value).append("\n");
        return *this;
    }
    MetricsText& sample(std::string_view labels, std::uint64_t value,
                        std::string_view suffix = {}) {
        return sample(labels, std::to_string(value), suffix);
    }
    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        family(name, "counter", help).sample({}, value, "_total");
    }
    void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
        family(name, "gauge", help).sample({}, value);
    }
    [[nodiscard]] std::string end() { return std::move(text_) + "# EOF\n"; }

 private:
    void meta(std::string_view what, std::string_view words) {
        text_.append("# ").append(what).append(" ").append(name_).append(" ").append(words);
        text_ += '\n';
    }
    std::string text_;
    std::string name_;
};

}  // namespace vakt::show
