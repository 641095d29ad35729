// SPDX-License-Identifier: Apache-2.0
// What the kernel kept of the last boot in pstore.
#include "report/pstore.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "report/pmsg_log.h"
#include "report/pmsg_note.h"

namespace vakt::report {

namespace {

constexpr std::size_t kLongest = 400;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

/// Of the console's or dmesg's lines: what they say of the end, and the last of them.
void look_at(std::span<const std::string_view> lines, PstoreContent& content) {
    for (const auto line : lines) {
        const auto panic = line.find("Kernel panic - not syncing");
        if (panic == std::string_view::npos) continue;
        content.panicked = true;
        if (content.panic.empty()) content.panic = fit_line(line.substr(panic));
        content.pretimeout |= line.find("watchdog pretimeout") != std::string_view::npos;
    }
    const auto kept = std::min(lines.size(), kKernelLines);
    content.kernel_lines.clear();
    for (const auto line : lines.last(kept)) content.kernel_lines.push_back(fit_line(line));
}

void look_at_console(std::string_view text, PstoreContent& content) {
    const auto lines = lines_of(text);
    look_at(lines, content);
    // kernel/reboot.c says these last; anything after them is a later boot's.
    for (const auto line : std::span(lines).last(std::min<std::size_t>(lines.size(), 3)))
        for (const auto* words : {"reboot: Restarting system", "reboot: Power down",
                                  "reboot: System halted", "reboot: machine restart"})
            content.restarted |= line.find(words) != std::string_view::npos;
}

void look_at_dmesg(std::string_view text, PstoreContent& content) {
    // fs/pstore/platform.c begins a record with its reason: "Panic#1 Part1", "Oops#1 Part1".
    auto rest = text;
    const auto head = take_line(rest);
    const bool has_head = head.find('#') != std::string_view::npos;
    content.panicked |= head.starts_with("Panic#");
    content.oopsed |= head.starts_with("Oops#");
    look_at(lines_of(has_head ? rest : text), content);
}

}  // namespace

std::string fit_line(std::string_view line) {
    std::string fit;
    while (!line.empty() && fit.size() < kLongest) {
        const auto first = static_cast<unsigned char>(line.front());
        std::size_t length = 1;
        if (first >= 0x80) {
            length = utf8_length(line);
            if (length == 0 || fit.size() + length > kLongest) {
                fit += '?';
                length = 1;
            } else {
                fit += line.substr(0, length);
            }
        } else {
            const bool control = first < 0x20 || first == 0x7f;
            if (first != '\r' || line.size() > 1)
                fit += control ? (first == '\t' ? ' ' : '?') : line.front();
        }
        line.remove_prefix(length);
    }
    return fit;
}

bool is_dmesg(const PstoreFile& file) {
    return file.name.starts_with("dmesg-") && !file.name.ends_with(".enc.z");
}

PstoreContent read_pstore(std::span<const PstoreFile> files, std::optional<std::int64_t> since) {
    std::vector<const PstoreFile*> sorted;
    for (const auto& file : files) sorted.push_back(&file);
    // By name: console before dmesg before pmsg, so that a panic's own record is what stays.
    std::sort(sorted.begin(), sorted.end(),
              [](const PstoreFile* a, const PstoreFile* b) { return a->name < b->name; });
    PstoreContent content;
    for (const auto* file : sorted) {
        const std::string_view name = file->name;
        const bool is_ours =
            name.starts_with("console-") || name.starts_with("dmesg-") || name.starts_with("pmsg-");
        if (!is_ours) continue;
        if (name.ends_with(".enc.z")) {
            content.passed_over.push_back(fit_line(name));
            continue;
        }
        const bool in_ram = name.find("-ramoops") != std::string_view::npos;
        if (name.starts_with("pmsg-")) {
            content.kept_ram |= in_ram;
            for (auto& note : read_pmsg(file->bytes)) content.notes.push_back(note);
            for (auto& line : read_pmsg_log(file->bytes)) content.logged.push_back(std::move(line));
        } else if (name.starts_with("console-")) {
            content.kept_ram |= in_ram;
            look_at_console(file->bytes, content);
        } else {
            content.kept_ram |= in_ram;
            if (file->told)
                content.told.push_back(fit_line(name));
            else if (since && file->wall_ns && *file->wall_ns < *since)
                content.stale.push_back(fit_line(name));
            else
                look_at_dmesg(file->bytes, content);
        }
    }
    return content;
}

}  // namespace vakt::report
