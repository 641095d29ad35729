// SPDX-License-Identifier: Apache-2.0
// Who else gets what the sources read.
#include "prog/syslog_bridge_taps.h"

#include <unistd.h>

#include <utility>

#include "bridge/account.h"
#include "sys/host_name.h"

namespace vakt::prog {
namespace {}  // namespace

BridgeTaps::BridgeTaps(loop::Loop& loop, const bridge::Bridge& bridge, Places places, Log& log)
    : loop_(loop), bridge_(bridge), places_(std::move(places)), log_(log) {}

void BridgeTaps::say(const std::string& words) { log_.say(sys::Severity::err, words); }

BlackBoxSetup BridgeTaps::box_setup(const settings::BlackBoxSettings& settings) const {
    const bool pmsg =
        settings.pmsg && !places_.pmsg.empty() && ::access(places_.pmsg.c_str(), F_OK) == 0;
    return {.path = places_.black_box,
            .size = settings.size,
            .severity = settings.severity,
            .sync_interval = settings.sync_interval,
            .pmsg = pmsg ? places_.pmsg : "",
            .pmsg_severity = settings.pmsg_severity,
            .boot = places_.boot};
}

void BridgeTaps::change(const settings::BridgeFile& file) {
    const auto setup = box_setup(file.black_box);
    const bool wanted = setup.size != 0 || !setup.pmsg.empty();
    if (!wanted) {
        if (box_) box_->leave();
        box_.reset();
    } else if (box_) {
        box_->change(setup);
    } else {
        box_ = std::make_unique<BlackBox>(loop_, bridge_, setup, [this](const std::string& words) {
            say("black box: " + words);
        });
    }
    const source::FeedSettings feed{file.feed, file.feed_auth, sys::host_name()};
    if (feed_ && feed_->settings() == feed) return;
    feed_.reset();
    if (feed.path.empty()) return;
    feed_ = std::make_unique<source::FifoFeed>(
        loop_, feed, [this](const Error& error) { say("feed: " + describe(error)); });
    feed_->start();
}

void BridgeTaps::leave() {
    turn_over();
    if (box_) box_->leave();
}

std::string BridgeTaps::account() const {
    std::string text;
    if (feed_) {
        const auto& counts = feed_->counts();
        text.append("feed ").append(bridge::one_word(feed_->settings().path));
        const auto add = [&text](const char* key, std::uint64_t value) {
            text.append(" ").append(key).append("=").append(std::to_string(value));
        };
        add("written", counts.written);
        add("refused", counts.refused);
        add("nowhere", counts.nowhere);
        add("withheld", counts.withheld);
        add("cut", counts.cut);
        text += '\n';
    }
    if (box_) text += box_->account() + "\n";
    return text;
}

}  // namespace vakt::prog
