#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# start_erl beside OTP's script, with an erlexec that only tells what it was given; its ledger, its pauses and what it falls back
# to. With real releases: test/prog/start_erl_releases.sh.
. test/prog/lib.sh
suite start_erl

otp=$otp_root
peer=$top/build/test/prog/start_peer
clean_boot=$otp/bin/start_clean.boot
[ -f "$clean_boot" ] || { printf '  skip  all: there is no Erlang/OTP\n'; finish; exit 0; }

# An OTP root in $tmp/r with an erlexec that writes what it is given to $tmp/said, then does what $tmp/way says.
make_root() {
    root=$tmp/r
    mkdir -p "$root/erts-1.2/bin" "$root/bin" "$root/log" "$root/lib"
    for library in "$otp"/lib/kernel-* "$otp"/lib/stdlib-*; do ln -s "$library" "$root/lib/"; done
    cat >"$root/erts-1.2/bin/erlexec" <<'END'
#!/bin/sh
# What erlexec is given, in the order of names: where the shell has been does not count.
{
    printf '<%s>\n' "$0" "$@"
    env | LC_ALL=C sort | grep -v -e '^_=' -e '^PWD=' -e '^OLDPWD=' -e '^SHLVL='
} >"$SAID.new"
mv "$SAID.new" "$SAID"
case ${WAY:-crash} in
    crash) exit 1 ;;
    healthy) printf '%s\n' "$$" >"$VAKT_START_HEALTHY" ;;
    ended) printf '%s\n' "$$" >"$VAKT_START_HEALTHY.stopped" ;;
    run) exec sleep 1000 ;;
esac
END
    chmod 755 "$root/erts-1.2/bin/erlexec"
    SAID=$tmp/said
    export SAID
    unset VAKT_START_STATE VAKT_START_HEALTHY VAKT_START_TRIES VAKT_START_STATIC ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS
    VAKT_KEEPER_SOCKET=
    VAKT_START_HEALTHY_AFTER=0
    export VAKT_KEEPER_SOCKET VAKT_START_HEALTHY_AFTER
    NO_SLEEP_LOG=$tmp/slept
    export NO_SLEEP_LOG
    cp "$clean_boot" "$root/bin/start_clean.boot"
}

# release VSN [ERTS]
release() {
    mkdir -p "$root/releases/$1"
    cp "$clean_boot" "$root/releases/$1/start.boot"
    printf '[].\n' >"$root/releases/$1/sys.config"
}
data() { printf '%s\n' "$*" >"$root/releases/start_erl.data"; }

# start [FLAG ...]: pauses take no time
start() {
    LD_PRELOAD=$top/build/test/preload/no_sleep.so "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data" "$@" \
        >"$tmp/out" 2>&1
}
# starts N: so many bad ones
starts() {
    for _ in $(seq "$1"); do start || :; done
}
booted() { sed -n "s|^<$root/\(.*\)/start[a-z_]*>\$|\1|p" "$tmp/said"; }
ledger() { "$peer" ledger "$root/log/start_ledger"; }
outcomes() { ledger | awk '{printf("%s%s", (NR > 1 ? " " : ""), ($1 == "boot" ? $2 : $1))}'; }

# ---- beside OTP's script ---------------------------------------------------------------------------------------------------------

compare() {
    rm -f "$tmp/said" "$root"/log/*
    sh -c "exec $otp/bin/start_erl $*" || :
    mv "$tmp/said" "$tmp/otp"
    sh -c "exec $bin/start_erl $*" 2>"$tmp/words" || :
    grep -v '^VAKT_START_HEALTHY=' "$tmp/said" >"$tmp/ours"
    diff "$tmp/otp" "$tmp/ours" || fail "other than OTP's for $*"
    ! grep . "$tmp/words" || fail 'a plain start says something'
}

same_as_otps() {
    make_root
    release 1.0
    data 1.2 1.0
    where="$root $root/releases $root/releases/start_erl.data"
    compare "$where"
    compare "$where -sname cp1 -heart -config other"
    # shellcheck disable=SC2016 # for the shells
    compare "$where"' "two words" "" "q\"uote" \$HOME "*" -extra a'
    cd "$tmp"
    compare "r r/releases r/releases/start_erl.data -pa lib"
    printf '1.2 1.0' >"$root/releases/start_erl.data"
    compare "$where"
    ROOTDIR=/another
    EMU=other
    export ROOTDIR EMU
    compare "$where"
}
check "argv and environment for erlexec are those of OTP's script" same_as_otps

pid_and_name() {
    make_root
    release 1.0
    data 1.2 1.0
    ln -s "$bin/start_erl" "$tmp/my_starter"
    WAY=run
    export WAY
    spawn "$tmp/my_starter" "$root" "$root/releases" "$root/releases/start_erl.data"
    eventually 20 test -f "$tmp/said"
    grep -q '^PROGNAME=my_starter$' "$tmp/said" || fail 'PROGNAME is not the name it was called by'
    eventually 20 grep -q sleep "/proc/$spawned/comm"
}
check 'the process itself becomes the VM; PROGNAME is its own name' pid_and_name

real_erlexec() {
    make_root
    release 1.0
    data 1.2 1.0
    cp "$(find "$otp" -path '*erts-*/bin/erlexec')" "$root/erts-1.2/bin/erlexec"
    # shellcheck disable=SC2016 # for the emulator's stand-in
    printf '#!/bin/sh\nprintf "<%%s>\\n" "$@"\n' >"$root/erts-1.2/bin/beam.smp"
    chmod 755 "$root/erts-1.2/bin/beam.smp"
    printf -- "-sname 'a b' # one\n-args_file %s/inner\n-env X \"y z\" -extra e\\\\ f\n" "$tmp" >"$tmp/outer"
    printf '# nothing but\n+P 1000 -heart#off\n' >"$tmp/inner"
    set -- "$root" "$root/releases" "$root/releases/start_erl.data"
    # shellcheck disable=SC2089 # quotes for erlexec
    ERL_ZFLAGS="-z 'last one' #no-comment" ERL_AFLAGS='-a'
    # shellcheck disable=SC2090
    export ERL_ZFLAGS ERL_AFLAGS
    "$otp/bin/start_erl" "$@" -b -args_file "$tmp/outer" -c >"$tmp/otp"
    "$bin/start_erl" "$@" -b -args_file "$tmp/outer" -c >"$tmp/ours"
    diff "$tmp/otp" "$tmp/ours"
    grep -q '<last one>' "$tmp/ours" || fail 'the environment is not there'
    # What we take the flags for is what erlexec takes them for.
    erts=$(basename "$(find "$otp" -maxdepth 1 -name 'erts-*')")
    VAKT_ERTS=${erts#erts-} "$peer" args -boot x -b -args_file "$tmp/outer" -c >"$tmp/flags"
    EMU=beam BINDIR=$root/erts-1.2/bin ROOTDIR=$root PROGNAME=x "$root/erts-1.2/bin/erlexec" \
        -boot x -b -args_file "$tmp/outer" -c >"$tmp/by_file"
    unset ERL_ZFLAGS ERL_AFLAGS
    tr '\n' '\0' <"$tmp/flags" | EMU=beam BINDIR=$root/erts-1.2/bin ROOTDIR=$root PROGNAME=x \
        xargs -0 "$root/erts-1.2/bin/erlexec" >"$tmp/by_flags"
    # From erts 15 on erlexec puts a separator of its own behind what it is given.
    sed -i '/^<-->$/d' "$tmp/by_file" "$tmp/by_flags"
    diff "$tmp/by_file" "$tmp/by_flags"
}
check 'through the real erlexec too, with argument files in argument files and the environment' real_erlexec

static_emulator() {
    make_root
    release 1.0
    client=$root/clients/c1
    mkdir -p "$client/bin" "$client/releases"
    cp "$clean_boot" "$client/bin/start.boot"
    printf '[].\n' >"$client/bin/sys.config"
    printf '1.2 1.0\n' >"$client/bin/start_erl.data"
    mount --bind "$client" "$client" || skip 'no read-only directory can be had here'
    mount -o remount,bind,ro "$client"
    VAKT_START_STATIC=$client/bin "$bin/start_erl" "$root" "$client/releases" "$client/bin/start_erl.data" -sname c1 2>"$tmp/words" || :
    umount "$client"
    {
        printf '<%s>\n' "$root/erts-1.2/bin/erlexec" -boot "$client/bin/start" -config "$client/bin/sys" -sname c1
    } >"$tmp/expected"
    grep '^<' "$tmp/said" | diff "$tmp/expected" -
    grep -q "releases/../log: .*starts are not counted" "$tmp/words" || fail 'it does not say that it cannot count'
    ! grep -q '^VAKT_START_HEALTHY=' "$tmp/said" || fail 'a file is named that cannot be'
}
check 'a client without a disk to write: boot and config from its bin, not counted, and that is said' static_emulator

# ---- what is wrong is said -------------------------------------------------------------------------------------------------------

refuses() {
    printf '%s' "$1" >"$root/releases/start_erl.data"
    if start; then fail "started from [$1]"; fi
    grep -q "start_erl.data:$2" "$tmp/out" || fail "not said: $2: $(cat "$tmp/out")"
    [ ! -f "$tmp/said" ] || fail 'erlexec was executed'
}

bad_data() {
    make_root
    rm "$root/bin/start_clean.boot"
    release 1.0
    refuses '' '1: the file is empty'
    refuses '1.2' '1: one word'
    refuses '1.2 1.0 x' '1: more than two words'
    refuses '1.2 ../1.0' '1: VSN: a version that is no name of a directory'
    head -c 8 /dev/zero >"$root/releases/start_erl.data"
    if start; then fail 'started from zeros'; fi
    grep -q 'start_erl.data:1: bytes of zero' "$tmp/out"
    rm "$root/releases/start_erl.data"
    if start; then fail 'started from nothing'; fi
    grep -q 'start_erl.data: No such file' "$tmp/out"
    data 1.3 1.0
    if start; then fail 'started without an emulator'; fi
    grep -q 'erts-1.3/bin/erlexec: No such file' "$tmp/out"
    if "$bin/start_erl" a b 2>"$tmp/out"; then fail 'two arguments will do'; fi
    grep -q '^usage:' "$tmp/out"
}
check 'a half-written data file, a missing emulator: refused with file, line and reason' bad_data

bad_flags() {
    make_root
    release 1.0
    data 1.2 1.0
    rm "$root/bin/start_clean.boot"
    printf -- '-a\n-args_file %s/g\n' "$tmp" >"$tmp/f"
    if start -args_file "$tmp/f"; then fail 'started without its flags'; fi
    grep -q "f:2: -args_file $tmp/g: .*No such file" "$tmp/out" || fail "$(cat "$tmp/out")"
    printf -- '-args_file %s/f\n' "$tmp" >"$tmp/g"
    if start -args_file "$tmp/f"; then fail 'started in a circle'; fi
    grep -q 'round in a circle' "$tmp/out"
    cp "$clean_boot" "$root/bin/start_clean.boot"
    start -args_file "$tmp/f" -heart || :
    equal bin "$(booted)" 'what is started without usable flags'
    ! grep -q -e '-args_file' "$tmp/said" || fail 'the safe one was given the flags'
}
check 'argument files that cannot be: said with file and line before the boot, and the safe one starts' bad_flags

# ---- what became of the starts before --------------------------------------------------------------------------------------------

falls_back() {
    make_root
    for vsn in 0.8 0.9 1.0 2.0; do release "$vsn"; done
    cat >"$root/releases/RELEASES" <<END
[{release,"app","2.0","1.2",[],permanent},
 {release,"app","0.9","1.2",[{kernel,"9","$root/lib/none"}],old},
 {release,"app","0.8","1.2",[{x,"1","releases/0.8"}],old}].
END
    data 1.2 1.0
    WAY=healthy start
    data 1.2 2.0
    starts 3
    equal releases/2.0 "$(booted)" 'the third bad start'
    WAY=healthy start
    equal releases/1.0 "$(booted)" 'behind three bad ones'
    grep -q 'the last good release 1.0 (erts 1.2): 2.0 (erts 1.2) failed 3 times' "$tmp/out"
    equal '1.2 1.0' "$(cat "$root/log/start_erl.good")" 'the kept copy'
    start || :
    equal releases/1.0 "$(booted)" 'it stays'
    starts 3
    equal releases/0.8 "$(booted)" 'behind three of that; 0.9 lacks a library'
    starts 3
    equal bin "$(booted)" 'at last'
    grep -q 'the safe release, a console alone' "$tmp/out"
    equal "<$root/erts-1.2/bin/erlexec> <-boot> <$root/bin/start_clean>" "$(grep '^<' "$tmp/said" | tr '\n' ' ' | sed 's/ $//')"
    WAY=healthy start
    equal releases/2.0 "$(booted)" 'behind the safe one the first gets a try'
    start || :
    equal releases/2.0 "$(booted)" 'and is taken again when it was good'
    equal '1.2 2.0' "$(cat "$root/log/start_erl.good")" 'the kept copy'
}
check 'three bad starts each: the last good release, RELEASES, the safe one; and back to what is good again' falls_back

marks() {
    make_root
    release 1.0
    data 1.2 1.0
    WAY=healthy start
    WAY=ended start
    start || :
    start || :
    equal '1.0 healthy 1.0 clean 1.0 1.0' "$(outcomes)"
    equal 'start-ID.healthy.new start-ID.healthy.stopped.new start_erl.good start_ledger' \
        "$(cd "$root/log" && echo * | sed 's/start-[0-9a-f]*\./start-ID./g')" 'what is left beside the ledger'
}
check 'healthy and ended in order are the word of the VM, brought to the ledger by the next start' marks

by_time() {
    make_root
    release 1.0
    data 1.2 1.0
    WAY=run
    VAKT_START_HEALTHY_AFTER=1
    export WAY VAKT_START_HEALTHY_AFTER
    spawn "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data"
    eventually 20 sh -c "ls $root/log/start-*.healthy"
    equal "$spawned" "$(cat "$root"/log/start-*.healthy)" 'whose mark it is'
    rm "$tmp/said"
    WAY=crash start || :
    equal releases/1.0 "$(booted)" 'the second node'
    grep -q 'the node of the last start still runs: this start is not counted' "$tmp/out"
    kill "$spawned"
    wait "$spawned" || :
    WAY=crash start || :
    equal '1.0 healthy 1.0' "$(outcomes)"
}

# Pids and ticks begin anew with each boot: a board that comes up twice alike has the node's of the last boot again.
of_another_boot() {
    unshare --mount true 2>/dev/null || skip 'no mount namespace'
    make_root
    release 1.0
    data 1.2 1.0
    WAY=run
    export WAY
    spawn "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data"
    eventually 20 grep -q sleep "/proc/$spawned/comm"
    WAY=crash start || :
    grep -q 'the node of the last start still runs' "$tmp/out" || fail 'in the same boot'
    cat /proc/sys/kernel/random/uuid >"$tmp/boot_id"
    # shellcheck disable=SC2016 # for the inner shell
    WAY=crash unshare --mount --propagation private sh -euc 'mount --bind "$1" /proc/sys/kernel/random/boot_id; shift; exec "$@"' sh "$tmp/boot_id" \
        "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data" >"$tmp/out" 2>&1 || :
    ! grep -q 'still runs' "$tmp/out" || { cat "$tmp/out"; fail 'in another boot it is another process'; }
    kill "$spawned"
    wait "$spawned" || :
    equal '1.0 1.0' "$(outcomes)"
}

watch_ends() {
    make_root
    release 1.0
    data 1.2 1.0
    WAY=run
    VAKT_START_HEALTHY_AFTER=1000
    export WAY VAKT_START_HEALTHY_AFTER
    spawn "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data"
    eventually 20 grep -q sleep "/proc/$spawned/comm"
    watcher=$(for folder in /proc/[0-9]*; do
        if tr '\0' ' ' <"$folder/cmdline" 2>/dev/null | grep -q "start_erl $root " && [ "${folder#/proc/}" != "$spawned" ]; then
            printf '%s' "${folder#/proc/}"
        fi
    done)
    [ -n "$watcher" ] || fail 'nobody watches'
    equal /dev/null "$(readlink "/proc/$watcher/fd/1")" 'what it holds of the console'
    kill -KILL "$spawned"
    eventually 20 sh -c "! kill -0 $watcher 2>/dev/null"
    ! ls "$root"/log/start-*.healthy 2>/dev/null || fail 'it was no good start'
}
check 'a VM that says nothing is healthy by time; whose last start still runs is not counted' by_time
check "the last start's process is looked for in this boot alone" of_another_boot
check 'who watches the time holds no console and ends with the VM' watch_ends

# ---- never a fast loop -----------------------------------------------------------------------------------------------------------

pauses() {
    make_root
    rm "$root/bin/start_clean.boot"
    release 1.0
    data 1.2 1.0
    starts 13
    equal '1 2 4 8 16 32 64 128 256 300 300' "$(tr '\n' ' ' <"$tmp/slept" | sed 's/ $//')"
}
check 'pauses grow with the bad starts in a row, to 300 s' pauses

# Good starts in a row, each in a boot of its own, and then in one.
good_starts_of_other_boots() {
    [ "$(id -u)" -eq 0 ] || skip 'only root gives a boot another name'
    unshare --mount true 2>/dev/null || skip 'no mount namespace'
    make_root
    release 1.0
    data 1.2 1.0
    WAY=healthy
    export WAY
    for boot in 1 2 3 4 5 5 5 5; do
        printf '00000000-0000-4000-8000-%012d\n' "$boot" >"$tmp/boot_id"
        # shellcheck disable=SC2016 # for the inner shell
        unshare --mount --propagation private sh -euc 'mount --bind "$1" /proc/sys/kernel/random/boot_id; shift; exec "$@"' sh "$tmp/boot_id" \
            env LD_PRELOAD="$top/build/test/preload/no_sleep.so" "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data" >"$tmp/out" 2>&1 || :
        printf '%s: %s\n' "$boot" "$(tr '\n' ' ' <"$tmp/slept" 2>/dev/null)" >>"$tmp/each"
    done
    equal '5: 1 2 ' "$(tail -n 1 "$tmp/each")" "$(cat "$tmp/each")"
}
check 'good starts of earlier boots delay none, those of this one do' good_starts_of_other_boots

ends_in_its_pause() {
    make_root
    rm "$root/bin/start_clean.boot"
    release 1.0
    data 1.2 1.0
    starts 8
    before=$(outcomes)
    rm "$tmp/said"
    # Its own sleep, not the preloaded one.
    spawn "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data" 2>"$tmp/words"
    eventually 20 grep -q 'waiting 64 s' "$tmp/words"
    # Nobody waits for the lock meanwhile.
    flock -n "$root/log/start_ledger" true || fail 'the ledger is locked in the pause'
    kill "$spawned"
    code=0
    wait "$spawned" || code=$?
    equal 143 "$code" 'the end'
    [ ! -f "$tmp/said" ] || fail 'it was started all the same'
    equal "$before" "$(outcomes)" 'the ledger'
}
check 'a signal ends it in its pause, and that was no start' ends_in_its_pause

# ---- what the disk may do --------------------------------------------------------------------------------------------------------

locked() {
    make_root
    release 1.0
    data 1.2 1.0
    start || :
    spawn flock "$root/log/start_ledger" sleep 100
    eventually 20 sh -c "! flock -n '$root/log/start_ledger' true"
    start || :
    equal releases/1.0 "$(booted)"
    grep -q 'flock .*: this start is not counted' "$tmp/out" || fail "$(cat "$tmp/out")"
}
check 'another holds the ledger: waited for 2 s, then started without, and that is said' locked

two_at_once() {
    make_root
    release 1.0
    data 1.2 1.0
    for n in 1 2 3 4; do
        SAID=$tmp/said$n "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data" >"$tmp/out$n" 2>&1 &
    done
    wait
    equal 4 "$(find "$tmp" -name 'said?' | wc -l)" 'starts'
    noted=$(ledger | grep -c ^boot)
    told=$(cat "$tmp"/out? | grep -c 'not counted') || :
    equal 4 $((noted + told)) 'counted, or said that not'
}
check 'several at once: each starts, and is in the ledger or says that it is not' two_at_once

damaged() {
    make_root
    release 1.0
    data 1.2 1.0
    starts 2
    for size in 100 300 600 16384; do
        head -c 40000 /dev/urandom | head -c "$size" >"$root/log/start_ledger"
        start || :
        equal releases/1.0 "$(booted)" "a ledger of $size random bytes"
        rm "$tmp/said"
    done
    grep -q 'entries of the ledger of starts .* are damaged' "$tmp/out"
    printf '1.' >"$root/log/start_erl.good"
    start || :
    equal releases/1.0 "$(booted)" 'a torn copy'
    rm "$root/log/start_ledger" "$tmp/said"
    mkdir "$root/log/start_ledger"
    start || :
    equal releases/1.0 "$(booted)" 'a ledger that is none'
    grep -q 'start_ledger: .*this start is not counted' "$tmp/out"
}
check 'a torn, a foreign, an impossible ledger: started all the same, and that is said' damaged

full() {
    make_root
    release 1.0
    data 1.2 1.0
    mkdir "$tmp/full"
    mount -t tmpfs -o size=64k none "$tmp/full" || skip 'no small disk can be had here'
    VAKT_START_STATE=$tmp/full
    export VAKT_START_STATE
    start || :
    head -c 100000 /dev/zero >"$tmp/full/x" 2>/dev/null || :
    rm "$tmp/said"
    WAY=run_not start
    equal releases/1.0 "$(booted)" 'with a full disk'
    equal 2 "$("$peer" ledger "$tmp/full/start_ledger" | grep -c ^boot)" 'counted in the room it has'
    rm "$tmp/full/start_ledger"
    head -c 100000 /dev/zero >>"$tmp/full/x" 2>/dev/null || :
    rm "$tmp/said"
    start || :
    equal releases/1.0 "$(booted)" 'without room for a ledger'
    grep -q 'this start is not counted' "$tmp/out"
    mount -o remount,ro "$tmp/full"
    rm "$tmp/said"
    start || :
    equal releases/1.0 "$(booted)" 'with a disk that became read-only'
    umount "$tmp/full"
}
check 'a full disk, one that became read-only: started all the same' full

in_order() {
    command -v strace >/dev/null || skip 'strace is not installed'
    make_root
    release 1.0
    data 1.2 1.0
    WAY=healthy start
    strace -f -e trace=openat,pwrite64,fdatasync,fsync,rename,renameat,unlink,execve -o "$tmp/trace" \
        "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data" >/dev/null 2>&1 || :
    # Each letter one step: a slot, its sync, the copy's sync, its name, the directory's sync, the marks and their room, the next slot, the room
    # for its marks, the VM.
    awk '/pwrite64/ {printf "w"} /fdatasync/ {printf "d"} / fsync/ {printf "f"} /rename/ {printf "r"} /unlink.*healthy/ {printf "u"}
        /execve.*erlexec/ {printf "x"; exit}' "$tmp/trace" >"$tmp/order"
    equal wdfrfuuuuwdffx "$(cat "$tmp/order")" 'the order of what reaches the disk'
}
check 'what a power cut may fall into: ledger, copy, marks, each durable before the next relies on it' in_order

# ---- told to the keeper ----------------------------------------------------------------------------------------------------------

keeper_notes() {
    make_root
    release 1.0
    data 1.2 2.0
    mkdir "$tmp/st" "$tmp/run"
    : >"$tmp/conf"
    spawn "$bin/wd_keeper" --foreground --config "$tmp/conf" --socket "$tmp/k" --state "$tmp/st" --run "$tmp/run" >"$tmp/keeper" 2>&1
    eventually 20 test -S "$tmp/k"
    VAKT_KEEPER_SOCKET=$tmp/k
    VAKT_LEASE=vm
    export VAKT_KEEPER_SOCKET VAKT_LEASE
    start || :
    equal bin "$(booted)"
    eventually 20 sh -c "'$peer' ledger '$tmp/st/ledger' | grep -q 'info start_erl: the safe release, a console alone: '"
}
check 'what is started instead of the plain release is in the keeper'"'"'s ledger' keeper_notes

finish
