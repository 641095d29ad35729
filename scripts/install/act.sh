# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# install.sh's hands. The manifest comes first, then what needs a name is staged beside its place, then each place changes by one
# rename: whoever is killed anywhere in here leaves old or new, and the next run, or uninstall, goes on from there.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

# flushed FILE ...: on the disk; where sync knows no files, everything is.
flushed() { sync "$@" 2>/dev/null || sync; }

# flush_places SUFFIX: what stands at the plan's places with that suffix, or with none the folders that these are in.
flush_places() {
    awk -v root="$target" -v suffix="$1" '
        $1 == "file" || suffix == "" && $1 ~ /^(dir|link)$/ {
            name = root $2 suffix
            if (suffix == "") sub(/\/[^\/]*$/, "", name)
            if (!(name in seen)) print name
            seen[name] = 1
        }' "$work/plan" >"$work/flush"
    [ ! -s "$work/flush" ] || xargs sync <"$work/flush" 2>/dev/null || sync
}

# swapped FILE LINE NEW-LINE: FILE with the last such line for another, on stdout; without a third argument without it, and with
# the fourth without the newline before, too.
swapped() {
    WANTED=$2 INSTEAD=${3-} LESS=$((3 - ($# > 3 ? 3 : $#))) CUT=${4-whole} NL=$(tail -c 1 "$1") awk '
        { line[NR] = $0 }
        $0 == ENVIRON["WANTED"] { at = NR }
        END {
            less = ENVIRON["LESS"] == 1 || ENVIRON["CUT"] == "cut"
            last = (less && at == NR) ? NR - 1 : NR
            for (i = 1; i <= NR; ++i) {
                if (i == at && less) continue
                printf "%s", i == at ? ENVIRON["INSTEAD"] : line[i]
                cut = ENVIRON["CUT"] == "cut" && at == NR
                if (i < last || !(ENVIRON["NL"] != "" || cut)) printf "\n"
            }
        }' "$1"
}

# The files that shadow-utils edits, too, are locked as it locks them: NAME.lock has the pid of who works on it.
lock_file() {
    case $1 in */etc/passwd | */etc/group | */etc/shadow | */etc/gshadow) ;; *) return 0 ;; esac
    printf '%s' "$$" >"$1.vakt-lock"
    tries=0
    until ln "$1.vakt-lock" "$1.lock" 2>/dev/null; do
        drop_lock "$1"
        printf '%s' "$$" >"$1.vakt-lock"
        tries=$((tries + 1))
        [ "$tries" -le 15 ] || die "$1 is locked by process $holder"
        [ "$tries" -le 2 ] || sleep 1
    done
    rm -f "$1.vakt-lock"
}
unlock_file() {
    case $1 in */etc/passwd | */etc/group | */etc/shadow | */etc/gshadow) rm -f "$1.lock" ;; esac
}

# drop_lock FILE: of a run that was killed; what it left goes, unless its process lives.
drop_lock() {
    rm -f "$1.vakt-lock"
    holder=$(tr -d '\0' <"$1.lock" 2>/dev/null) || return 0
    case $holder in '' | *[!0-9]*) return 0 ;; esac
    kill -0 "$holder" 2>/dev/null || rm -f "$1.lock"
}
drop_locks() {
    for table in passwd group shadow gshadow; do
        if [ -f "$target/etc/$table.lock" ] || [ -f "$target/etc/$table.vakt-lock" ]; then drop_lock "$target/etc/$table"; fi
    done
}

# replace FILE: by what stands staged beside it.
replace() {
    flushed "$1.vakt-new"
    mv -f "$1.vakt-new" "$1"
}

has_line() { grep -q -x -F -e "$2" "$1"; }

add_line() { # FILE CUT LINE
    if has_line "$1" "$3"; then return 0; fi
    lock_file "$1"
    cp -p "$1" "$1.vakt-new"
    [ "$2" = whole ] || printf '\n' >>"$1.vakt-new"
    printf '%s\n' "$3" >>"$1.vakt-new"
    replace "$1"
    unlock_file "$1"
}

take_line() { # FILE CUT LINE
    has_line "$1" "$3" || return 0
    lock_file "$1"
    cp -p "$1" "$1.vakt-new"
    if [ "$2" = cut ]; then swapped "$1" "$3" '' cut; else swapped "$1" "$3"; fi >"$1.vakt-new"
    replace "$1"
    unlock_file "$1"
}

swap_line() { # FILE LINE NEW-LINE
    has_line "$1" "$2" || return 0
    lock_file "$1"
    cp -p "$1" "$1.vakt-new"
    swapped "$1" "$2" "$3" >"$1.vakt-new"
    replace "$1"
    unlock_file "$1"
}

# keep FILE OLD: as FILE.ORIG, the very same inode where the file system can, before something else takes its place.
keep() {
    [ "$2" != - ] && [ "$(state_of "$1")" = "$2" ] || return 0
    if [ -L "$1" ]; then
        rm -f "$1.ORIG.vakt-new"
        ln -s "$(readlink "$1")" "$1.ORIG.vakt-new"
    else
        ! same "$1" "$1.ORIG" || return 0
        rm -f "$1.ORIG.vakt-new"
        ln "$1" "$1.ORIG.vakt-new" 2>/dev/null || cp -p "$1" "$1.ORIG.vakt-new"
    fi
    mv -f "$1.ORIG.vakt-new" "$1.ORIG"
}

# merged: the manifest with the plan's rows, each where it was before if it was.
merged() {
    if [ -f "$manifest" ]; then before=$manifest; else before=/dev/null; fi
    awk 'function key() { return $1 ~ /^(line|swap|syslog)$/ ? $0 : $1 " " $2 }
        FNR == NR { if (!(key() in row)) order[++n] = key(); row[key()] = $0; next }
        { if (key() in row) { print row[key()]; delete row[key()] } else print }
        END { for (i = 1; i <= n; ++i) if (order[i] in row) print row[order[i]] }' "$work/plan" "$before"
}

stage_one() {
    case $1 in
        dir)
            [ -d "$disk" ] || mkdir -m 1700 "$disk"
            chown "$3" "$disk"
            chmod "$4" "$disk"
            ;;
        file)
            (umask 077; cp "$work/file$2" "$disk.vakt-new")
            # before chmod: a change of owner takes a setuid bit away
            chown "$3" "$disk.vakt-new"
            chmod "$4" "$disk.vakt-new"
            ;;
        link)
            rm -f "$disk.vakt-new"
            to=${5##*,}
            ln -s "${to#link:}" "$disk.vakt-new"
            ;;
    esac
}

do_one() {
    case $1 in
        file | link)
            keep "$disk" "$6"
            mv -f "$disk.vakt-new" "$disk"
            ;;
        mode)
            chown "$3" "$disk"
            chmod "$4" "$disk"
            ;;
    esac
}

# each FUNCTION: for every row of the plan, with its words.
each() {
    while IFS= read -r row; do
        set -f
        # shellcheck disable=SC2086 # words
        set -- "$1" $row
        set +f
        disk=$target$3
        line_of_step=${row#* * }
        "$@"
    done <"$work/plan"
}

tell_one() {
    case $1 in
        line) line_of_step=${line_of_step#* } ;;
        swap) line_of_step=${line_of_step#*"$tab"} ;;
    esac
    told "$@"
}

carry_out_one() {
    tell_one "$@"
    case $1 in
        line) add_line "$disk" "$3" "$line_of_step" ;;
        swap)
            before=${row#* * }
            swap_line "$disk" "${before%%"$tab"*}" "$line_of_step"
            ;;
        *) do_one "$@" ;;
    esac
}

# carry_out: the plan.
carry_out() {
    mkdir -p "$target$state"
    one_at_a_time
    drop_locks
    merged >"$target$state/manifest.vakt-new"
    chmod 0644 "$target$state/manifest.vakt-new"
    flushed "$target$state/manifest.vakt-new"
    mv -f "$target$state/manifest.vakt-new" "$manifest"
    flushed "$target$state"
    each stage_one
    flush_places .vakt-new
    each carry_out_one
    flush_places ''
}

# The lock goes with the process, however it ends.
one_at_a_time() {
    command -v flock >/dev/null 2>&1 || return 0
    exec 9<"$target$state"
    flock -n 9 || die 'another install.sh is at work here'
}
