#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The long form of the crash suite: SOAK_FACTOR times 100 random kills and batches of twenty at once, under a polling reader.
set -u
. test/prog/lib.sh
. test/prog/lib-setuid.sh
. test/prog/lib-crash.sh
ROUNDS=$((100 * ${SOAK_FACTOR:-20}))
BATCHES=${SOAK_FACTOR:-20}
SEED=${SEED:-$(date +%s)}
export SEED
room_enter "$0"
suite soak_mod_syslog
printf '  seed  %s\n' "$SEED"
row "killed at $ROUNDS random moments: a reader meets ORIG or OTP whole" killed_at_random
row "twenty at once, $BATCHES times: a reader meets ORIG or OTP whole" twenty_at_once
finish
