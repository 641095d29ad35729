// SPDX-License-Identifier: Apache-2.0
// syslog.allow, pid files and owner records: any bytes are refused or mean exactly what they say.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "swap/allow.h"
#include "swap/owner.h"
#include "swap/paths.h"
#include "swap/pid_file.h"

namespace {

void demand(bool held) {
    if (!held) std::abort();
}

void policy(std::string_view text) {
    using namespace vakt::swap;
    static const auto flavours = compiled_flavours();
    const auto allow = parse_allow(text, flavours);
    if (!allow) {
        demand(allow.error().doing.starts_with("line "));
        return;
    }
    for (const auto& row : *allow) {
        demand(is_path(row.own) && is_path(row.conf) && !row.callers.empty());
        demand(row.flavour == "auto" || find_flavour(flavours, row.flavour) != nullptr);
        demand(row.daemon == "-" || is_path(row.daemon) || is_unit_name(row.daemon));
        demand(row.gid != 0xffffffffU);
        // each row is the one that its own paths find, and its bytes are in the text
        demand(find_row(*allow, row.own, row.conf) == &row);
        demand(text.find(row.own) != std::string_view::npos);
    }
    // One line more that is no row refuses all of it.
    demand(!parse_allow(std::string(text) + "\nx\n", flavours));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    policy(text);
    if (const auto pid = vakt::swap::parse_pid_file(text)) demand(*pid > 1 && size < 20);
    if (const auto record = vakt::swap::parse_record(text)) {
        demand(vakt::swap::parse_record(vakt::swap::print_record(*record)) == record);
    }
    if (vakt::swap::is_path(text)) {
        const auto split = vakt::swap::split_path(text);
        demand(vakt::swap::is_name(split.name));
        demand((split.dir == "/" ? "" : split.dir) + "/" + split.name == text);
    }
    return 0;
}
