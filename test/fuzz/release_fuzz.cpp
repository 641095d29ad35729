// SPDX-License-Identifier: Apache-2.0
// Any bytes as any of the files start_erl reads: the first byte says which; what is read is written
// back alike.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "release/args_file.h"
#include "release/boot_file.h"
#include "release/emulator_command.h"
#include "release/one_process.h"
#include "release/releases_file.h"
#include "release/start_data.h"
#include "release/start_entry.h"

using namespace vakt;
using namespace vakt::release;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void try_data(std::string_view text) {
    const auto read = parse_start_data(text, "f");
    if (!read) return;
    const auto again = parse_start_data(start_data_text(*read), "f");
    must(again && *again == *read);
}

void try_entry(std::string_view text) {
    if (const auto read = read_start_entry(text)) must(read_start_entry(text_of(*read)) == read);
}

/// The file names itself, so that circles are met.
void try_args(std::string_view text) {
    const auto read = [&](const std::string& name) {
        return name == "none" ? Result<std::string>(refusal("none")) : std::string(text);
    };
    const auto made = expand_arguments({"-args_file", "f"}, {std::string(text), "", "-x"}, read);
    if (!made) return;
    for (const auto& word : made->flags) must(word.size() <= text.size() + 10);
    OneProcess node;
    node.settings.flags = made->flags;
    (void)would_start_processes(node);
    const auto emulator =
        emulator_command({.root = "/r", .bin = "/b", .program = "p"}, made->flags);
    if (emulator) must(emulator->arguments.size() >= 9);
}

void try_terms(std::string_view text) {
    OneProcess node;
    if (auto terms = read_terms(text, "f")) node.resolver = node.settings.configuration = *terms;
    node.resolver_file = "f";
    node.boot_words = {"application", "start_boot", "os_mon"};
    must(!would_start_processes(node).empty());
    for (const auto& term : node.resolver) (void)included_files(term);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 6) {
        case 0:
            try_data(text);
            break;
        case 1:
            try_entry(text);
            break;
        case 2:
            try_args(text);
            break;
        case 3:
            (void)read_releases(text, "f");
            break;
        case 4:
            try_terms(text);
            break;
        default:
            must(read_boot_file({data + 1, size - 1}, "f") ||
                 boot_words({data + 1, size - 1}).empty() || data[1] == 131);
            break;
    }
    return 0;
}
