// SPDX-License-Identifier: Apache-2.0
// Where each system's /proc has the executable of a process.
#pragma once

namespace vakt::sys::detail {

/// Behind "/proc/PID/": a symbolic link to the executable's name, and the file itself (proc(5)).
extern const char* const kExecutableName;
extern const char* const kExecutableFile;

}  // namespace vakt::sys::detail
