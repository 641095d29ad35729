// SPDX-License-Identifier: Apache-2.0
// The reset report as it is shown.
#include "ctl/report_text.h"

#include "base/json_text.h"
#include "ctl/json_value.h"
#include "ctl/printable.h"

namespace vakt::ctl {
namespace {

std::string text_of(const JsonValue& report, std::string_view key) {
    const auto* const value = report.member(key);
    const auto* const text = value == nullptr ? nullptr : value->text();
    return text == nullptr ? "" : printable(*text);
}

std::optional<std::int64_t> number_of(const JsonValue& report, std::string_view key) {
    const auto* const value = report.member(key);
    return value == nullptr ? std::nullopt : value->whole();
}

std::vector<std::string> texts_of(const JsonValue& report, std::string_view key) {
    std::vector<std::string> texts;
    const auto* const value = report.member(key);
    const auto* const array = value == nullptr ? nullptr : value->array();
    if (array == nullptr) return texts;
    for (const auto& element : *array)
        if (const auto* const text = element.text()) texts.push_back(printable(*text));
    return texts;
}

std::string_view meaning(std::string_view cause) {
    if (cause == "hw_watchdog") return "the watchdog reset the board, and nobody had noted why";
    if (cause == "vm_hang") return "the VM gave no beat, or its heart was lost";
    if (cause == "vm_crash") return "the VM crashed";
    if (cause == "heart_command") return "the VM ended without SHUT_DOWN and its heart command ran";
    if (cause == "requested") return "somebody who may asked for it";
    if (cause == "kernel_panic") return "the kernel panicked";
    if (cause == "power") return "power was lost";
    if (cause == "clean") return "the system was shut down in order";
    if (cause == "evidence") return "something other than a VM stopped answering";
    return "";
}

void put(JsonText& out, const JsonValue& value);
void put(JsonText& out, std::nullptr_t) { out.null(); }
void put(JsonText& out, bool truth) { out.value(truth); }
void put(JsonText& out, const JsonNumber& number) { out.word(number.text); }
void put(JsonText& out, const std::string& text) { out.value(text); }
void put(JsonText& out, const JsonArray& array) {
    out.open('[');
    for (const auto& element : array) put(out, element);
    out.close(']');
}
void put(JsonText& out, const JsonObject& object) {
    out.open('{');
    for (const auto& [key, value] : object) {
        out.key(key);
        put(out, value);
    }
    out.close('}');
}
void put(JsonText& out, const JsonValue& value) {
    std::visit([&](const auto& is) { put(out, is); }, value.is);
}

}  // namespace

Result<std::string> report_text(std::string_view json, const Look& look) {
    const auto report = read_json(json);
    if (!report || std::get_if<JsonObject>(&report->is) == nullptr)
        return refusal("it is not a JSON object");
    if (number_of(*report, "version") != 1)
        return refusal(
            "it is not of version 1, which is all that this vaktctl can explain; "
            "vaktctl reset --json shows it as it is");
    const auto cause = text_of(*report, "cause");
    if (cause.empty()) return refusal("it names no cause");
    Page page(look);
    const auto tone = cause == "clean" || cause == "requested" ? Tone::good : Tone::alarm;
    page.row("Cause", {{cause, tone},
                       {std::string(meaning(cause))},
                       {"confidence: " + text_of(*report, "confidence"), Tone::dim}});
    if (const auto lease = text_of(*report, "lease"); !lease.empty()) page.row("Lease", {{lease}});
    if (const auto text = text_of(*report, "text"); !text.empty()) page.row("Noted", {{text}});
    std::vector<Piece> when;
    if (const auto noted = number_of(*report, "noted_at_ns")) when.push_back({utc(*noted)});
    if (const auto age = number_of(*report, "beat_age_ms"))
        when.push_back({"last good beat " + in_words(std::chrono::milliseconds(*age)) + " before"});
    if (!when.empty()) page.row("When", when);
    std::vector<Piece> boot;
    if (const auto boots = number_of(*report, "boots").value_or(0); boots > 0)
        boot.push_back({"number " + std::to_string(boots)});
    if (const auto failed = number_of(*report, "failed_boots").value_or(0); failed > 0)
        boot.push_back({std::to_string(failed) + " failed in a row", Tone::warning});
    if (const auto id = text_of(*report, "boot"); !id.empty()) boot.push_back({id, Tone::dim});
    if (!boot.empty()) page.row("Boot", boot);
    std::string_view label = "Evidence";
    for (const auto& sentence : texts_of(*report, "evidence")) {
        page.row(label, {{sentence}});
        label = "";
    }
    const auto lines = texts_of(*report, "last_lines");
    auto text = page.text();
    if (lines.empty()) return text;
    Page rest(look);
    rest.title("Last lines before it");
    text += rest.text();
    for (const auto& line : lines) text += "  " + line + "\n";
    return text;
}

Result<std::string> report_json(std::string_view json) {
    const auto report = read_json(json);
    if (!report) return refusal("it is not JSON");
    JsonText out;
    put(out, *report);
    return out.text() + '\n';
}

}  // namespace vakt::ctl
