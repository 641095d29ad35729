#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check-rooms.sh [ROOT]
# Fails on an include against the order of the rooms (room.mk's NEEDS), on a ring, on an operating-system header in a
# pure room, and on a package's header outside the one room that may name it.
set -eu
root=${1:-.}
cd "$root"

pure=' base syslog heart wdt swap console relay keeper report release wire bridge show guard doctor ctl yaml seed '
# The upward order; a room may need only rooms that stand before it.
order=' base syslog heart wdt swap console relay keeper report release wire bridge show guard doctor ctl yaml seed sys become loop systemd settings source inside notes drivers beam prog '

needs() { sed -n "s/^$1_NEEDS *:= *//p" "$(room_dir "$1")/room.mk"; }
room_dir() { case $1 in drivers) printf 'drivers' ;; beam) printf 'drivers/beam' ;; *) printf 'src/%s' "$1" ;; esac; }
place() { n=0; for r in $order; do n=$((n + 1)); if [ "$r" = "$1" ]; then printf '%s' "$n"; return; fi; done; printf '0'; }

bad=0
complain() { printf '%s\n' "$*" >&2; bad=1; }

rooms=''
for file in src/*/room.mk drivers/room.mk drivers/beam/room.mk; do
    [ -f "$file" ] || continue
    room=$(basename "$(dirname "$file")")
    case $room in erl) continue ;; esac
    rooms="$rooms $room"
done

for room in $rooms; do
    dir=$(room_dir "$room")
    here=$(place "$room")
    [ "$here" -ne 0 ] || complain "$dir/room.mk: room '$room' has no place in the order of the rooms"
    if [ "$room" = prog ]; then
        allowed=$(sed -n 's/^.*_ROOMS *:= *//p' "$dir/room.mk" | tr '\n' ' ')
        # a program may name any room that its rooms need
        for r in $allowed; do allowed="$allowed $(needs "$r")"; done
    else
        allowed=$(needs "$room")
        # what the emulator loads is wired like a program, of rooms of its own
        if [ "$room" = beam ]; then
            wired=$(sed -n 's/^.*_ROOMS *:= *//p' "$dir/room.mk" | tr '\n' ' ')
            for r in $wired; do allowed="$allowed $r $(needs "$r")"; done
        fi
        for r in $allowed; do
            there=$(place "$r")
            if [ "$there" -eq 0 ] || [ "$there" -ge "$here" ]; then
                complain "$dir/room.mk: '$room' needs '$r', which does not stand below it"
            fi
        done
    fi
    for source in "$dir"/*.h "$dir"/*.cpp; do
        [ -f "$source" ] || continue
        quoted=$(sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$source")
        for header in $quoted; do
            case $header in drivers/beam/*) from=beam ;; *) from=${header%%/*} ;; esac
            case " $room $allowed " in
                *" $from "*) ;;
                *) complain "$source: includes \"$header\", but $room does not need '$from'" ;;
            esac
        done
        angled=$(sed -n 's/^ *# *include *<\([^>]*\)>.*/\1/p' "$source")
        for header in $angled; do
            case $header in
                event2/* | event.h) owner=loop ;;
                libconfig.h*) owner=settings ;;
                yaml.h) owner=yaml ;;
                systemd/*) owner=systemd ;;
                sys/* | linux/* | netinet/* | arpa/* | unistd.h | fcntl.h | poll.h | signal.h | csignal | termios.h | pwd.h | grp.h | \
                    syslog.h | dirent.h | sched.h | time.h | fstream | iostream | filesystem | thread | cstdio | stdio.h)
                    case $pure in
                        *" $room "*) complain "$source: <$header> in the pure room '$room'" ;;
                    esac
                    continue
                    ;;
                *) continue ;;
            esac
            [ "$room" = "$owner" ] || complain "$source: <$header> belongs to the room '$owner' alone"
        done
    done
done

# What one system answers in a file of its own, the other answers too.
for source in src/*/*_linux.cpp drivers/*_linux.cpp; do
    [ ! -f "$source" ] || [ -f "${source%_linux.cpp}_solaris.cpp" ] || complain "$source: there is no ${source%_linux.cpp}_solaris.cpp beside it"
done

[ "$bad" -eq 0 ] || exit 1
printf 'rooms: every include goes up the order (%s )\n' "$rooms"
