// SPDX-License-Identifier: Apache-2.0
// Where libyaml is not, no seed is read.
#include "prog/start_erl_alone.h"

namespace vakt::prog {

void take_seed(StartSettings& settings) {
    if (settings.seed)
        settings.complaints.emplace_back(
            "VAKT_START_SEED: this start_erl was built without libyaml and reads no seed");
}

}  // namespace vakt::prog
