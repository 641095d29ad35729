// SPDX-License-Identifier: Apache-2.0
// Any files as pstore: read, judged, every line of the report fit to print, and its JSON UTF-8.
#include <cstdlib>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "report/report_json.h"
#include "report/reset_report.h"

using namespace vakt;
using namespace vakt::report;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void check_line(const std::string& line) {
    for (const char c : line) must(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

/// The input is files one after the other: a length byte and a name, two bytes of length (the
/// higher first) and the content; the last one may be cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const auto take = [&rest](std::size_t count) {
        const auto taken = rest.substr(0, count);
        rest.remove_prefix(taken.size());
        return taken;
    };
    const auto byte = [&]() -> std::size_t {
        const auto one = take(1);
        return one.empty() ? 0U : static_cast<unsigned char>(one[0]);
    };
    Findings findings;
    while (!rest.empty() && findings.pstore.size() < 16) {
        PstoreFile file;
        file.name = take(byte());
        const auto high = byte();
        file.bytes = take(high * 256 + byte());
        findings.pstore.push_back(std::move(file));
    }
    const auto report = make_report(findings);
    must(report.last_lines.size() <= kLastLines);
    for (const auto& line : report.evidence) check_line(line);
    for (const auto& line : report.last_lines) {
        check_line(line);
        must(line.size() <= 400);
        must(fit_line(line) == line);  // broken UTF-8 is mended for good
    }
    const auto json = report_json(report, findings.this_boot);
    must(is_report_of(json, findings.this_boot));
    std::string_view left = json;
    left.remove_suffix(1);
    while (!left.empty()) {
        const auto length = vakt::utf8_length(left);
        must(length != 0 && static_cast<unsigned char>(left.front()) >= 0x20);
        left.remove_prefix(length);
    }
    return 0;
}
