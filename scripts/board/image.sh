#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: image.sh BOARD      [APPS="ssl inets"] [ELIXIR=yes] [EPMD=yes] [EMULATOR=debian]
# Makes all that the board boots from in build/board/BOARD: kernel, root.sqfs, data.img, and disk.img, which has them all. APPS are
# more applications of Erlang/OTP on board, what they need comes with them; ELIXIR=yes: Elixir and its shell; EPMD=yes: epmd, for
# distribution without -erl_epmd_port; EMULATOR=debian: the emulator of the package, with the JIT, where the board has the interpreter.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
began=$(date +%s)
say "the image of $board: kernel, root, writable partition$([ "$arch" != x86_64 ] || printf ', disk')"
kernel_place=$(scripts/board/kernel.sh "$board")
ln -sfn "$PWD/$kernel_place/kernel" "$out/kernel"
scripts/board/root.sh "$board" >/dev/null
scripts/board/data.sh "$board" >/dev/null
rm -f "$out/disk.img"
# A disk with a boot loader, where there is one for this machine.
[ "$arch" != x86_64 ] || scripts/board/disk.sh "$board" >/dev/null
say "made in $(($(date +%s) - began)) s, in ${out#"$PWD/"}:"
for file in kernel early.cpio.gz root.sqfs data.img disk.img; do
    [ ! -f "$out/$file" ] || printf '   %7.2f MB  %s\n' "$(stat -L -c %s "$out/$file" | awk '{ print $1 / 1048576 }')" "$file"
done
