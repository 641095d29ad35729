#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: image.sh BOARD      [APPS="ssl inets"] [ELIXIR=yes] [EPMD=yes]
# Makes all that the board boots from in build/board/BOARD: kernel, root.sqfs, data.img, and disk.img, which has them all. APPS are more applications of Erlang/OTP on
# board, what they need comes with them; ELIXIR=yes: Elixir and its shell; EPMD=yes: epmd, for distribution without -erl_epmd_port.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
kernel_place=$(scripts/board/kernel.sh "$board")
ln -sfn "$PWD/$kernel_place/kernel" "$out/kernel"
scripts/board/root.sh "$board"
scripts/board/data.sh "$board"
# A disk with a boot loader, where there is one for this machine.
[ "$arch" != x86_64 ] || scripts/board/disk.sh "$board"
