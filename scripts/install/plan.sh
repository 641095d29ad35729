# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# install.sh's plan: each want_... looks, and writes down a step only where something is to be done. A step is a row:
#
#   dir|file|link PLACE OWNER MODE NEW OLD OLD-OWNER OLD-MODE     OLD: what was there, now PLACE.ORIG; "-" for nothing
#   mode          PLACE OWNER MODE -   -   OLD-OWNER OLD-MODE
#   line          PLACE NEWLINE LINE ...                          NEWLINE: "cut" where the last line before had none
#   swap          PLACE OLD-LINE TAB NEW-LINE
#   syslog        OWN CONF                                        nothing to do; uninstall takes the OTP configuration back
#
# The same rows are the manifest, which is written before the first step is done.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

step() {
    printf '%s\n' "$*" >>"$work/plan"
}

# want_dir PATH [OWNER MODE]: with those above it, which are root's. One that is there stays as it is, but for one that a run that
# was killed has half made: nobody else's directory is sticky and closed.
want_dir() {
    settle "$1"
    if [ -d "$there" ]; then
        [ "$there" = "$disk" ] || return 0
        recalled dir "$place" || return 0
        case $(rights_of "$disk") in *' 1700' | '0:0 700') ;; *) return 0 ;; esac
    fi
    case ${1%/*} in '') ;; *) want_dir "${1%/*}" ;; esac
    # those above have their own names by now
    settle "$1"
    mkdir -p "$work/new$place"
    step dir "$place" "$(owner_of "${2:-root:root}")" "${3:-755}" dir - - -
}

# want_file file|config SOURCE PATH OWNER MODE: SOURCE stays where it is until the step is done. What somebody changed is kept.
want_file() {
    f_kind=$1 f_source=$2 f_path=$3 f_owner=$(owner_of "$4") f_mode=${5#0}
    want_dir "${f_path%/*}"
    settle "$f_path"
    f_new=$(state_of "$f_source")
    f_now=$(state_of "$there")
    f_old=- f_oldowner=- f_oldmode=-
    f_known=no
    if recalled file "$place"; then f_known=yes f_old=$r_old f_oldowner=$r_owner f_oldmode=$r_mode; fi
    case $f_now in dir | other) die "$target$place stands in the way: it is no file" ;; esac
    if [ "$f_now" = "$f_new" ]; then
        [ "$(rights_of "$there")" != "$f_owner $f_mode" ] || return 0
        [ "$f_known" = yes ] || {
            want_mode "$f_path" "$4" "$f_mode"
            return 0
        }
    elif [ "$f_now" = absent ]; then
        :
    elif [ "$f_known" = yes ] && [ "$f_now" = "$f_old" ]; then
        :
    elif [ "$f_known" = yes ] && ours "$f_now"; then
        :
    elif [ "$f_kind" = config ] && [ "$f_known" = yes ] && ours "$f_new"; then
        return 0
    elif [ "$f_kind" = config ]; then
        beside "$f_source" "$f_path" "$4" "$f_mode"
        return 0
    elif [ "$f_known" = yes ]; then
        say "kept    $place (it was changed since it was installed)"
        return 0
    else
        may_keep
        f_old=$f_now
        f_oldowner=$(stat -c %u:%g "$disk") f_oldmode=$(stat -c %a "$disk")
    fi
    [ -d "$work/new${place%/*}" ] || mkdir -p "$work/new${place%/*}"
    [ -d "$work/file${place%/*}" ] || mkdir -p "$work/file${place%/*}"
    cp "$f_source" "$work/file$place"
    ln -f "$work/file$place" "$work/new$place"
    step file "$place" "$f_owner" "$f_mode" "$(all_of_ours "$f_new")" "$f_old" "$f_oldowner" "$f_oldmode"
}

# beside SOURCE PATH OWNER MODE: a configuration that somebody has already; the new one as PATH.new, where it says other things.
beside() {
    settle "$2.new"
    if [ "$(state_of "$there")" = "$(state_of "$1")" ]; then return 0; fi
    say "kept    $2 (the new one is beside it)"
    want_file file "$1" "$2.new" "$3" "$4"
}

# all_of_ours STATE: with what an earlier run may have put there, since this one may be interrupted.
all_of_ours() {
    if [ -z "$r_new" ] || ours "$1"; then printf '%s' "${r_new:-$1}"; else printf '%s,%s' "$r_new" "$1"; fi
}

# The name for the original must be free.
may_keep() {
    if [ -e "$disk.ORIG" ] || [ -L "$disk.ORIG" ]; then
        ! same "$disk.ORIG" "$disk" || return 0
        die "$target$place.ORIG is there already, and not ours: move it away first"
    fi
}

# want_link TO PATH: in the place of a program of OTP's, which stays as PATH.ORIG. One that came anew is the next original.
want_link() {
    want_dir "${2%/*}"
    settle "$2"
    l_now=$(state_of "$there")
    [ "$l_now" != "link:$1" ] || return 0
    l_old=- l_oldowner=- l_oldmode=-
    l_known=no
    if recalled link "$place"; then l_known=yes l_old=$r_old l_oldowner=$r_owner l_oldmode=$r_mode; fi
    case $l_now in dir | other) die "$target$place stands in the way: it is no file" ;; esac
    if [ "$l_now" != absent ] && [ "$l_now" != "$l_old" ]; then
        [ "$l_known" = yes ] || may_keep
        l_old=$l_now
        l_oldowner=$(stat -c %u:%g "$disk") l_oldmode=$(stat -c %a "$disk")
    fi
    mkdir -p "$work/new${place%/*}"
    rm -f "$work/new$place"
    ln -s "$1" "$work/new$place"
    step link "$place" 0:0 777 "$(all_of_ours "link:$1")" "$l_old" "$l_oldowner" "$l_oldmode"
}

# draft: a copy of the file at $place to work on, in the plan.
draft() {
    mkdir -p "$work/new${place%/*}"
    cp -p "$there" "$work/drafted"
    mv -f "$work/drafted" "$work/new$place"
}

# want_line PATH LINE: as the last one, unless some line is exactly that.
want_line() {
    settle "$1"
    [ -f "$there" ] || die "$target$place is not there"
    if grep -q -x -F -e "$2" "$there"; then return 0; fi
    cut=whole
    [ -z "$(tail -c 1 "$there")" ] || cut="cut"
    draft
    [ "$cut" = whole ] || printf '\n' >>"$work/new$place"
    printf '%s\n' "$2" >>"$work/new$place"
    step line "$place" "$cut" "$2"
}

# want_swap PATH LINE NEW-LINE: one line for another.
want_swap() {
    settle "$1"
    draft
    swapped "$work/new$place" "$2" "$3" >"$work/draft"
    cat "$work/draft" >"$work/new$place"
    step swap "$place" "$2$tab$3"
}

# want_mode PATH OWNER MODE
want_mode() {
    settle "$1"
    m_owner=$(owner_of "$2")
    m_was=$(rights_of "$there")
    [ "$m_was" != "$m_owner $3" ] || return 0
    if recalled mode "$place"; then m_was="$r_owner $r_mode"; fi
    step mode "$place" "$m_owner" "$3" - - "$m_was"
}

# told STEP ...: the words for a row; what install does, and what --dry-run says.
told() {
    case $1 in
        dir) printf 'mkdir   %s %s %s\n' "$4" "$3" "$2" ;;
        file) printf 'install %s %s %s%s\n' "$4" "$3" "$2" "$(keeping "$6")" ;;
        link)
            to=${5##*,}
            printf 'link    %s -> %s%s\n' "$2" "${to#link:}" "$(keeping "$6")"
            ;;
        mode) printf 'chmod   %s %s %s (was %s %s)\n' "$4" "$3" "$2" "$8" "$7" ;;
        line | swap) printf 'line    %s: %s\n' "$2" "$line_of_step" ;;
    esac
}
keeping() { [ "$1" = - ] || printf ' (the original stays as .ORIG)'; }
