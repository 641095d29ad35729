// SPDX-License-Identifier: Apache-2.0
// Any text as /proc's files on pressure, memory and processes: figures within their bounds, or
// none.
#include <cstdlib>
#include <string_view>

#include "sys/evidence.h"
#include "sys/process_handle.h"

using namespace vakt::sys;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto pressure = parse_full_pressure(text)) must(*pressure <= 10099);
    if (const auto available = parse_available(text)) must(*available <= 10000);
    if (const auto facts = parse_stat(text)) must(facts->parent >= 0 && facts->session >= 0);
    const int signal = parse_ending_signal(text);
    must(signal >= 0 && signal < 0x7f);
    static_cast<void>(parse_uids(text));
    return 0;
}
