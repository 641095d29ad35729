// SPDX-License-Identifier: Apache-2.0
// The HEART_COMMANDs that hearts left with the keeper.
#include "prog/wd_keeper_commands.h"

#include <sys/socket.h>

#include <algorithm>

#include "base/fixed_line.h"
#include "sys/clean_command.h"

namespace vakt::prog {

const HeartCommands::Command* HeartCommands::find(const keeper::Name& lease) const {
    const auto found = std::find_if(commands_.begin(), commands_.end(), [&](const Command& one) {
        return one.set && one.lease == lease;
    });
    return found == commands_.end() ? nullptr : &*found;
}

void HeartCommands::forget(const keeper::Name& lease) {
    for (auto& command : commands_)
        if (command.lease == lease) command.set = false;
}

void HeartCommands::keep(const keeper::Name& lease, int socket, std::string_view text) {
    forget(lease);
    const auto slot = std::find_if(commands_.begin(), commands_.end(),
                                   [](const Command& one) { return !one.set; });
    ucred who{};
    socklen_t size = sizeof who;
    if (slot == commands_.end() || text.size() > wire::kMaxCommand ||
        ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
        return;
    slot->lease = lease;
    slot->uid = who.uid;
    slot->gid = who.gid;
    size = sizeof slot->groups;
    const bool told =
        ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, slot->groups.data(), &size) == 0;
    slot->group_count = told ? static_cast<std::uint32_t>(size / sizeof(gid_t)) : 0;
    slot->text.fill('\0');
    text.copy(slot->text.data(), text.size());
    slot->set = true;
}

pid_t HeartCommands::run(const keeper::Name& lease) const {
    const auto* const command = find(lease);
    if (command == nullptr) return 0;
    FixedLine<63> variable;
    variable.put("VAKT_LEASE=");
    variable.put(lease.view());
    std::array<char, 64> name{};
    variable.view().copy(name.data(), variable.view().size());
    const char* const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "SHELL=/bin/sh",
        "HOME=/", name.data(), nullptr};
    return sys::start_clean_command_as(
        {command->uid, command->gid, std::span(command->groups).first(command->group_count),
         environment},
        command->text.data());
}

}  // namespace vakt::prog
