// SPDX-License-Identifier: Apache-2.0
// What vaktctl does, verb by verb, and what the verbs share.
#pragma once

#include <string>
#include <string_view>

#include "ctl/options.h"
#include "ctl/page.h"
#include "prog/vaktctl_client.h"

namespace vakt::prog {

// The exit status.
inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;  ///< or found something
inline constexpr int kUsage = 2;
inline constexpr int kNoKeeper = 3;
inline constexpr int kNoBridge = 3;

/// To standard output, at once.
void show(std::string_view text);
/// "vaktctl: WORDS" to standard error; returns `code`.
int complain(int code, std::string_view words);
/// Whether to go on: the user types yes, or --yes was given. 0, or the exit status.
int confirm(const ctl::Options& options, const std::string& question);
/// The lease that was named, or else the only one there is a heart for. 0, or the exit status.
int choose_lease(ctl::Options& options, const wire::WholeStatus& status);
/// Says why it was refused; returns the exit status.
int tell_refusal(const ctl::Options& options, keeper::Refusal refusal);
/// A limit for one answer from now on.
[[nodiscard]] Instant patience_from_now(const ctl::Options& options);
/// Local time as strftime(3) has it, and the milliseconds: "22:01:03.120" for "%H:%M:%S".
[[nodiscard]] std::string local_time(std::int64_t wall_ns, const char* format);

int show_status(const ctl::Options& options, const ctl::Look& look);
int show_reset(const ctl::Options& options, const ctl::Look& look);
int watch(const ctl::Options& options);
int drill(ctl::Options options);
int snooze(ctl::Options options);
int disarm(const ctl::Options& options);
int end_board(const ctl::Options& options);
int show_events(const ctl::Options& options, const ctl::Look& look);
int show_account(const ctl::Options& options, const ctl::Look& look);
int say_healthy(const ctl::Options& options);

}  // namespace vakt::prog
