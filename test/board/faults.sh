# shellcheck shell=sh
# shellcheck disable=SC2154 # what lib.sh and the suite set
# SPDX-License-Identifier: Apache-2.0
# What a board is struck with, and what has to come of it. After test/board/lib.sh:
#
#   board_up                     powered, ready, the shell on its second line
#   strike vm_stop               one check: struck, ended in time, the next boot reports the right cause and the last line
#   matrix                       injected against reported, of all that was struck
#
# Everything happens inside the guest: no fault reaches further than QEMU.

# shellcheck disable=SC2034 # for the suites
all_faults='vm_stop vm_kill vm_halt vm_callback vm_schedulers vm_memory heart_stop heart_kill keeper_stop keeper_kill keeper_gone
command_hangs command_refused command_starts fork_bomb root_gone irqs_off softlockup preempt_off panic orderly power_cut'

# The board's promises, seconds after the fault (board/common/etc): D for a VM, H for the keeper, E for its evidence.
D=50 H=20 E=60
# How exactly the time from a fault to the reset is known, by the guest's own clock. The reset is when the next kernel begins to count
# less what it takes from a reset until then (firmware, unpacking), which is measured after power-on. A kernel takes the date from a clock
# of whole seconds, so each of the three is up to a second early or late.
exactly=3

# expected FAULT: prints the causes that are right, the confidence that is the least, how it ends, and after how many seconds at the
# latest. Ends: watchdog (the hardware bites, nothing else), reset (by whomever), restart (of what was struck alone), either, cut.
expected() {
    # The watchdog of qemu-s390x has no word after a reset, and no memory outlives it: what came without a note is not known, and
    # nothing else is to be made of it.
    case $board:$1 in
        qemu-s390x:keeper_stop | qemu-s390x:keeper_gone | qemu-s390x:irqs_off | qemu-s390x:preempt_off)
            printf 'unknown low watchdog %s' "$H"
            return
            ;;
        qemu-s390x:panic)
            printf 'unknown low reset %s' "$H"
            return
            ;;
        qemu-s390x:power_cut)
            printf 'unknown low cut 0'
            return
            ;;
    esac
    case $1 in
        vm_stop | vm_schedulers | heart_stop) printf 'vm_hang high reset %s' "$D" ;;
        # It ended by a signal: ours, or the kernel's when memory was short. In want of memory it may also be silent for too long before
        # the kernel ends it.
        vm_kill) printf 'vm_crash high reset %s' "$D" ;;
        vm_memory) printf 'vm_crash,vm_hang high reset %s' "$D" ;;
        # The command is no help, but init starts the node again, and its beats are good.
        command_hangs | command_refused) printf 'vm_crash high either %s' "$D" ;;
        # The port closed, and that is all that anybody saw.
        vm_halt | vm_callback) printf 'heart_command high reset %s' "$D" ;;
        # The VM ends with its heart, and init starts it again: in time, unless the machine is slow.
        heart_kill) printf 'vm_hang high either %s' "$D" ;;
        command_starts) printf -- '- - restart %s' "$D" ;;
        keeper_kill) printf -- '- - restart %s' "$H" ;;
        keeper_stop | keeper_gone | irqs_off | preempt_off) printf 'hw_watchdog high watchdog %s' "$H" ;;
        softlockup | panic) printf 'kernel_panic high reset %s' "$H" ;;
        # Whichever of them starves first.
        fork_bomb) printf 'vm_hang,vm_crash,evidence,hw_watchdog medium reset %s' "$D" ;;
        root_gone) printf 'evidence high reset %s' "$E" ;;
        orderly) printf 'clean high reset %s' "$D" ;;
        power_cut) printf 'power medium cut 0' ;;
    esac
}

# As the node's user, in the node's own shell.
erlang() {
    guest "cat >/tmp/say <<'END'
$1
END
chmod 644 /tmp/say; su otpuser -c 'exec to_erl </tmp/say' >/dev/null 2>&1 &"
}

# shellcheck disable=SC2016 # the guest's shell is to see what is in quotes
inject() {
    # As little is left of the countdown as can be: the hardware bites while the kernel that panicked waits to restart.
    [ "$1" != softlockup ] ||
        answer 120 'until vaktctl --json status | tr -d " " | grep -q "\"petted_ago_ms\":9[0-5][0-9][0-9]"; do usleep 50000; done'
    # What is on its way to the host when a kernel stops does not arrive.
    guest 'read -r up _ </proc/uptime; echo "struck $up"; usleep 300000'
    case $1 in
        vm_stop) guest 'kill -STOP $(pidof beam.smp)' ;;
        vm_kill) guest 'kill -KILL $(pidof beam.smp)' ;;
        vm_halt) erlang 'halt().' ;;
        # It answers, but not ok.
        vm_callback) erlang 'heart:set_callback(erlang, node).' ;;
        # One of two schedulers: the VM would go on beating without check_schedulers.
        vm_schedulers) erlang 'heart:set_options([check_schedulers]), erts_debug:set_internal_state(available_internal_state, true), erts_debug:set_internal_state(sleep, 3600000).' ;;
        vm_memory) erlang 'F = fun F(A) -> F([binary:copy(<<1>>, 1000000) | A]) end, F([]).' ;;
        heart_stop) guest 'kill -STOP $(pidof heart)' ;;
        heart_kill) guest 'kill -KILL $(pidof heart)' ;;
        keeper_stop) guest 'kill -STOP $(of_init wd_keeper)' ;;
        keeper_kill) guest 'kill -KILL $(of_init wd_keeper)' ;;
        # Nor can init start another.
        keeper_gone) guest 'mount --bind /dev/null /usr/lib/vakt/bin/wd_keeper; kill -KILL $(of_init wd_keeper)' ;;
        command_hangs) erlang 'heart:set_cmd("sleep 1000"), os:cmd("kill -KILL " ++ os:getpid()).' ;;
        # An ordinary user may not.
        command_refused) erlang 'heart:set_cmd("reboot"), os:cmd("kill -KILL " ++ os:getpid()).' ;;
        command_starts) erlang 'heart:set_cmd("true"), os:cmd("kill -KILL " ++ os:getpid()).' ;;
        fork_bomb) guest 'bomb() { while :; do bomb & done; }; bomb & bomb &' ;;
        # The disk under it: a card of PCI is removed, a device of IBM Z goes offline.
        root_gone) guest 'd=$(readlink -f "/sys/block/$(basename "$(readlink /run/root)")/device/.."); if [ -e "$d/remove" ]; then echo 1 >"$d/remove"; else echo 0 >"$d/online"; fi' ;;
        irqs_off) guest 'insmod /tmp/hang.ko how=irqs_off' ;;
        preempt_off) guest 'echo 0 >/proc/sys/kernel/softlockup_panic; insmod /tmp/hang.ko how=preempt_off' ;;
        softlockup) guest 'insmod /tmp/hang.ko how=preempt_off' ;;
        panic) guest 'echo c >/proc/sysrq-trigger' ;;
        orderly) guest 'reboot' ;;
        power_cut) power_cut ;;
    esac
}

# without FAULT WHY: it cannot be here, and the board stays as it is.
without() {
    : >"$machine/ready"
    skip "$2"
}

# prepare FAULT: what has to be in the guest before.
# shellcheck disable=SC2016
prepare() {
    guest 'of_init() { for pid in $(pidof "$1"); do [ "$(cut -d" " -f4 /proc/$pid/stat)" = 1 ] && echo $pid; done; }; was="$(of_init wd_keeper) $(pidof beam.smp)"'
    case $1 in
        irqs_off | softlockup | preempt_off)
            [ "$1" != softlockup ] || grep -q '^CONFIG_SOFTLOCKUP_DETECTOR=y' "$(scripts/board/kernel.sh "$board")/config" ||
                without "$1" 'the kernel of the board looks for no soft lockup'
            module=$(hang_module) || without "$1" "$module"
            guest_file /tmp/hang.ko <"$module"
            ;;
        vm_schedulers)
            guest 'sed "s/+S 1:1/+S 2:2/" /etc/vakt/vm.args >/data/etc/vm.args; sync; reboot'
            rises
            guest 'rm /data/etc/vm.args'
            ;;
    esac
}

# From power or a reset until the board is ready and its shell answers.
rises() {
    says 900 '^board: reset cause='
    says 900 '^board: ready'
    says_nothing_else
    ! said console 'nothing is kept over a reset' || show_end 'the writable partition is not mounted'
    greet
    : >"$machine/ready"
}
# When the kernel that runs began to count, by the clock's date.
began() {
    answer 120 "sed -n 's/^btime //p' /proc/stat"
    cat "$machine/answer"
}
# One boot, one report: a second one would be a reset that nobody asked for.
says_nothing_else() {
    [ "$(since_mark console | grep -c '^board: boot ')" -eq 1 ] || show_end 'the board was reset again before it was ready'
}

board_up() {
    power_on
    rises
    printf '%s\n' "$(($(began) - powered_at))" >"$machine/firmware"
}

# A disk that is new: there is nothing to report.
first_boot() {
    board_up
    said console '^board: reset cause=unknown confidence=low'
}

# strike FAULT: one check of the suite. One that failed leaves the board in any state: the next one begins with a power cut.
strike() {
    check "$(sentence "$1")" struck "$1"
}
sentence() {
    # shellcheck disable=SC2046 # four words
    set -- "$1" $(expected "$1")
    case $4 in
        restart) printf '%s: what was struck is started again, and the board is not reset' "$1" ;;
        cut) printf '%s: the board comes up again and says %s' "$1" "$2" ;;
        watchdog) printf '%s: the hardware resets the board, which says %s' "$1" "$2" ;;
        either) printf '%s: it is started again, or the board is reset and says %s' "$1" "$2" ;;
        *) printf '%s: the board is reset and says %s' "$1" "$2" ;;
    esac
}

struck() {
    fault=$1
    # shellcheck disable=SC2046 # four words
    set -- $(expected "$fault")
    causes=$1 least=$2 ends=$3 limit=$4
    if [ ! -f "$machine/ready" ] || ! powered; then
        power_cut
        board_up
    fi
    rm -f "$machine/ready"
    mark
    prepare "$fault"
    mark
    last_words "$fault"
    before=$(began)
    mark
    inject "$fault"
    case $ends in
        restart) goes_on ;;
        either)
            # Ready again, or reset; in the first case nothing is reported.
            patience=900
            until said console '^board: ready' || said qmp '"RESET"'; do
                patience=$((patience - 1))
                { powered && [ "$patience" -gt 0 ]; } || show_end 'neither a restart nor a reset'
                sleep 1
            done
            if said qmp '"RESET"'; then reports; else goes_on; fi
            ;;
        cut) power_on && reports ;;
        *)
            await 900 qmp '"RESET"'
            reports
            ;;
    esac
    [ -z "$wrong" ] || show_end "$wrong"
}

# What the board is to remember: from crit on a line is on the disk at once.
last_words() {
    last="last words before $1, $(date +%s)"
    guest "logger -t test -p user.crit '$last'"
    answer 120 "until tr '\\0' '\\n' </data/vakt/bridge/black_box | grep -q '$last'; do usleep 100000; done; usleep 500000; cat /proc/uptime"
    up=$(cut -d ' ' -f 1 "$machine/answer")
}

# reports: sets $wrong where the next boot says what is not so, and adds the row to the table.
reports() {
    wrong=''
    rises
    by=$ends took=0
    case $ends in
        cut) ;;
        *)
            by=reset
            ! said qmp '"WATCHDOG"' || by=watchdog
            struck=$(since_mark shell | sed -n 's/^struck //p' | head -n 1)
            took=$(printf '%s %s %s %s %s\n' "$(began)" "$(cat "$machine/firmware")" "$before" "${struck:-$up}" "$(late)" |
                awk '{ printf "%.1f\n", $1 - $2 - $3 - $4 - $5 }')
            [ "$(printf '%s\n' "$took" | awk -v most="$((limit + exactly))" '{ print $1 <= most }')" = 1 ] || wrong="it took $took s, and not $limit"
            ;;
    esac
    report=$(since_mark console | sed -n 's/^board: reset cause=//p' | head -n 1)
    cause=${report%% *} confidence=${report##*=}
    kept=yes
    since_mark console | grep '^board: last: ' | grep -qF "$last" || kept=no
    case ,$causes, in *",$cause,"*) ;; *) wrong="the report says $cause, and not $causes" ;; esac
    [ "$(rank "$confidence")" -ge "$(rank "$least")" ] || wrong="${wrong:-the confidence is $confidence, and not $least}"
    [ "$kept" = yes ] || wrong="${wrong:-the last line is lost}"
    [ "$ends" != watchdog ] || [ "$by" = watchdog ] || wrong="${wrong:-it was not the hardware}"
    row
}
# What QEMU needs from the hardware's bite until the board is reset, 5 s on a busy host for a kernel of 31 MB: the guest stands still
# then, and its clock goes on.
late() {
    since_mark qmp | sed -n 's/.*"seconds": \([0-9]*\), "microseconds": \([0-9]*\)}, "event": "\([A-Z]*\)".*/\3 \1 \2/p' |
        awk '$1 == "WATCHDOG" && !bite { bite = $2 + $3 / 1e6 } $1 == "RESET" && !reset { reset = $2 + $3 / 1e6 } END { print bite ? reset - bite : 0 }'
}
rank() {
    case $1 in high) echo 3 ;; medium) echo 2 ;; low) echo 1 ;; *) echo 0 ;; esac
}
row() {
    printf '%s %s %s %s %s %s %s %s %s\n' "$fault" "$causes" "$cause" "$confidence" "$by" "$took" "$limit" "$kept" \
        "$([ -z "$wrong" ] && echo right || echo WRONG)" >>"$machine/rows"
}

# goes_on: what was struck runs again by the limit, as another process, and the board lives past the time at which it would have been reset.
# shellcheck disable=SC2016 # the guest's
goes_on() {
    wrong='' cause=- confidence=- by=restart kept=-
    case $fault in
        keeper_kill) is='$(of_init wd_keeper)' of='${was% *}' ;;
        *) is='$(pidof beam.smp)' of='${was#* }' && says 600 '^board: ready' ;;
    esac
    answer 900 "until is=$is; [ -n \"\$is\" ] && [ \"\$is\" != \"$of\" ]; do usleep 100000; done; cut -d ' ' -f 1 /proc/uptime"
    again=$(cat "$machine/answer")
    struck=$(since_mark shell | sed -n 's/^struck //p' | head -n 1)
    took=$(printf '%s %s\n' "$again" "${struck:-$up}" | awk '{ printf "%.1f\n", $1 - $2 }')
    [ "$(printf '%s\n' "$took" | awk -v most="$limit" '{ print $1 <= most }')" = 1 ] || wrong="it took $took s, and not $limit"
    answer 900 "sleep $((limit + 5)); vaktctl --no-colour status"
    ! said qmp '"RESET"' || wrong='the board was reset'
    grep -q '^Board  *guarded' "$machine/answer" && grep -q '^  board .*VM [0-9]' "$machine/answer" || wrong='the lease is not held'
    row
    : >"$machine/ready"
}

# All that was struck: how it ended, and injected against reported.
matrix() {
    awk '
        { printf "%s%-16s %-13s %-8s %-9s %6s s of %3s s  last line %-4s %s\n", NR == 1 ? head : "", $1, $3, $4, $5, $6, $7, $8, $9 }
        BEGIN { head = sprintf("\n%-16s %-13s %-8s %-9s %s\n", "injected", "reported", "how sure", "ended by", "after") }
        ' "$machine/rows"
    awk '
        { n[$1, $3]++; if (!($1 in seen)) { seen[$1] = 1; faults[++f] = $1 } if (!($3 in known)) { known[$3] = 1; causes[++c] = $3 } }
        END {
            printf "\n%-16s", "injected \\ said"
            for (j = 1; j <= c; j++) printf " %13s", causes[j]
            printf "\n"
            for (i = 1; i <= f; i++) {
                printf "%-16s", faults[i]
                for (j = 1; j <= c; j++) printf " %13s", ((faults[i], causes[j]) in n) ? n[faults[i], causes[j]] : "."
                printf "\n"
            }
        }' "$machine/rows"
}
