// SPDX-License-Identifier: Apache-2.0
// Syslog configurations: any bytes are read to the end, and a plain FIFO path added to them is
// always seen.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "swap/conf_lines.h"

namespace {

constexpr std::string_view kFifo = "/etc/syslog.otp";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string conf(reinterpret_cast<const char*>(data), size);
    const auto found = vakt::swap::find_fifo(conf, kFifo);
    const auto lines = static_cast<std::size_t>(std::count(conf.begin(), conf.end(), '\n')) + 1;
    for (const auto& numbers : {found.piped, found.plain, found.without_tab})
        for (const auto number : numbers)
            if (number == 0 || number > lines) std::abort();
    if (found.without_tab.size() > found.plain.size()) std::abort();

    // Whatever stands above it, a bare path behind a selector is a plain one.
    conf += "\n\nkern.err\t/etc/syslog.otp\n";
    const auto more = vakt::swap::find_fifo(conf, kFifo);
    if (more.plain.empty() || more.plain.back() != lines + 2) std::abort();
    return 0;
}
