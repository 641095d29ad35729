// SPDX-License-Identifier: Apache-2.0
#include "sys/process_tree.h"

namespace vakt::sys {

// Orphans go to init and to nobody else.
Status adopt_orphans() {
    return Error{"adopt orphans", std::make_error_code(std::errc::operation_not_supported)};
}

}  // namespace vakt::sys
