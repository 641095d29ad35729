# shellcheck shell=sh
# shellcheck disable=SC2154 # what the libraries set
# SPDX-License-Identifier: Apache-2.0
# A board with Elixir on it (ELIXIR=yes), BOARD, in an image of its own: Elixir's shell in the node's terminal, as a user has it; what
# scripts/board/test.sh runs.
board=${BOARD:-qemu-x86_64}
. test/prog/lib.sh
. test/board/lib.sh
. test/board/faults.sh
. test/board/user.sh
suite "board_elixir_$(printf '%s' "$board" | tr -c 'a-z0-9\n' _)"
machine "$board"
OUT=$top/build/board/$board-elixir
export OUT

the_root_is_made() {
    [ -d /usr/lib/elixir/lib ] || skip 'elixir is not installed'
    VAKT_BUILT=1 ELIXIR=yes scripts/board/root.sh "$board"
}

elixirs_shell() {
    [ -f "$OUT/root.sqfs" ] || skip 'there is no image with Elixir'
    a_shell_on_the_console
    types 'to_erl\r'
    on_console 'Attaching to'
    types '\r'
    on_console '[0-9]> '
    types '\007'
    on_console ' --> '
    mark
    types "s 'Elixir.IEx'\r"
    on_console ' --> '
    types 'c\r'
    on_console 'Interactive Elixir' 300
    on_console 'iex\(1\)> '
    mark
    types 'Enum.sum(1..10)\r'
    on_console '^55' 300
    # The line is edited as it is typed: the cursor goes left by its key.
    on_console 'iex\(2\)> '
    mark
    types 'length [1, 2]\033[D, 3\r'
    on_console '^3'
    # Leaves it, and the node runs on.
    types '\004'
    on_console '\[Quit\]'
    guest "pidof beam.smp >/dev/null && echo 'it runs on'"
    await 60 shell '^it runs on'
}

check "the root of $board is made with Elixir" the_root_is_made
if [ -f "$OUT/root.sqfs" ]; then
    check 'the board comes up, and says that nothing is known of a boot before' first_boot
    check "Elixir's shell in the node's terminal: it adds, and edits the line" elixirs_shell
fi
power_cut
finish
