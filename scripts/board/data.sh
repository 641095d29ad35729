#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: data.sh BOARD [FILE] [SIZE-IN-KB]
# Makes the board's empty writable partition as a file; prints its name. ext4: its journal has every change of names and sizes whole
# or not at all, it sends the disk a flush before and after, and puts what was written into a new file before the name that it is
# renamed to. Everything of Vakt's that must not be half-written goes by write, fsync, rename, or has a checksum for each entry.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
file=${2:-$out/data.img}
size=${3:-8192}
wanted mke2fs
rm -f "$file"
truncate -s "${size}K" "$file"
# Without what stands for a time, a number of the builder's, or a table that only a large disk wants. Without checksums of metadata:
# what ext4 writes of its superblock without the journal, at each mount, is all in one sector then, so that it is old or new after a cut;
# its checksum lies in another one, and of a superblock with a wrong checksum nothing is mounted any more.
E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH PATH=$PATH:/usr/sbin:/sbin mke2fs -q -F -t ext4 -b 1024 -I 256 -N $((size / 16)) -m 0 -L vakt-data -J size=1 \
    -O ^metadata_csum,^resize_inode,^64bit,^huge_file,^has_journal,has_journal -U 6d1f0c1e-7a5b-4b65-9a4e-76616b740001 \
    -E root_owner=0:0,hash_seed=6d1f0c1e-7a5b-4b65-9a4e-76616b740002,lazy_itable_init=0,lazy_journal_init=0,nodiscard "$file"
printf '%s\n' "$file"
