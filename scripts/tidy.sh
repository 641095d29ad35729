#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tidy.sh "FILE ..." COMPILER-FLAG ...
# clang-tidy over the files, read as one where they can be, since reading headers takes longest. When it objects, or when they cannot
# be read as one (two of them may give one name to different things), each half is looked at by itself, down to the file at fault.
# What it says of that file is shown; status 1.
#
# The path-sensitive analyzer, and what judges speed and style, is for what is shipped: over CppUTest's macros the first takes three
# times as long and finds nothing, the others half as long again. What is shipped has clang's own warnings, too.
set -eu
files=$1
shift

# Tests are read each in a namespace of its own, where they meet no other's names, after all that they include: CppUTest's headers
# last, since its new is a macro. Other files stand one behind another: the analyzer looks at no function of an included file.
as_one() {
    case $1 in
        *_test.cpp)
            for kind in '<[^C]' '"[^Ct]' '"test' '.CppUTest/' '.CppUTestExt'; do
                cat "$@" | sed -n "\\|^#include $kind|p" | sort -u
            done
            for test; do
                printf 'namespace %s {\nusing ::StringFrom;\n#include "%s"  // NOLINT\n}\n' "$(basename "$test" .cpp)" "$test"
            done
            ;;
        *) cat "$@" ;;
    esac
}

# look FILES FLAG ...: what clang-tidy says of them. Huge pages spare it a twelfth of its time.
look() (
    # shellcheck disable=SC2086 # one word a file
    set -f -- "$1" "$(printf '%s\n' $1 | wc -l)" "$@"
    looked=$1
    number=$2
    shift 3
    case $looked in
        test/*) checks='-clang-analyzer-*,-modernize-*,-performance-*,-portability-*,-readability-*' ;;
        *) checks='clang-diagnostic-*' ;;
    esac
    if [ "$number" -gt 1 ]; then
        one=build/lint/$(printf '%s' "${looked%% *}" | tr / _).$number.cpp
        mkdir -p build/lint
        # shellcheck disable=SC2086
        as_one $looked >"$one"
        looked=$one
        # A name given twice, or hidden, ends it here, in a second or two.
        clang++ -fsyntax-only -Werror "$@" "$looked" 2>/dev/null || return 1
    fi
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 clang-tidy --quiet --checks="$checks" "$looked" -- "$@" 2>/dev/null
)

# tidy FILES FLAG ...
tidy() (
    if said=$(look "$@"); then return 0; fi
    all=$1
    shift
    # shellcheck disable=SC2086
    number=$(printf '%s\n' $all | wc -l)
    if [ "$number" -eq 1 ]; then
        printf 'in %s:\n%s\n' "$all" "$said"
        return 1
    fi
    code=0
    # shellcheck disable=SC2086
    tidy "$(printf '%s\n' $all | head -n $((number / 2)) | xargs)" "$@" || code=1
    # shellcheck disable=SC2086
    tidy "$(printf '%s\n' $all | tail -n +$((number / 2 + 1)) | xargs)" "$@" || code=1
    return $code
)
tidy "$files" "$@"
