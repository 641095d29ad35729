// SPDX-License-Identifier: Apache-2.0
// The calls that end the system.
#include "prog/wd_bus_ends.h"

#include <array>

namespace vakt::prog {

EndCall end_call(keeper::Rung rung, keeper::EndKind end) {
    struct Names {
        const char* login1;
        const char* unit;
    };
    static constexpr std::array<Names, keeper::kEndKinds> kNames = {
        {{"Reboot", "reboot.target"}, {"PowerOff", "poweroff.target"}, {"Halt", "halt.target"}}};
    const auto& names = kNames[static_cast<std::size_t>(end)];
    if (rung == keeper::Rung::login1)
        return {{"org.freedesktop.login1", "/org/freedesktop/login1",
                 "org.freedesktop.login1.Manager", names.login1},
                [](systemd::Values& values) { values.truth(false); }};
    return {{"org.freedesktop.systemd1", "/org/freedesktop/systemd1",
             "org.freedesktop.systemd1.Manager", "StartUnit"},
            [&names = names](systemd::Values& values) {
                values.text(names.unit).text("replace-irreversibly");
            }};
}

}  // namespace vakt::prog
