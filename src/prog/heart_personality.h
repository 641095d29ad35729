// SPDX-License-Identifier: Apache-2.0
// The two hearts this program can be.
#pragma once

#include <span>

namespace vakt::prog {

/// OTP's heart. `name` is what it calls itself in its messages. Returns the exit status, which is
/// always 0.
int run_as_otp(const char* name, std::span<const char* const> arguments);

/// nerves_heart. Returns the exit status, which is always 0.
int run_as_nerves(std::span<const char* const> arguments);

}  // namespace vakt::prog
