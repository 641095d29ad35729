#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The way inside: the bridge and its sources in the emulator, where no process can be made (no_process), and where there are no
# FIFOs and Unix datagrams either (--strict). What is sent is numbered; what comes, and what gaps say was lost, is that. The
# kernel's log is a FIFO with records in its form.
#
# VAKT_INSIDE_LIBRARIES=DIR, VAKT_INSIDE_PRELOAD='FILE ...', VAKT_INSIDE_CHECKS='NAME ...': with the libraries from there, what else
# they want loaded first, those checks alone.
. test/prog/lib.sh
suite inside

no_process=$top/build/test/prog/no_process
library=$top/$(make -s print-APP)
VAKT_LATER=$top/build/test/later
export VAKT_LATER
libraries=${VAKT_INSIDE_LIBRARIES:-$library/priv/lib}
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
        THREAD_LOG_LIBRARY=$libraries/libvakt_syslog.so ERL_CRASH_DUMP_SECONDS=0 \
        timeout 120 "$no_process" $strict env LD_PRELOAD="${VAKT_INSIDE_PRELOAD:-}$top/build/test/preload/thread_logger.so" "$erts/bin/beam.smp" -- \
        -root "$otp_root" -bindir "$erts/bin" -progname erl -home "$tmp" -noinput -boot start_sasl \
        -kernel logger_level warning -vakt nif_dir "\"$libraries\"" -pa "$library/ebin" "$suite_tmp" -s inside_vm main -extra "$tmp" "$1" >"$tmp/said" 2>&1 ||
        fail "$(tail -n 120 "$tmp/said")"
}
prepared() { mkfifo "$tmp/kmsg"; }
# inside SENTENCE NAME
inside() {
    case " ${VAKT_INSIDE_CHECKS:-$2} " in *" $2 "*) check "$1" "$2" ;; esac
}

all_sources() { prepared; vm sources; }
no_fifos() { vm --strict refused; }
killed() { prepared; vm killed; }
upgraded() { prepared; vm upgraded; }
versions() {
    [ -f "$VAKT_LATER/apart/syslog_nif.so" ] || fail 'make build/test/later/next/syslog_nif.so build/test/later/apart/syslog_nif.so'
    prepared
    vm versions
}
descriptors() { prepared; vm descriptors; }
figures() { vm --strict figures; }
called() { vm called; }
flooded() { vm flooded; }
one_less() { prepared; vm short; }

inside "FIFO, socket, kernel's log, threads, UDP: records and counted gaps are what was sent" all_sources
inside "os_sup's callback, a module and its own arguments, is called with each line" called
inside "more than the system keeps: what had no room is counted, of threads and of UDP" flooded
inside "one line less than was expected is noticed" one_less
inside "strict: what the system refuses is said in words, threads and UDP go on" no_fifos
inside "the process that reads dies: its descriptors are closed" descriptors
inside "killed again and again under load: nothing comes twice, what is missing has a gap" killed
inside "upgraded again and again under load: all comes, once, and the account holds" upgraded
inside "another version takes over and gives back, one that cannot is refused: all comes, once" versions
inside "memory and disk figures and their alarms, without a program" figures
finish
