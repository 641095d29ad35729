#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench.sh BOARD      [MEMORY=64] [ROUNDS=3]
# Boots the board and says where its memory goes, before Erlang and with Erlang idle, how large the image is, and how much longer the
# board takes to Erlang than its bare kernel to the first program. All figures are of this run; nothing fails on one.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
memory=${MEMORY:-$(sed 's/.*-m \([0-9]*\).*/\1/' "board/$board/machine")}
work=$(mktemp -d "$out/bench.XXXXXX")
qemu=''
# shellcheck disable=SC2317 # by trap
leave() {
    [ -z "$qemu" ] || kill "$qemu" 2>/dev/null || :
    [ -z "${teller:-}" ] || kill "$teller" 2>/dev/null || :
    [ -z "${reader:-}" ] || kill "$reader" 2>/dev/null || :
    rm -rf "$work"
}
trap leave EXIT
trap 'exit 130' INT TERM

mkfifo "$work/lines"
milliseconds() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }
# started WORD ...: the board, with more words for its kernel; its console is $work/console.
started() {
    words=$1
    shift
    rm -f "$work/pid"
    : >"$work/console"
    scripts/board/data.sh "$board" "$work/data" >/dev/null
    began=$(milliseconds)
    MEMORY=$memory APPEND=$words DATA=$work/data SERIAL=file:$work/console timeout 600 scripts/board/run.sh "$board" -pidfile "$work/pid" "$@" >"$work/qemu" 2>&1 </dev/null &
    qemu=$!
}
# waited WORD: until the console has it. Nothing is asked for meanwhile: what looked again and again would take the processor from what
# is measured.
waited() {
    tail -n +1 -f --pid="$qemu" "$work/console" >"$work/lines" &
    teller=$!
    found=yes
    grep -q -e "$1" <"$work/lines" || found=no
    kill "$teller" 2>/dev/null || :
    { wait "$teller" || :; } 2>/dev/null
    teller=''
    [ "$found" = yes ] || { tail -n 20 "$work/qemu" "$work/console" >&2; die "the board ended before it said '$1'"; }
}
powered_off() {
    kill "$qemu"
    wait "$qemu" || :
    qemu=''
}
# spent WORD: milliseconds from power-on until the console has it, and of them the processor's.
spent() {
    waited "$1"
    printf '%s %s\n' "$(($(milliseconds) - began))" "$(awk '{ print ($14 + $15) * 10 }' "/proc/$(cat "$work/pid")/stat")"
}
median() { sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

# ---- time: by turns, since a machine that does other things is slower or faster from one minute to the next ----
# The bare kernel ends at its first program, which is no system. The processor's time says what the board's own is on a machine with
# other things to do.
: >"$work/times"
round=0
while [ "$round" -lt "${ROUNDS:-3}" ]; do
    round=$((round + 1))
    started 'init=/bin/true panic=0'
    bare=$(spent 'Attempted to kill init')
    powered_off
    started ''
    whole=$(spent 'board: ready')
    powered_off
    printf '%s %s\n' "$bare" "$whole" | awk -v n="$round" -v list="$work/times" '{
        printf "time, round %s: the bare kernel to its first program %s ms (processor: %s), the board to Erlang %s ms (%s), %s ms more (%s)\n",
            n, $1, $2, $3, $4, $3 - $1, $4 - $2
        print $3 - $1, $4 - $2 >>list
    }'
done
printf 'time: Erlang is up %s ms after the bare kernel, %s ms of the processor (medians of %s)\n' "$(cut -d ' ' -f 1 "$work/times" | median)" \
    "$(cut -d ' ' -f 2 "$work/times" | median)" "$round"

# ---- memory: asked for over the second serial port ----
mkfifo "$work/shell.in" "$work/shell.out"
: >"$work/answers"
cat "$work/shell.out" >"$work/answers" &
reader=$!
export DEBUG_LINE="pipe,path=$work/shell"
started board.wait
waited 'before erlang'
# The board's shell is busybox's: what is asked is one line, and its end is told by a word put together there.
asked() {
    marks=$(grep -c 'answer-end' "$work/answers" || :)
    cat >"$work/shell.in" <<'EOF'
for f in meminfo iomem; do echo "== $f"; cat /proc/$f; done; echo "== dmesg"; dmesg; echo "== processes"; for p in /proc/[0-9]*; do [ -r $p/smaps_rollup ] && grep -q Pss: $p/smaps_rollup && echo "$(cat $p/comm | tr ' ' _) $(awk '/^Pss:/ {s=$2} /^Private_Dirty:/ {d=$2} /^Locked:/ {l=$2} END {print s+0, d+0, l+0}' $p/smaps_rollup) $(awk '/^VmPTE/ {print $2}' $p/status)"; done; echo answer""-end
EOF
    until [ "$(grep -c 'answer-end' "$work/answers" || :)" -gt "$marks" ]; do
        kill -0 "$qemu" 2>/dev/null || die 'the board ended while it was asked'
        sleep 0.1
    done
    tr -d '\r' <"$work/answers" | awk -v nr="$((marks + 1))" '/answer-end/ { n++; next } n == nr - 1' >"$1"
}
asked "$work/before"
printf 'touch /run/vakt/board.go\n' >"$work/shell.in"
waited 'board: ready'
sleep 3
asked "$work/with"
powered_off
printf '\n== %s, %s MB: before Erlang\n' "$board" "$memory"
awk -v total=$((memory * 1024)) -f scripts/board/memory.awk "$work/before"
printf '\n== %s, %s MB: with Erlang idle\n' "$board" "$memory"
awk -v total=$((memory * 1024)) -f scripts/board/memory.awk "$work/with"
printf '\n== the image\n'
for file in "$(scripts/board/kernel.sh "$board")/kernel" "$out/root.sqfs" "$out/disk.img"; do
    [ ! -f "$file" ] || printf '  %7.2f MB  %s\n' "$(stat -L -c %s "$file" | awk '{ print $1 / 1048576 }')" "$(basename "$file")"
done
