# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The attack table, row by row, each as a function for row of lib-setuid.sh.
# shellcheck disable=SC2154 # the room's and the tree's names

# ---- 1 to 4: the arguments -----------------------------------------------------------------------------------------------

otp_then_nootp() {
    daemon_up
    chown 0:47001 "$conf"
    chmod 0640 "$conf"
    remember
    asks 0 otp "$own" "$conf"
    is_otp
    fifo_is_good
    hups 1
    cmp "$otp" "$logs/hups.1" || fail 'the daemon was told before the file was whole'
    equal '0:47001 640' "$(stat -c '%u:%g %a' "$conf")" 'owner and mode of the configuration'
    nothing_changed "$conf" "$tree/etc" "$own" "$lock" "$fifo"
    lock_is_good
    no_strangers
    asks 0 nootp "$own" "$conf"
    is_orig
    no_fifo
    hups 2
    cmp "$orig" "$logs/hups.2" || fail 'the daemon was told before the file was whole'
    equal '0:47001 640' "$(stat -c '%u:%g %a' "$conf")" 'owner and mode of the configuration'
    nothing_changed "$conf" "$tree/etc" "$own" "$lock" "$fifo"
    no_strangers
}

a_second_otp_changes_nothing() {
    daemon_up
    asks 0 otp "$own" "$conf"
    remember
    asks 0 otp "$own" "$conf"
    nothing_changed "$lock" "$own"
}

a_second_nootp_changes_nothing() {
    daemon_up
    asks 0 otp "$own" "$conf"
    asks 0 nootp "$own" "$conf"
    remember
    asks 0 nootp "$own" "$conf"
    nothing_changed "$lock" "$own"
}

holders() { { find /proc/[0-9]*/fd/0 -lname "$fifo" 2>/dev/null || :; } | cut -d / -f 3; }

the_holder_has_no_rights() {
    flavour=solaris
    policy "$(usual_row)"
    daemon_up
    asks 0 otp "$own" "$conf"
    holder=$(holders)
    # Stopped, so that what follows has all the time it needs.
    kill -STOP "$holder" || fail 'nobody holds the FIFO'
    equal 1 "$(printf '%s\n' "$holder" | grep -c .)" 'holders of the FIFO'
    status=/proc/$holder/status
    equal "$(printf '%s\t%s\t%s\t%s' "$nobody" "$nobody" "$nobody" "$nobody")" "$(sed -n 's/^Uid:.//p' "$status")" 'its uids'
    equal "$(printf '%s\t%s\t%s\t%s' "$nobody" "$nobody" "$nobody" "$nobody")" "$(sed -n 's/^Gid:.//p' "$status")" 'its gids'
    equal "$gid" "$(sed -n 's/^Groups:[[:space:]]*//p' "$status" | tr -d ' ')" 'its groups'
    for set in CapInh CapPrm CapEff; do equal 0000000000000000 "$(sed -n "s/^$set:.//p" "$status")" "$set"; done
    equal 1 "$(sed -n 's/^NoNewPrivs:.//p' "$status")" 'no new privileges'
    equal 0 "$(ls "/proc/$holder/fd")" 'its descriptors'
    # What it has read as root is in its memory, and not its caller's to read.
    equal 0 "$(stat -c %u "/proc/$holder/mem")" 'whose memory it is'
    # However often it is asked for there is one, and the lock is free.
    for _ in 1 2 3 4 5 6 7 8 9 10; do asks 0 otp "$own" "$conf"; done
    equal "$holder" "$(holders)" 'holders after ten more'
    kill -CONT "$holder"
    "$as" kill "$holder" || fail 'it is not its caller'"'"'s to end'
    eventually 10 sh -c "! kill -0 $holder 2>/dev/null"
    no_strangers
}

root_may_call() {
    daemon_up
    # Root has no more rights than it has, so its policy is the one in the own folder.
    cp /etc/vakt/syslog.allow "$own/syslog.allow"
    answers 0 "$helper" otp "$own" "$conf"
    is_otp
    fifo_is_good
    hups 1
}

own_and_conf_in_one_folder() {
    conf=$own/syslog.conf
    cp "$orig" "$conf"
    policy "$(usual_row)"
    daemon_up
    asks 0 otp "$own" "$conf"
    is_otp
    asks 0 nootp "$own" "$conf"
    is_orig
    no_fifo
    hups 2
}

wrong_arguments() {
    daemon_up
    refuses -1
    refuses -1 otp
    refuses -1 otp "$own"
    refuses -1 nootp "$conf"
    refuses -1 otp "$own" "$conf" more
    refuses -1 otp "$own" "$conf" nootp "$own"
    for mode in OTP 'otp ' ' otp' otpx ot '' - -otp 0 start; do refuses -1 "$mode" "$own" "$conf"; done
    refuses -1 "$own" "$conf" otp
    hups 0
}

long_arguments() {
    daemon_up
    for size in 1000 1001 1500 4095 4096 8000 100000; do
        long=$(head -c "$size" /dev/zero | tr '\0' a)
        refuses -1 otp "/$long" "$conf"
        refuses -1 otp "$own" "/$long"
        refuses -1 nootp "$own/$long" "$conf"
        refuses -1 "$long" "$own" "$conf"
    done
    hups 0
}

any_other_file() {
    daemon_up
    for file in /etc/shadow /etc/passwd /etc/vakt/syslog.allow "$victim" "$secret" "$pid_file" "$orig" "$own" /dev/null "$helper"; do
        refuses -1 otp "$own" "$file"
        refuses -1 nootp "$own" "$file"
    done
    hups 0
}

# ---- 5 to 16: the files ----------------------------------------------------------------------------------------------------

conf_is_a_symlink() {
    daemon_up
    for target in "$victim" "$secret" "$otp" "$evil/x" /etc/shadow "$conf"; do
        rm "$conf"
        ln -s "$target" "$conf"
        refuses -2 otp "$own" "$conf"
        refuses -2 nootp "$own" "$conf"
    done
    hups 0
}

conf_is_a_hard_link() {
    daemon_up
    ln -f "$victim" "$conf"
    refuses -2 otp "$own" "$conf"
    refuses -2 nootp "$own" "$conf"
    hups 0
}

attackers_own_folder() {
    daemon_up
    printf '*.* |/bin/x\n' >"$evil/syslog.conf.OTP"
    cp "$evil/syslog.conf.OTP" "$evil/syslog.conf.ORIG"
    chown "$nobody" "$evil"/*
    refuses -1 otp "$evil" "$conf"
    refuses -1 nootp "$evil" "$conf"
    refuses -1 otp "$own" "$evil/syslog.conf"
    # Even a policy that names such a folder.
    policy "$evil $conf $flavour $pid_file $exe $gid"
    refuses -2 otp "$evil" "$conf"
    hups 0
}

# spoiled COMMAND ...: each source in turn is spoiled by COMMAND FILE, and then refused.
spoiled() {
    for mode in otp nootp; do
        again
        daemon_up
        if [ "$mode" = otp ]; then source_file=$otp; else source_file=$orig; fi
        "$@" "$source_file"
        refuses -2 "$mode" "$own" "$conf"
        is_untouched_conf
        hups 0
    done
}

is_untouched_conf() { equal 'regular file 0:0 644 1' "$(stat -c '%F %u:%g %a %h' "$conf")" configuration; }

a_link_to_the_secret() { ln -sf "$secret" "$1"; }
source_is_a_symlink() { spoiled a_link_to_the_secret; }

given_to_nobody() { chown "$nobody" "$1"; }
writable_by_group() { chmod 0664 "$1"; }
writable_by_all() { chmod 0646 "$1"; }
linked_twice() { ln "$1" "$tree/root/other"; }
source_is_not_roots_alone() {
    spoiled given_to_nobody
    spoiled writable_by_group
    spoiled writable_by_all
    spoiled linked_twice
}

a_fifo() { rm "$1"; mkfifo -m 0600 "$1"; }
a_folder() { rm "$1"; mkdir "$1"; }
a_socket() { rm "$1"; perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1)' "$1"; }
a_device() {
    rm "$1"
    mknod "$1" c 1 3 2>/dev/null || { : >"$1"; mount --bind /dev/zero "$1"; }
}
source_is_no_file() {
    time_limit=5
    spoiled a_fifo
    spoiled a_folder
    spoiled a_device
    spoiled a_socket
}

emptied() { : >"$1"; }
source_is_empty() { spoiled emptied; }

removed() { rm "$1"; }
source_is_missing() { spoiled removed; }

one_mebibyte() { pad 1048576 "$1"; }
one_mebibyte_and_one() { pad 1048577 "$1"; }
# pad SIZE FILE: comment lines to that size, the rules first.
pad() {
    cp "$2" "$tree/root/rules"
    { cat "$tree/root/rules"; yes '# padding' | head -c $(($1 - $(wc -c <"$tree/root/rules"))); } >"$2"
    rm "$tree/root/rules"
    equal "$1" "$(wc -c <"$2")" size
}
source_is_too_big() {
    spoiled one_mebibyte_and_one
    again
    daemon_up
    one_mebibyte "$otp"
    asks 0 otp "$own" "$conf"
    is_otp
    hups 1
    cmp "$otp" "$logs/hups.1"
}

odd_bytes_are_copied() {
    daemon_up
    {
        printf '# %s\n' "$(head -c 5000 /dev/zero | tr '\0' x)"
        printf '# 8 bit \377\200, carriage return\r\nkern.err\t|%s\n' "$fifo"
        printf '# no newline at the end'
    } >"$otp"
    asks 0 otp "$own" "$conf"
    is_otp
    hups 1
    cmp "$otp" "$logs/hups.1"
}

nul_bytes() {
    daemon_up
    { cat "$orig"; printf '# nul \0 here\nkern.err\t|%s\n' "$fifo"; } >"$otp"
    remember
    # Copied byte for byte or refused, nothing between.
    runs "$as" "$helper" otp "$own" "$conf"
    case $got in
        0.) is_otp ;;
        -2.) nothing_changed "$lock" "$own" ;;
        *) fail "$said" ;;
    esac
}

fifo_name_is_taken() {
    for kind in regular empty folder link dangling socket device; do
        for mode in otp nootp; do
            again
            daemon_up
            case $kind in
                regular) printf 'of root\n' >"$fifo" ;;
                empty) : >"$fifo" ;;
                folder) mkdir "$fifo" ;;
                link) ln -s "$victim" "$fifo" ;;
                dangling) ln -s "$evil/x" "$fifo" ;;
                socket) : >"$fifo"; a_socket "$fifo" ;;
                device) : >"$fifo"; a_device "$fifo" ;;
            esac
            refuses -2 "$mode" "$own" "$conf"
            is_orig
            hups 0
        done
    done
}

# refuses_either ARGUMENT ...: "not allowed" or "file", as the policy's row or the file is what is wrong; and nothing changed.
refuses_either() {
    remember
    runs "$as" "$helper" "$@"
    case $got in -1. | -2.) ;; *) fail "$said" ;; esac
    nothing_changed
}

own_is_a_symlink() {
    daemon_up
    ln -s "$own" "$tree/link"
    refuses -1 otp "$tree/link" "$conf"
    policy "$tree/link $conf $flavour $pid_file $exe $gid"
    refuses -2 otp "$tree/link" "$conf"
    hups 0
}

a_symlink_on_the_way() {
    daemon_up
    ln -s "$tree" "$tree/up"
    policy "$tree/up/own $conf $flavour $pid_file $exe $gid"
    refuses -2 otp "$tree/up/own" "$conf"
    policy "$own $tree/up/etc/syslog.conf $flavour $pid_file $exe $gid"
    refuses -2 otp "$own" "$tree/up/etc/syslog.conf"
    hups 0
}

a_way_others_can_change() {
    daemon_up
    for way in "$tree" "$own" "$tree/etc"; do
        for mode in 0777 0775 0757; do
            chmod "$mode" "$way"
            refuses -2 otp "$own" "$conf"
            refuses -2 nootp "$own" "$conf"
        done
        chmod 0755 "$way"
        chown "$nobody" "$way"
        refuses -2 otp "$own" "$conf"
        chown 0 "$way"
    done
    hups 0
}

dots_and_slashes() {
    daemon_up
    name=$(basename "$tree")
    for path in "$tree/./own" "$tree//own" "$tree/etc/../own" "/$own" "$own/" "$own/." "$tree/../$name/own"; do
        refuses -1 otp "$path" "$conf"
        policy "$path $conf $flavour $pid_file $exe $gid"
        refuses_either otp "$path" "$conf"
        policy "$(usual_row)"
    done
    for path in "$tree/etc/../etc/syslog.conf" "$tree/etc//syslog.conf" "$conf/" "$tree/etc/./syslog.conf"; do
        refuses -1 otp "$own" "$path"
        policy "$own $path $flavour $pid_file $exe $gid"
        refuses_either otp "$own" "$path"
        policy "$(usual_row)"
    done
    hups 0
}

the_last_folder_is_writable() {
    daemon_up
    for way in "$tree/etc" "$own"; do
        for mode in 0777 1777 0775 1775; do
            chmod "$mode" "$way"
            refuses -2 otp "$own" "$conf"
        done
        chmod 0755 "$way"
    done
    hups 0
}

# ---- 17 to 20, 25: what the caller hands down ----------------------------------------------------------------------------------

# endures THING ...: with these limits the answer is "0" and all is done, or "-2" or "-3" and nothing is; or the kernel refused to run the helper
# at all, and nothing is done. Never anything between. Leaves what it was in $outcome.
endures() {
    again
    daemon_up
    remember
    runs "$hostile" "nobody=$gid" "$@" -- "$helper" otp "$own" "$conf"
    outcome=$status:${got%.}
    case $outcome in
        0:0)
            is_otp
            fifo_is_good
            hups 1
            nothing_changed "$lock" "$own" "$fifo" "$conf" "$tree/etc"
            ;;
        0:-2 | 0:-3)
            is_orig
            hups 0
            nothing_changed "$lock" "$own" "$tree/etc"
            ;;
        97: | 99: | 126: | 132: | 133: | 134: | 135: | 136: | 139: | 159: | 142: | 152: | 154: | 155:)
            is_orig
            hups 0
            nothing_changed "$lock" "$own"
            outcome=not-run
            ;;
        *) fail "with $*: exit status and answer $outcome, stderr $(cat "$logs/err")" ;;
    esac
    no_strangers
    lock_is_good
}

# obeys THING ...: as endures, but nothing of this is an excuse.
obeys() {
    endures "$@"
    equal 0:0 "$outcome" "exit status and answer with $*"
}

small_files_only() {
    for size in 0 1 10 50 100 1000 100000; do
        endures "limit=fsize:$size"
        case $size:$outcome in 0:0:0 | *:not-run) fail "fsize $size: $outcome" ;; esac
        # A lock file written by half is nobody's, and stands in nobody's way.
        asks 0 otp "$own" "$conf"
    done
    obeys limit=fsize:1000000
}

few_descriptors() {
    for count in 0 1 2 3 4 5 6 7 8; do
        endures "limit=nofile:$count"
        [ "$outcome" != not-run ] || fail "descriptors $count: no answer"
    done
    obeys limit=nofile:64
}

little_memory() {
    for kib in 64 512 1024 2048 3072 4096 6144; do
        endures "limit=as:$((kib * 1024))"
        endures "limit=data:$((kib * 128))"
    done
    obeys "limit=as:$((64 * 1048576))"
    for kib in 0 4 16 64 128; do endures "limit=stack:$((kib * 1024))"; done
}

no_processes_no_time() {
    obeys limit=nproc:0
    obeys limit=sigpending:0
    obeys limit=locks:0
    obeys limit=memlock:0
    obeys limit=core:0
    obeys limit=rttime:1
    obeys limit=cpu:1
}

# A caller without any time left can have it killed at whatever point the clock ticks: what is left is as after a power cut.
no_time_at_all() {
    daemon_up
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        runs "$hostile" "nobody=$gid" limit=cpu:0 -- "$helper" otp "$own" "$conf"
        # Killed behind its answer it has done what it says.
        case $status:$got in 0:0. | 137:0. | 97:0.) is_otp ;; 137:. | 97:.) ;; *) fail "$said" ;; esac
        cmp -s "$orig" "$conf" || is_otp
    done
    asks 0 otp "$own" "$conf"
    is_otp
    fifo_is_good
    no_strangers
    asks 0 nootp "$own" "$conf"
    is_orig
    no_fifo
}

closed_descriptors() {
    for holes in close=0 close=2 'close=0 close=2'; do
        # shellcheck disable=SC2086 # several things
        obeys $holes
    done
    for holes in close=1 'close=1 close=2' 'close=0 close=1 close=2'; do
        again
        daemon_up
        # shellcheck disable=SC2086
        answers '' "$hostile" "nobody=$gid" $holes -- "$helper" otp "$own" "$conf"
        is_otp
        fifo_is_good
        hups 1
        # shellcheck disable=SC2086
        answers '' "$hostile" "nobody=$gid" $holes -- "$helper" nootp "$own" "$conf"
        is_orig
        no_fifo
        hups 2
        no_strangers
    done
}

timers_and_signals() {
    obeys ignore=all
    obeys block=all
    obeys ignore=all block=all
    umask 0
    obeys
    umask 0777
    obeys
    umask 022
    # A timer may end it before it has begun, but not later.
    for microseconds in 300 1000 3000 10000; do
        for kind in real virtual prof; do endures "itimer=$kind:$microseconds"; done
    done
    # And here it goes off while the helper waits for the lock.
    for timer in alarm=1 itimer=real:400000; do
        again
        daemon_up
        asks 0 otp "$own" "$conf"
        lock_holder_up
        spawn "$hostile" "nobody=$gid" "$timer" block=all -- "$helper" nootp "$own" "$conf" >"$logs/late"
        waiting=$spawned
        eventually 10 runs_as_root "$waiting"
        sleep 1.5
        kill "$lock_holder"
        wait "$waiting" || fail "the timer $timer ended it"
        equal 0 "$(cat "$logs/late")" answer
        is_orig
        no_fifo
    done
}

environment() {
    cp "$room/sbin/fake_syslogd" "$evil/lib.so"
    lib=$evil/lib.so
    obeys "env=LD_PRELOAD=$lib" "env=LD_LIBRARY_PATH=$evil" "env=LD_AUDIT=$lib" env=LD_DEBUG=all env=LD_DEBUG_OUTPUT=/etc/x \
        env=LD_BIND_NOW=1 env=LD_PROFILE=x env=LD_SHOW_AUXV=1 env=LD_HWCAP_MASK=0
    obeys env=LD_TRACE_LOADED_OBJECTS=1
    obeys env=MALLOC_CHECK_=3 env=MALLOC_PERTURB_=255 env=MALLOC_TRACE=/etc/x env=MALLOC_ARENA_MAX=0 \
        env=GLIBC_TUNABLES=glibc.malloc.check=3
    obeys env=GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A
    obeys env=IFS=/ "env=PATH=$evil" "env=TMPDIR=$evil" "env=HOME=$evil" "env=TZ=:$secret" "env=TZDIR=$evil" "env=NLSPATH=$evil/%N" \
        "env=GCONV_PATH=$evil" "env=LOCPATH=$evil" env=LC_ALL=xx env=LANG=xx "env=LANGUAGE=../../$evil" "env=HOSTALIASES=$evil/x" \
        "env=RESOLV_HOST_CONF=$secret" env=LOCALDOMAIN=x "env=GETCONF_DIR=$evil" env=NIS_PATH=x env=RES_OPTIONS=debug
    obeys env=ASAN_OPTIONS=log_path=/etc/x "env=GCOV_PREFIX=$evil" env=SEGFAULT_SIGNALS=all env=POSIXLY_CORRECT=1 "env=SYSCONFDIR=$evil"
    obeys env=no-equals-sign
    obeys env= env==x env==
    obeys envflood=30000
    obeys clearenv
    obeys argv0=
    obeys argv0=-sh
    obeys "argv0=$evil/%s%n%x"
}

no_argv_at_all() {
    daemon_up
    remember
    answers -1 "$hostile" "nobody=$gid" noargs -- "$helper" otp "$own" "$conf"
    nothing_changed
}

# What it opens is what it was told to, whatever the environment says: the loader, locales, time zones and converters stay shut.
opens_nothing_else() {
    command -v strace >/dev/null || skip 'strace is not installed'
    daemon_up
    strace -f -qq -e trace=open,openat,openat2,execve,connect -o "$logs/trace" \
        "$hostile" "nobody=$gid" "env=TZ=:$secret" "env=LOCPATH=$evil" "env=GCONV_PATH=$evil" "env=LANG=de_DE.UTF-8" \
        "env=NLSPATH=$evil" -- "$helper" otp "$own" "$conf" >"$logs/out"
    equal 0 "$(cat "$logs/out")" answer
    sed '1,/execve(.*mod_syslog/d' "$logs/trace" >"$logs/own.trace"
    grep -q "syslog.conf.OTP" "$logs/own.trace" || fail 'the trace shows nothing'
    found=$(grep -E "execve|localtime|zoneinfo|locale|gconv|nsswitch|ld\\.so|\\.so|$secret|$evil|passwd|resolv" "$logs/own.trace" || :)
    equal '' "$found" 'opened or run'
}

# ---- 21 to 24: the daemon, the caller, the policy --------------------------------------------------------------------------

pid_of_another_program() {
    spawn sleep 600
    printf '%s\n' "$spawned" >"$pid_file"
    refuses -3 otp "$own" "$conf"
    refuses -3 nootp "$own" "$conf"
    kill -0 "$spawned" || fail 'the other program was signalled'
    is_orig
    no_fifo
}

pid_file_lies() {
    for content in 0 1 -1 -2 00 '' ' ' garbage 0x10 1e3 4294967297 99999999999999999999 18446744073709551617 2147483647 4194305 '12 34' \
        '+17' "$(printf '17\n18')" "$(printf '1\t')"; do
        printf '%s' "$content" >"$pid_file"
        refuses_pid_file
    done
    printf '17\0' >"$pid_file"
    refuses_pid_file
    head -c 100000 /dev/zero | tr '\0' 1 >"$pid_file"
    refuses_pid_file
}

refuses_pid_file() {
    remember
    runs "$as" "$helper" otp "$own" "$conf"
    case $got in -2. | -3.) ;; *) fail "$said; pid file [$(head -c 100 "$pid_file" 2>&1)]" ;; esac
    is_orig
    nothing_changed "$lock" "$own"
}

pid_file_is_not_roots() {
    daemon_up
    chown "$nobody" "$pid_file"
    refuses_pid_file
    chown 0 "$pid_file"
    chmod 0666 "$pid_file"
    refuses_pid_file
    chmod 0644 "$pid_file"
    mv "$pid_file" "$evil/pid"
    ln -s "$evil/pid" "$pid_file"
    refuses_pid_file
    rm "$pid_file"
    mkfifo "$pid_file"
    refuses_pid_file
    rm "$pid_file"
    mkdir "$pid_file"
    refuses_pid_file
    rmdir "$pid_file"
    refuses_pid_file
    printf '%s' "$daemon" >"$pid_file"
    chmod 0777 "$tree/run"
    refuses_pid_file
    chmod 0755 "$tree/run"
    hups 0
    asks 0 otp "$own" "$conf"
}

pid_is_stale() {
    daemon_up
    kill -KILL "$daemon"
    wait "$daemon" 2>/dev/null || :
    [ ! -d "/proc/$daemon" ] || fail 'still there'
    refuses -3 otp "$own" "$conf"
    refuses -3 nootp "$own" "$conf"
}

a_stranger_calls() {
    daemon_up
    remember
    status=0
    "$as_stranger" "$helper" otp "$own" "$conf" >"$logs/out" 2>/dev/null || status=$?
    equal '126 ' "$status $(cat "$logs/out")" 'exit status and answer of the helper as installed'
    answers -1 "$as_stranger" "$open_helper" otp "$own" "$conf"
    answers -1 "$as_stranger" "$open_helper" nootp "$own" "$conf"
    nothing_changed
    logged "$nobody"
    hups 0
    # The row names who may call: then the group of the FIFO is not enough.
    policy "$(usual_row) uid:4711,gid:4712"
    refuses -1 otp "$own" "$conf"
    policy "$(usual_row) uid:4711,uid:$nobody"
    asks 0 otp "$own" "$conf"
    fifo_is_good
}

policy_is_not_roots_alone() {
    daemon_up
    allow=/etc/vakt/syslog.allow
    for mode in 0664 0646 0666; do
        chmod "$mode" "$allow"
        refuses -2 otp "$own" "$conf"
    done
    chmod 0644 "$allow"
    chown "$nobody" "$allow"
    refuses -2 otp "$own" "$conf"
    chown 0 "$allow"
    mv "$allow" "$room/rows/real"
    refuses -2 otp "$own" "$conf"
    ln -s "$room/rows/real" "$allow"
    refuses -2 otp "$own" "$conf"
    rm "$allow"
    time_limit=5
    mkfifo "$allow"
    refuses -2 otp "$own" "$conf"
    rm "$allow"
    mkdir "$allow"
    refuses -2 otp "$own" "$conf"
    rmdir "$allow"
    mv "$room/rows/real" "$allow"
    for mode in 0777 0775; do
        chmod "$mode" /etc/vakt
        refuses -2 otp "$own" "$conf"
    done
    chmod 0755 /etc/vakt
    chown "$nobody" /etc/vakt
    refuses -2 otp "$own" "$conf"
    chown 0 /etc/vakt
    hups 0
    asks 0 otp "$own" "$conf"
}

# ---- 29, 31 --------------------------------------------------------------------------------------------------------------------

# While it waits for the lock, the caller's other processes try what they can.
the_running_helper_is_out_of_reach() {
    daemon_up
    asks 0 otp "$own" "$conf"
    lock_holder_up
    spawn "$hostile" "nobody=$gid" limit=core:1000000000 -- "$helper" nootp "$own" "$conf"
    prey=$spawned
    eventually "${time_limit:-10}" runs_as_root "$prey"
    for number in HUP INT QUIT KILL STOP TERM USR1 SEGV ALRM XCPU; do
        ! "$as" kill -"$number" "$prey" 2>/dev/null || fail "nobody may send $number"
    done
    for name in mem environ maps auxv fd fdinfo exe cwd root stack syscall io; do
        ! "$as" ls -L "/proc/$prey/$name/" >/dev/null 2>&1 || fail "nobody may look into /proc/PID/$name"
        ! "$as" head -c 1 "/proc/$prey/$name" >/dev/null 2>&1 || fail "nobody may read /proc/PID/$name"
        ! "$as" readlink "/proc/$prey/$name" >/dev/null 2>&1 || fail "nobody may follow /proc/PID/$name"
    done
    equal 0 "$(awk '/Max core file size/ { print $5 $6 }' "/proc/$prey/limits" | cut -c 1)" 'core size limit'
    equal 1 "$(awk '/^NoNewPrivs/ { print $2 }' "/proc/$prey/status")" 'no new privileges'
    ! command -v strace >/dev/null || ! "$as" timeout 5 strace -qq -o /dev/null -p "$prey" 2>/dev/null || fail 'nobody may trace it'
    kill "$lock_holder"
    status=0
    wait "$prey" || status=$?
    equal 0 "$status" 'exit status'
    is_orig
    no_fifo
    hups 2
}

under_a_tracer() {
    daemon_up
    remember
    runs "$hostile" "nobody=$gid" traced -- "$helper" otp "$own" "$conf"
    case $status:$got in 0:-1. | 0:-2. | 0:-3.) ;; *) fail "$said" ;; esac
    nothing_changed
    hups 0
}

# The policy is wrong enough to name a folder below one of the attacker's, who swaps a part of the path all the time.
swapped_in_a_loop() {
    mkdir "$tree/real"
    cp "$orig" "$otp" "$tree/real"
    policy "$evil/part $conf $flavour $pid_file $exe $gid" "$own $evil/part/syslog.conf $flavour $pid_file $exe $gid"
    daemon_up
    # shellcheck disable=SC2016 # for the inner shell
    spawn "$as" sh -c 'cd "$1"; mkdir dir; while :; do ln -sfn "$2" part; rm part; mv dir part; mv part dir; done' loop "$evil" "$tree/real"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
        asks -2 otp "$evil/part" "$conf"
        asks -2 otp "$own" "$evil/part/syslog.conf"
    done
    hups 0
    is_orig
    equal 'syslog.conf.ORIG syslog.conf.OTP' "$(cd "$tree/real" && printf '%s ' * | sed 's/ $//')" 'names in the folder behind the link'
}
