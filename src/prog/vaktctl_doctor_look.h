// SPDX-License-Identifier: Apache-2.0
// What doctor looks at: files, sysfs and /proc under a root of its choice. No device is opened.
#pragma once

#include <string>

#include "doctor/facts.h"

namespace vakt::prog {

/// Where an installation has its files; as the system names them, without the root.
struct DoctorPlaces {
    std::string root;  ///< before every path; "" is the system itself
    std::string conf;
    std::string socket;
    std::string run;
    std::string state;
    std::string bridge_conf;
    std::string bridge_socket;
    std::string node_conf;
    std::string policy;  ///< syslog.allow
};

/// Waits for nobody; what cannot be read counts as not there. HEART_* and the like come from the
/// environment.
[[nodiscard]] doctor::Facts look_around(const DoctorPlaces& places);

/// Of that only what examine_clashes() asks for: a board does so on every boot, before it arms
/// anything.
[[nodiscard]] doctor::Facts look_for_clashes(const DoctorPlaces& places);

}  // namespace vakt::prog
