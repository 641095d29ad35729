#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: test.sh [BOARD [FAULT ...]]
# Boots the board in QEMU and strikes it with each fault once (or those named): every one has to end in time, and the next boot has to
# report the right cause with the last line logged before. Prints how each ended, and injected against reported.
set -eu
cd "$(dirname "$0")/../.."
board=${1:-qemu-x86_64}
[ $# -eq 0 ] || shift
export BOARD="$board" FAULTS="$*"
exec scripts/confine.sh sh test/board/resets.sh
