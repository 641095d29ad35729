// SPDX-License-Identifier: Apache-2.0
// What a simulated board leaves behind, read by those who judge it: lines "NANOSECONDS WORDS" of
// soft_board(8) and vm_standin as they come, the ledger and pmsg, the reset report.
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "report/ledger.h"
#include "report/pmsg_note.h"

namespace vakt::storm {

using Nanoseconds = std::int64_t;

inline std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct LogLine {
    Nanoseconds at = 0;
    unsigned boot = 0;  ///< 0: the log has no boots
    std::string words;
};

/// A log that grows; whole lines only.
class GrowingLog {
 public:
    GrowingLog(std::string path, bool has_boots) : path_(std::move(path)), has_boots_(has_boots) {}

    void read() {
        std::ifstream in(path_, std::ios::binary);
        in.seekg(offset_);
        std::string text{std::istreambuf_iterator<char>(in), {}};
        const auto end = text.rfind('\n');
        if (end == std::string::npos) return;
        text.resize(end + 1);
        offset_ += static_cast<std::streamoff>(text.size());
        std::istringstream rows(text);
        for (std::string row; std::getline(rows, row);) {
            std::istringstream words(row);
            LogLine line;
            words >> line.at;
            if (has_boots_) words >> line.boot;
            std::getline(words >> std::ws, line.words);
            lines.push_back(std::move(line));
        }
    }

    std::vector<LogLine> lines;

 private:
    std::string path_;
    bool has_boots_;
    std::streamoff offset_ = 0;
};

inline std::vector<report::Entry> ledger_of(const std::string& path) {
    const auto bytes = bytes_of(path);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): chars as bytes
    const auto* raw = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return report::read_ledger({raw, bytes.size()}).entries;
}

/// A key's text, number or null in the one flat line of reset_report.json; "" where it is not.
inline std::string value_of(const std::string& json, const std::string& key) {
    const auto mark = "\"" + key + "\":";
    const auto at = json.find(mark);
    if (at == std::string::npos) return "";
    auto from = at + mark.size();
    const bool quoted = json[from] == '"';
    from += quoted ? 1 : 0;
    return json.substr(from, json.find_first_of(quoted ? "\"" : ",}", from) - from);
}

}  // namespace vakt::storm
