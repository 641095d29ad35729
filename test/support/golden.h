// SPDX-License-Identifier: Apache-2.0
// test/data/heart/golden.txt, read.
#pragma once

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace vakt::test {

struct Golden {
    std::string name;
    std::optional<std::string> command;
    std::string to_heart;
    std::string from_heart;
};

/// "000101 61*3" to bytes.
inline std::string bytes_of(const std::string& hex) {
    std::string bytes;
    std::istringstream words(hex);
    for (std::string word; words >> word;) {
        const auto star = word.find('*');
        const int times = star == std::string::npos ? 1 : std::stoi(word.substr(star + 1));
        std::string piece;
        for (std::size_t i = 0; i + 1 < std::min(star, word.size()); i += 2)
            piece += static_cast<char>(std::stoi(word.substr(i, 2), nullptr, 16));
        for (int i = 0; i < times; ++i) bytes += piece;
    }
    return bytes;
}

inline std::vector<Golden> golden(const std::string& path) {
    std::vector<Golden> all;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream fields(line);
        std::string field[4];
        for (auto& f : field) {
            std::getline(fields, f, '|');
            const auto first = f.find_first_not_of(' ');
            f = first == std::string::npos ? ""
                                           : f.substr(first, f.find_last_not_of(' ') + 1 - first);
        }
        Golden row{field[0], {}, bytes_of(field[2]), bytes_of(field[3])};
        if (field[1] != "-") row.command = field[1];
        all.push_back(row);
    }
    return all;
}

}  // namespace vakt::test
