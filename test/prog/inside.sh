#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The way inside: the bridge and its sources in the emulator, where no process can be made (no_process), and where there are no
# FIFOs and Unix datagrams either (--strict). What is sent is numbered; what comes, and what gaps say was lost, is that. The
# kernel's log is a FIFO with records in its form.
. test/prog/lib.sh
suite inside

no_process=$top/build/test/prog/no_process
library=$top/$(make -s print-APP)
erts=$(find "$otp_root" -maxdepth 1 -name 'erts-*' 2>/dev/null | sort | tail -n 1) || :
[ -z "$erts" ] || erlc -o "$suite_tmp" test/erl/inside_vm.erl

# vm [--strict] WHAT: the emulator itself, as a launcher would start it, with a thread in it that logs
vm() {
    [ -n "$erts" ] || skip 'no Erlang is installed'
    strict=''
    if [ "$1" = --strict ]; then
        strict=$1
        shift
    fi
    port=$((20000 + $$ % 20000))
    printf '%s\n' "$port" >"$tmp/port"
    # shellcheck disable=SC2086 # none, or one word
    BINDIR=$erts/bin ROOTDIR="$otp_root" EMU=beam THREAD_LOG_GO=$tmp/go THREAD_LOG_COUNT=4000 THREAD_LOG_PAUSE=50 \
        THREAD_LOG_LIBRARY=$library/priv/lib/libvakt_syslog.so ERL_CRASH_DUMP_SECONDS=0 \
        timeout 120 "$no_process" $strict env LD_PRELOAD="$top/build/test/preload/thread_logger.so" "$erts/bin/beam.smp" -- \
        -root "$otp_root" -bindir "$erts/bin" -progname erl -home "$tmp" -noinput -boot start_sasl \
        -kernel logger_level warning -pa "$library/ebin" "$suite_tmp" -s inside_vm main -extra "$tmp" "$1" >"$tmp/said" 2>&1 ||
        fail "$(tail -n 120 "$tmp/said")"
}
prepared() { mkfifo "$tmp/kmsg"; }

all_sources() { prepared; vm sources; }
no_fifos() { vm --strict refused; }
killed() { prepared; vm killed; }
upgraded() { prepared; vm upgraded; }
descriptors() { prepared; vm descriptors; }
figures() { vm --strict figures; }
called() { vm called; }
flooded() { vm flooded; }
one_less() { prepared; vm short; }

check "FIFO, socket, kernel's log, threads, UDP: records and counted gaps are what was sent" all_sources
check "os_sup's callback, a module and its own arguments, is called with each line" called
check "more than the system keeps: what had no room is counted, of threads and of UDP" flooded
check "one line less than was expected is noticed" one_less
check "strict: what the system refuses is said in words, threads and UDP go on" no_fifos
check "the process that reads dies: its descriptors are closed" descriptors
check "killed again and again under load: nothing comes twice, what is missing has a gap" killed
check "upgraded again and again under load: all comes, once, and the account holds" upgraded
check "memory and disk figures and their alarms, without a program" figures
finish
