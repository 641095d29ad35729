// SPDX-License-Identifier: Apache-2.0
// Nothing of the file system but a few directories from here on; Linux 5.13 and later, else nothing
// happens.
#pragma once

#include <initializer_list>

#include "sys/fd.h"

namespace vakt::sys {

/// Files may be read, written, made, renamed and removed beneath `directories` alone, until the
/// process ends. True when the kernel enforces it; a kernel without Landlock is no error.
/// Attention: /proc/PID/exe can no longer be read afterwards.
bool confine_to(std::initializer_list<const Fd*> directories);

}  // namespace vakt::sys
