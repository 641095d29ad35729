# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For suites whose scripts run on boards: after lib.sh. What dash and busybox take and Solaris 10's /bin/sh does not.

# shellcheck disable=SC2154 # tmp is lib.sh's
# bourne FILE: fails and shows each line that the Bourne shell of before POSIX, or the tools beside it, would not understand.
bourne() {
    grep -v '^[[:blank:]]*#' "$1" >"$tmp/code"
    # $( and $((, ${x#y} ${x%y} ${#x}, "!" before a command, export and readonly with a value, local, [ -e ], test ==, ~user,
    # function f {, <<<, read -r, grep -q, id -u, tail -n, head -n, kill by long words, printf %q, >& words, [[
    if grep -n -E -e '\$\(' -e '\$\{[A-Za-z_0-9]+[#%]' -e '\$\{#' -e '(^|[;&|({]|if|while|until)[[:blank:]]*![[:blank:]]' \
        -e '(^|[;&|[:blank:]])(export|readonly)[[:blank:]]+[A-Za-z_][A-Za-z_0-9]*=' -e '(^|[;[:blank:]])local[[:blank:]]' \
        -e '(\[|test)[[:blank:]]+-[eSO][[:blank:]]' -e '(\[|test)[[:blank:]].*[[:blank:]]==[[:blank:]]' -e '\[\[' -e '<<<' \
        -e '^[[:blank:]]*function[[:blank:]]' -e 'read -' -e 'grep -[a-zA-Z]*[qEFxe]' -e '(^|[;`[:blank:]])id -' \
        -e '(head|tail) -[nc]' -e '[[:blank:]]&>' -e 'command -v' -e '=~' -e '(^|[[:blank:]])~' -e 'set -o' "$tmp/code"; then
        fail "$1 is not for the Bourne shell of Solaris 10"
    fi
}
