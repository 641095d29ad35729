// SPDX-License-Identifier: Apache-2.0
// How wd_keeper begins with what another left, and leaves to another what it has.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "prog/wd_keeper_program.h"
#include "sys/clock.h"
#include "sys/process_handle.h"
#include "sys/rights.h"

namespace vakt::prog {
namespace {

namespace lease = wire::lease;
using sys::Severity;

/// How long a successor that was handed everything may take to say so. The devices were petted just
/// before, and nothing pets them meanwhile.
constexpr Duration kConfirmation = std::chrono::seconds(1);

/// As the service manager's store names it.
FixedLine<32> numbered(std::string_view kind, std::uint64_t number) {
    FixedLine<32> name;
    name.put(kind);
    name.put(number);
    return name;
}

}  // namespace

// ---- the beginning ----

void KeeperProgram::begin(Inherited inherited) {
    const auto now = sys::now();
    keeper::Keeper::Adopted adopted{0, inherited.line_count > 0};
    for (std::size_t row = 0; row < devices_.size(); ++row) {
        if (!inherited.devices[row]) continue;
        const auto id = static_cast<keeper::DeviceId>(row);
        const auto granted = inherited.state ? inherited.state->devices[row].granted
                                             : parts_.file.settings.devices[row].timeout;
        if (devices_.adopt(id, std::move(inherited.devices[row]), granted))
            adopted.devices |= 1U << row;
    }
    const auto* const before = inherited.state ? &*inherited.state : nullptr;
    keeper_.emplace(parts_.file.settings, parts_.setup.boot, now, before, adopted);
    if (adopted.devices != 0)
        log_.say(Severity::notice, "goes on where the keeper before us stopped, with ",
                 static_cast<std::uint64_t>(inherited.line_count), " connections");
    stepping_ = true;  // what the first actions lead to comes after all of them
    carry_out(keeper_->begin(now));
    for (std::size_t at = 0; at < inherited.line_count; ++at)
        adopt(inherited.lines[at].number, std::move(inherited.lines[at].socket));
    forget_stored(inherited);
    hold_vms();
    stepping_ = false;
    step(keeper::Tick{});
    began_ = true;
    give_up_refused();
    save();
    make_report();
    if (left_) return;
    if (parts_.manager.there())
        parts_.manager.tell(sys::Notice().main_pid(::getpid()).ready().status("guards this board"));
    const int listener = parts_.listener.get();
    if (parts_.manager.there())
        parts_.manager.tell(sys::Notice().store("keeper", true), std::span(&listener, 1));
}

// While the manager keeps its copy of a connection, no heart learns that whoever held the other one
// has ended, and a later keeper would be handed one that nobody has read since.
void KeeperProgram::forget_stored(const Inherited& inherited) {
    for (const auto number : inherited.stored)
        parts_.manager.tell(sys::Notice().forget(numbered("lease-", number).view()));
}

void KeeperProgram::adopt(keeper::Connection number, sys::Fd socket) {
    // Which of two the number means nobody can tell any more: both hearts connect again.
    if (auto* const other = clients_.find(number)) {
        other->over = true;
        return;
    }
    const auto who = sys::peer_of(socket);
    auto* const client = who ? clients_.admit(who->uid, true) : nullptr;
    if (client == nullptr) return step(keeper::Closed{number});
    clients_.renumber(*client, number);
    enter(*client, std::move(socket), *who);
    client->process = sys::open_pidfd(client->pid);
    exempt(*client);
}

// Those of a keeper before us; errors are known already.
void KeeperProgram::hold_vms() {
    for (std::size_t at = 0; at < keeper_->leases(); ++at) {
        const auto id = static_cast<keeper::LeaseId>(at);
        const auto& state = keeper_->lease(id).state();
        for (const auto& vm : {state.vm, keeper_->ladder(id).state().vm})
            if (vm.pid != 0 && !vms_.hold(vm, state.uid) && errno == ESRCH)
                step(keeper::VmEnded{vm});
    }
}

// ---- the end ----

void KeeperProgram::act(const keeper::SendHandOver& send) {
    mark_holders();
    if (send.to == 0) return step(keeper::HandedOver{hand_to_manager()});
    auto* const successor = clients_.find(send.to);
    if (successor == nullptr || !hand_to(*successor)) return step(keeper::HandedOver{false});
    successor->successor = true;
    confirm_until_ = sys::now() + kConfirmation;
}

void KeeperProgram::hand_over_failed() {
    if (confirm_until_ == kNever) return;
    confirm_until_ = kNever;
    log_.say(Severity::err, "the successor has not taken over: we go on");
    for (auto& client : clients_.all()) {
        if (client.number == 0 || !client.successor) continue;
        client.successor = false;
        answer(client, keeper::Refusal::ending);
        client.over = true;
    }
    step(keeper::HandedOver{false});
}

// Whose message is half read, or half written, is left out: its heart connects again.
bool KeeperProgram::goes_along(const Client& client) const {
    return client.number != 0 && client.holds && !client.successor && !client.hands &&
           !client.over && !client.in.partial() && client.out_size == 0;
}

bool KeeperProgram::hand_to(Client& successor) {
    lease::HandOver list;
    std::array<int, keeper::kMaxDevices + kMaxClients + 1> fds{};
    std::size_t count = 0;
    const auto add = [&](bool is_connection, std::uint32_t number, int fd) {
        if (list.descriptors.push_back({is_connection, number})) fds[count++] = fd;
    };
    add(true, 0, parts_.listener.get());
    for (std::size_t at = 0; at < devices_.size(); ++at) {
        const auto& device = devices_.row(static_cast<keeper::DeviceId>(at)).device;
        if (device && device->descriptor() >= 0)
            add(false, static_cast<std::uint32_t>(at), device->descriptor());
    }
    for (const auto& client : clients_.all())
        if (goes_along(client)) add(true, client.number, client.socket.get());

    std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
    const auto whole = wire::encode(list, bytes);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
    iovec part = {bytes.data(), whole.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = static_cast<sys::ControlSize>(CMSG_SPACE(count * sizeof(int)));
    auto* const rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = static_cast<sys::ControlItemSize>(CMSG_LEN(count * sizeof(int)));
    std::memcpy(CMSG_DATA(rights), fds.data(), count * sizeof(int));
    return successor.out_size == 0 && !whole.empty() &&
           ::sendmsg(successor.socket.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL) ==
               static_cast<ssize_t>(whole.size());
}

void KeeperProgram::forget_device(keeper::DeviceId id) {
    if (parts_.manager.there())
        parts_.manager.tell(sys::Notice().forget(numbered("device-", id).view()));
}

bool KeeperProgram::store_device(keeper::DeviceId id) {
    const auto& device = devices_.row(id).device;
    if (!parts_.manager.there() || !device || device->descriptor() < 0) return false;
    const auto name = numbered("device-", id);
    const int fd = device->descriptor();
    return parts_.manager.tell(sys::Notice().store(name.view(), true), std::span(&fd, 1));
}

bool KeeperProgram::hand_to_manager() {
    if (!parts_.manager.there() || !parts_.manager.listens()) return false;
    bool all = true;
    for (std::size_t at = 0; at < devices_.size(); ++at) {
        const auto id = static_cast<keeper::DeviceId>(at);
        if (keeper_->device(id).state == keeper::DeviceState::armed) all = store_device(id) && all;
    }
    for (const auto& client : clients_.all()) {
        if (!goes_along(client)) continue;
        const auto name = numbered("lease-", client.number);
        const int fd = client.socket.get();
        all =
            parts_.manager.tell(sys::Notice().store(name.view(), false), std::span(&fd, 1)) && all;
    }
    return all;
}

}  // namespace vakt::prog
