# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# install.sh uninstall: the manifest backwards. Each row is undone as far as it was done; what somebody changed since is kept and said.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

# act WORDS COMMAND ...: said; and done, unless nothing is to be changed.
act() {
    say "$1"
    shift
    [ "$dry" = yes ] || "$@"
}

# A dry run takes lines out of a copy, so that it sees the file as it would then be: $seen is that, or the file itself.
look_at_disk() {
    seen=$disk
    if [ -e "$work/new$1" ]; then seen=$work/new$1; fi
}
scratch() {
    if [ "$dry" = no ] || [ "$seen" != "$disk" ]; then return 0; fi
    seen=$work/new$1
    mkdir -p "${seen%/*}"
    cp -p "$disk" "$seen"
}

gone() { printf '%s\n' "$1" >>"$work/gone"; }

# What was staged by a run that was killed.
sweep() {
    for rest in "$disk.vakt-new" "$disk.ORIG.vakt-new" "$disk.vakt-lock"; do
        if [ -e "$rest" ] || [ -L "$rest" ]; then act "remove  ${rest#"$target"}" rm -f "$rest"; gone "$rest"; fi
    done
}

undo_place() { # PLACE OLD
    now=$(state_of "$seen")
    if [ "$now" != absent ] && [ "$now" != "$2" ] && ! ours "$now"; then
        say "kept    $1 (it was changed since)"
        [ "$2" = - ] || say "        its original is $1.ORIG"
    elif [ "$2" = - ]; then
        [ "$now" = absent ] || { act "remove  $1" rm -f "$disk"; gone "$disk"; }
    elif [ "$now" = "$2" ]; then
        if same "$disk" "$disk.ORIG" || [ "$(state_of "$disk.ORIG")" = "$2" ]; then
            act "remove  $1.ORIG" rm -f "$disk.ORIG"
            gone "$disk.ORIG"
        fi
    elif [ "$(state_of "$disk.ORIG")" = "$2" ]; then
        act "restore $1" mv -f "$disk.ORIG" "$disk"
        gone "$disk.ORIG"
    else
        say "lost    $1 (its original is no longer $1.ORIG)"
    fi
}

undo_dir() { # PLACE
    [ -d "$disk" ] && [ ! -L "$disk" ] || return 0
    for entry in "$disk"/* "$disk"/.[!.]* "$disk"/..?*; do
        if [ ! -e "$entry" ] && [ ! -L "$entry" ]; then continue; fi
        if [ -f "$work/gone" ] && has_line "$work/gone" "$entry"; then continue; fi
        case $entry in "$target$state") continue ;; esac
        say "kept    $1 (it is not empty)"
        return 0
    done
    case $target$state in "$disk"/*) return 0 ;; esac # that goes last
    act "rmdir   $1" rmdir "$disk"
    gone "$disk"
}

undo_syslog() { # OWN CONF: while the OTP configuration is in force, the original has to come back first
    own=$1 conf=$2
    if [ -f "$target$conf" ] && cmp -s "$target$conf" "$target$own/syslog.conf.OTP" && [ -f "$target$own/syslog.conf.ORIG" ]; then
        act "nootp   $conf" take_back
    fi
    for rest in "$target$own/syslog.otp" "$target$own/syslog.otp.lock"; do
        if [ -p "$rest" ] || [ -f "$rest" ]; then act "remove  ${rest#"$target"}" rm -f "$rest"; gone "$rest"; fi
    done
}
take_back() {
    if [ -z "$target" ] && [ "$("$bin/mod_syslog" nootp "$own" "$conf")" = 0 ]; then return 0; fi
    cp -p "$target$conf" "$target$conf.vakt-new"
    cat "$target$own/syslog.conf.ORIG" >"$target$conf.vakt-new"
    replace "$target$conf"
    say "        have the syslog daemon read $conf again"
}

undo_one() {
    kind=$1
    shift
    look_at_disk "$1"
    case $kind in
        dir) undo_dir "$1" ;;
        file | link)
            r_new=$4
            sweep
            undo_place "$1" "$5"
            ;;
        mode)
            if [ -e "$disk" ] && [ "$(rights_of "$disk")" = "$2 $3" ]; then
                act "chmod   $7 $6 $1" restore_mode "$6" "$7"
            fi
            ;;
        line)
            sweep
            line_of_step=${line_of_step#* }
            if [ -f "$seen" ] && has_line "$seen" "$line_of_step"; then
                say "line    $1: without $line_of_step"
                scratch "$1"
                take_line "$seen" "$2" "$line_of_step"
            fi
            ;;
        swap)
            sweep
            now=${line_of_step#*"$tab"}
            if [ -f "$seen" ] && has_line "$seen" "$now"; then
                say "line    $1: $now is ${line_of_step%%"$tab"*} again"
                scratch "$1"
                swap_line "$seen" "$now" "${line_of_step%%"$tab"*}"
            fi
            ;;
        syslog) undo_syslog "$1" "$2" ;;
    esac
}
restore_mode() {
    chown "$1" "$disk"
    chmod "$2" "$disk"
}

uninstall() {
    if [ ! -f "$manifest" ]; then
        say 'nothing is installed here'
        [ "$dry" = yes ] || {
            rm -f "$manifest.vakt-new"
            rmdir "$target$state" "$target${state%/*}" 2>/dev/null || :
        }
        return 0
    fi
    [ "$dry" = yes ] || {
        one_at_a_time
        drop_locks
    }
    awk '{ row[NR] = $0 } END { for (i = NR; i > 0; --i) print row[i] }' "$manifest" >"$work/plan"
    each undo_one
    [ "$dry" = yes ] || {
        flush_places ''
        rm -f "$manifest" "$manifest.vakt-new"
        rmdir "$target$state" "$target${state%/*}" 2>/dev/null || :
    }
}
