// SPDX-License-Identifier: Apache-2.0
#include <grp.h>
#include <priv.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <initializer_list>

#include "sys/privilege.h"
#include "sys/privilege_parts.h"

namespace vakt::sys {
namespace {

/// privileges(5): a set of basic with or without some, on the heap only here, before anything is
/// changed.
class Privileges {
 public:
    Privileges() : set_(::priv_allocset()) {
        if (set_ != nullptr) ::priv_basicset(set_);
    }
    ~Privileges() {
        if (set_ != nullptr) ::priv_freeset(set_);
    }
    Privileges(const Privileges&) = delete;
    Privileges& operator=(const Privileges&) = delete;

    void add(std::initializer_list<const char*> names) {
        for (const char* name : names) ok_ = ok_ && set_ && ::priv_addset(set_, name) == 0;
    }
    void remove(std::initializer_list<const char*> names) {
        for (const char* name : names) ok_ = ok_ && set_ && ::priv_delset(set_, name) == 0;
    }
    /// These and no others from here on. The inheritable set is what a program run by us would
    /// have.
    [[nodiscard]] bool keep() const {
        return ok_ && set_ != nullptr && ::setppriv(PRIV_SET, PRIV_INHERITABLE, set_) == 0 &&
               ::setppriv(PRIV_SET, PRIV_PERMITTED, set_) == 0 &&
               ::setppriv(PRIV_SET, PRIV_EFFECTIVE, set_) == 0;
    }
    /// The most that anything we run can have, set-id or not.
    [[nodiscard]] bool limit() const {
        return ok_ && set_ != nullptr && ::setppriv(PRIV_SET, PRIV_LIMIT, set_) == 0;
    }

 private:
    priv_set_t* set_;
    bool ok_ = true;
};

constexpr std::initializer_list<const char*> kForASwap = {
    PRIV_FILE_CHOWN,     PRIV_FILE_CHOWN_SELF, PRIV_FILE_DAC_READ,
    PRIV_FILE_DAC_WRITE, PRIV_FILE_DAC_SEARCH, PRIV_FILE_OWNER,
    PRIV_FILE_SETID,     PRIV_PROC_OWNER,      PRIV_PROC_SETID};

/// A caller that is starved, or starves itself, must not make us hold a lock for long.
void schedule_normally() {
    const sched_param normal{};
    ::sched_setscheduler(0, SCHED_OTHER, &normal);
    ::setpriority(PRIO_PROCESS, 0, 0);
}

}  // namespace

void detail::undo_tricks_with_time() {}

bool detail::runs_with_more() { return ::issetugid() != 0; }

// proc(5): who is not as privileged as we are may neither trace nor read us, and set-id processes
// leave no core for the caller (coreadm(1M)).
bool detail::hide() { return true; }

// Done by the limit set, once we are root: become_root().
void detail::want_no_more() {}

bool take_groups(std::span<const gid_t> groups) {
    return ::setgroups(static_cast<int>(groups.size()), groups.data()) == 0;
}

bool detail::drop_named_rights() {
    Privileges none;
    none.remove(
        {PRIV_PROC_EXEC, PRIV_PROC_FORK, PRIV_PROC_INFO, PRIV_PROC_SESSION, PRIV_FILE_LINK_ANY});
    return none.keep();
}

bool become_root() {
    schedule_normally();
    Privileges needed;
    needed.add(kForASwap);
    return ::setgroups(0, nullptr) == 0 && become_for_good(0, 0) && needed.keep() && needed.limit();
}

// setreuid(2), setregid(2): the saved id becomes the new effective one where the real one is set.
bool become_for_good(uid_t uid, gid_t gid) {
    return ::setregid(gid, gid) == 0 && ::setreuid(uid, uid) == 0;
}

}  // namespace vakt::sys
