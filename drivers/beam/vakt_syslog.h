/* SPDX-License-Identifier: Apache-2.0 */
/* Syslog for the threads of a process that is one Erlang VM and more, as on systems with one
 * process: what is said here comes to Erlang as what elsewhere comes by /dev/log. C; link with
 * -lvakt_syslog (in the application's priv/lib).
 *
 * Nothing here waits, takes a lock or allocates memory, so it may be called from any thread and
 * from a signal's handler, before the emulator starts and after it. What Erlang has not read yet
 * waits in a pipe (64 KiB on Linux); what has no room there is lost, counted, and told to Erlang as
 * a gap of exactly so many in its place.
 */
#ifndef VAKT_SYSLOG_H
#define VAKT_SYSLOG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* More bytes of a message are cut off, and the event says so. With vakt_syslog() these are all
 * bytes, PRI and name as well. */
#define VAKT_SYSLOG_LONGEST 4088

/* Says `size` bytes of `text` as the program `app` (1 to 48 printable bytes without blank, ':' and
 * '['; NULL: none) with facility and severity as syslog(3) has them, LOG_DAEMON | LOG_ERR. 0: it is
 * on its way. -1: it is lost, and counted; errno says why: EAGAIN no room, EINVAL no such priority
 * or name (nothing is counted then), else as pipe2(2). */
int vakt_syslog(int priority, const char* app, const char* text, size_t size);

/* The same for a whole message, "<27>Nov 21 18:04:15 app[7]: text" or one of RFC 5424, with or
 * without a newline at its end. */
int vakt_syslog_message(const char* message, size_t size);

/* How many were lost since the process began. */
uint64_t vakt_syslog_lost(void);

#ifdef __cplusplus
}
#endif

#endif
