// SPDX-License-Identifier: Apache-2.0
// mod_syslog --check: what is missing or wrong in an installation, in words.
#include "prog/mod_syslog_look.h"

namespace vakt::prog {

int check(const sys::Caller&, const std::string&, const std::string&) { return 2; }

}  // namespace vakt::prog
