#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: test.sh [BOARD [FAULT ...]]
# Boots the board in QEMU and strikes it with each fault once (or those named): every one has to end in time, and the next boot has to
# report the right cause with the last line logged before. Prints how each ended, and injected against reported. Unless faults are
# named: what a user does on its console, too, the same image with two seed disks, Elixir's shell, ssl, inets and epmd, and on x86_64 the disk image, and a VME
# board's watchdog, whose drivers are loaded and unloaded besides.
set -eu
cd "$(dirname "$0")/../.."
board=${1:-qemu-x86_64}
[ $# -eq 0 ] || shift
export BOARD="$board" FAULTS="$*"
code=0
scripts/confine.sh sh test/board/resets.sh || code=1
if [ $# -eq 0 ]; then
    scripts/confine.sh sh test/board/seed.sh || code=1
    scripts/confine.sh sh test/board/elixir.sh || code=1
    scripts/confine.sh sh test/board/apps.sh || code=1
    case $board in
        qemu-x86_64*)
            scripts/confine.sh sh test/board/disk.sh || code=1
            # Of Debian's kernel, for which there are headers to build the drivers with.
            scripts/board/root.sh qemu-x86_64-stock >/dev/null
            scripts/confine.sh sh test/board/vme_board.sh || code=1
            BOARD=qemu-x86_64-stock scripts/confine.sh sh test/board/vme.sh || code=1
            ;;
    esac
fi
exit "$code"
