// SPDX-License-Identifier: Apache-2.0
#include "heart/nerves.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace std::chrono_literals;
using namespace vakt;
using namespace vakt::heart;

namespace {

const Instant kStart{1000h};

// One letter an action: Ack, status (S), Pet, stop (X), Init, disks (D), Kill, Reboot, Leave; logs
// are left out.
std::string letters(const NervesActions& actions) {
    constexpr char kLetters[] = "AS-PXIDKRL";
    std::string all;
    for (const auto& action : actions)
        if (!std::holds_alternative<Log>(action)) all += kLetters[action.index()];
    return all;
}

NervesSettings eleven() {
    NervesSettings settings;
    settings.beat_timeout = 11s;
    return settings;
}

class Subject {
 public:
    explicit Subject(const NervesSettings& settings, Duration device = 120s)
        : heart_(settings, kStart) {
        heart_.opened(device);
        carry(0s, heart_.start(kStart));
    }
    std::string at(Duration since, const Event& event) {
        return carry(since, heart_.on(kStart + since, event));
    }
    std::string until(Duration since) {
        std::string all;
        while (heart_.wake_at() <= kStart + since) all += at(heart_.wake_at() - kStart, Tick{});
        return all;
    }
    NervesHeart& operator*() { return heart_; }

 private:
    std::string carry(Duration since, const NervesActions& actions) {
        for (const auto& action : actions)
            if (std::holds_alternative<PetDevice>(action)) heart_.petted(kStart + since);
        return letters(actions);
    }
    NervesHeart heart_;
};

#define DOES(expected, actual) STRCMP_EQUAL(expected, (actual).c_str())

}  // namespace

TEST_GROUP(NervesHeart){};

TEST(NervesHeart, silence_ends_at_the_deadline_and_not_before) {
    Subject heart(eleven());
    DOES("P", heart.at(5s, Beat{}));
    DOES("", heart.at(15999999999ns, Tick{}));
    DOES("DRL", heart.at(16s, Tick{}));
    DOES("", heart.at(17s, Beat{}));
}

TEST(NervesHeart, a_device_is_petted_ten_seconds_early_or_at_half_its_time) {
    const std::pair<Duration, Duration> cases[] = {{120s, 110s}, {21s, 11s}, {20s, 10s},
                                                   {10s, 5s},    {2s, 1s},   {1s, 5s}};
    for (const auto& [granted, every] : cases) {
        NervesSettings settings;
        settings.beat_timeout = 600s;
        Subject heart(settings, granted);
        CHECK((*heart).wake_at() == kStart + every);
    }
}

TEST(NervesHeart, a_stall_of_its_own_is_not_the_VMs_silence) {
    Subject heart(eleven());
    DOES("", heart.at(25s, Tick{}));
    DOES("", heart.at(35s, Tick{}));
    DOES("DRL", heart.at(36s, Tick{}));
}

TEST(NervesHeart, a_guarded_request_pets_once_and_never_again) {
    Subject heart(eleven(), 12s);
    DOES("PXIDA", heart.at(1s, SetCommand{"guarded_poweroff"}));
    DOES("", heart.at(2s, Beat{}));
    DOES("L", heart.at(3s, ShutDown{}));
}

TEST(NervesHeart, what_is_no_verb_is_acknowledged_and_nothing_else) {
    Subject heart(eleven());
    for (const char* text : {"", "reboot", "guarded_reboot ", "SNOOZE", "guarded_reboo"})
        DOES("A", heart.at(1s, SetCommand{text}));
    DOES("A", heart.at(1s, ClearCommand{}));
}

TEST(NervesHeart, snooze_is_fifteen_minutes_and_no_more) {
    auto settings = eleven();
    settings.init_timeout = 5s;
    Subject heart(settings);
    DOES("PA", heart.at(1s, SetCommand{"snooze"}));
    const auto seen = heart.until(911s);
    CHECK(seen.find('R') == std::string::npos);
    DOES("DRL", heart.at(912s, Tick{}));
}

TEST(NervesHeart, the_handshake_is_wanted_by_its_end) {
    auto settings = eleven();
    settings.init_timeout = 5s;
    Subject late(settings);
    DOES("", late.at(4999999999ns, Tick{}));
    DOES("DRL", late.at(5s, Tick{}));
    Subject in_time(settings);
    DOES("A", in_time.at(4999ms, SetCommand{"init_handshake"}));
    DOES("", in_time.at(5s, Tick{}));
}

TEST(NervesHeart, a_device_that_cannot_be_opened_is_given_up_after_ten_times) {
    NervesHeart heart(eleven(), kStart);
    for (int i = 0; i < 9; ++i) heart.not_petted(kStart);
    CHECK_FALSE(heart.device_given_up());
    heart.not_petted(kStart);
    CHECK_TRUE(heart.device_given_up());
    CHECK(heart.wake_at() == kStart + 11s);
}

TEST(NervesHeart, the_grace_time_is_at_most_600_seconds) {
    const auto with = [](const char* value) {
        return read_nerves_settings(
                   {},
                   [=](const char* name) -> const char* {
                       return std::string_view(name) == "HEART_INIT_GRACE_TIME" ? value : nullptr;
                   })
            .init_grace;
    };
    CHECK(with("600") == 600s);
    CHECK(with("601") == 600s);
    CHECK(with("-1") == 0s);
}
