# shellcheck shell=sh
# shellcheck disable=SC2154 # what lib.sh and the suite set
# SPDX-License-Identifier: Apache-2.0
# For suites that boot a board in QEMU and believe what its serial console and QEMU's own monitor say. After test/prog/lib.sh:
#
#   . test/board/lib.sh
#   machine qemu-x86_64          one machine a suite, with a disk of its own in $machine
#   power_on                     its kernel, root and words are those of make board-run, with the debug shell on the second line
#   says 60 'board: ready'       on the console, since the last mark
#   guest 'echo hello'           to the root shell of the guest on its second serial line
#   power_cut                    QEMU is killed: RAM is lost, and so is what the disk did not have
#
# With LOGGED=FILE what is written to the disk is logged there, too (QEMU's blklogwrites).
#
# $machine has: console (what the board said, over all boots), qmp (QEMU's events, one JSON object a line: WATCHDOG is the
# hardware's bite, RESET any reset), shell (what the guest's shell printed), data.img (its disk).
# The guest's time goes by the instructions that it runs (icount): no load of this machine makes a countdown end too early, or too late.
# Its clock's date goes on over a reset, from the host's at power-on ($powered_at). Bounds here are the host's, against a hang alone.

machine() {
    # shellcheck disable=SC2034 # for the suites
    board=$1
    machine=$suite_tmp/machine
    mkdir "$machine"
    for file in console qmp shell rows asked; do : >"$machine/$file"; done
    mkfifo "$machine/console.in" "$machine/qmp.in" "$machine/qmp.out" "$machine/shell.in" "$machine/shell.out"
    trap 'power_cut; rm -rf "$suite_tmp"' EXIT
    mark
}

# As make board-run does it, and with the shell and QEMU's monitor besides.
power_on() {
    mark
    [ -f "$machine/data.img" ] || (cd "$top" && scripts/board/data.sh "$board" "$machine/data.img")
    rm -f "$machine/pid"
    powered_at=$(date +%s)
    clock="-icount shift=3 -rtc base=$(date -u -d "@$powered_at" +%Y-%m-%dT%H:%M:%S),clock=vm"
    [ -n "${KERNEL:-}" ] || KERNEL=$(unpacked_kernel)
    export KERNEL
    disk=$machine/data.img
    if [ -n "${LOGGED:-}" ]; then
        : >"$LOGGED"
        # Commas are doubled for -drive.
        disk="json:{'driver':'raw',,'file':{'driver':'blklogwrites',,'file':{'driver':'file',,'filename':'$disk'},,'log':{'driver':'file',,'filename':'$LOGGED'}}}"
    fi
    # shellcheck disable=SC2086 # words
    DEBUG_LINE=pipe,path=$machine/shell DATA=$disk nice -n "${BOARD_NICE:-0}" timeout -k 5 "${BOARD_LIMIT:-86400}" \
        "$top/scripts/board/run.sh" "$board" ${BOARD_CLOCK-$clock} -pidfile "$machine/pid" \
        -chardev "pipe,id=qmp,path=$machine/qmp" -mon chardev=qmp,mode=control 0<>"$machine/console.in" >>"$machine/console" 2>>"$machine/qemu" &
    cat "$machine/qmp.out" >>"$machine/qmp" &
    cat "$machine/shell.out" >>"$machine/shell" &
    patience=600
    until powered && said qmp '"QMP"'; do
        patience=$((patience - 1))
        [ "$patience" -gt 0 ] || { cat "$machine/qemu"; fail 'QEMU does not start'; }
        sleep 0.1
    done
    printf '{"execute":"qmp_capabilities"}\n' 1<>"$machine/qmp.in"
}

# The board's kernel; as it lies packed in its file where it can be booted so (PVH), for to unpack it takes an emulated processor as long
# as all the rest of a boot.
unpacked_kernel() {
    kernel=$(cd "$top" && scripts/board/kernel.sh "$board")
    if grep -q '^CONFIG_PVH=y' "$kernel/config" && grep -q '^CONFIG_KERNEL_XZ=y' "$kernel/config"; then
        if [ ! -f "$kernel/vmlinux" ]; then
            xz_at=$(LC_ALL=C grep -abo "$(printf '\3757zXZ')" "$kernel/kernel" | head -n 1 | cut -d : -f 1)
            tail -c "+$((xz_at + 1))" "$kernel/kernel" | xz -dc --single-stream >"$kernel/vmlinux.new"
            mv "$kernel/vmlinux.new" "$kernel/vmlinux"
        fi
        printf '%s/vmlinux\n' "$top/${kernel#"$top/"}"
    else
        printf '%s/kernel\n' "$top/${kernel#"$top/"}"
    fi
}

# Whether QEMU runs; a pid file outlives one that was killed.
powered() {
    [ -s "$machine/pid" ] && kill -0 "$(cat "$machine/pid")" 2>/dev/null
}

power_cut() {
    [ -s "$machine/pid" ] || return 0
    kill -KILL "$(cat "$machine/pid")" 2>/dev/null || :
    patience=100
    while powered && [ "$patience" -gt 0 ]; do
        patience=$((patience - 1))
        sleep 0.05
    done
    rm -f "$machine/pid"
}

# board_at_hand BOARD: the board where its kernel and emulator have been built, else the same machine with Debian's.
board_at_hand() {
    if scripts/board/kernel.sh --cached "$1" >/dev/null 2>&1 && scripts/board/emulator.sh --cached "$1" >/dev/null 2>&1; then
        printf '%s' "$1"
    else
        printf '%s-stock' "$1"
    fi
}

# missing_tools BOARD: what has to be installed to make and boot it.
missing_tools() {
    read -r qemu _ <"board/$1/machine"
    for tool in "$qemu" cpio busybox mke2fs mksquashfs modinfo depmod xz; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null 2>&1 || printf ' %s' "$tool"
    done
    scripts/board/kernel.sh --cached "$1" >/dev/null || printf ' kernel'
}

make_image() {
    scripts/board/root.sh "$board"
}

# What file $1 has got since the last mark.
mark() {
    console_mark=$(wc -c <"$machine/console")
    qmp_mark=$(wc -c <"$machine/qmp")
    shell_mark=$(wc -c <"$machine/shell")
}
since_mark() {
    case $1 in
        console) from=$console_mark ;;
        qmp) from=$qmp_mark ;;
        *) from=$shell_mark ;;
    esac
    tail -c "+$((from + 1))" "$machine/$1" | tr -d '\r'
}

# said FILE REGEX: whether a line of it that came since the mark matches.
said() {
    since_mark "$1" | grep -Eq "$2"
}

# await SECONDS FILE REGEX: until said.
await() {
    until=$(($(date +%s) + $1))
    while ! said "$2" "$3"; do
        if ! powered; then
            said "$2" "$3" && return 0
            show_end "QEMU has ended before $2 said: $3"
        fi
        [ "$(date +%s)" -le "$until" ] || show_end "$2 did not say within $1 s: $3"
        # A line that waits for its end somewhere between QEMU and the guest's shell gets it.
        guest ''
        sleep 0.2
    done
}
says() { await "$1" console "$2"; }

show_end() {
    printf 'the console at last:\n'
    tail -n 30 "$machine/console" | tr -d '\r'
    printf 'the shell at last:\n'
    tail -n 10 "$machine/shell" | tr -d '\r'
    tail -n 5 "$machine/qmp"
    fail "$1"
}

# Written as one piece, and without waiting for a reader: QEMU has the FIFO open, or is gone.
guest() {
    printf '%s\n' "$1" 1<>"$machine/shell.in"
}

# types TEXT: on the console, as a user does; printf's escapes are for keys (\\r, \\001).
types() {
    # shellcheck disable=SC2059 # it is a format
    printf "$1" 1<>"$machine/console.in"
}

# guest_file NAME <FILE: a small file into the guest, through its shell.
guest_file() {
    # The word at the end is reckoned by the shell, so that its echo of the line is not taken for it.
    { printf "base64 -d <<'END' | gunzip >%s; echo file \$((40 + 2))\n" "$1"; gzip -9n | base64; printf 'END\n'; } \
        1<>"$machine/shell.in"
    await 60 shell 'file 42'
}

# After a boot: a shell that is no terminal's, so that nothing is echoed, asked or edited.
greet() {
    tries=0
    until said shell '^hello'; do
        [ "$tries" -lt 60 ] || show_end 'the shell on the second line does not answer'
        # Again when it was not there yet: what is typed before a shell sets its terminal is lost. Not twice, for the new one reads
        # the line as a file, and gives nothing of it to what it runs.
        # shellcheck disable=SC2016 # the guest's
        [ "$((tries % 10))" -ne 0 ] || guest '[ ! -t 0 ] || { stty -echo; exec sh "$(tty)" </dev/null; }'
        guest 'echo "he"llo'
        tries=$((tries + 1))
        sleep 1
    done
}

# answer SECONDS COMMAND: what the command prints in the guest, into $machine/answer.
answer() {
    asked=$(($(wc -l <"$machine/asked") + 1))
    printf '%s\n' "$asked" >>"$machine/asked"
    guest "echo \"[$asked\"; $2; echo \"$asked]\""
    await "$1" shell "^$asked\\]"
    since_mark shell | sed -n "/\\[$asked\$/,/^$asked\\]/p" | sed '1d;$d' >"$machine/answer"
}

# The module that hangs a kernel, built for the board's.
hang_module() { (cd "$top" && scripts/board/module.sh "$board" test/board/hang hang); }
