# shellcheck shell=sh
# shellcheck disable=SC2154 # what lib.sh and the suite set
# SPDX-License-Identifier: Apache-2.0
# Power cuts at random moments under load. After test/board/faults.sh:
#
#   many_cuts 1000               from CUT_SEED, which is said where it is not given

# What the board does meanwhile: everything that writes, writes. Messages of both kinds, notes for the ledger, starts of nodes.
# shellcheck disable=SC2016 # for the guest's shell
load='n=0; while :; do n=$((n + 1)); logger -p user.err "load $n"; logger -p user.info "more $n"; echo "kernel $n" >/dev/kmsg; dd if=/dev/urandom of=/data/new bs=1k count=32 2>/dev/null; mv /data/new /data/whole; done &'

many_cuts() {
    seed=${CUT_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
    printf 'CUT_SEED=%s\n' "$seed"
    # Milliseconds from power to cut: during firmware and boot, on the way up, and long after.
    awk -v seed="$seed" -v n="$1" 'BEGIN { srand(seed); for (; n > 0; n--) print int(rand() * rand() * 40000) }' >"$machine/moments"
    cuts=0
    power_cut
    while read -r moment; do
        cuts=$((cuts + 1))
        power_on
        (
            # The shell comes up in between; before it there is the load of the boot itself.
            until said shell '# '; do sleep 0.2; done
            guest "$load"
        ) &
        loader=$!
        sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
        kill "$loader" 2>/dev/null || :
        power_cut
        judge_disk "cut $cuts, $moment ms after power"
        [ "$((cuts % 10))" -ne 0 ] || comes_up "cut $cuts"
        printf '%s cuts, the last after %s ms: %s\n' "$cuts" "$moment" "$(cat "$machine/judged")" >"$top/build/log/board_cuts"
    done <"$machine/moments"
    comes_up 'the last cut'
}

# What the next boot will find, without that boot: a copy's journal is replayed as mount does it, and then nothing may be left to mend.
judge_disk() {
    cp "$machine/data.img" "$machine/after.img"
    code=0
    /sbin/e2fsck -p -E journal_only "$machine/after.img" >"$machine/fsck" 2>&1 || code=$?
    [ "$code" -gt 1 ] || /sbin/e2fsck -fn "$machine/after.img" >>"$machine/fsck" 2>&1 || code=8
    [ "$code" -le 1 ] || spoilt "$1: the file system is damaged"
    for file in vakt/ledger vakt/bridge/black_box; do
        rm -f "$machine/${file##*/}"
        /sbin/debugfs -R "dump /$file $machine/${file##*/}" "$machine/after.img" >/dev/null 2>&1
        [ -f "$machine/${file##*/}" ] || : >"$machine/${file##*/}"
    done
    "$top/build/test/prog/board_state" "$machine/ledger" "$machine/black_box" >"$machine/judged" || spoilt "$1: contradictions"
    # What is replaced in one step is whole.
    whole=$(/sbin/debugfs -R 'stat /whole' "$machine/after.img" 2>/dev/null | sed -n 's/.*Size: *\([0-9]*\).*/\1/p')
    case $whole in '' | 32768) ;; *) spoilt "$1: a file that was renamed into its place has $whole bytes" ;; esac
}
spoilt() {
    cat "$machine/fsck" "$machine/judged"
    cp "$machine/after.img" "$top/build/log/board_cut.img"
    fail "$1 (the disk is in build/log/board_cut.img)"
}

comes_up() {
    power_on
    rises
    power_cut
}
