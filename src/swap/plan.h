// SPDX-License-Identifier: Apache-2.0
// (what the files are, what is wanted) -> steps, or a refusal. Nothing has been changed when this
// is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "swap/file_facts.h"
#include "swap/flavour.h"
#include "swap/verdict.h"

namespace vakt::swap {

enum class Wanted { otp, nootp };

/// What looking for the daemon gave.
enum class DaemonState {
    alive,   ///< it is the expected executable, runs as a trusted user, and may be signalled
    absent,  ///< no such process
    wrong,   ///< there is one, and it is not the expected one or may not be signalled
};

/// A file that was opened: its facts, and its bytes when they were worth reading.
struct LookedFile {
    FileFacts facts;
    std::string bytes;
};

/// Everything that was looked at. ORIG, OTP and CONF are looked at only for a flavour that
/// re-reads.
struct Situation {
    Wanted wanted = Wanted::otp;
    Flavour flavour;
    std::uint32_t trusted_uid = 0;  ///< besides root
    std::uint32_t fifo_uid = 0;     ///< whose the FIFO should be
    std::uint32_t fifo_gid = 0;
    std::string fifo_path;
    FileFacts fifo;
    LookedFile orig;
    LookedFile otp;
    LookedFile conf;
    DaemonState daemon = DaemonState::absent;
    Verdict daemon_refusal;      ///< when it is not alive: the code and why
    bool daemon_hidden = false;  ///< it is "wrong" only since we may not look at it
    bool untold = false;  ///< an earlier run was ended between its change and telling the daemon
};

/// Each is done in the order given; what was done before a failing step is undone.
enum class Step {
    make_fifo,     ///< there was none
    replace_fifo,  ///< there is one that is not to be trusted
    repair_fifo,   ///< it is good but for its group or mode; daemon and reader may hold it, so it
                   ///< stays
    install_otp,
    install_orig,
    hold_fifo,  ///< by a child, so that the daemon finds a reader when it is told
    tell_daemon,
    remove_fifo,
};
using Steps = std::vector<Step>;

/// The FIFO's mode, always: its owner writes, its group reads.
inline constexpr std::uint32_t kFifoMode = 0640;

/// Refused with -2 when a file is not as it must be, or the configuration is neither ORIG nor OTP
/// (the operator's edits would be lost); with -3 when the daemon is not the expected one. No steps
/// at all when nothing has to change.
[[nodiscard]] std::variant<Steps, Verdict> plan(const Situation& situation);

}  // namespace vakt::swap
