// SPDX-License-Identifier: Apache-2.0
// The HEART_COMMANDs that hearts left with the keeper.
#include "prog/wd_keeper_commands.h"

#include <algorithm>

#include "base/fixed_line.h"
#include "sys/clean_command.h"
#include "sys/local_peer.h"

namespace vakt::prog {

// With the empty name: a slot that holds none.
std::optional<HeartCommands::Slot> HeartCommands::find(const keeper::Name& lease) const {
    for (std::size_t at = 0; at < keeper::kMaxLeases; ++at) {
        const auto command = keeper::decode_command(slot(at));
        if (command ? command->lease == lease : lease.empty()) return slot(at);
    }
    return std::nullopt;
}

void HeartCommands::forget(const keeper::Name& lease) {
    if (lease.empty()) return;
    while (const auto found = find(lease)) std::fill(found->begin(), found->end(), 0);
}

void HeartCommands::keep(const keeper::Name& lease, int socket, std::string_view text) {
    forget(lease);
    const auto free = find({});
    keeper::HeartCommand command;
    const auto who = sys::peer_of(socket);
    if (!free || text.size() > keeper::kMostCommand || !who) return;
    command.lease = lease;
    command.uid = who->uid;
    command.gid = who->gid;
    static_assert(sizeof(gid_t) == sizeof command.groups[0]);
    command.group_count = static_cast<std::uint32_t>(sys::groups_of_peer(socket, command.groups));
    command.size = text.size();
    text.copy(command.text.data(), text.size());
    keeper::encode(command, *free);
}

pid_t HeartCommands::run(const keeper::Name& lease) const {
    const auto found = find(lease);
    const auto command = found ? keeper::decode_command(*found) : std::nullopt;
    if (!command) return 0;
    FixedLine<63> variable;
    variable.put("VAKT_LEASE=");
    variable.put(lease.view());
    std::array<char, 64> name{};
    variable.view().copy(name.data(), variable.view().size());
    const char* const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "SHELL=/bin/sh",
        "HOME=/", name.data(), nullptr};
    static_assert(sizeof(gid_t) == sizeof command->groups[0]);
    return sys::start_clean_command_as(
        {command->uid, command->gid, std::span(command->groups).first(command->group_count),
         environment},
        command->text.data());
}

}  // namespace vakt::prog
