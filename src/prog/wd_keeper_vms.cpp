// SPDX-License-Identifier: Apache-2.0
// The VMs behind the leases.
#include "prog/wd_keeper_vms.h"

#include <algorithm>
#include <cerrno>

#include "sys/process_handle.h"

namespace vakt::prog {
namespace {

/// The process itself, and not a later one: looked at after it is held.
sys::Fd open(const keeper::Vm& vm, keeper::Uid owner) {
    const auto pid = static_cast<pid_t>(vm.pid);
    auto process = sys::open_pidfd(pid);
    if (!process) return process;
    const auto facts = sys::facts_of(pid);
    const auto uids = sys::uids_of(pid);
    if (!facts || !uids || (vm.start != 0 && facts->start != vm.start) || sys::has_ended(process))
        errno = ESRCH;
    else if (owner != 0 && uids->real != owner)
        errno = EPERM;
    else
        return process;
    return {};
}

}  // namespace

Vms::Held* Vms::find(const keeper::Vm& vm) {
    const auto found = std::find_if(held_.begin(), held_.end(), [&](const Held& held) {
        return held.process && held.vm == vm;
    });
    return found == held_.end() ? nullptr : &*found;
}

void Vms::let(Held& held) { held = {}; }

bool Vms::hold(const keeper::Vm& vm, keeper::Uid owner) {
    if (vm.pid == 0 || find(vm) != nullptr) return true;
    auto process = open(vm, owner);
    if (!process) return false;
    const auto slot =
        std::find_if(held_.begin(), held_.end(), [](const Held& held) { return !held.process; });
    if (slot != held_.end()) *slot = Held{vm, std::move(process)};
    return true;
}

bool Vms::signal(const keeper::Vm& vm, keeper::Uid owner, int number) {
    if (const auto* held = find(vm)) return sys::signal_pidfd(held->process, number);
    const auto process = open(vm, owner);
    return process && sys::signal_pidfd(process, number);
}

}  // namespace vakt::prog
