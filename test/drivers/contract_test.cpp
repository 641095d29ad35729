// SPDX-License-Identifier: Apache-2.0
// The one contract of wdt/watchdog_device.h, asked of every driver.
// The harness makes a macro of new, so it comes last.
// clang-format off
#include <memory>
#include <vector>

#include "drivers/ib700_wdt.h"
#include "drivers/linux_wdt.h"
#include "drivers/ntwdt.h"
#include "drivers/registry.h"
#include "drivers/service_wdt.h"
#include "drivers/soft_wdt.h"
#include "drivers/vme_wdt.h"
#include "test/support/fake_boards.h"
#include "test/support/fake_linux_node.h"

#include <CppUTest/TestHarness.h>
#include "test/support/allocations.h"
// clang-format on

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;
using wdt::Millis;

namespace {

/// One driver on its fake hardware.
struct Rig {
    explicit Rig(const char* rig_name) : name(rig_name) {}
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;
    virtual ~Rig() = default;

    /// `handed_over`: on a node that is open and counting already.
    virtual DeviceResult make(bool handed_over) = 0;
    virtual void advance(Millis time) { hardware.advance(time); }
    virtual bool counting() { return hardware.counting; }
    virtual bool bitten() { return hardware.bitten; }
    /// Makes disarm() impossible from now on; false if this driver has no such hardware.
    virtual bool lock() { return false; }

    std::unique_ptr<wdt::WatchdogDevice> open() { return taken(make(false)); }
    std::unique_ptr<wdt::WatchdogDevice> adopt() {
        hardware.start(handed_timeout);
        return taken(make(true));
    }
    std::unique_ptr<wdt::WatchdogDevice> taken(DeviceResult made) {
        if (!made) FAIL((std::string(name) + ": " + describe(made.error())).c_str());
        return std::move(*made);
    }

    const char* name;
    fake::Hardware hardware;
    Millis wanted = 20s;      ///< within the hardware's means, not a step of it
    Millis other = 7s;        ///< another one, shorter
    Millis too_short = 99ms;  ///< below anything it can count
    Millis handed_timeout = 10s;
    std::size_t standing_remarks = 0;  ///< what a healthy one has to say all the same
};

template <class Device>
DeviceResult upcast(Result<std::unique_ptr<Device>> made) {
    if (!made) return made.error();
    return DeviceResult(std::unique_ptr<wdt::WatchdogDevice>(std::move(*made)));
}

template <class NodeType>
std::unique_ptr<DevNode> prepared(std::unique_ptr<NodeType> node, bool handed_over) {
    if (handed_over) node->hand_over();
    return node;
}

struct LinuxRig : Rig {
    explicit LinuxRig(const char* rig_name, fake::LinuxTraits with = {})
        : Rig(rig_name), traits(with) {}
    DeviceResult make(bool handed_over) override {
        return upcast(LinuxWdt::make(
            prepared(std::make_unique<fake::LinuxNode>(hardware, traits), handed_over), {}));
    }
    bool lock() override {
        if (traits.options_errno != 0) return false;  // such a driver cannot be asked
        return traits.nowayout = true;
    }
    fake::LinuxTraits traits;
};

struct VmeRig : Rig {
    VmeRig(const char* rig_name, const VmeProfile& row) : Rig(rig_name), profile(row) {
        too_short = 407ms;
        handed_timeout = 6700ms;
    }
    DeviceResult make(bool handed_over) override {
        auto board = std::make_unique<fake::Board>(hardware, profile);
        board->keeps_running = locked;
        last = board.get();
        return upcast(VmeWdt::make(std::move(board), profile, handed_over));
    }
    bool lock() override {
        locked = true;
        if (last != nullptr) last->keeps_running = true;
        return true;
    }
    const VmeProfile& profile;
    fake::Board* last = nullptr;
    bool locked = false;
};

struct NtwdtRig : Rig {
    NtwdtRig() : Rig("ntwdt") { too_short = 999ms; }
    DeviceResult make(bool handed_over) override {
        auto node = std::make_unique<fake::NtwdtNode>(hardware);
        last = node.get();
        return upcast(Ntwdt::make(prepared(std::move(node), handed_over)));
    }
    bool lock() override { return last->never_stops = true; }
    fake::NtwdtNode* last = nullptr;
};

struct Ib700Rig : Rig {
    Ib700Rig() : Rig("ib700") { too_short = 1999ms; }
    DeviceResult make(bool handed_over) override {
        return upcast(Ib700Wdt::make(
            prepared(std::make_unique<fake::PortsNode>(hardware), handed_over), handed_timeout));
    }
};

struct SoftRig : Rig {
    SoftRig() : Rig("soft") {}
    DeviceResult make(bool handed_over) override {
        if (handed_over) CHECK(board.on(now, "arm 10000").has_value());
        auto node = std::make_unique<fake::SoftNode>(hardware, board);
        last = node.get();
        last->now = now;
        return upcast(SoftWdt::make(prepared(std::move(node), handed_over)));
    }
    void advance(Millis time) override {
        now += time;
        if (last != nullptr && !gone) last->now = now;
        if (board.bitten(now)) {
            bit = true;
            board.restarted(wdt::kCardReset);
        }
    }
    bool counting() override { return board.counting(); }
    bool bitten() override { return bit; }
    bool lock() override {
        board = SoftBoard({.nowayout = true});
        CHECK(board.on(now, "arm 10000").has_value());
        return true;
    }
    SoftBoard board;
    SoftBoard::Instant now{};
    fake::SoftNode* last = nullptr;
    bool bit = false;
    bool gone = false;
};

struct ServiceRig : Rig {
    ServiceRig() : Rig("systemd") {
        too_short = 999ms;
        standing_remarks = 1;
    }
    DeviceResult make(bool handed_over) override {
        // systemd watches from the start of the service on, with the unit's timeout.
        return upcast(ServiceWdt::make(
            prepared(std::make_unique<fake::NotifyNode>(hardware), handed_over), 30s));
    }
};

constexpr std::array<VmeStep, 2> kSteps{{{3s, 0x0100}, {12s, 0x0200}}};
constexpr std::array<ServiceWord, 2> kTwoWords{
    {{{0x10, Width::half}, 0x5555}, {{0x10, Width::half}, 0xAAAA}}};
/// A board of another make: 16-bit little-endian registers, two service words, no boot status.
constexpr VmeProfile kOther{.name = "other",
                            .size = 64,
                            .order = wdt::ByteOrder::little,
                            .enable = {{0x14, Width::half}, 0x0001, false},
                            .timeout_mask = 0x0300,
                            .steps = kSteps,
                            .service = kTwoWords,
                            .reset_status = {},
                            .reset_bits = {},
                            .half = {},
                            .can_disable = true};

using Rigs = std::vector<std::unique_ptr<Rig> (*)()>;

fake::LinuxTraits old_driver() {
    fake::LinuxTraits traits;
    traits.options = WDIOF_SETTIMEOUT | WDIOF_MAGICCLOSE;  // pets by writing only
    traits.options_errno = ENOTTY;
    traits.left_errno = ENOTTY;
    traits.boot_errno = ENOTTY;
    return traits;
}

Rigs all_rigs() {
    return {
        []() -> std::unique_ptr<Rig> { return std::make_unique<LinuxRig>("linux"); },
        []() -> std::unique_ptr<Rig> {
            return std::make_unique<LinuxRig>("linux, old driver", old_driver());
        },
        []() -> std::unique_ptr<Rig> {
            return std::make_unique<VmeRig>("fga5000", *find_vme_profile("fga5000"));
        },
        []() -> std::unique_ptr<Rig> {
            return std::make_unique<VmeRig>("fga5000-negative",
                                            *find_vme_profile("fga5000-negative"));
        },
        []() -> std::unique_ptr<Rig> { return std::make_unique<VmeRig>("other board", kOther); },
        []() -> std::unique_ptr<Rig> { return std::make_unique<NtwdtRig>(); },
        []() -> std::unique_ptr<Rig> { return std::make_unique<Ib700Rig>(); },
        []() -> std::unique_ptr<Rig> { return std::make_unique<SoftRig>(); },
        []() -> std::unique_ptr<Rig> { return std::make_unique<ServiceRig>(); },
    };
}

Millis armed(wdt::WatchdogDevice& device, Millis wanted) {
    const auto granted = device.arm(wanted);
    if (!granted) FAIL(describe(granted.error()).c_str());
    return *granted;
}

template <class T>
bool fails_with(const Result<T>& result, std::errc code, const wdt::WatchdogDevice& device) {
    return !result && result.error().code == code &&
           describe(result.error()).find(device.name()) != std::string::npos;
}

}  // namespace

TEST_GROUP(Contract){/// The body once for every driver, each on hardware of its own.
                     template <class Body>
                     void each(Body body){for (const auto& make
                                               : all_rigs()){const auto rig = make();
body(*rig);
}
}
}
;

#define HOLDS(rig, condition) CHECK_TRUE_TEXT(condition, (rig).name)

TEST(Contract, arm_grants_at_most_what_was_wanted_and_starts_counting) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const auto granted = armed(*device, rig.wanted);
        HOLDS(rig, granted <= rig.wanted);
        HOLDS(rig, granted > Millis::zero());
        HOLDS(rig, rig.counting());
        HOLDS(rig, !rig.bitten());
    });
}

TEST(Contract, without_a_pet_it_bites_when_the_granted_time_is_over_and_not_before) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const auto granted = armed(*device, rig.wanted);
        rig.advance(granted - 1ms);
        HOLDS(rig, !rig.bitten());
        rig.advance(1ms);
        HOLDS(rig, rig.bitten());
    });
}

TEST(Contract, a_pet_starts_the_countdown_anew) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const auto granted = armed(*device, rig.wanted);
        for (int i = 0; i < 3; ++i) {
            rig.advance(granted - 1ms);
            HOLDS(rig, static_cast<bool>(device->pet()));
        }
        rig.advance(granted - 1ms);
        HOLDS(rig, !rig.bitten());
        rig.advance(1ms);
        HOLDS(rig, rig.bitten());
    });
}

TEST(Contract, arming_again_starts_another_countdown) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const auto first = armed(*device, rig.wanted);
        rig.advance(first - 1ms);
        const auto second = armed(*device, rig.other);
        HOLDS(rig, second <= rig.other);
        rig.advance(second - 1ms);
        HOLDS(rig, !rig.bitten());
        rig.advance(1ms);
        HOLDS(rig, rig.bitten());
    });
}

TEST(Contract, a_pet_before_arming_is_refused_and_touches_nothing) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const int touched = rig.hardware.touched;
        HOLDS(rig, fails_with(device->pet(), std::errc::operation_not_permitted, *device));
        HOLDS(rig, rig.hardware.touched == touched);
    });
}

TEST(Contract, a_disarmed_watchdog_never_bites_and_is_not_petted) {
    each([](Rig& rig) {
        const auto device = rig.open();
        armed(*device, rig.wanted);
        HOLDS(rig, static_cast<bool>(device->disarm()));
        HOLDS(rig, !rig.counting());
        rig.advance(24h);
        HOLDS(rig, !rig.bitten());
        HOLDS(rig, fails_with(device->pet(), std::errc::operation_not_permitted, *device));
        HOLDS(rig, !rig.counting());
    });
}

TEST(Contract, disarming_twice_is_disarming_once) {
    each([](Rig& rig) {
        const auto device = rig.open();
        armed(*device, rig.wanted);
        HOLDS(rig, static_cast<bool>(device->disarm()));
        const int touched = rig.hardware.touched;
        HOLDS(rig, static_cast<bool>(device->disarm()));
        HOLDS(rig, rig.hardware.touched == touched);
    });
}

TEST(Contract, a_disarmed_watchdog_can_be_armed_again) {
    each([](Rig& rig) {
        const auto device = rig.open();
        armed(*device, rig.wanted);
        HOLDS(rig, static_cast<bool>(device->disarm()));
        const auto granted = armed(*device, rig.wanted);
        HOLDS(rig, static_cast<bool>(device->pet()));
        rig.advance(granted);
        HOLDS(rig, rig.bitten());
    });
}

TEST(Contract, a_destroyed_device_goes_on_counting_and_bites) {
    each([](Rig& rig) {
        auto device = rig.open();
        const auto granted = armed(*device, rig.wanted);
        HOLDS(rig, static_cast<bool>(device->pet()));
        if (auto* soft = dynamic_cast<SoftRig*>(&rig)) soft->gone = true;
        device.reset();
        HOLDS(rig, rig.counting());
        rig.advance(granted);
        HOLDS(rig, rig.bitten());
    });
}

TEST(Contract, a_locked_watchdog_refuses_to_be_disarmed_and_can_still_be_petted) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const auto granted = armed(*device, rig.wanted);
        if (!rig.lock()) return;
        HOLDS(rig, fails_with(device->disarm(), std::errc::operation_not_supported, *device));
        HOLDS(rig, rig.counting());
        HOLDS(rig, device->descriptor() >= 0);
        rig.advance(1s);
        HOLDS(rig, static_cast<bool>(device->pet()));
        HOLDS(rig, !rig.bitten());
        rig.advance(granted);
        HOLDS(rig, rig.bitten());
    });
}

// Linux' watchdogs count as soon as they are open.
TEST(Contract, what_counts_although_arming_failed_can_be_petted_and_disarmed) {
    each([](Rig& rig) {
        const auto device = rig.open();
        HOLDS(rig, !device->arm(rig.too_short));
        if (!rig.counting()) return;
        rig.advance(100ms);
        HOLDS(rig, static_cast<bool>(device->pet()));
        HOLDS(rig, static_cast<bool>(device->disarm()));
        HOLDS(rig, !rig.counting());
        HOLDS(rig, static_cast<bool>(device->arm(rig.wanted)));
        HOLDS(rig, rig.counting());
    });
}

TEST(Contract, a_timeout_too_short_is_refused_and_changes_nothing) {
    each([](Rig& rig) {
        const auto device = rig.open();
        HOLDS(rig, fails_with(device->arm(rig.too_short), std::errc::invalid_argument, *device));
        HOLDS(rig, fails_with(device->arm(0ms), std::errc::invalid_argument, *device));
        HOLDS(rig, fails_with(device->arm(-5s), std::errc::invalid_argument, *device));
        const auto granted = armed(*device, rig.wanted);
        const int touched = rig.hardware.touched;
        HOLDS(rig, fails_with(device->arm(rig.too_short), std::errc::invalid_argument, *device));
        HOLDS(rig, rig.hardware.touched == touched);
        rig.advance(granted - 1ms);
        HOLDS(rig, !rig.bitten());
    });
}

TEST(Contract, an_endless_wish_is_granted_as_far_as_the_hardware_goes) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const auto granted = armed(*device, Millis::max());
        HOLDS(rig, !device->capabilities().longest || granted == *device->capabilities().longest);
        HOLDS(rig, granted >= 10s);
    });
}

TEST(Contract, time_left_is_told_by_those_that_say_so_and_only_while_armed) {
    each([](Rig& rig) {
        const auto device = rig.open();
        HOLDS(rig, fails_with(device->time_left(), std::errc::operation_not_permitted, *device));
        const auto granted = armed(*device, rig.wanted);
        rig.advance(3s);
        const auto left = device->time_left();
        if (device->capabilities().knows_time_left)
            HOLDS(rig, left && *left == granted - 3s);
        else
            HOLDS(rig, fails_with(left, std::errc::operation_not_supported, *device));
    });
}

TEST(Contract, the_boot_status_is_told_by_those_that_say_so) {
    each([](Rig& rig) {
        const auto device = rig.open();
        const auto flags = device->boot_status();
        if (device->capabilities().knows_boot_status)
            HOLDS(rig, flags && *flags == 0);
        else
            HOLDS(rig, fails_with(flags, std::errc::operation_not_supported, *device));
    });
}

TEST(Contract, a_device_handed_over_is_armed_and_nothing_was_written_to_it) {
    each([](Rig& rig) {
        const auto device = rig.adopt();
        HOLDS(rig, rig.hardware.touched == 0);
        rig.advance(rig.handed_timeout - 1ms);
        HOLDS(rig, !rig.bitten());
        HOLDS(rig, static_cast<bool>(device->pet()));
        rig.advance(rig.handed_timeout - 1ms);
        HOLDS(rig, !rig.bitten());
        rig.advance(1ms);
        HOLDS(rig, rig.bitten());
    });
}

TEST(Contract, a_device_handed_over_can_be_left_to_bite) {
    each([](Rig& rig) {
        auto device = rig.adopt();
        rig.advance(rig.handed_timeout);
        HOLDS(rig, rig.bitten());
        HOLDS(rig, rig.hardware.touched == 0);
    });
}

TEST(Contract, a_device_handed_over_can_be_disarmed) {
    each([](Rig& rig) {
        const auto device = rig.adopt();
        HOLDS(rig, static_cast<bool>(device->disarm()));
        HOLDS(rig, !rig.counting());
    });
}

TEST(Contract, a_call_that_succeeds_allocates_nothing) {
    each([](Rig& rig) {
        const auto device = rig.open();
        armed(*device, rig.wanted);
        const bool knows_left = device->capabilities().knows_time_left;
        const bool knows_boot = device->capabilities().knows_boot_status;
        int allocated = -1;
        bool ok = true;
        {
            const fake::Allocations allocations;
            ok &= static_cast<bool>(device->arm(rig.other));
            for (int i = 0; i < 3; ++i) ok &= static_cast<bool>(device->pet());
            if (knows_left) ok &= static_cast<bool>(device->time_left());
            if (knows_boot) ok &= static_cast<bool>(device->boot_status());
            ok &= device->capabilities().sets_timeout;
            allocated = allocations.count();
        }
        HOLDS(rig, ok);
        CHECK_EQUAL_TEXT(0, allocated, rig.name);
    });
}

TEST(Contract, the_counter_of_allocations_counts) {
    int allocated = 0;
    {
        const fake::Allocations allocations;
        const auto word = std::make_unique<std::string>(100, 'x');
        allocated = allocations.count();
    }
    CHECK_TRUE(allocated >= 1);
}

TEST(Contract, a_healthy_device_has_a_name_and_no_remarks_but_standing_ones) {
    each([](Rig& rig) {
        const auto device = rig.open();
        armed(*device, rig.wanted);
        HOLDS(rig, device->name().front() == '/');
        HOLDS(rig, device->descriptor() >= 0);
        HOLDS(rig, device->remarks().size() == rig.standing_remarks);
        HOLDS(rig, !device->capabilities().identity.empty());
    });
}
