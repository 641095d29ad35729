// SPDX-License-Identifier: Apache-2.0
// The bridge's black box: its newest records on disk (report/black_box.h), and the worst in pmsg.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/instant.h"
#include "loop/loop.h"
#include "report/boot_id.h"
#include "syslog/entry.h"

namespace vakt::bridge {
class Bridge;
}

namespace vakt::prog {

struct BlackBoxSetup {
    std::string path;              ///< STATE/black_box
    std::uint64_t size = 1 << 20;  ///< bytes; 0: no file
    syslog::Severity severity = syslog::Severity::debug;
    std::chrono::milliseconds sync_interval = std::chrono::seconds(5);
    std::string pmsg;  ///< a file that is there already; "": none
    syslog::Severity pmsg_severity = syslog::Severity::warning;
    report::BootId boot{};

    bool operator==(const BlackBoxSetup&) const = default;
};

/// Looks at what the bridge has numbered since it looked last, at most every 20 ms and at once when
/// something of severity emerg to crit came, and then takes at most kMostAtOnce of it: the newest,
/// those from emerg to err before others. A child brings it to the disk, so nothing here waits for
/// one; pmsg, which is RAM, is written here. With nothing new there is no wake-up.
///
/// How the program uses it: saw() for each entry that a source gives; turn_over() after each turn
/// of the loop that accepted something, when the bridge has it. It watches its child and keeps its
/// timer by itself. SIGPIPE and SIGCHLD: the former is ignored, and the latter may be, too.
class BlackBox {
 public:
    static constexpr std::size_t kMostAtOnce = 96;
    static constexpr std::size_t kUrgentAtOnce = 64;

    /// Says what people should know, a sentence each, and the same one not again and again.
    using Say = std::function<void(const std::string&)>;

    /// Forks. REQUIRES: one thread; `loop` and `bridge` outlive it.
    BlackBox(loop::Loop& loop, const bridge::Bridge& bridge, BlackBoxSetup setup, Say say);
    ~BlackBox();
    BlackBox(const BlackBox&) = delete;
    BlackBox& operator=(const BlackBox&) = delete;

    void saw(const syslog::Entry& entry) {
        if (!entry.record.pri) return;
        const auto severity = entry.record.pri->severity();
        if (severity > syslog::Severity::err) return;
        saw_urgent_ = true;
        at_once_ |= severity <= syslog::Severity::crit;
    }
    void turn_over();

    /// After a reload. The file is opened anew where that matters.
    void change(const BlackBoxSetup& setup);

    /// Before the bridge's end: what is not yet given to the child is, and the child ends by itself
    /// when it is on the disk.
    void leave();

    /// "black_box slots=2047 written=17 unwritten=0 syncs=2 errors=0 pmsg_written=3
    /// pmsg_withheld=0 pmsg_errors=0": how many slots the file has (0: no file), records written to
    /// it, passed over because they came too fast or the disk was too slow (of records that nobody
    /// looked at also those not severe enough for it), times it was brought to
    /// the disk, errors of the disk; lines given to pmsg, withheld from it by its budget, refused
    /// by it.
    [[nodiscard]] std::string account() const;

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    bool saw_urgent_ = false;
    bool at_once_ = false;
};

}  // namespace vakt::prog
