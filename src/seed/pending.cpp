// SPDX-License-Identifier: Apache-2.0
// What is still to be renamed.
#include "seed/pending.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/crc32.h"
#include "base/text.h"

namespace vakt::seed {
namespace {

constexpr std::string_view kInstance = "vakt-seed 1 instance";
constexpr std::string_view kPending = "vakt-seed 1 pending";
constexpr std::string_view kAppended = "vakt-seed 1 appended";
constexpr std::string_view kRow = "append";
constexpr std::string_view kEnd = "end";

std::string lines_of(std::string_view head, const Instance& instance) {
    return std::string(head) + "\n" + instance.id + "\n" + instance.digest + "\n";
}

Error damaged() { return refusal("is damaged"); }

/// Cuts the head and the instance off.
Result<Instance> take_instance(std::string_view head, std::string_view& text) {
    if (!text.ends_with(std::string(kEnd) + "\n") || take_line(text) != head) return damaged();
    Instance instance;
    instance.id = take_line(text);
    instance.digest = take_line(text);
    if (instance.id.empty() || instance.digest.empty()) return damaged();
    return instance;
}

std::string line_of(const AppendedRow& row) {
    return std::string(kRow) + " " + std::to_string(row.crc) + " " + std::to_string(row.size) +
           " " + row.path + "\n";
}

std::optional<AppendedRow> read_row(std::string_view line) {
    if (take_word(line) != kRow) return std::nullopt;
    const auto crc = parse_decimal<std::uint32_t>(take_word(line));
    const auto size = parse_decimal<std::uint64_t>(take_word(line));
    if (!crc || !size || !line.starts_with('/')) return std::nullopt;
    return AppendedRow{std::string(line), *crc, *size};
}

}  // namespace

AppendedRow row_of(const std::string& path, std::string_view content) {
    return {path, crc32(content), content.size()};
}

bool has(const AppendedRows& rows, const AppendedRow& one) {
    return std::find(rows.begin(), rows.end(), one) != rows.end();
}

std::string text_of(const Instance& instance) {
    return lines_of(kInstance, instance) + std::string(kEnd) + "\n";
}

std::string text_of(const Pending& pending) {
    auto text = lines_of(kPending, pending.instance);
    for (const auto& path : pending.paths) text += path + "\n";
    for (const auto& row : pending.appended) text += line_of(row);
    return text + std::string(kEnd) + "\n";
}

std::string text_of(const AppendedRows& rows) {
    auto text = std::string(kAppended) + "\n";
    for (const auto& row : rows) text += line_of(row);
    return text + std::string(kEnd) + "\n";
}

Result<Instance> read_instance(std::string_view text) {
    auto instance = take_instance(kInstance, text);
    if (instance && take_line(text) != kEnd) return damaged();
    if (instance && !text.empty()) return damaged();
    return instance;
}

Result<Pending> read_pending(std::string_view text) {
    const auto instance = take_instance(kPending, text);
    if (!instance) return instance.error();
    Pending pending{*instance, {}, {}};
    for (;;) {
        const auto line = take_line(text);
        if (text.empty()) return line == kEnd ? Result<Pending>(pending) : damaged();
        if (auto row = read_row(line))
            pending.appended.push_back(std::move(*row));
        else if (line.starts_with('/'))
            pending.paths.emplace_back(line);
        else
            return damaged();
    }
}

Result<AppendedRows> read_appended(std::string_view text) {
    if (!text.ends_with("\n") || take_line(text) != kAppended) return damaged();
    AppendedRows rows;
    for (;;) {
        const auto line = take_line(text);
        if (text.empty()) return line == kEnd ? Result<AppendedRows>(rows) : damaged();
        auto row = read_row(line);
        if (!row) return damaged();
        rows.push_back(std::move(*row));
    }
}

bool may_pass(const Error& error) {
    constexpr std::array kPassing{std::errc::io_error,
                                  std::errc::no_space_on_device,
                                  std::errc::read_only_file_system,
                                  std::errc::not_enough_memory,
                                  std::errc::too_many_files_open,
                                  std::errc::too_many_files_open_in_system,
                                  std::errc::interrupted,
                                  std::errc::resource_unavailable_try_again};
    // Of a quota errc knows nothing.
    return error.code == std::error_code(EDQUOT, std::generic_category()) ||
           std::any_of(kPassing.begin(), kPassing.end(),
                       [&](std::errc one) { return error.code == one; });
}

std::string temp_of(const std::string& name) { return "." + name + ".vakt-seed"; }

}  // namespace vakt::seed
