#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: record.sh [BOARD]
# Records what a user sees on the board's serial console: power, the shell, status, to_erl, a node that is stopped, the reset by the
# watchdog's keeper, and the report after it. Into build/board/BOARD/demo.cast (asciicast v2: asciinema play), and demo.txt beside it.
set -eu
cd "$(dirname "$0")/../.."
BOARD=${1:-qemu-x86_64}
export BOARD
exec scripts/confine.sh sh -u test/board/record.sh
