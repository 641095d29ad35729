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
    if (made)
        for (const auto& word : made->flags) must(word.size() <= text.size() + 10);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 5) {
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
        default:
            (void)read_boot_file({data + 1, size - 1}, "f");
            break;
    }
    return 0;
}
