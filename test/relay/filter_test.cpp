// SPDX-License-Identifier: Apache-2.0
#include "relay/filter.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::relay;
using namespace vakt::syslog;

namespace {

Entry said(std::uint8_t facility, Severity severity, std::string_view app = "app",
           std::string_view text = "some text") {
    return {.record = {.pri = Pri(facility, severity), .app = app, .text = text},
            .source = Source::fifo};
}
Entry without_pri() { return {.record = {.text = "some text"}, .source = Source::fifo}; }

bool passes(const Condition& condition, const Entry& entry) {
    return Filter{.strict = true, .any_of = {condition}}.passes(entry);
}

}  // namespace

TEST_GROUP(Filter){};

TEST(Filter, pri_and_source_decide_alone_wherever_they_can) {
    const Condition severe{.least_severe = 4};
    const Condition words{.least_severe = 4, .apps = {"app"}};
    const auto by = [](const Filter& filter, Severity severity) {
        return filter.passes_by(Pri(3, severity), Source::fifo);
    };
    CHECK_TRUE(by({}, Severity::debug) == true);
    CHECK_TRUE(by({.any_of = {severe}}, Severity::warning) == true);
    CHECK_TRUE(by({.any_of = {severe}}, Severity::notice) == false);
    CHECK_TRUE(by({.any_of = {words}}, Severity::notice) == false);
    CHECK_TRUE(by({.any_of = {words}}, Severity::warning) == std::nullopt);
    CHECK_TRUE(by({.any_of = {words, severe}}, Severity::warning) == true);
    CHECK_TRUE(by({.any_of = {words}}, Severity::crit) == true);
    CHECK_TRUE(by({.strict = true, .any_of = {words}}, Severity::crit) == std::nullopt);
    CHECK_TRUE(Filter{.any_of = {{.sources = 1U << 3}}}.passes_by(Pri(), Source::fifo) == false);
    CHECK_TRUE(Filter{.any_of = {severe}}.passes_by(std::nullopt, Source::fifo) == false);
}

TEST(Filter, without_conditions_everything_passes_also_when_strict) {
    CHECK_TRUE(Filter{}.passes(without_pri()));
    CHECK_TRUE(Filter{.strict = true}.passes(said(23, Severity::debug)));
}

TEST(Filter, severities_up_to_the_one_named_pass) {
    CHECK_TRUE(passes({.least_severe = 4}, said(1, Severity::warning)));
    CHECK_FALSE(passes({.least_severe = 4}, said(1, Severity::notice)));
    CHECK_TRUE(passes({.least_severe = 0}, said(1, Severity::emerg)));
    CHECK_FALSE(passes({.least_severe = 0}, said(1, Severity::alert)));
}

TEST(Filter, what_has_no_pri_passes_only_where_every_severity_does) {
    CHECK_TRUE(passes({.least_severe = 7}, without_pri()));
    CHECK_FALSE(passes({.least_severe = 6}, without_pri()));
}

TEST(Filter, crit_and_above_passes_unless_it_is_strict) {
    const Condition nothing{.apps = {"nobody"}};
    const Filter lax{.any_of = {nothing}};
    CHECK_TRUE(lax.passes(said(1, Severity::crit)));
    CHECK_FALSE(lax.passes(said(1, Severity::err)));
    CHECK_FALSE(lax.passes(without_pri()));
    CHECK_FALSE(passes(nothing, said(1, Severity::emerg)));
}

TEST(Filter, facilities_are_bits_and_none_of_them_is_any) {
    const Condition mail_or_local7{.facilities = 1U << 2 | 1U << 23};
    CHECK_TRUE(passes(mail_or_local7, said(2, Severity::info)));
    CHECK_TRUE(passes(mail_or_local7, said(23, Severity::info)));
    CHECK_FALSE(passes(mail_or_local7, said(3, Severity::info)));
    CHECK_FALSE(passes(mail_or_local7, without_pri()));
    CHECK_TRUE(passes({.facilities = Condition::kNoPri}, without_pri()));
    CHECK_FALSE(passes({.facilities = Condition::kNoPri}, said(0, Severity::info)));
}

TEST(Filter, sources_are_bits_and_none_of_them_is_any) {
    CHECK_TRUE(passes({.sources = 1U << 1}, said(1, Severity::info)));
    CHECK_FALSE(passes({.sources = 1U << 2}, said(1, Severity::info)));
    CHECK_TRUE(passes({.sources = 1U << 2 | 1U << 1}, said(1, Severity::info)));
}

TEST(Filter, apps_and_units_are_equal_to_one_of_those_named) {
    CHECK_TRUE(passes({.apps = {"su", "sshd"}}, said(1, Severity::info, "sshd")));
    CHECK_FALSE(passes({.apps = {"su", "sshd"}}, said(1, Severity::info, "ssh")));
    CHECK_FALSE(passes({.apps = {"ssh"}}, said(1, Severity::info, "sshd")));
    auto entry = said(1, Severity::info);
    CHECK_FALSE(passes({.units = {"a.service"}}, entry));
    entry.unit = "a.service";
    CHECK_TRUE(passes({.units = {"a.service"}}, entry));
}

TEST(Filter, texts_are_anywhere_in_the_text_byte_for_byte) {
    const auto text = [](std::string_view word, std::string_view bytes) {
        return passes({.texts = {std::string(word)}}, said(1, Severity::info, "app", bytes));
    };
    CHECK_TRUE(text("beg", "beginning"));
    CHECK_TRUE(text("ning", "beginning"));
    CHECK_TRUE(text("beginning", "beginning"));
    CHECK_FALSE(text("beginnings", "beginning"));
    CHECK_FALSE(text("Beg", "beginning"));
    CHECK_TRUE(text({"\0x", 2}, {"a\0x", 3}));
    CHECK_FALSE(text("a", ""));
    CHECK_FALSE(text("app", "its name is no text"));
}

TEST(Filter, all_that_a_condition_says_must_hold_and_one_condition_is_enough) {
    const Condition both{.least_severe = 4, .apps = {"su"}};
    CHECK_TRUE(passes(both, said(1, Severity::err, "su")));
    CHECK_FALSE(passes(both, said(1, Severity::err, "sh")));
    CHECK_FALSE(passes(both, said(1, Severity::info, "su")));
    const Filter either{.strict = true, .any_of = {{.least_severe = 4}, {.apps = {"su"}}}};
    CHECK_TRUE(either.passes(said(1, Severity::err, "sh")));
    CHECK_TRUE(either.passes(said(1, Severity::info, "su")));
    CHECK_FALSE(either.passes(said(1, Severity::info, "sh")));
}
