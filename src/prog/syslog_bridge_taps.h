// SPDX-License-Identifier: Apache-2.0
// Who else gets what the sources read: the black box, and the feed for an unchanged os_sup.
#pragma once

#include <memory>
#include <string>

#include "bridge/bridge.h"
#include "loop/loop.h"
#include "prog/daemon_log.h"
#include "prog/syslog_bridge_black_box.h"
#include "report/boot_id.h"
#include "settings/bridge_settings.h"
#include "source/fifo_feed.h"

namespace vakt::prog {

class BridgeTaps {
 public:
    struct Places {
        std::string black_box;
        std::string pmsg;  ///< used where it is there
        report::BootId boot{};
    };
    BridgeTaps(loop::Loop& loop, const bridge::Bridge& bridge, Places places, Log& log);

    /// At the start, and after each reload.
    void change(const settings::BridgeFile& file);

    void entry(const syslog::Entry& entry, const bridge::Now& now) {
        if (box_) box_->saw(entry);
        if (feed_) feed_->entry(entry, now.wall_ns);
    }
    void gap(const syslog::Gap& gap) {
        if (feed_) feed_->gap(gap);
    }
    void turn_over() {
        if (box_) box_->turn_over();
        if (feed_) feed_->turn_over();
    }
    void leave();

    /// A line each.
    [[nodiscard]] std::string account() const;

 private:
    [[nodiscard]] BlackBoxSetup box_setup(const settings::BlackBoxSettings& settings) const;
    void say(const std::string& words);

    loop::Loop& loop_;
    const bridge::Bridge& bridge_;
    Places places_;
    Log& log_;
    std::unique_ptr<BlackBox> box_;
    std::unique_ptr<source::FifoFeed> feed_;
};

}  // namespace vakt::prog
