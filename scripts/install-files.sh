#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: DESTDIR= prefix= sysconfdir= VERSION= [VAKT_GROUP=group VAKT_USER=user] install-files.sh install|uninstall
# Puts every line of conf/modes in place (see there), by temporary name and rename. A configuration file that is already
# there stays as it is; the new one goes beside it as .new when it differs. Without root, owners are left alone and
# mod_syslog is installed 0755: it then works with its caller's rights only.
set -eu
cd "$(dirname "$0")/.."
act=${1:-}
case $act in install | uninstall) ;; *)
    printf 'usage: install-files.sh install|uninstall\n' >&2
    exit 2
    ;;
esac
root=${DESTDIR:-}
prefix=${prefix:?}
sysconfdir=${sysconfdir:?}
# shellcheck source=scripts/install/modes.sh
. scripts/install/modes.sh
ready=$(mktemp)
trap 'rm -f "$ready"' EXIT

# put SOURCE TARGET OWNER MODE
put() {
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2.vakt-new"
    if [ "$(id -u)" -eq 0 ]; then
        # before chmod: a change of owner takes a setuid bit away
        chown "$3" "$2.vakt-new"
        chmod "$4" "$2.vakt-new"
    else
        chmod "$(printf '%s' "$4" | sed 's/^4750$/0755/')" "$2.vakt-new"
    fi
    mv -f "$2.vakt-new" "$2"
    printf 'install %s %s %s\n' "$4" "$3" "$2"
}

install_one() {
    source=$1 target=$root$2 owner=$3 mode=$4 kind=$5
    filled "$source" >"$ready"
    if [ "$kind" = config ] && [ -e "$target" ]; then
        if cmp -s "$ready" "$target"; then return 0; fi
        target=$target.new
        printf 'kept    %s (the new one is beside it)\n' "${target%.new}"
    fi
    put "$ready" "$target" "$owner" "$mode"
}

uninstall_one() {
    source=$1 target=$root$2 kind=$5
    [ -e "$target" ] || [ -L "$target" ] || return 0
    filled "$source" >"$ready"
    if [ "$kind" = config ] && ! cmp -s "$ready" "$target"; then
        printf 'kept    %s (it was changed)\n' "$target"
        return 0
    fi
    rm -f "$target" "$target.new"
    printf 'removed %s\n' "$target"
}

each_file "${act}_one"

# The application finds its port programs in priv/bin, where os_mon keeps its own.
if [ "$act" = install ]; then
    mkdir -p "$root$app/priv"
    ln -sfn ../../../bin "$root$app/priv/bin"
else
    rm -f "$root$app/priv/bin"
    for folder in "$root$app/priv/lib" "$root$app/priv" "$root$app/include" "$root$app/ebin" "$root$app" "$root$prefix/lib/vakt/lib" "$root$bin" "$root$prefix/lib/vakt/install/scripts/install" "$root$prefix/lib/vakt/install/scripts" \
        "$root$prefix/lib/vakt/install" "$root$prefix/lib/vakt" "$root$etc"; do
        rmdir "$folder" 2>/dev/null || :
    done
fi
