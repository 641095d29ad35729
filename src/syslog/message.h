// SPDX-License-Identifier: Apache-2.0
// A syslog message, RFC 5424 or 3164 as it is in the wild, becomes a record.
#pragma once

#include <string_view>

#include "syslog/record.h"
#include "syslog/timestamp.h"

namespace vakt::syslog {

/// Reads one message: a datagram, a frame, a line without its newline. Never fails, allocates
/// nothing and looks at each byte a bounded number of times. NULs and newlines at the very end,
/// which many senders add to a datagram, are taken off.
///
///   <PRI>1 2026-11-21T18:04:03.962539Z host app 77 ID47 [sd@1 k="v"] text   RFC 5424
///   <PRI>2026-11-21T18:04:03.962539+00:00 host app[77]: text    rsyslog's own, syslog-ng, NetBSD
///   <PRI>Nov 21 18:04:15 host app[77]: text                    RFC 3164, over a network
///   <PRI>Nov 21 18:04:15 app[77]: text                         what syslog(3) sends to /dev/log
///   <PRI>app[77]: text          <PRI>text                      no time: the receiver's holds
///   Nov 21 18:04:15 host kern.info app: text                   busybox
///   Nov 21 18:04:15 host app: [ID 702911 kern.notice] text     Solaris
///
/// A word that ends in a colon and a blank, or in brackets and a colon or a blank, is the TAG; a
/// word before it is the host. What rsyslog's parsers do otherwise: DIFFERENCES.md. The optional
/// PRI may be missing everywhere but in RFC 5424. Malformed are: bytes with neither PRI nor time; a
/// PRI that is none (it stays in the text); RFC 5424's VERSION 1 with a header that is not its form
/// (then all behind PRI is text), with STRUCTURED-DATA that does not end (text from there on), or
/// with a field longer than section 6 allows (taken as it is).
[[nodiscard]] Record read_message(std::string_view bytes, const Context& context);

}  // namespace vakt::syslog
