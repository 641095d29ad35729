// SPDX-License-Identifier: Apache-2.0
#include "drivers/register_window.h"

namespace vakt::drivers {

WindowResult user_window(std::unique_ptr<DevNode> node,
                         const std::optional<wdt::VmeWindow>& /*setup*/, std::uint64_t /*offset*/,
                         std::size_t /*size*/, wdt::ByteOrder /*order*/) {
    return refusal(node->name() +
                   ": VME user windows are Linux'; a node that can be mapped is wanted");
}

}  // namespace vakt::drivers
