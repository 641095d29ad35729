// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stropts.h>
#include <sys/strlog.h>

#include <algorithm>
#include <array>

#include "sys/fd.h"
#include "sys/log.h"

namespace vakt::sys {

// log(7D): what user programs say is put on /dev/conslog, and syslogd hears it from the log driver.
// The door of syslogd, which syslog(3C) calls, could make us wait.
void detail::hand_to_logger(int priority, std::string_view line, const char* /*path*/) {
    constexpr std::size_t kLongest = 1100;
    const Fd driver(::open("/dev/conslog", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!driver) return;
    std::array<char, kLongest + 1> text{};  // ended by NUL
    const auto size = line.copy(text.data(), kLongest);
    log_ctl head{};
    head.pri = priority;
    head.flags = SL_CONSOLE;
    strbuf control{};
    control.len = sizeof head;
    control.buf = reinterpret_cast<char*>(&head);
    strbuf data{};
    data.len = static_cast<int>(size) + 1;
    data.buf = text.data();
    static_cast<void>(::putmsg(driver.get(), &control, &data, 0));
}

}  // namespace vakt::sys
