// SPDX-License-Identifier: Apache-2.0
// vaktctl doctor: what is wrong with an installation, each finding with its cure.
#include "prog/vaktctl_doctor.h"

#include "sys/nonblock.h"

int vakt::prog::doctor(const ctl::Options&, const ctl::Look&) {
    sys::say(2, "vaktctl: this build has no doctor");
    return 1;
}
