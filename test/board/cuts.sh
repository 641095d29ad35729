# shellcheck shell=sh
# shellcheck disable=SC2154 # what lib.sh and the suite set
# SPDX-License-Identifier: Apache-2.0
# Power cuts at random moments under load. After test/board/faults.sh:
#
#   many_cuts 100 10             a hundred times QEMU is killed, and of each time ten disks are judged; from CUT_SEED, which is said
#   a_disk_that_lies_is_found_out    after them, of the last log that had something in it
#
# A kill leaves on the disk all that the guest has written, as the host has it. What a power cut leaves besides, since a disk has a
# cache of its own, is made from QEMU's log of the disk's writes: cut after any of them, with some of what came after the last flush
# lost or torn (test/prog/disk_cut.cpp). Each disk is judged; and the next power-on boots from the disk of the kill, or, half of the
# times, from one of the log's. Half of the kills come on the way up, at any moment from power on; before the others the board has come up and was ready.

# What the board does meanwhile: everything that writes, writes. Messages of both kinds, notes for the ledger, a file that is replaced,
# 2,048 times the same line.
# shellcheck disable=SC2016 # for the guest's shell
load='n=0; while :; do n=$((n + 1)); logger -p user.err "load $n"; logger -p user.info "more $n"; echo "kernel $n" >/dev/kmsg; yes "$(printf %015d $n)" | head -c 32768 >/data/new; mv /data/new /data/whole; [ $((n % 3)) -ne 0 ] || vaktctl --yes snooze 9 board >/dev/null 2>&1; done &'

# many_cuts KILLS DISKS
many_cuts() {
    seed=${CUT_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
    printf 'CUT_SEED=%s\n' "$seed"
    awk -v seed="$seed" -v n="$1" 'BEGIN { srand(seed); for (; n > 0; n--) print n % 2 ? "early" : "ready", int(1100 * sqrt(rand())), int(rand() * 20000), rand() < .5 ? "killed" : "cut", rand() }' | sort -k 5 | awk '{ print $1, $2, $3, $4 }' >"$machine/moments"
    kills=0 made=0 ups=0 rise=15000 known=no
    power_cut
    while read -r when early late next; do
        kills=$((kills + 1))
        one_kill "$when" "$early" "$late"
        judge_disk "kill $kills of seed $seed"
        disks "$2" "$next"
        # What the next one begins with, and must not lose.
        known=$has_all
        printf '%s times killed (%s of them after the board was ready), %s disks cut from the log of writes; at last: %s\n' \
            "$kills" "$ups" "$made" "$(cat "$machine/judged")" >"$top/build/log/board_cuts"
    done <"$machine/moments"
    comes_up
    # A boot that was killed early may have written nothing to cut.
    [ "$made" -ge "$((kills * $2 * 3 / 4))" ] || fail "only $made disks could be cut"
}

# The judge must be able to say no: to disks that forget what they were told to keep.
a_disk_that_lies_is_found_out() {
    found=0 known=no
    cp "$machine/last.img" "$machine/data.img"
    judge_disk 'what the last cuts were made from'
    known=$has_all
    for its in $(seq 150); do
        cp "$machine/last.img" "$machine/data.img"
        "$top/build/test/prog/disk_cut" "$machine/data.img" "$machine/last.writes" "$its" lies >"$machine/cut"
        lying=yes
        (judge_disk "disk $its" >/dev/null) || found=$((found + 1))
        lying=''
        # And not to all of them.
        cp "$machine/last.img" "$machine/data.img"
        "$top/build/test/prog/disk_cut" "$machine/data.img" "$machine/last.writes" "$its" >"$machine/cut"
        judge_disk "the same without lies, disk $its: $(cat "$machine/cut")"
    done
    printf '%s of 150 disks that lie are found out\n' "$found" >>"$top/build/log/board_cuts"
    [ "$found" -gt 0 ] && [ "$found" -lt 150 ]
}

# At host's speed: only that the board is there matters here, and no time.
one_kill() {
    [ ! -f "$machine/data.img" ] || cp "$machine/data.img" "$machine/before.img"
    export BOARD_CLOCK='' LOGGED="$machine/writes"
    since=$(milliseconds)
    power_on
    [ -f "$machine/before.img" ] || (cd "$top" && scripts/board/data.sh "$board" "$machine/before.img" >/dev/null)
    loader=''
    if [ "$1" = ready ]; then
        says 900 '^board: ready'
        ! said console 'nothing is kept over a reset' || show_end 'the writable partition is not mounted'
        rise=$(($(milliseconds) - since)) ups=$((ups + 1)) moment=$3
        guest "$load"
    else
        # In thousandths of the time that the last one took to come up. The shell comes up in between; before it there is the load of
        # the boot itself.
        moment=$((rise * $2 / 1000))
        (
            until said shell '# '; do
                powered || exit 0
                sleep 0.2
            done
            guest "$load"
        ) &
        loader=$!
    fi
    sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    [ -z "$loader" ] || kill "$loader" 2>/dev/null || :
    power_cut
    unset BOARD_CLOCK LOGGED
}

milliseconds() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }

# What else a cut in this run might have left. The next run may begin with the last one.
disks() {
    cp "$machine/data.img" "$machine/killed.img"
    turn=0 had=$made
    while [ "$turn" -lt "$1" ]; do
        turn=$((turn + 1))
        its=$((seed * 1000 + kills * 50 + turn))
        cp "$machine/before.img" "$machine/data.img"
        "$top/build/test/prog/disk_cut" "$machine/data.img" "$machine/writes" "$its" >"$machine/cut" 2>&1 || {
            grep -q 'nothing in it' "$machine/cut" || fail "disk $its could not be cut: $(cat "$machine/cut")"
            break
        }
        made=$((made + 1))
        judge_disk "kill $kills of seed $seed, disk $its: $(cat "$machine/cut")"
    done
    [ "$made" -eq "$had" ] || {
        cp "$machine/before.img" "$machine/last.img"
        cp "$machine/writes" "$machine/last.writes"
    }
    [ "$2" = cut ] && return
    cp "$machine/killed.img" "$machine/data.img"
    judge_disk "kill $kills of seed $seed"
}

# What the next boot will find, without that boot: a copy's journal is replayed as mount does it, and then nothing may be left to mend.
judge_disk() {
    cp "$machine/data.img" "$machine/after.img"
    code=0
    /sbin/e2fsck -p -E journal_only "$machine/after.img" >"$machine/fsck" 2>&1 || code=$?
    [ "$code" -gt 1 ] || /sbin/e2fsck -fn "$machine/after.img" >>"$machine/fsck" 2>&1 || code=8
    [ "$code" -le 1 ] || spoilt "$1: the file system is damaged"
    (
        cd "$machine" || exit
        rm -f ledger black_box start_erl.data whole
        printf 'dump /%s %s\n' vakt/ledger ledger vakt/bridge/black_box black_box whole whole \
            home/otpuser/otp/releases/start_erl.data start_erl.data | /sbin/debugfs -f - after.img >/dev/null 2>&1
    )
    has_all=yes
    for file in ledger black_box start_erl.data; do [ -s "$machine/$file" ] || has_all=no; done
    [ "$known" = no ] || [ "$has_all" = yes ] || spoilt "$1: a ledger, a black box or a start_erl.data that was there is gone"
    for file in ledger black_box start_erl.data whole; do [ -f "$machine/$file" ] || : >"$machine/$file"; done
    "$top/build/test/prog/board_state" "$machine/ledger" "$machine/black_box" >"$machine/judged" || spoilt "$1: contradictions"
    # What is replaced in one step is whole.
    [ ! -s "$machine/whole" ] || [ "$(uniq -c "$machine/whole" | sed -n '$s/^ *\([0-9]*\) [0-9]*$/\1/p')" = 2048 ] ||
        spoilt "$1: a file that was renamed into its place is of two, or a part"
    [ ! -s "$machine/start_erl.data" ] || grep -Eqx '[0-9.]+ [0-9.]+' "$machine/start_erl.data" || spoilt "$1: start_erl.data is torn"
}
spoilt() {
    cat "$machine/fsck" "$machine/judged" || :
    [ -n "${lying:-}" ] || cp "$machine/data.img" "$top/build/log/board_cut.img"
    fail "$1 (the disk is in build/log/board_cut.img)"
}

comes_up() {
    power_on
    rises
    power_cut
}
