// SPDX-License-Identifier: Apache-2.0
// What doctor reads of a node's files: any bytes say something or nothing, and comments never do.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "doctor/node_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt::doctor;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto keys = read_os_sup(text, "os_mon");
    if (keys.own && keys.own->find('"') != std::string::npos) std::abort();
    std::string commented;
    for (const char c : text) {
        if (commented.empty() || commented.back() == '\n') commented += '%';
        commented += c == '\r' ? '\n' : c;
    }
    if (read_os_sup(commented, "os_mon") != OsSupKeys{}) std::abort();
    const auto value = setting(text, "A");
    if (value && value->find('\n') != std::string::npos) std::abort();
    const auto term = term_of(text);
    if (term && term->find_first_of("\n ;") != std::string::npos) std::abort();
    return 0;
}
