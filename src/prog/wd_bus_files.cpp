// SPDX-License-Identifier: Apache-2.0
// The files that wd_bus reads and the one that it writes.
#include "prog/wd_bus_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <span>

#include "report/report_fields.h"
#include "show/open_metrics.h"
#include "sys/error.h"
#include "sys/open.h"
#include "sys/rename.h"
#include "sys/side_output.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kMost = 1 << 20;

std::optional<std::string> read_file(const std::string& path) {
    const sys::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) return std::nullopt;
    auto all = sys::read_all(file, kMost, path);
    if (!all) return std::nullopt;
    return std::move(*all);
}

}  // namespace

std::string read_report(const BusOptions& options) {
    return read_file(options.run + "/reset_report.json").value_or("");
}

Result<pid_t> write_metrics(const BusOptions& options, const wire::WholeStatus* status) {
    const pid_t child = ::fork();
    if (child < 0) return sys::last_error("fork", "for the metrics");
    if (child > 0) return child;
    show::Known known{status};
    if (const auto ledger = read_file(options.state + "/ledger"))
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): characters are bytes
        known.resets = report::reset_counts(report::read_ledger(
            {reinterpret_cast<const std::uint8_t*>(ledger->data()), ledger->size()}));
    const auto report = read_report(options);
    known.last_cause = report::report_text(report, "cause");
    known.last_confidence = report::report_text(report, "confidence");
    const auto wrote = sys::show_file(options.run + "/metrics.prom", show::open_metrics(known));
    if (!wrote) sys::SideOutput(2).say("wd_bus: " + describe(wrote.error()) + "\n");
    ::_exit(wrote ? 0 : 1);
}

}  // namespace vakt::prog
