#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: run.sh BOARD [QEMU-WORD ...]      [MEMORY=MB] [APPEND="WORD ..."] [DATA=FILE]
# Boots the board in this terminal: Ctrl-A X leaves, and that is a power cut; Ctrl-A C is QEMU's monitor. What the board writes is
# kept in build/board/BOARD/data.img, or DATA. APPEND are more words for the kernel, as board.debug.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
[ $# -eq 0 ] || shift
read -r qemu machine <"board/$board/machine"
wanted "$qemu"
kernel_place=$(scripts/board/kernel.sh "$board")
[ -f "$out/data.img" ] || scripts/board/data.sh "$board" >/dev/null
data=${DATA:-$out/data.img}
[ -z "${MEMORY:-}" ] || machine=$(printf '%s' "$machine" | sed "s/-m [0-9]*/-m $MEMORY/")
append="$(cat "board/$board/boot") ${APPEND:-}"
[ ! -f "$out/early.cpio.gz" ] || set -- -initrd "$out/early.cpio.gz" "$@"
[ ! -t 0 ] || printf '== Ctrl-A X leaves (a power cut), Enter gives a shell, poweroff ends it in order\n'
# KVM has nothing for some watchdogs; and what is measured is to be the same everywhere.
# shellcheck disable=SC2086 # words
exec "$qemu" $machine -accel tcg -nographic -nodefaults -serial mon:stdio -no-user-config -kernel "$kernel_place/kernel" -append "$append" \
    -drive "file=$out/root.sqfs,if=virtio,format=raw,readonly=on" -drive "file=$data,if=virtio,format=raw" "$@"
