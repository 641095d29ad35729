# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# install.sh's eyes: where a path of the target lies, what is there, what the plan so far will have put there.
# The target's own links are followed inside it, so that an image with /var/run -> /run never leads out.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

say() { printf '%s\n' "$*"; }
die() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

# plain PATH: absolute, in its one spelling, of letters that need no quotes anywhere it will be written.
plain() {
    case $1 in
        *[!A-Za-z0-9/._+@:-]* | *//* | */./* | */../* | */. | */..) return 1 ;;
        /*[!/]) return 0 ;;
        *) return 1 ;;
    esac
}

# settle PATH: $place is PATH with its directories' links followed, $disk where that lies, $there what shall be looked at: the
# plan's own version of it where there is one.
settle() {
    plain "$1" || die "'$1' is no plain absolute path"
    to_go=${1#/} gone='' links=0
    while :; do
        case $to_go in */*) ;; *) break ;; esac
        part=${to_go%%/*}
        to_go=${to_go#*/}
        case $part in
            '' | .) ;;
            ..) gone=${gone%/*} ;;
            *)
                if [ -L "$target$gone/$part" ]; then
                    links=$((links + 1))
                    [ "$links" -le 20 ] || die "$1: too many links"
                    leads=$(readlink "$target$gone/$part")
                    case $leads in
                        /*) gone='' to_go=${leads#/}/$to_go ;;
                        *) to_go=$leads/$to_go ;;
                    esac
                else
                    gone=$gone/$part
                fi
                ;;
        esac
    done
    place=$gone/$to_go
    disk=$target$place
    there=$disk
    if [ -e "$work/new$place" ] || [ -L "$work/new$place" ]; then there=$work/new$place; fi
}

# state_of FILE: what it is, in one word.
state_of() {
    if [ -L "$1" ]; then
        leads=$(readlink "$1")
        case $leads in *[!A-Za-z0-9/._+@:-]*) leads='?' ;; esac # it is kept as it is, and never ours
        printf 'link:%s' "$leads"
    elif [ -f "$1" ]; then
        sum=$(sha256sum <"$1")
        printf 'file:%s' "${sum%% *}"
    elif [ -d "$1" ]; then
        printf 'dir'
    elif [ -e "$1" ]; then
        printf 'other'
    else
        printf 'absent'
    fi
}

# same FILE FILE: two names of one file.
same() { [ -e "$1" ] && [ -e "$2" ] && [ "$(stat -c %d:%i "$1")" = "$(stat -c %d:%i "$2")" ]; }

# rights_of FILE: "UID:GID MODE"
rights_of() { stat -c '%u:%g %a' "$1"; }

# number_of passwd|group NAME: its number in the target, or in the plan; nothing where it is not there.
number_of() {
    settle "/etc/$1"
    [ -f "$there" ] || return 0
    awk -F : -v name="$2" '$1 == name { print $3; exit }' "$there"
}

# owner_of OWNER:GROUP: as numbers of the target's, which are not the host's.
owner_of() {
    case $1 in root:root) printf '0:0'; return 0 ;; esac
    uid=${1%%:*} gid=${1##*:}
    case $uid in root) uid=0 ;; *[!0-9]*) uid=$(number_of passwd "$uid") ;; esac
    case $gid in root) gid=0 ;; *[!0-9]*) gid=$(number_of group "$gid") ;; esac
    if [ -z "$uid" ] || [ -z "$gid" ]; then die "the target knows no $1"; fi
    printf '%s:%s' "$uid" "$gid"
}

# recalled KIND PLACE: whether the manifest has it; then $r_new (the states that are ours, with commas), $r_old, $r_owner, $r_mode.
recalled() {
    r_new='' r_old='' r_owner='' r_mode=''
    [ -f "$manifest" ] || return 1
    row=$(awk -v kind="$1" -v place="$2" '$1 == kind && $2 == place { print $5, $6, $7, $8; exit }' "$manifest")
    [ -n "$row" ] || return 1
    read -r r_new r_old r_owner r_mode <<END
$row
END
}

# ours STATE: it is one of those that the manifest says we made.
ours() {
    case ",$r_new," in *",$1,"*) return 0 ;; *) return 1 ;; esac
}
