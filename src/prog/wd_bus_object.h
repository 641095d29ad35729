// SPDX-License-Identifier: Apache-2.0
// What org.vakt.Keeper1 shows of the keeper.
#pragma once

#include <string>

#include "systemd/bus.h"
#include "wire/whole_status.h"

namespace vakt::prog {

inline constexpr const char* kBusName = "org.vakt.Keeper1";
inline constexpr const char* kNoKeeper = "org.vakt.Keeper1.Error.NoKeeper";

/// What the properties are read from.
struct BusView {
    wire::WholeStatus status;
    std::string report;  ///< reset_report.json; "": there is none
};

/// The object; wd_bus(8) describes every property and signal. `view` outlives it.
[[nodiscard]] systemd::ObjectShape keeper_object(const BusView& view);

/// The announced properties, as they stand in `view`, in one text each; to see which have changed.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> announced(const BusView& view);

/// ResetReport's values, and LastReset's: cause, confidence, lease, text.
void put_report(systemd::Values& values, const std::string& report);

}  // namespace vakt::prog
