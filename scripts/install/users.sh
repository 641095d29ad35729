# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Who runs Erlang, and where: an ordinary user with the installation directory; and the bridge's own.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

# free_number FIRST LAST STEP: neither a user's nor a group's.
free_number() {
    settle /etc/passwd
    u_file=$there
    settle /etc/group
    awk -F : -v first="$1" -v last="$2" -v by="$3" '
        { taken[$3] = 1 }
        END { for (n = first; n != last + by; n += by) if (!(n in taken)) { print n; exit } }' "$u_file" "$there"
}

# want_entry FILE NAME LINE: in one of the user tables, where there is that table and NAME is not in it.
want_entry() {
    settle "/etc/$1"
    [ -f "$there" ] || return 0
    if awk -F : -v name="$2" '$1 == name { found = 1 } END { exit !found }' "$there"; then return 0; fi
    want_line "/etc/$1" "$3"
}

# want_user NAME COMMENT HOME SHELL FIRST LAST STEP
want_user() {
    u_name=$1
    u_uid=$(number_of passwd "$u_name")
    u_gid=$(number_of group "$u_name")
    [ -n "$u_gid" ] || u_gid=$(free_number "$5" "$6" "$7")
    if [ -z "$u_uid" ]; then
        [ -n "$target" ] || ! command -v getent >/dev/null 2>&1 || ! getent passwd "$u_name" >/dev/null || {
            # from a directory of the network: it is there, but its number is not the table's
            die "$u_name is a user of some directory service: a user of this system is wanted (--user)"
        }
        u_uid=$u_gid
        settle /etc/passwd
        if awk -F : -v uid="$u_uid" '$3 == uid { found = 1 } END { exit !found }' "$there"; then u_uid=$(free_number "$5" "$6" "$7"); fi
        want_entry group "$u_name" "$u_name:x:$u_gid:"
        want_entry gshadow "$u_name" "$u_name:!::"
        want_entry passwd "$u_name" "$u_name:x:$u_uid:$u_gid:$2:$3:$4"
    fi
    # no password at all: root alone becomes this user
    want_entry shadow "$u_name" "$u_name:!:::::::"
}

plan_user() {
    settle /etc/passwd
    [ -f "$there" ] || die "$target/etc/passwd is not there: is $target a root?"
    u_home=/home/$user
    case $otp_root in */"$user"/*) u_home=${otp_root%%/"$user"/*}/$user ;; esac
    u_new=no
    [ -n "$(number_of passwd "$user")" ] || u_new=yes
    want_user "$user" 'Erlang/OTP' "$u_home" /bin/sh 1000 59999 1
    [ "$bridge" = no ] || want_user vakt "Vakt's bridge" /var/lib/vakt/bridge /usr/sbin/nologin 999 100 -1
    settle /etc/passwd
    u_group=$(awk -F : -v name="$user" '$1 == name { print $4; exit }' "$there")
    VAKT_GROUP=$u_group
    group=$u_group
    # again from what this run has made, should it have been stopped in between
    settle "$u_home"
    if [ "$u_new" = yes ] || recalled dir "$place"; then want_dir "$u_home" "$user:$u_group" 755; fi
    want_dir "$otp_root" "$user:$u_group" 755
    want_dir "$otp_root/bin" "$user:$u_group" 755
    want_dir "$otp_root/log" "$user:$u_group" 755
}
