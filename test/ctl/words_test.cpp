// SPDX-License-Identifier: Apache-2.0
#include "ctl/words.h"

#include <CppUTest/TestHarness.h>

#include <vector>

#include "ctl/json_value.h"

using namespace vakt;
using namespace vakt::ctl;
using namespace std::chrono_literals;
using keeper::NoteKind;
using keeper::Refusal;
using wire::lease::News;

namespace {

const Instant now{1000s};

Options asked(Verb verb) {
    Options options;
    options.verb = verb;
    return options;
}
bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_GROUP(CtlWords){};

TEST(CtlWords, every_refusal_of_every_verb_has_words_of_its_own_with_a_cure) {
    for (const auto verb : {Verb::drill, Verb::snooze, Verb::disarm, Verb::end, Verb::healthy}) {
        std::vector<std::string> all;
        for (std::uint8_t refusal = 1; refusal < keeper::kRefusals; ++refusal) {
            const auto words = refusal_words(asked(verb), static_cast<Refusal>(refusal), 1000);
            CHECK_TRUE(words.size() > 10);
            for (const auto& other : all) CHECK_TRUE(words != other);
            all.push_back(words);
        }
    }
}

TEST(CtlWords, who_may_not_is_told_his_uid_and_what_it_was) {
    const auto words = refusal_words(asked(Verb::disarm), Refusal::not_allowed, 1000);
    CHECK_TRUE(has(words, "uid 1000 may not disarm"));
    CHECK_TRUE(has(words, "the rights in keeper.conf"));
}

TEST(CtlWords, a_drill_without_hardware_is_told_so) {
    auto options = asked(Verb::drill);
    options.drill = keeper::DrillKind::stop_petting;
    CHECK_TRUE(has(refusal_words(options, Refusal::not_there, 0), "no watchdog is armed"));
    options.drill = keeper::DrillKind::hang_vm;
    options.lease = "otp";
    CHECK_TRUE(has(refusal_words(options, Refusal::not_there, 0), "no heart holds this lease"));
}

TEST(CtlWords, news_are_told_in_the_ledgers_words_with_their_subject) {
    const News news{.kind = NoteKind::given_up,
                    .cause = keeper::Cause::vm_silent,
                    .subject = "otp",
                    .deadline = now + 56500ms};
    STRCMP_EQUAL("otp: given up: no beat from the VM; reset in 57 s at the latest",
                 news_words(news, now).c_str());
    STRCMP_EQUAL("the system is going down",
                 news_words({.kind = NoteKind::clean, .deadline = kNever}, now).c_str());
}

TEST(CtlWords, a_warning_tells_its_percent) {
    const News news{
        .kind = NoteKind::warned, .percent = 75, .subject = "o\x1bp", .deadline = now + 10s};
    STRCMP_EQUAL("o?p: silent for 75 % of its beat timeout; reset in 10 s at the latest",
                 news_words(news, now).c_str());
    STRCMP_EQUAL("silent for 0 % of its beat timeout", news_words({}, now).c_str());
}

TEST(CtlWords, news_for_programs_are_json_with_null_for_what_the_kind_has_not) {
    const News verdict{.kind = NoteKind::verdict,
                       .cause = keeper::Cause::requested,
                       .end = keeper::EndKind::halt,
                       .subject = "\"",
                       .deadline = now + 1500ms,
                       .by = 1000};
    STRCMP_EQUAL(
        "{\"version\":1,\"time_ns\":5,\"kind\":\"verdict\",\"subject\":\"\\\"\","
        "\"cause\":\"requested\",\"reset_in_ms\":1500,\"percent\":null,\"end\":\"halt\","
        "\"uid\":1000,\"text\":\"halt: asked for by uid 1000; reset in 2 s at the "
        "latest\"}",
        news_json(verdict, now, 5).c_str());
    const auto warning = read_json(news_json({.percent = 50}, now, 5));
    CHECK_TRUE(warning.has_value());
    CHECK_TRUE(warning->member("percent")->whole() == 50);
    CHECK_TRUE(warning->member("reset_in_ms")->is == decltype(JsonValue::is)(nullptr));
    CHECK_TRUE(warning->member("uid")->is == decltype(JsonValue::is)(nullptr));
}

TEST(CtlWords, every_phase_and_rung_but_the_calm_ones_is_told) {
    for (std::uint8_t phase = 0; phase < keeper::Ladder::kPhases; ++phase)
        CHECK_EQUAL(phase == 0, doing(static_cast<keeper::Ladder::Phase>(phase)).empty());
    for (std::uint8_t rung = 0; rung < keeper::kRungs; ++rung)
        CHECK_EQUAL(rung == 0, doing(static_cast<keeper::Rung>(rung)).empty());
}
