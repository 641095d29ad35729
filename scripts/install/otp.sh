# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The places of OTP's programs in the installation directory: each a link to ours, the original beside it as .ORIG.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

installed() {
    settle "$bin/$1"
    [ -f "$there" ]
}

# in_place PROGRAM FOLDER: where ours is installed at all.
in_place() {
    ! installed "$1" || want_link "$bin/$1" "$2/$1"
}

# Nobody but root and the user may lead root astray in here.
no_links_in() {
    settle "$1"
    if [ "$place" = "$1" ] && [ ! -L "$disk" ]; then return 0; fi
    die "$1 goes by a symbolic link: name the directory itself with --root"
}

plan_otp() {
    no_links_in "$otp_root"
    otp_found=no
    for folder in "$target$otp_root"/erts-*/bin; do
        [ -d "$folder" ] || continue
        otp_found=yes
        no_links_in "${folder#"$target"}"
        in_place heart "${folder#"$target"}"
        for program in run_erl to_erl start_erl; do
            in_place "$program" "${folder#"$target"}"
        done
    done
    for program in run_erl to_erl start_erl; do in_place "$program" "$otp_root/bin"; done
    for folder in "$target$otp_root"/lib/os_mon-*; do
        [ -d "$folder" ] || continue
        no_links_in "${folder#"$target"}"
        for program in ferrule mod_syslog; do in_place "$program" "${folder#"$target"}/priv/bin"; done
    done
    # A release that brings the application vakt brings copies of its port programs: without their rights.
    for folder in "$target$otp_root"/lib/vakt-*; do
        [ -d "$folder" ] || continue
        no_links_in "${folder#"$target"}"
        if [ -d "$folder/priv/bin" ] && [ ! -L "$folder/priv/bin" ]; then
            for program in ferrule mod_syslog; do in_place "$program" "${folder#"$target"}/priv/bin"; done
        else
            want_link "$bin" "${folder#"$target"}/priv/bin"
        fi
    done
    if [ -f conf/start ]; then
        filled conf/start >"$work/start"
        want_file file "$work/start" "$otp_root/bin/start" "$user:$u_group" 755
    fi
    [ "$otp_found" = yes ] || say "note    no erts-* in $otp_root yet: unpack the release there, then run this again"
}
