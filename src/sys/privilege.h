// SPDX-License-Identifier: Apache-2.0
// What a setuid program does before anything else: it keeps nothing of what its caller prepared.
#pragma once

#include <sys/types.h>

#include <span>
#include <vector>

namespace vakt::sys {

/// The caller, as the kernel knows it, before any id was changed.
struct Caller {
    uid_t uid = 0;  ///< real
    gid_t gid = 0;  ///< real
    std::vector<gid_t> groups;
    /// We run with more rights than the caller has: AT_SECURE (getauxval(3): set-id or capabilities
    /// on the file; Solaris: issetugid(2)), or an effective id other than the real one.
    bool extra_rights = false;
};

/// Standard descriptors filled with /dev/null where closed, every other one closed, environment
/// emptied, timers stopped, signals that could end or stop us ignored and none blocked, resource
/// limits raised as far as they go, no core, umask 077, no new privileges, working directory "/".
/// With extra rights also no ptrace and no dump. Ends the process where even /dev/null cannot be
/// opened.
Caller leave_callers_world();

/// With extra rights: all ids become root's (Solaris: and of root's privileges those alone are kept
/// that a swap needs, privileges(5)), so that the caller can no longer signal us. False when
/// the kernel does not let us.
[[nodiscard]] bool become_root();

/// All three ids of both kinds, the saved ones too, so that none is left to go back to. No heap.
[[nodiscard]] bool become_for_good(uid_t uid, gid_t gid);
/// These supplementary groups and no others. No heap.
[[nodiscard]] bool take_groups(std::span<const gid_t> groups);

/// For good: all ids become the caller's, with its groups; allocates nothing. False when any of it
/// failed: then end.
[[nodiscard]] bool give_up_rights(const Caller& caller);

}  // namespace vakt::sys
