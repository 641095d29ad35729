#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: aside.sh COMMAND [ARGUMENT ...]
# Runs it in the processor time that others leave. Where the kernel divides that between sessions (autogroup), nice counts within one
# alone: there its whole session steps back, so start it in one of its own (scripts/run-suite.sh does).
set -eu
# The group is there without the right to write it in some containers.
if [ -e /proc/self/autogroup ]; then (echo 19 >/proc/self/autogroup) 2>/dev/null || :; fi
exec nice -n 19 "$@"
