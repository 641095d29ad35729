#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# seed_config: directories and disks that real tools made, each with what it must write; all or nothing, also over kills; once for
# each instance; what leads out of the allowed places is refused and stays as it is.
. test/prog/lib.sh
suite seed_config

# A machine of its own in $tmp, and a seed for it.
machine() {
    root=$tmp/m
    mkdir -p "$root/etc" "$root/block" "$root/dev" "$tmp/seed"
    me=$(id -un)
    printf 'instance-id: i-1\nlocal-hostname: board7\n' >"$tmp/seed/meta-data"
    cat >"$tmp/seed/user-data" <<END
#cloud-config
write_files:
- path: $root/etc/hello
  content: aGVsbG8K
  encoding: b64
  permissions: '0640'
- {path: $root/etc/log, content: "new\n", append: true}
- {path: $root/etc/a/b/deep, content: x, defer: true}
vakt:
  node: cp1
  cookie: secret
  args: +P 2048
  heart: {beat_timeout: 20}
END
    printf 'version: 2\nethernets: {eth0: {addresses: [192.0.2.7/24]}}\n' >"$tmp/seed/network-config"
    printf 'old\n' >"$root/etc/log"
}
config() {
    "$bin/seed_config" --etc "$root/etc/seed" --allow "$root/etc" --state "$root/state" --user "$me" \
        --dev "$root/dev" --block "$root/block" "$@" >"$tmp/out" 2>"$tmp/err"
}
# refused WORDS: it fails, says so, and nothing has changed.
refused() {
    before=$(picture)
    if config --seed "$tmp/seed"; then fail 'it was taken'; fi
    grep -qF -- "$1" "$tmp/err" || fail "it does not say $1: $(cat "$tmp/err")"
    grep -q 'nothing was changed' "$tmp/err" || fail "$(cat "$tmp/err")"
    equal "$before" "$(picture)" 'what is there'
}
picture() {
    find "$root" -path "$root/state" -prune -o ! -type d -print | sort | while read -r file; do
        stat -c '%n %F %a %u %i %Y' "$file"
        if [ -f "$file" ] && [ ! -L "$file" ]; then cksum <"$file"; fi
    done
}
written() {
    equal hello "$(cat "$root/etc/hello")"
    equal 640 "$(stat -c %a "$root/etc/hello")" 'mode'
    equal 'old new ' "$(tr '\n' ' ' <"$root/etc/log")" 'what was there, and what was appended'
    equal x "$(cat "$root/etc/a/b/deep")"
    equal board7 "$(cat "$root/etc/seed/hostname")"
    equal '-sname cp1 -env HEART_BEAT_TIMEOUT 20 +P 2048 ' "$(tr '\n' ' ' <"$root/etc/seed/vm.args")" vm.args
    equal secret "$(cat "$root/etc/seed/erlang.cookie")"
    equal 400 "$(stat -c %a "$root/etc/seed/erlang.cookie")" 'mode of the cookie'
    # shellcheck source=/dev/null
    equal '192.0.2.7 static' "$(. "$root/etc/seed/network" && printf '%s %s' "$ADDRESS" "$METHOD")" network
    equal '' "$(find "$root" -name '*.vakt-seed')" 'left behind'
}
wants() { for tool in "$@"; do command -v "$tool" >/dev/null || skip "$tool is not installed"; done; }

a_directory() {
    machine
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    written
}
iso_disk() {
    wants genisoimage
    machine
    for names in -r -J '-J -r' '-iso-level 4'; do
        # shellcheck disable=SC2086 # one word an option
        genisoimage -quiet -V cidata $names -o "$tmp/seed.iso" "$tmp/seed" 2>/dev/null
        config --check --seed "$tmp/seed.iso" || fail "$names: $(cat "$tmp/err")"
    done
    config --seed "$tmp/seed.iso" || fail "$(cat "$tmp/err")"
    written
}
fat_disk() {
    wants mkfs.vfat mcopy
    machine
    for size in '12 1440' '16 16384' '32 40960'; do
        rm -f "$tmp/seed.img"
        mkfs.vfat -F "${size% *}" -s 1 -n CIDATA -C "$tmp/seed.img" "${size#* }" >/dev/null
        mcopy -i "$tmp/seed.img" "$tmp/seed/meta-data" "$tmp/seed/user-data" "$tmp/seed/network-config" ::
        config --check --seed "$tmp/seed.img" || fail "FAT${size% *}: $(cat "$tmp/err")"
    done
    config --seed "$tmp/seed.img" || fail "$(cat "$tmp/err")"
    written
}

# disk NAME SIZE: the kernel has it, and FILE is what is on it.
disk() {
    mkdir "$root/block/$1"
    printf '%s\n' "$2" >"$root/block/$1/size"
}
the_labelled_disk_is_found() {
    wants genisoimage
    machine
    genisoimage -quiet -V cidata -r -o "$tmp/seed.iso" "$tmp/seed" 2>/dev/null
    genisoimage -quiet -V other -r -o "$root/dev/sda" "$tmp/seed" 2>/dev/null
    disk sda 720
    disk sdb 0
    disk ram0 720
    disk gone 720
    # what is no disk is never opened: a FIFO would hold it up
    disk fifo 720
    mkfifo "$root/dev/fifo"
    timeout 60 "$bin/seed_config" --dev "$root/dev" --block "$root/block" --state "$root/state" >"$tmp/out" || fail 'without a seed'
    grep -q 'no disk is labelled cidata' "$tmp/out" || fail "$(cat "$tmp/out")"
    cp "$tmp/seed.iso" "$root/dev/vdb"
    disk vdb 720
    cp "$tmp/seed.iso" "$root/dev/vdb1"
    disk vdb1 720
    config || fail "$(cat "$tmp/err")"
    grep -qF "$root/dev/vdb (iso9660): instance i-1" "$tmp/out" || fail "$(cat "$tmp/out")"
    written
    cp "$tmp/seed.iso" "$root/dev/vdc"
    disk vdc 720
    if config; then fail 'two were taken'; fi
    grep -q 'vdb and vdc are both labelled cidata' "$tmp/err" || fail "$(cat "$tmp/err")"
}

a_second_run_changes_nothing() {
    machine
    config --seed "$tmp/seed"
    printf 'mine\n' >"$root/etc/hello"
    before=$(picture)
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    grep -q 'instance i-1 already$' "$tmp/out" || fail "$(cat "$tmp/out")"
    equal "$before" "$(picture)" 'what is there'
    printf '#cloud-config\nhostname: other\n' >"$tmp/seed/user-data"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    grep -q 'the seed has changed' "$tmp/out" || fail "$(cat "$tmp/out")"
    equal "$before" "$(picture)" 'what is there'
    sed -i s/i-1/i-2/ "$tmp/seed/meta-data"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    equal other "$(cat "$root/etc/seed/hostname")" 'the next instance'
    equal mine "$(cat "$root/etc/hello")" 'what it says nothing of'
}
an_equal_file_is_not_touched() {
    machine
    config --seed "$tmp/seed"
    was=$(stat -c '%i' "$root/etc/hello")
    sed -i s/i-1/i-2/ "$tmp/seed/meta-data"
    config --seed "$tmp/seed"
    equal "$was" "$(stat -c '%i' "$root/etc/hello")" 'the file'
    equal 'old new new ' "$(tr '\n' ' ' <"$root/etc/log")" 'appended by each instance'
}
all_or_nothing() {
    machine
    printf 'runcmd: [reboot]\nhostname: a_b\n' >>"$tmp/seed/user-data"
    refused "$tmp/seed/user-data:14: runcmd: not done here"
    grep -qF "$tmp/seed/user-data:15: hostname" "$tmp/err" || fail "$(cat "$tmp/err")"
    machine
    printf 'version: 7\n' >"$tmp/seed/network-config"
    refused "$tmp/seed/network-config:1: version"
    rm "$tmp/seed/meta-data"
    refused 'no meta-data'
}
also_when_the_last_cannot_be_written() {
    machine
    mkdir -p "$root/etc/a/b/deep"
    refused 'is there and no regular file'
    equal '' "$(find "$root" -name '*.vakt-seed')" 'left behind'
}

# out PATH WORDS: write_files with this path is refused.
out() {
    printf '#cloud-config\nwrite_files: [{path: %s, content: x}]\n' "$1" >"$tmp/seed/user-data"
    refused "$2"
}
paths_lead_nowhere_else() {
    machine
    mkdir "$tmp/outside" "$root/etc/open" "$root/etc/real"
    chmod 0777 "$root/etc/open"
    ln -s "$tmp/outside" "$root/etc/link"
    ln -s real "$root/etc/inner"
    ln -s "$tmp/outside/new" "$root/etc/file"
    out "$root/etc/../passwd" 'component leads elsewhere'
    out /etc/passwd 'it is not below'
    out "$root/etcetera/a" 'it is not below'
    out "$root/etc/link/a" 'Not a directory'
    out "$root/etc/inner/a" 'Not a directory'
    out "$root/etc/file" 'no regular file'
    out "$root/etc/open/a" 'may be written by others'
    out "$root/etc/open/a/b" 'may be written by others'
    mkfifo "$root/etc/fifo"
    out "$root/etc/fifo" 'no regular file'
    equal '' "$(ls "$tmp/outside")" 'what lies outside'
}
documents_are_files() {
    machine
    mv "$tmp/seed/user-data" "$tmp/elsewhere"
    ln -s "$tmp/elsewhere" "$tmp/seed/user-data"
    refused 'user-data: user-data is not a regular file'
    rm "$tmp/seed/user-data"
    head -c 300000 /dev/zero | tr '\0' '#' >"$tmp/seed/user-data"
    refused 'user-data: read user-data: File too large'
    if config --seed /dev/null; then fail 'a device that is no disk'; fi
    grep -q 'is no disk' "$tmp/err" || fail "$(cat "$tmp/err")"
    if config --seed "$tmp/elsewhere"; then fail 'a text as a disk'; fi
    grep -q 'has neither an ISO 9660 nor a FAT' "$tmp/err" || fail "$(cat "$tmp/err")"
}

# traced OPTIONS...: a run with the seed, and strace's hand in it.
traced() {
    strace -f -qq -o "$tmp/calls" "$@" "$bin/seed_config" --etc "$root/etc/seed" --allow "$root/etc" --state "$root/state" --user "$me" \
        --seed "$tmp/seed" >"$tmp/out" 2>"$tmp/err"
}
# What was begun is brought to its end also without the seed, or nothing of it is there, nor beside it.
one_end_or_the_other() {
    if ! config; then fail "$1: $(cat "$tmp/err")"; fi
    if [ -f "$root/state/instance" ]; then
        written
    else
        equal old "$(cat "$root/etc/log")" "$1"
        [ ! -e "$root/etc/hello" ] || fail "$1 a half of it is there"
        equal '' "$(find "$root/etc" -name '*.vakt-seed')" "$1, left behind"
    fi
}
traced_machine() {
    wants strace
    machine
    strace -o /dev/null true 2>/dev/null || skip 'strace may not trace here'
}
# Before each such call in turn the process is killed, and the next run has to bring it to the one end or the other.
a_kill_at_any_call() {
    traced_machine
    for call in renameat fsync unlinkat; do
        at=1
        while ! traced -e "trace=$call" -e "inject=$call:signal=KILL:when=$at"; do
            one_end_or_the_other "at $call $at"
            config --seed "$tmp/seed" || fail "at $call $at: $(cat "$tmp/err")"
            written
            rm -rf "$root"
            machine
            at=$((at + 1))
            [ "$at" -lt 200 ] || fail 'it never ends'
        done
        [ "$at" -gt 10 ] || fail "there were $at calls of $call only"
        rm -rf "$root"
        machine
    done
}
# The note of what is to be renamed is there, and neither can be said to be on the disk nor be removed.
a_note_that_may_be_there() {
    traced_machine
    traced -e trace=renameat,fsync,unlinkat
    rm -rf "$root"
    machine
    counts=$(awk '/fsync\(/ { syncs++ } /unlinkat\(/ { removed++ } /renameat\(.*, "pending"\)/ { print syncs + 1, removed + 1; exit }' "$tmp/calls")
    [ -n "$counts" ] || fail "$(cat "$tmp/calls")"
    if traced -e trace=fsync,unlinkat -e "inject=fsync:error=EIO:when=${counts% *}+" -e "inject=unlinkat:error=EIO:when=${counts#* }"; then
        fail 'it says that all is well'
    fi
    if grep -q 'nothing was changed' "$tmp/err"; then fail "$(cat "$tmp/err")"; fi
    one_end_or_the_other 'with a note'
}
a_damaged_note() {
    machine
    mkdir -p "$root/state"
    printf 'vakt-seed 1 pend' >"$root/state/pending"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    grep -q 'pending is damaged and was removed' "$tmp/out" || fail "$(cat "$tmp/out")"
    written
    printf 'rubbish' >"$root/state/instance"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    grep -q 'instance i-1: ' "$tmp/out" || fail "$(cat "$tmp/out")"
}

# At each rename in turn it fails. Whatever is claimed is so, and a corrected seed is taken.
failing_at() { traced -e trace=renameat -e "inject=renameat:error=$2:when=$1"; }
a_failure_at_any_rename() {
    traced_machine
    for error in EISDIR ENOSPC; do
        at=1
        begun=0
        while before=$(picture) && ! failing_at "$at" "$error"; do
            if grep -q 'nothing was changed' "$tmp/err"; then
                equal "$before" "$(picture)" "at rename $at, $error"
            else
                begun=$((begun + 1))
                grep -qE 'it is given up; [0-9] of 9 files are in place|the next run goes on with it' "$tmp/err" ||
                    fail "at rename $at, $error: $(cat "$tmp/err")"
                if [ "$error" = EISDIR ]; then equal '' "$(find "$root" -name '*.vakt-seed')" 'left behind'; fi
            fi
            # What the seed that was given up appended already is in the corrected one, too. Where the first is finished the
            # second is another instance, which appends.
            log='old new '
            if grep -q 'the next run goes on with it' "$tmp/err"; then log='old new new '; fi
            printf 'instance-id: i-2\nlocal-hostname: board8\n' >"$tmp/seed/meta-data"
            config --seed "$tmp/seed" || fail "at rename $at, $error: $(cat "$tmp/err")"
            grep -q 'instance i-2: ' "$tmp/out" || fail "at rename $at, $error: $(cat "$tmp/out")"
            equal board8 "$(cat "$root/etc/seed/hostname")" "at rename $at, $error"
            equal "$log" "$(tr '\n' ' ' <"$root/etc/log")" "the log at rename $at, $error"
            equal 'instance lock ' "$(find "$root/state" -type f -printf '%f\n' | sort | tr '\n' ' ')" "notes at rename $at, $error"
            rm -rf "$root"
            machine
            at=$((at + 1))
            [ "$at" -lt 100 ] || fail 'it never ends'
        done
        [ "$begun" -gt 4 ] || fail "$error: of $at renames $begun only had begun"
        rm -rf "$root"
        machine
    done
}
# What was begun can never be brought to its end: a directory has come where a file was to be.
what_cannot_be_finished() {
    machine
    mkdir -p "$root/state" "$root/etc/hello"
    printf 'x\n' >"$root/etc/.hello.vakt-seed"
    printf 'vakt-seed 1 instance\ni-1\n00000000\nend\n' >"$root/state/instance"
    printf 'vakt-seed 1 pending\ni-9\n00000000\n%s\n%s\nend\n' "$root/etc/log" "$root/etc/hello" >"$root/state/pending"
    printf '#cloud-config\nhostname: other\n' >"$tmp/seed/user-data"
    cp -a "$root" "$tmp/again"
    if config; then fail 'it says that all is well'; fi
    grep -q "instance i-9: rename to $root/etc/hello: Is a directory" "$tmp/err" || fail "$(cat "$tmp/err")"
    grep -q 'it is given up; 1 of 2 files are in place' "$tmp/err" || fail "$(cat "$tmp/err")"
    equal lock "$(ls "$root/state")" 'its notes'
    config || fail "without a seed: $(cat "$tmp/err")"
    # and with one, also the one that this machine was before
    rm -rf "$root"
    mv "$tmp/again" "$root"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    grep -q 'it is given up' "$tmp/err" || fail "$(cat "$tmp/err")"
    equal other "$(cat "$root/etc/seed/hostname")"
    equal '' "$(find "$root" -name '*.vakt-seed')" 'left behind'
}
# Of what a seed that is given up appended only the same, and only while it is there, counts as appended.
what_was_appended_before() {
    machine
    # in place: log. Not in place: hello. The log has got another line since.
    cat >"$tmp/seed/user-data" <<END
#cloud-config
write_files:
- {path: $root/etc/log, content: "new\n", append: true}
- {path: $root/etc/hello, content: "x\n", append: true}
END
    printf 'old\nnew\nlater\n' >"$root/etc/log"
    crc() { printf '%s\n' "$1" | gzip -c | tail -c 8 | od -A n -t u4 -N 4 | tr -d ' '; }
    given_up() {
        mkdir -p "$root/etc/hello" "$root/state"
        printf 'x\n' >"$root/etc/.hello.vakt-seed"
        printf 'vakt-seed 1 pending\ni-9\n00000000\n%s\n%s\nappend %s %s %s\nappend %s 2 %s\nend\n' "$root/etc/log" "$root/etc/hello" \
            "$(crc "$1")" $((${#1} + 1)) "$root/etc/log" "$(crc x)" "$root/etc/hello" >"$root/state/pending"
        if config; then fail 'it says that all is well'; fi
        grep -q 'it is given up; 1 of 2 files are in place' "$tmp/err" || fail "$(cat "$tmp/err")"
        rmdir "$root/etc/hello"
    }
    given_up new
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    equal 'old new later ' "$(tr '\n' ' ' <"$root/etc/log")" 'the same row'
    equal x "$(cat "$root/etc/hello")" 'the row that was not in place'
    # The next instance appends what the file ends with already.
    printf 'old\nnew\n' >"$root/etc/log"
    printf 'instance-id: i-2\n' >"$tmp/seed/meta-data"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    equal 'old new new ' "$(tr '\n' ' ' <"$root/etc/log")" 'the next instance'
    equal 'x x ' "$(tr '\n' ' ' <"$root/etc/hello")" 'the next instance'
    # Another row was appended, with the same end; and the same one, and somebody took it away.
    for said in 'b new' new; do
        rm -rf "$root/state" "$root/etc/hello"
        printf 'old\n' >"$root/etc/log"
        if [ "$said" != new ]; then printf '%s\n' "$said" >>"$root/etc/log"; fi
        given_up "$said"
        config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
        equal new "$(tail -n 1 "$root/etc/log")" "after $said"
        equal "$([ "$said" = new ] && echo 2 || echo 3)" "$(wc -l <"$root/etc/log")" "lines after $said"
    done
}
# Also when it is given up the new files go, wherever that is cut short: one may be the cookie.
a_kill_while_it_is_given_up() {
    traced_machine
    for call in renameat fsync unlinkat; do
        at=1
        while
            rm -rf "$root"
            machine
            mkdir -p "$root/state" "$root/etc/hello"
            printf 'x\n' >"$root/etc/.hello.vakt-seed"
            printf 'y\n' >"$root/etc/.cookie.vakt-seed"
            printf 'vakt-seed 1 pending\ni-9\n0\n%s\n%s\n%s\nend\n' "$root/etc/log" "$root/etc/hello" "$root/etc/cookie" >"$root/state/pending"
            code=0
            traced -e "trace=$call" -e "inject=$call:signal=KILL:when=$at" || code=$?
            ! grep -q 'it is given up' "$tmp/err"
        do
            # The cut run may be the one before anything was given up.
            config || config || fail "at $call $at: $(cat "$tmp/err")"
            equal '' "$(find "$root/etc" -name '*.vakt-seed')" "at $call $at, left behind"
            equal lock "$(ls "$root/state")" "at $call $at, its notes"
            [ ! -e "$root/etc/cookie" ] || fail "at $call $at a half of it is there"
            at=$((at + 1))
            [ "$at" -lt 100 ] || fail 'it never ends'
        done
        [ "$at" -gt 1 ] || fail "there is no $call"
    done
}
a_file_and_one_below_it() {
    machine
    printf '#cloud-config\nwrite_files:\n- {path: %s/etc/x, content: x}\n- {path: %s/etc/x/y, content: y}\n' "$root" "$root" \
        >"$tmp/seed/user-data"
    refused "$tmp/seed/user-data:4: '"
    grep -q 'which is written as a file, too' "$tmp/err" || fail "$(cat "$tmp/err")"
    [ ! -e "$root/etc/x" ] || fail 'a part of it is there'
    sed -i s/i-1/i-2/ "$tmp/seed/meta-data"
    sed -i 4d "$tmp/seed/user-data"
    config --seed "$tmp/seed" || fail "the corrected one: $(cat "$tmp/err")"
    equal x "$(cat "$root/etc/x")"
}

check_writes_nothing() {
    machine
    before=$(picture)
    config --check --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    equal "$before" "$(picture)" 'what is there'
    [ ! -e "$root/state" ] || fail 'it made its state'
    grep -qF "would write $root/etc/a/b/deep" "$tmp/out" || fail "$(cat "$tmp/out")"
}
an_args_file_must_be_there() {
    machine
    printf '#cloud-config\nvakt: {args_file: %s/etc/my.args}\n' "$root" >"$tmp/seed/user-data"
    refused "user-data:2: args_file: '"
    printf '+A 1\n' >"$root/etc/my.args"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    equal "-args_file $root/etc/my.args" "$(cat "$root/etc/seed/vm.args")"
}
remarks() {
    machine
    : >"$tmp/seed/vendor-data"
    config --seed "$tmp/seed" || fail "$(cat "$tmp/err")"
    grep -q 'vendor-data is not used' "$tmp/out" || fail "$(cat "$tmp/out")"
}
owners() {
    [ "$(id -u)" -eq 0 ] || skip 'root is needed to give files away'
    machine
    printf 'otp:x:1234:1235::/:\n' >"$tmp/passwd"
    printf 'otp:x:1235:\n' >"$tmp/group"
    me=otp
    printf '#cloud-config\nwrite_files: [{path: %s/etc/mine, owner: "otp:otp"}]\nvakt: {cookie: c}\n' "$root" >"$tmp/seed/user-data"
    config --seed "$tmp/seed" --passwd "$tmp/passwd" --group "$tmp/group" || fail "$(cat "$tmp/err")"
    equal '1234 1235' "$(stat -c '%u %g' "$root/etc/mine")" 'owner'
    equal '1234 0 400' "$(stat -c '%u %g %a' "$root/etc/seed/erlang.cookie")" 'the cookie'
}
usage() {
    code=0
    "$bin/seed_config" --what >"$tmp/out" 2>"$tmp/err" || code=$?
    equal 2 "$code" 'status'
    grep -q 'usage: seed_config' "$tmp/err" || fail "$(cat "$tmp/err")"
    equal "seed_config $(make -s print-VERSION)" "$("$bin/seed_config" --version)"
}

if [ ! -x "$bin/seed_config" ]; then
    printf '  skip  all: built without libyaml\n%s: 0 passed, 0 failed, 1 skipped\n' "$suite_name"
    exit 0
fi
check 'a directory is a seed' a_directory
check 'an ISO 9660 disk, with names of each kind' iso_disk
check 'a FAT disk, with tables of each size' fat_disk
check 'the disk labelled cidata is found, no other is taken, two are refused' the_labelled_disk_is_found
check 'a second run of an instance changes nothing, the next instance is applied' a_second_run_changes_nothing
check 'a file that is the same already is not touched' an_equal_file_is_not_touched
check 'when anything is refused nothing is written, and all of it is said' all_or_nothing
check 'nor is anything when the last file cannot be written' also_when_the_last_cannot_be_written
check 'no path leads out of the allowed places, nor through a link' paths_lead_nowhere_else
check 'documents are regular files of bounded size, and disks are disks' documents_are_files
check 'killed before any of its renames, syncs and removals it is whole or absent after the next run' a_kill_at_any_call
check 'a note of its own that can neither be brought to the disk nor removed promises no file that is gone' a_note_that_may_be_there
check 'a rename that fails leaves what is said of it, and another seed is taken' a_failure_at_any_rename
check 'what can never be brought to its end is given up and stands in the way of no other seed' what_cannot_be_finished
check 'what is given up leaves no new file, wherever that is cut short' a_kill_while_it_is_given_up
check 'what a seed that is given up appended is not appended again by the corrected one, and nothing else is taken for it' what_was_appended_before
check 'a path below another one is refused, and the corrected seed is taken' a_file_and_one_below_it
check 'damaged notes of its own are no reason to stop' a_damaged_note
check '--check writes nothing' check_writes_nothing
check 'a file of arguments must be there' an_args_file_must_be_there
check 'what is not used is said' remarks
check 'files and the cookie have the owners that were asked for' owners
check 'a wrong option is refused with the usage' usage
finish
