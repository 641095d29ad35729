// SPDX-License-Identifier: Apache-2.0
// The VMs behind the leases, each held so that no later process with its number is ever meant.
#pragma once

#include <array>
#include <span>

#include "keeper/names.h"
#include "sys/fd.h"

namespace vakt::prog {

class Vms {
 public:
    struct Held {
        keeper::Vm vm{};
        sys::Fd process;
    };

    /// Where `vm.start` is 0 it is not known. False: errno; ESRCH when it has ended already, or its
    /// number is another's by now; EPERM when it is not a process of `owner`, who names it: nobody
    /// can have us kill what they could not.
    [[nodiscard]] bool hold(const keeper::Vm& vm, keeper::Uid owner);
    /// The same; where there are no pidfds it is found again by its number.
    [[nodiscard]] bool signal(const keeper::Vm& vm, keeper::Uid owner, int number);
    /// A Held whose process is readable has ended; let() it go.
    [[nodiscard]] std::span<Held> all() { return held_; }
    static void let(Held& held);
    /// Lets go of all for which nobody asks any more.
    template <class Wanted>
    void keep_only(const Wanted& wanted) {
        for (auto& held : held_)
            if (held.process && !wanted(held.vm)) let(held);
    }

 private:
    [[nodiscard]] Held* find(const keeper::Vm& vm);

    /// One for each lease, and one for each ladder that still ends the VM before.
    std::array<Held, 2 * keeper::kMaxLeases> held_;
};

}  // namespace vakt::prog
