# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the crash suite and its long form share: rows for mod_syslog being killed, starved or run many times at once, while a reader polls
# the configuration. After lib.sh and lib-setuid.sh. ROUNDS, SEED: how many kills, and which.
# shellcheck disable=SC2154 # the room's and the tree's names

names='syslog.conf syslog.conf.ORIG syslog.conf.OTP syslog.otp syslog.otp.lock'

# big_files: contents long enough that a torn one would be met.
big_files() {
    yes '# of ORIG, and padding' | head -n 4000 >>"$orig"
    yes '# of OTP, and more of it' | head -n 4000 >>"$otp"
    cp "$orig" "$conf"
}

reader_up() {
    spawn "$room/sbin/poll_reader" "$conf" "$orig" "$otp" >"$logs/reads" 2>&1
    reader=$spawned
}

# reader_is_content LEAST: it met nothing but ORIG and OTP, each read whole, in at least LEAST reads.
reader_is_content() {
    kill "$reader"
    wait "$reader" || fail "the reader met: $(cat "$logs/reads")"
    counts=$(sed -n 's/^reads \([0-9]*\) first [0-9]* second [0-9]* bad 0$/\1/p' "$logs/reads")
    [ "${counts:-0}" -ge "$1" ] || fail "too few reads: $(cat "$logs/reads")"
    cat "$logs/reads"
}

killed_at_random() {
    big_files
    daemon_up
    reader_up
    "$room/sbin/kill_storm" "$ROUNDS" "$SEED" "$gid" "$conf" "$orig" "$otp" "$names" \
        -- "$helper" otp "$own" "$conf" -- "$helper" nootp "$own" "$conf" >"$logs/storm" || fail "$(cat "$logs/storm")"
    cat "$logs/storm"
    killed=$(sed -n 's/.* killed \([0-9]*\) .*/\1/p' "$logs/storm")
    [ "$killed" -ge $((ROUNDS / 4)) ] || fail "only $killed were killed"
    asks 0 otp "$own" "$conf"
    is_otp
    fifo_is_good
    no_strangers
    asks 0 nootp "$own" "$conf"
    is_orig
    no_fifo
    no_strangers
    reader_is_content "$ROUNDS"
    lock_is_good
}

twenty_at_once() {
    big_files
    daemon_up
    reader_up
    for _ in $(seq 1 "${BATCHES:-3}"); do
        callers=''
        for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            mode=otp
            [ $((n % 2)) -eq 0 ] || mode=nootp
            timeout -k 1 30 "$as" "$helper" "$mode" "$own" "$conf" >"$logs/answer.$n" 2>&1 &
            callers="$callers $!"
        done
        for caller in $callers; do wait "$caller" || fail 'a caller ended badly'; done
        for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            case $(cat "$logs/answer.$n") in 0 | -2) ;; *) fail "answer [$(cat "$logs/answer.$n")]" ;; esac
        done
        grep -l -x 0 "$logs"/answer.* >/dev/null || fail 'nobody got through'
        no_strangers
    done
    asks 0 otp "$own" "$conf"
    is_otp
    fifo_is_good
    no_strangers
    reader_is_content 1000
}
