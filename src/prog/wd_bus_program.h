// SPDX-License-Identifier: Apache-2.0
// wd_bus while it runs: between the keeper and the message bus.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "prog/wd_bus_link.h"
#include "prog/wd_bus_object.h"
#include "prog/wd_bus_options.h"
#include "sys/notify.h"
#include "sys/side_output.h"
#include "sys/signal_inbox.h"
#include "systemd/bus.h"
#include "wire/whole_status.h"

namespace vakt::prog {

/// Carries out login1 and systemd1 for the keeper, shows the keeper on the bus, writes the metrics.
/// Neither side is ever waited for: each question has its deadline, and a side that is lost is
/// looked for again, ever more seldom. It sleeps while both are there and nobody asks.
class BusProgram {
 public:
    explicit BusProgram(const BusOptions& options);
    BusProgram(const BusProgram&) = delete;
    BusProgram& operator=(const BusProgram&) = delete;
    /// The exit status.
    int run();

 private:
    /// When a side that is lost is looked for again.
    struct Retry {
        Duration first;
        Duration most;
        Duration wait{};
        Instant at{};

        void lost(Instant now) {
            wait = wait == Duration::zero() ? first : std::min(2 * wait, most);
            at = now + wait;
        }
        void found() { wait = {}; }
    };

    void wait();
    void take_signals();
    void say(std::string_view words);

    void keep_link(Instant now);
    void lose_link(Instant now);
    void take(const wire::LeaseMessage& message);
    void take_news(const wire::lease::News& news);
    void ask_end(const wire::lease::AskEnd& ask);

    void keep_bus(Instant now);
    void connect_bus(Instant now);
    void lose_bus(Instant now);
    void greet_bus();
    void show_report();

    void ask_status();
    void end_status(bool answered);
    void announce();

    void keep_metrics(Instant now);
    void tell_going_down(bool going);
    void leave();

    BusOptions options_;
    sys::SideOutput err_{2};
    sys::SignalInbox signals_;
    sys::ServiceManager manager_;

    std::unique_ptr<KeeperLink> link_;
    std::uint64_t link_number_ = 0;  ///< an answer for an older one is nobody's
    Retry link_retry_;
    wire::StatusReader reader_;
    Instant status_until_ = kNever;  ///< an answer to StatusAsked is awaited so long
    bool report_is_new_ = false;
    bool going_down_ = false;

    std::unique_ptr<systemd::Bus> bus_;
    Retry bus_retry_;
    bool bus_greeted_ = false;
    BusView view_;
    std::vector<std::pair<std::string, std::string>> announced_;

    Instant metrics_at_ = kNever;
    bool metrics_wanted_ = false;
    pid_t metrics_child_ = 0;

    Instant leave_at_ = kNever;
    bool left_ = false;
};

}  // namespace vakt::prog
