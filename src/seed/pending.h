// SPDX-License-Identifier: Apache-2.0
// What is still to be renamed: a seed is applied whole or not at all, also over a power cut.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vakt::seed {

/// Which instance this machine is configured as.
struct Instance {
    std::string id;
    std::string digest;
    bool operator==(const Instance&) const = default;
};

/// A row of a seed that appends, known by what it appends: two rows that append the same are one.
struct AppendedRow {
    std::string path;
    std::uint32_t crc = 0;
    std::uint64_t size = 0;
    bool operator==(const AppendedRow&) const = default;
};
using AppendedRows = std::vector<AppendedRow>;
[[nodiscard]] AppendedRow row_of(const std::string& path, std::string_view content);
[[nodiscard]] bool has(const AppendedRows& rows, const AppendedRow& one);

/// First every new file is written beside its place, under temp_of(); then this is written; then
/// they are renamed. Whoever finds it renames what is still there.
struct Pending {
    Instance instance;
    std::vector<std::string> paths;
    AppendedRows appended;  ///< of the paths, those that are appended to
    bool operator==(const Pending&) const = default;
};

[[nodiscard]] std::string text_of(const Instance& instance);
[[nodiscard]] std::string text_of(const Pending& pending);
[[nodiscard]] std::string text_of(const AppendedRows& rows);
/// What text_of() wrote, and nothing else.
[[nodiscard]] Result<Instance> read_instance(std::string_view text);
[[nodiscard]] Result<Pending> read_pending(std::string_view text);
[[nodiscard]] Result<AppendedRows> read_appended(std::string_view text);

/// Whether another try may have better luck: a disk that is full, failing or read-only now. All
/// else lasts, such as a directory or a mount where a file is to be: nobody waits for that to
/// change.
[[nodiscard]] bool may_pass(const Error& error);

/// The name of a new file beside the one of this name.
[[nodiscard]] std::string temp_of(const std::string& name);

}  // namespace vakt::seed
