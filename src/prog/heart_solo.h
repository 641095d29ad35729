// SPDX-License-Identifier: Apache-2.0
// A watchdog of heart's own: guard/solo.h on the device that HEART_WATCHDOG_PATH names.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guard/solo.h"
#include "prog/heart_board.h"
#include "sys/fd.h"
#include "wdt/watchdog_device.h"

namespace vakt::prog {

/// The driver is chosen by the file: a character device is Linux' /dev/watchdogN, a socket a
/// simulated board's. A child opens and arms it, which may hang, and hands it over; until then
/// heart is alone. A device that another program has is tried again with a beat.
class SoloBoard final : public Board {
 public:
    SoloBoard(std::string path, Duration beat_timeout, Duration boot_delay, SayWords say,
              Instant now);
    ~SoloBoard() override;

    void renew(Instant now, Instant hard_deadline) override;
    void give_up(Instant now, heart::Cause cause, const std::string& words) override;
    void step(Instant /*now*/, keeper::Step /*step*/, int /*status*/) override {}
    void command(Instant /*now*/, const std::string& /*text*/) override {}
    void retire(Instant now) override;
    [[nodiscard]] bool may_end(Instant now) override;
    [[nodiscard]] std::optional<heart::Event> next() override;
    [[nodiscard]] int descriptor() const override { return channel_.get(); }
    [[nodiscard]] Instant wake_at() const override;
    void stir(Instant now) override;
    void collect() override;

 private:
    void open(Instant now);
    void receive(Instant now);
    void act(Instant now);
    void disarm();
    void say(const std::string& words) const { say_("watchdog " + path_ + ": " + words); }

    std::string path_;
    bool is_socket_ = false;
    Duration beat_timeout_;
    Duration boot_delay_;
    SayWords say_;
    guard::Solo solo_;
    std::unique_ptr<wdt::WatchdogDevice> device_;
    sys::Fd channel_;  // to the child that opens it
    pid_t child_ = 0;  // until it is collected
    bool may_try_again_ = false;
    bool said_busy_ = false;
    bool retired_ = false;
    Instant tried_{};
    Instant looked_{};
    Instant end_by_ = kNever;
    Instant deadline_ = kNever;
    std::vector<heart::Event> for_heart_;
};

}  // namespace vakt::prog
