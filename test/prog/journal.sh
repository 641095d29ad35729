#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The journal as a source (journal_source.h, by journal_dump), and what journald forwards (datagram_source.h): a real systemd-journald with a /run and a /var/log of its own,
# rotation, vacuum and broken files under the reader, and the reader killed and begun again where it was.
. test/prog/lib.sh
suite journal
tools=$top/build/test/prog

# begin [SETTING ...]: journald in $own.
# shellcheck disable=SC2120 # mostly without
begin() {
    [ -x "$tools/journal_dump" ] || skip 'built without libsystemd'
    [ "$(id -u)" -eq 0 ] || skip 'a private journald needs root'
    [ -d build/daemons/journald ] || skip 'no systemd-journald (scripts/get-daemons.sh test fetches it)'
    # In memory, as /run is: of a disk journald would not remove what it has copied to /var. confine.sh's /dev/shm is private.
    own=/dev/shm/j
    [ "${VAKT_CONFINED:-}" = 1 ] || skip 'runs under scripts/confine.sh'
    find "$own" -mindepth 1 -maxdepth 1 ! -name boot_id -exec rm -rf {} + 2>/dev/null || mkdir -p "$own"
    start_journald "$@"
}
start_journald() {
    spawn scripts/private-journald.sh "$own" "$@" >>"$own/out" 2>&1
    journald=$spawned
    # Each socket is bound anew, so an old one would be a probe lost.
    eventually 20 answers
}
answers() {
    kill -0 "$journald" 2>/dev/null || fail "journald ended: $(cat "$own/out")"
    grep -q systemd-journal "/proc/$journald/comm" && say probe 'is it up?' 2>/dev/null
}
end_journald() {
    kill "$journald"
    wait "$journald" 2>/dev/null || :
}

# say TAG TEXT: through /dev/log.   native: a datagram of the native protocol, from stdin.   bulk N [TAG]: numbered ones.
say() { printf '<13>%s: %s' "$1" "$2" | "$tools/log_sender" -i "$own/run/systemd/journal/dev-log"; }
native() { "$tools/log_sender" -i "$own/run/systemd/journal/socket"; }
bulk() { "$tools/log_sender" -t "${2:-bulk}" -n "$1" "$own/run/systemd/journal/dev-log" >/dev/null; }
rotate() { kill -USR2 "$journald"; }

# inside COMMAND ...: where journald's /run, /var/log and /etc are the system's.
# shellcheck disable=SC2016 # expanded inside
inside() { nsenter --mount="/proc/$journald/ns/mnt" sh -c 'cd "$1"; shift; exec "$@"' inside "$top" "$@"; }
tool_of_journald() {
    LD_LIBRARY_PATH=$(find "$top/build/daemons/journald" -name 'lib*.so*' -exec dirname {} + | sort -u | tr '\n' ':') \
        inside "$(find "$top/build/daemons/journald" -name "$1" -type f -perm -1 | head -n 1)" "$@"
}

# start_reader [OPTION ...]: journal_dump on the machine's journal as it is inside; its lines are in $own/got.
# shellcheck disable=SC2016,SC2120 # expanded inside
start_reader() {
    # Not by a function: the pid is to be the reader's own.
    spawn nsenter --mount="/proc/$journald/ns/mnt" sh -c 'cd "$1"; shift; exec "$@"' reader "$top" \
        "$tools/journal_dump" "$@" >>"$own/got" 2>>"$own/got.err"
    reader=$spawned
    eventually 20 grep -q '^R$' "$own/got"
}
end_reader() {
    kill -KILL "$reader" 2>/dev/null || :
    wait "$reader" 2>/dev/null || :
}
# What is whole of it: a killed reader's last line may be torn.
whole() { [ -z "$(tail -c 1 "$own/got")" ] || sed -i '$d' "$own/got"; }
last_cursor() { awk -F '\t' '$1 == "E" { c = $2 } END { print c }' "$own/got"; }
count() { awk -F '\t' -v app="$1" '$1 == "E" && $5 == app { n++ } END { print n + 0 }' "$own/got"; }
has() { [ "$(count "$1")" -ge "$2" ]; }
text_of() { awk -F '\t' -v app="$1" '$1 == "E" && $5 == app { print $12 }' "$own/got"; }
# field NUMBER APP: of the first line of that app.
field() { awk -F '\t' -v n="$1" -v app="$2" '$1 == "E" && $5 == app { print $n; exit }' "$own/got"; }
gaps() { awk -F '\t' '$1 == "G"' "$own/got"; }
lost() { awk -F '\t' '$1 == "G" { n += $2 } END { print n + 0 }' "$own/got"; }
# in_order TAG N: bulk's messages 0..N-1 of that tag, each once.
in_order() {
    text_of "$1" | awk -v n="$2" '$2 + 0 != NR - 1 { print "at " NR - 1 ": " $0; bad = 1; exit }
        END { if (!bad && NR != n) { print NR " of " n; bad = 1 } exit bad }' || fail "$1: not each once and in order"
}

dev_log_message() {
    begin
    start_reader
    printf '<131>app[42]: hello world' | "$tools/log_sender" -i "$own/run/systemd/journal/dev-log"
    eventually 20 has app 1
    equal 131 "$(field 3 app)" PRI
    equal "$(hostname)" "$(field 4 app)" host
    equal 42 "$(field 6 app)" pid
    equal 0 "$(field 9 app)" uid
    equal tn "$(field 10 app)" flags
    equal '[journal@0 _TRANSPORT="syslog"]' "$(field 11 app)" 'structured data'
    equal 'hello world' "$(field 12 app)" text
    equal '' "$(gaps)" gaps
}

native_message() {
    begin
    start_reader
    printf 'MESSAGE=native\nPRIORITY=2\nSYSLOG_IDENTIFIER=nat\nMESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1\nCODE_FILE=a.c\nCODE_LINE=7\nODD=x"]\\\nUNIT=lie.service\n' |
        native
    eventually 20 has nat 1
    equal 10 "$(field 3 nat)" PRI
    equal fc2e22bc6ee647b6b90729ab34a250b1 "$(field 7 nat)" msgid
    equal '' "$(field 8 nat)" unit
    for wanted in 'CODE_FILE="a.c"' 'CODE_LINE="7"' 'ODD="x\x5c"\x5c]\x5c\x5c"' '_TRANSPORT="journal"'; do
        field 11 nat | grep -qF " $wanted" || fail "no $wanted in $(field 11 nat)"
    done
    equal native "$(field 12 nat)" text
}

# 60009 bytes with newlines, NUL and bytes that are no UTF-8.
long_binary_message() {
    begin
    start_reader -e -t "$own/raw"
    awk 'BEGIN { for (i = 0; i < 6000; i++) printf "line %04d\n", i }' >"$own/text"
    printf '\000\001\377\\tail\n' >>"$own/text"
    size=$(wc -c <"$own/text")
    {
        printf 'SYSLOG_IDENTIFIER=long\nMESSAGE\n'
        # shellcheck disable=SC2059 # the format is made here
        printf "$(printf '\\%03o\\%03o' $((size % 256)) $((size / 256)))\000\000\000\000\000\000"
        cat "$own/text"
        printf '\n'
    } | native
    eventually 20 has long 1
    cmp "$own/text" "$own/raw"
}

stdout_of_a_service() {
    begin
    start_reader
    tool_of_journald systemd-cat -t service -p err printf 'one\ntwo\n' || skip 'systemd-cat does not run here'
    eventually 20 has service 2
    equal '[journal@0 _TRANSPORT="stdout"]' "$(field 11 service)" 'structured data'
    equal 'one two' "$(text_of service | tr '\n' ' ' | sed 's/ $//')" text
    equal 3 "$(($(field 3 service) % 8))" severity
}

# The other way out of journald: its socket for a syslog daemon, at once and whole, with the sender's own credentials.
forwarded() {
    begin ForwardToSyslog=yes
    start_reader -f /run/systemd/journal/syslog -t "$own/raw"
    say app 'through dev-log'
    printf 'MESSAGE=native\nPRIORITY=2\nSYSLOG_IDENTIFIER=nat\n' |
        setpriv --reuid=2001 --clear-groups "$tools/log_sender" -i "$own/run/systemd/journal/socket"
    { printf 'SYSLOG_IDENTIFIER=long\nMESSAGE='; head -c 60000 /dev/zero | tr '\0' 'x'; printf '\n'; } | native
    eventually 20 has app 1
    eventually 20 has nat 1
    eventually 20 has long 1
    equal 13 "$(field 3 app)" PRI
    equal 'through dev-log' "$(field 12 app)" text
    equal 10 "$(field 3 nat)" PRI
    equal 2001 "$(field 9 nat)" uid
    equal native "$(field 12 nat)" text
    equal 60000 "$(wc -c <"$own/raw")" 'bytes of the long one'
    equal '' "$(gaps)" gaps
}

# ---- files that come and go ----

rotated_in_the_middle() {
    begin
    start_reader
    spawn bulk 6000
    bulking=$spawned
    for n in 1 2 3 4 5; do
        rotate
        eventually 20 archived "$n"
    done
    wait "$bulking"
    eventually 30 has bulk 6000
    in_order bulk 6000
    equal '' "$(gaps)" gaps
}

# archived: so many files stand beside the one that is written.
archived() { [ "$(find "$own/run/log/journal" -name 'system@*.journal' | wc -l)" -ge "$1" ]; }
# vacuum: every archived file is removed.
vacuum() { find "$own/run/log/journal" -name 'system@*.journal' -delete; }

vacuumed_under_a_stopped_reader() {
    begin
    start_reader
    bulk 300
    eventually 20 has bulk 300
    kill -STOP "$reader"
    bulk 300 unread
    eventually 20 stored 'unread\[0\]: 0 00000299'
    rotate
    eventually 20 archived 1
    bulk 300 later
    eventually 20 stored 'later\[0\]: 0 00000299'
    rotate
    eventually 20 archived 2
    vacuum
    say last word
    kill -CONT "$reader"
    eventually 20 has last 1
    # What it had mapped may still have come; the rest is counted.
    [ "$(lost)" -ge 1 ] || fail 'nothing was lost'
    all_accounted
}
# all_accounted: by journald's own numbers each entry since the first one came, or is in a gap.
all_accounted() {
    first=$(awk -F '\t' '$1 == "E" { print $2; exit }' "$own/got" | sed 's/.*;i=\([0-9a-f]*\);.*/\1/')
    last=$(last_cursor | sed 's/.*;i=\([0-9a-f]*\);.*/\1/')
    equal "$((0x$last - 0x$first + 1))" "$(($(grep -c '^E' "$own/got") + $(lost)))" 'those that came and those in gaps'
}

vacuumed_while_no_reader_ran() {
    begin
    start_reader
    bulk 100
    eventually 20 has bulk 100
    end_reader
    bulk 250 unread
    eventually 20 stored 'unread\[0\]: 0 00000249'
    rotate
    eventually 20 archived 1
    vacuum
    bulk 50 new
    start_reader -c "$(last_cursor)"
    eventually 20 has new 50
    [ "$(lost)" -ge 250 ] || fail 'nothing was lost'
    all_accounted
    in_order new 50
    in_order bulk 100
}

killed_at_any_point() {
    begin
    start_reader
    spawn bulk 8000
    bulking=$spawned
    for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
        # Anywhere in what one turn gives, so that lines are torn.
        n=$(wc -c <"$own/got")
        eventually 20 grew $((n + round * 977))
        end_reader
        whole
        if [ "$((round % 4))" = 0 ]; then rotate; fi
        sed -i '/^R$/d' "$own/got"
        start_reader -c "$(last_cursor)"
        if has bulk 7000; then break; fi
    done
    wait "$bulking"
    eventually 30 has bulk 8000
    in_order bulk 8000
    equal '' "$(gaps)" gaps
}
grew() { [ "$(wc -c <"$own/got")" -ge "$1" ] || has bulk 8000; }

copied_to_the_disk() {
    begin Storage=persistent
    start_reader
    bulk 200
    eventually 20 has bulk 200
    bulk 100 between
    eventually 20 has between 100
    kill -USR1 "$journald" # flush: from /run to /var
    eventually 20 flushed
    bulk 100 after
    eventually 20 has after 100
    in_order bulk 200
    in_order between 100
    in_order after 100
    equal '' "$(gaps)" gaps
}
flushed() { find "$own/log/journal" -name system.journal | grep -q . && ! find "$own/run/log/journal" -name '*.journal' | grep -q .; }

copied_to_the_disk_while_no_reader_ran() {
    begin Storage=persistent
    start_reader
    bulk 100
    eventually 20 has bulk 100
    end_reader
    bulk 100 between
    kill -USR1 "$journald"
    eventually 20 flushed
    bulk 100 after
    start_reader -c "$(last_cursor)"
    eventually 20 has after 100
    in_order bulk 100
    in_order between 100
    in_order after 100
    equal '' "$(gaps)" gaps
}

# Each user's journal is a file of its own that comes with his first word, in the middle of the others'.
many_users() {
    begin Storage=persistent
    kill -USR1 "$journald"
    eventually 20 flushed
    start_reader
    spawn bulk 3000
    bulking=$spawned
    for uid in 2001 2002 2003 2004 2005 2006; do
        setpriv --reuid=$uid --clear-groups "$tools/log_sender" -t "u$uid" -n 200 "$own/run/systemd/journal/dev-log" >/dev/null
    done
    wait "$bulking"
    eventually 30 has bulk 3000
    for uid in 2001 2002 2003 2004 2005 2006; do
        eventually 20 has "u$uid" 200
        in_order "u$uid" 200
        equal "$uid" "$(field 9 "u$uid")" uid
    done
    in_order bulk 3000
    equal '' "$(gaps)" gaps
    [ "$(find "$own/log/journal" -name 'user-*.journal' | wc -l)" -eq 6 ] || fail 'the users have no files of their own'
}

# ---- where to begin ----

at_the_end_nothing_old() {
    begin
    say old word
    eventually 20 stored old
    start_reader -e
    say new word
    eventually 20 has new 1
    equal 0 "$(count old)" 'old entries'
}
stored() { grep -rqa "$1" "$own/run/log/journal" "$own/log/journal"; }

this_boot_and_the_one_before() {
    begin_other_boot
    bulk 30 older
    eventually 20 stored 'older\[0\]: 0 00000029'
    start_reader
    eventually 20 has older 30
    end_reader
    cursor=$(awk -F '\t' '$5 == "older" && ++n == 10 { print $2 }' "$own/got")
    equal n "$(field 10 older | tr -d t)" 'a time of that boot'
    end_journald
    rm "$own/boot_id"
    start_journald
    say newer word
    : >"$own/got"
    start_reader
    eventually 20 has newer 1
    equal 0 "$(count older)" 'of the boot before'
    end_reader
    : >"$own/got"
    start_reader -c "$cursor"
    eventually 20 has newer 1
    equal 20 "$(count older)" 'of the boot before, behind the place'
    equal t "$(field 10 older)" 'monotonic time of another boot'
    equal '' "$(gaps)" gaps
}
# As begin, in a boot of its own.
begin_other_boot() {
    mkdir -p /dev/shm/j
    printf '11111111-2222-3333-4444-555555555555\n' >/dev/shm/j/boot_id
    begin
}

place_of_no_use() {
    begin
    bulk 10
    eventually 20 stored 'bulk\[0\]: 0 00000009'
    start_reader -c 'no cursor'
    eventually 20 has bulk 10
    in_order bulk 10
    equal "G	?	the place to go on from was of no use" "$(gaps)" gaps
    grep -q '^T	not a place in a journal: no cursor' "$own/got"
}

everything_is_gone() {
    begin
    start_reader
    bulk 10
    eventually 20 has bulk 10
    end_reader
    end_journald
    rm -rf "$own/run/log/journal"/*
    start_journald
    bulk 10 new
    start_reader -c "$(last_cursor)"
    eventually 20 has new 10
    in_order new 10
    equal "G	?" "$(gaps | cut -f 1,2)" gaps
}

no_journal_yet() {
    begin
    mkdir "$own/later"
    spawn "$tools/journal_dump" -e -d "$own/later" >>"$own/got"
    eventually 20 grep -q '^T	no journal can be read in .*/later: ' "$own/got"
    bulk 10
    end_journald
    cp -r "$own/run/log/journal" "$own/whole"
    mv "$own/whole"/* "$own/later"
    eventually 30 has bulk 10
    in_order bulk 10
}

# Not even its directory, for longer than it takes to be opened in vain some times; and nobody is woken each second for it.
no_directory_yet() {
    begin
    spawn "$tools/journal_dump" -d "$own/none" >>"$own/got"
    reader=$spawned
    eventually 20 grep -q '^T	.*/none: No such file' "$own/got"
    eventually 20 tried 4
    bulk 10
    end_journald
    cp -r "$own/run/log/journal" "$own/whole"
    mv "$own/whole" "$own/none"
    eventually 60 has bulk 10
    in_order bulk 10
    equal '' "$(gaps)" gaps
}
tried() { [ "$(grep -c '^T' "$own/got")" -ge "$1" ]; }

# ---- files that break ----

cut_short_under_the_reader() {
    begin
    start_reader
    bulk 500
    eventually 20 has bulk 500
    kill -STOP "$reader"
    bulk 500 unread
    file=$(find "$own/run/log/journal" -name system.journal)
    truncate -s 4096 "$file"
    # journald sees it with the next message, and begins another file.
    bulk 10 after
    kill -CONT "$reader"
    eventually 30 comes_through
    kill -0 "$reader"
    in_order bulk 500
    in_order unread "$(count unread)"
    # journald has lost its numbers with the file.
    gaps | grep -q '^G	?' || all_accounted
}
comes_through() {
    say again 'is it there?'
    has again 1
}

# 64 KiB of zeros in the middle of an archived file.
overwritten_in_the_middle() {
    begin
    bulk 3000
    eventually 20 stored 'bulk\[0\]: 0 00002999'
    rotate
    eventually 20 archived 1
    say last word
    eventually 20 stored 'last'
    file=$(find "$own/run/log/journal" -name 'system@*.journal')
    dd if=/dev/zero of="$file" bs=65536 seek=$(($(stat -c %s "$file") * 7 / 8 / 65536)) count=1 conv=notrunc 2>/dev/null
    start_reader
    eventually 30 has last 1
    came=$(count bulk)
    if [ "$came" -lt 1 ] || [ "$came" -ge 3000 ]; then fail "$came of 3000 came"; fi
    [ -n "$(gaps)" ] || fail 'no gap was said'
    all_accounted
}

check 'a message through /dev/log has host, PRI, pid, uid and both times' dev_log_message
check 'fields of a native message are structured data, and UNIT is not taken at its word' native_message
check 'a 60 KB message with newlines and binary bytes comes whole' long_binary_message
check "a service's standard output" stdout_of_a_service
check 'what journald forwards comes whole, with its sender' forwarded
check 'rotation in the middle of a stream loses and doubles nothing' rotated_in_the_middle
check 'what is vacuumed before a stopped reader comes to it is counted to the last one' vacuumed_under_a_stopped_reader
check 'so it is when no reader ran, and the place it stopped at is gone' vacuumed_while_no_reader_ran
check 'a reader killed at any point goes on from its cursor: each entry once' killed_at_any_point
check 'the copy from /run to /var is not seen' copied_to_the_disk
check 'nor is it by a reader that was not there' copied_to_the_disk_while_no_reader_ran
check "users' journals, which appear in the middle, are read whole" many_users
check 'begun at the end nothing old comes, and the first that is new does' at_the_end_nothing_old
check 'it begins with this boot, and behind a cursor with the rest of the one before' this_boot_and_the_one_before
check 'a place that is none is said, and all of this boot is read' place_of_no_use
check 'a journal that was emptied is a gap of unknown size' everything_is_gone
check 'a journal that is not there yet is read from its beginning once it is' no_journal_yet
check 'so it is when its directory is not there yet, and its coming is not waited for by the second' no_directory_yet
check 'a file cut short under the reader: it lives, says so and goes on' cut_short_under_the_reader
check 'an archived file with a hole: the rest is read, and what is missing said' overwritten_in_the_middle
finish
