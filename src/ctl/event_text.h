// SPDX-License-Identifier: Apache-2.0
// Events and gaps, for people and for programs.
#pragma once

#include <string>
#include <string_view>

#include "report/boot_id.h"
#include "wire/record_bytes.h"

namespace vakt::ctl {

/// "WHEN board daemon.err sshd[77]: text" and a newline; what is not known is left out. Control
/// characters are shown as '?', but a newline in the text as one that is indented.
[[nodiscard]] std::string event_line(const wire::StampedEntry& event, std::string_view when,
                                     bool colour);
/// "-- 300 lost of fifo (overrun), numbers 1 to 512: words" and a newline.
[[nodiscard]] std::string gap_line(const wire::StampedGap& gap, bool colour);

/// One line of JSON and a newline; its keys are those of vaktctl(1) and of an event in Erlang.
[[nodiscard]] std::string event_json(const wire::StampedEntry& event, const report::BootId& boot);
[[nodiscard]] std::string gap_json(const wire::StampedGap& gap, const report::BootId& boot);

}  // namespace vakt::ctl
