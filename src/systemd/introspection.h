// SPDX-License-Identifier: Apache-2.0
// What org.freedesktop.DBus.Introspectable tells of an object.
#pragma once

#include <string>

#include "systemd/bus.h"

namespace vakt::systemd {

/// The XML text, by the D-Bus specification's "Introspection Data Format".
[[nodiscard]] std::string introspection(const ObjectShape& shape);

}  // namespace vakt::systemd
