# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Who may reboot when HEART_COMMAND runs: with the keeper nobody needs a setuid program, it is asked.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

# Before the files: the node's settings name it.
choose_command() {
    VAKT_HEART_COMMAND=
    if [ "$keeper" = yes ]; then
        VAKT_HEART_COMMAND="$bin/vaktctl --yes reboot"
    elif [ "$setuid_reboot" = yes ]; then
        find_reboot
        VAKT_HEART_COMMAND=$reboot
    fi
}

find_reboot() {
    for reboot in /usr/sbin/reboot /sbin/reboot; do
        settle "$reboot"
        if [ -e "$disk" ] || [ -L "$disk" ]; then break; fi
    done
    [ -e "$disk" ] || [ -L "$disk" ] || die 'there is no reboot to make setuid'
    [ ! -L "$disk" ] || die "$reboot is a link to $(readlink "$disk"): setuid would give away all that this can do"
}

# a row of keeper.conf that nobody wrote yet
want_key() { # KEY LINE
    settle "$etc/keeper.conf"
    if grep -q -x -F -e "$2" "$there"; then return 0; fi
    if grep -q "^[[:blank:]]*$1[[:blank:]]*[=:]" "$there"; then
        say "note    $etc/keeper.conf has $1 already; what this user needs is: $2"
        return 0
    fi
    want_line "$etc/keeper.conf" "$2"
}

plan_heart() {
    if [ "$keeper" = yes ]; then
        settle "$etc/keeper.conf"
        [ -f "$there" ] || die "$target$place is not there"
        want_key leases "leases = ( { name = \"$user\"; user = \"$user\"; } );"
        want_key rights "rights = ( { user = \"$user\"; may = [ \"reboot\" ]; } );"
        say "note    HEART_COMMAND=\"$VAKT_HEART_COMMAND\": the keeper reboots, so nothing is made setuid; name the watchdog in $etc/keeper.conf"
    elif [ "$setuid_reboot" = yes ]; then
        find_reboot
        want_mode "$reboot" "root:$u_group" 4750
        say "note    $reboot is setuid for group $u_group, as was asked: every one of them may reboot"
    else
        say "note    HEART_COMMAND is not set: without the keeper $user may not reboot. A setuid reboot wants --setuid-reboot"
    fi
}
