#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: disk.sh BOARD [FILE]      [DATA_KB=2080] [KERNEL_PLACE=DIR]
# Makes a disk that the board boots from by itself, without root or loop devices, and prints its name: syslinux and the kernel on
# partition 1, the root's squashfs on 2, the writable partition last, on 3, where it can be made to fill a larger disk.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
file=${2:-$out/disk.img}
wanted syslinux mformat mcopy sfdisk mkfs.fat
mbr=/usr/lib/syslinux/mbr/mbr.bin
[ -f "$mbr" ] || die "$mbr is not installed (scripts/setup.sh board)"
PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d "$out/disk.XXXXXX")
trap 'rm -rf "$work"' EXIT
kernel_place=${KERNEL_PLACE:-$(scripts/board/kernel.sh "$board")}

kilobytes() { echo $((($(stat -c %s "$1") + 1023) / 1024)); }
{
    printf 'default board\nprompt 0\ntimeout 0\nlabel board\n    kernel kernel\n'
    [ ! -f "$out/early.cpio.gz" ] || printf '    initrd early.gz\n'
    printf '    append %s\n' "$(sed 's|/dev/vda|/dev/vda2|g; s|/dev/vdb|/dev/vda3|g' "board/$board/boot")"
} >"$work/syslinux.cfg"

# ---- partition 1: FAT, for syslinux ----
boot_kb=$(($(kilobytes "$kernel_place/kernel") + 256))
[ ! -f "$out/early.cpio.gz" ] || boot_kb=$((boot_kb + $(kilobytes "$out/early.cpio.gz")))
boot_kb=$(((boot_kb + 63) / 64 * 64))
fat=12
# What kind of FAT it is goes by the number of clusters, and 4,085 are the fewest of the larger kind.
[ "$boot_kb" -lt 8000 ] || fat=16
[ "$fat" = 12 ] || [ "$boot_kb" -ge 8448 ] || boot_kb=8448
truncate -s "${boot_kb}K" "$work/boot"
mkfs.fat --invariant -F "$fat" -s 4 -r 112 -n BOARD "$work/boot" >/dev/null
touch -d "@$SOURCE_DATE_EPOCH" "$work/syslinux.cfg"
cp "$kernel_place/kernel" "$work/kernel"
[ ! -f "$out/early.cpio.gz" ] || cp "$out/early.cpio.gz" "$work/early.gz"
touch -d "@$SOURCE_DATE_EPOCH" "$work"/*
syslinux --install "$work/boot"
for name in syslinux.cfg kernel early.gz; do
    [ ! -f "$work/$name" ] || mcopy -m -i "$work/boot" "$work/$name" "::$name"
done

# ---- the whole ----
scripts/board/data.sh "$board" "$work/data" "${DATA_KB:-2080}" >/dev/null
root_kb=$((($(kilobytes "$out/root.sqfs") + 63) / 64 * 64))
data_kb=$(kilobytes "$work/data")
truncate -s "$((64 + boot_kb + root_kb + data_kb))K" "$work/disk"
sfdisk -q "$work/disk" <<EOF
label: dos
label-id: 0x76616b74
start=128, size=$((boot_kb * 2)), type=1, bootable
start=$((128 + boot_kb * 2)), size=$((root_kb * 2)), type=83
start=$((128 + (boot_kb + root_kb) * 2)), type=83
EOF
# put FILE KB: at so many kilobytes.
put() { dd if="$1" of="$work/disk" bs=1024 seek="$2" conv=notrunc,sparse status=none; }
dd if="$mbr" of="$work/disk" bs=440 count=1 conv=notrunc status=none
put "$work/boot" 64
put "$out/root.sqfs" $((64 + boot_kb))
put "$work/data" $((64 + boot_kb + root_kb))
mv "$work/disk" "$file"
printf '%s\n' "$file"
