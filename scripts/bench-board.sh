#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench-board.sh
# Measures heart and wd_keeper as they stand on a board, beside OTP's heart (where this machine has one) in one run, about 100 s:
# simulated boards with a VM's stand-in that beats every 5 s as a VM does. First 60 s of nothing but beats: memory, wake-ups. Then
# every VM hangs: from the last beat to the keeper's note, to the VM's end, to the reset. Fails on no time.
# BENCH_BOARDS (5): how many at once.
set -eu
cd "$(dirname "$0")/.."
[ "${VAKT_CONFINED:-}" = 1 ] || exec scripts/confine.sh scripts/bench-board.sh
top=$(pwd)
bin=$top/build/bin
standin=$top/build/test/prog/vm_standin
work=$(mktemp -d "$top/build/bench.XXXXXX")
boards=''
end_all() {
    # shellcheck disable=SC2086 # pids
    [ -z "$boards" ] || kill $boards 2>/dev/null || :
    wait
    rm -rf "$work"
}
trap end_all EXIT
trap 'exit 130' INT TERM
otp=$(find /usr/lib/erlang /usr/local/lib/erlang -path '*/erts-*/bin/heart' 2>/dev/null | sort | tail -n 1) || :
STANDIN_BEAT_MS=5000
export STANDIN_BEAT_MS
unset HEART_COMMAND

numbers=$(seq "${BENCH_BOARDS:-5}")
for n in $numbers; do
    dir=$work/$n
    mkdir -p "$dir/run" "$dir/state" "$dir/pstore"
    cat >"$dir/keeper.conf" <<END
leases = ( { name = "vm"; user = $(id -u); required = true; boot_deadline = 60; beat_timeout = 11; boot_delay = 11; } );
devices = ( { driver = "soft"; path = "$dir/board"; timeout = 10; } );
END
    cat >"$dir/boot" <<END
cd '$dir'
[ "\$SOFT_BOARD_BOOT" = 1 ] || exec sleep 600
'$bin/wd_keeper' --foreground --config keeper.conf --socket '$dir/sock' --state state --run run --pstore pstore --pmsg pmsg \
    --boot-id boot_id --end-command /bin/false >keeper.log 2>&1 &
echo \$! >keeper.pid
until [ -S sock ]; do sleep 0.02; done
VAKT_KEEPER_SOCKET='$dir/sock' VAKT_LEASE=vm '$standin' '$bin/heart' vm.log -ht 11 -wt 11 >vm.out 2>&1 &
echo \$! >vm.pid
[ -z '$otp' ] || '$standin' '$otp' otp.log -ht 11 >otp.out 2>&1 &
wait
END
    "$bin/soft_board" --socket "$dir/board" --log "$dir/log" --boot-id "$dir/boot_id" --pstore "$dir/pstore" --pmsg "$dir/pmsg" \
        --grace 0 -- sh "$dir/boot" &
    boards="$boards $!"
done
for n in $numbers; do
    until grep -q ' arm ' "$work/$n/log" 2>/dev/null && grep -q ' beat' "$work/$n/vm.log" 2>/dev/null; do sleep 0.05; done
done
sleep 2

started() { sed -n 's/.* started //p' "$1" 2>/dev/null; }
heart_of() { started "$1/vm.log"; }
keeper_of() { cat "$1/keeper.pid"; }
otp_of() { started "$1/otp.log"; }
# of PID: "PSS VmLck voluntary-switches"
facts_of() {
    [ -n "$1" ] || return 0
    awk '/^Pss:/ { pss = $2 } /^VmLck:/ { locked = $2 } /^voluntary_ctxt_switches:/ { woken = $2 } END { print pss, locked, woken }' \
        "/proc/$1/smaps_rollup" "/proc/$1/status"
}
take() {
    for n in $numbers; do
        for who in heart keeper otp; do
            pid=$("${who}_of" "$work/$n")
            [ -z "$pid" ] || printf '%s %s %s %s\n' "$who" "$n" "$(facts_of "$pid")" "$(grep -c ' pet$' "$work/$n/log")"
        done
    done
}
printf 'board: simulated, beat every 5 s, 10 s of hardware timeout, %s of them\n' "${BENCH_BOARDS:-5}"
take >"$work/before"
sleep 60
take >"$work/after"
awk 'NR == FNR { woken[$1, $2] = $5; pets[$1, $2] = $6; next }
    { n[$1]++; pss[$1] += $3; locked[$1] += $4; waked[$1] += $5 - woken[$1, $2]; petted[$1] += $6 - pets[$1, $2] }
    END {
        label["heart"] = "ours"; label["otp"] = "OTP'"'"'s"; label["keeper"] = "keeper"
        split("heart otp keeper", order)
        for (i = 1; i <= 3; i++) {
            who = order[i]
            if (!n[who]) continue
            printf "  %-34s %-6s PSS %.0f kB, locked %.0f kB, woken %.1f times in 60 s by 12 beats", (who == "keeper" ? "a quiet keeper" : "a quiet heart on a board"), label[who], pss[who] / n[who], locked[who] / n[who], waked[who] / n[who]
            if (who == "keeper") printf " and %.1f pets", petted[who] / n[who]
            printf "\n"
        }
    }' "$work/before" "$work/after"

# ---- every VM hangs ----------------------------------------------------------------------------------------------------------
for n in $numbers; do kill -STOP "$(cat "$work/$n/vm.pid")"; done
for n in $numbers; do
    until grep -q ' expired' "$work/$n/log"; do sleep 0.05; done
done
for n in $numbers; do
    beat=$(awk '/ beat$/ { at = $1 } END { print at }' "$work/$n/vm.log")
    reset=$(awk '/ expired$/ { print $1; exit }' "$work/$n/log")
    # pmsg: vakt1 SEQUENCE BOOT_ID KIND CAUSE STEP WALL_NS UPTIME_MS ...
    noted=$(awk '$1 == "vakt1" && $4 == "note" { print $8; exit }' "$work/$n/pstore/pmsg-ramoops-0")
    printf '%s %s %s\n' "$beat" "${noted:-0}" "$reset"
done >"$work/hung"
awk 'function row(what, values, count,   i, j, t) {
        for (i = 2; i <= count; i++) { t = values[i]; for (j = i - 1; j >= 1 && values[j] > t; j--) values[j + 1] = values[j]; values[j + 1] = t }
        printf "  %-34s %-6s median %9.3f  least %9.3f  most %9.3f s (%d)\n", what, "ours", values[int((count + 1) / 2)], values[1], values[count], count
    }
    { note[NR] = $2 / 1e3 - $1 / 1e9; reset[NR] = $3 / 1e9 - $1 / 1e9 }
    END { row("hung VM, last beat to the note", note, NR); row("hung VM, last beat to the reset", reset, NR)
        printf "  demand: reset by D, 22.000 s: %s\n", reset[NR] <= 22.05 ? "met" : "NOT MET in this run" }' "$work/hung"
awk '$1 == "keeper" { if ($4 > most) most = $4; n++ } END { if (n) printf "  demand: locked keeper under 2048 kB: %s\n", most < 2048 ? "met" : "NOT MET" }' "$work/after"
