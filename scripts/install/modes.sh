# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# conf/modes read, for make install and for install.sh: run from the top, with prefix, sysconfdir and VERSION set.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

bin=$prefix/lib/vakt/bin
app=$prefix/lib/vakt/lib/vakt-$VERSION
etc=$sysconfdir/vakt
man=$prefix/share/man
group=${VAKT_GROUP:-root}

expand() {
    printf '%s' "$1" | sed "s|\$(bin)|$bin|; s|\$(app)|$app|; s|\$(etc)|$etc|; s|\$(units)|$prefix/lib/systemd/system|; s|\$(lib)|$prefix/lib|; s|\$(dbus)|$sysconfdir/dbus-1/system.d|; s|\$(man)|$man|; s|\$(group)|$group|; s|VERSION|$VERSION|"
}

# filled SOURCE: what is in conf/ may leave places open, for whom and where it is installed.
filled() {
    case $1 in
        conf/*)
            sed "s|%PREFIX%|$prefix|g; s|%SYSCONFDIR%|$sysconfdir|g; s|%USER%|${VAKT_USER:-otpuser}|g; s|%ROOT%|${VAKT_OTP_ROOT:-/home/otpuser/otp}|g; s|%HEART_COMMAND%|${VAKT_HEART_COMMAND:-}|g" "$1"
            ;;
        *) cat "$1" ;;
    esac
}

# each_file FUNCTION: SOURCE TARGET OWNER MODE KIND, for every file of conf/modes.
each_file() {
    while read -r pattern target_word owner mode kind; do
        case $pattern in '' | '#'*) continue ;; esac
        for source in $(expand "$pattern"); do
            if [ "${kind:-}" = if-built ] && [ ! -f "$source" ]; then continue; fi
            [ -f "$source" ] || {
                printf 'install: %s is not there; make all first\n' "$source" >&2
                exit 1
            }
            where=$(expand "$target_word")
            case $where in */) where=$where$(basename "$source") ;; esac
            "$1" "$source" "$where" "$(expand "$owner")" "$mode" "${kind:-}"
        done
    done <conf/modes
}
