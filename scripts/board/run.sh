#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: run.sh BOARD [QEMU-WORD ...]      [MEMORY=MB] [APPEND="WORD ..."] [DATA=FILE] [SERIAL=QEMU-CHARDEV] [DISK=FILE]
#        [SEED=FILE] [NET=user] [KERNEL=FILE] [DEBUG_LINE=QEMU-CHARDEV]
# Boots the board in this terminal: Ctrl-A X leaves, and that is a power cut; Ctrl-A C is QEMU's monitor. What the board writes is
# kept in build/board/BOARD/run.img, or DATA; without that file it is a new board. APPEND are more words for the kernel, as board.debug. With DISK the firmware boots that
# disk image (scripts/board/disk.sh), and nothing else is given. SEED is one more disk, for seed_config(8); NET=user gives the board a network
# card, and behind it QEMU's own network with DHCP. KERNEL is another form of the board's kernel. DEBUG_LINE has a root shell of the board,
# on a second serial line.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
[ $# -eq 0 ] || shift
read -r qemu machine <"board/$board/machine"
wanted "$qemu"
[ -z "${MEMORY:-}" ] || machine=$(printf '%s' "$machine" | sed "s/-m [0-9]*/-m $MEMORY/")
if [ -n "${DISK:-}" ]; then
    set -- -drive "file=$DISK,if=virtio,format=raw" "$@"
else
    kernel_place=$(scripts/board/kernel.sh "$board")
    DATA=${DATA:-$out/run.img}
    case $DATA in json:*) ;; *) [ -f "$DATA" ] || scripts/board/data.sh "$board" "$DATA" >/dev/null ;; esac
    [ ! -f "$out/early.cpio.gz" ] || set -- -initrd "$out/early.cpio.gz" "$@"
    set -- -kernel "${KERNEL:-$kernel_place/kernel}" -append "$(cat "board/$board/boot") ${APPEND:-}${DEBUG_LINE:+ board.debug=$debug_tty}" \
        -drive "file=$out/root.sqfs,if=virtio,format=raw,readonly=on" -drive "file=$DATA,if=virtio,format=raw" "$@"
fi
[ -z "${SEED:-}" ] || set -- "$@" -drive "file=$SEED,if=virtio,format=raw,readonly=on"
[ -z "${NET:-}" ] || set -- "$@" -nic "$NET,model=virtio"
# shellcheck disable=SC2086 # words
[ -z "${DEBUG_LINE:-}" ] || set -- "$@" -chardev "$DEBUG_LINE,id=debug" $debug_line
[ ! -t 0 ] || printf '== Ctrl-A X leaves (a power cut), Enter gives a shell, vaktctl poweroff in it ends the board in order\n'
# KVM has nothing for some watchdogs; and what is measured is to be the same everywhere.
# shellcheck disable=SC2086 # words
exec "$qemu" $machine -accel tcg -display none -nodefaults -no-user-config -serial "${SERIAL:-mon:stdio}" "$@"
