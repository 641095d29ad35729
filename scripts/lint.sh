#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: lint.sh
# Each tool is one check: rooms, clang-format, clang-tidy, shellcheck, xref. What a tool says is shown when it objects.
set -eu
cd "$(dirname "$0")/.."
passed=0
failed=0
skipped=0

# tool NAME COMMAND ...
tool() {
    name=$1
    shift
    if ! command -v "$1" >/dev/null 2>&1; then
        skipped=$((skipped + 1))
        printf '  skip  %s: %s is not installed\n' "$name" "$1"
    elif output=$("$@" 2>&1); then
        passed=$((passed + 1))
        printf '  ok    %s\n' "$name"
    else
        failed=$((failed + 1))
        printf '  FAIL  %s\n%s\n' "$name" "$output"
    fi
}

cxx_files() { find src drivers test -name '*.cpp' -o -name '*.h' 2>/dev/null | sort; }
# The flags come quoted as on the compiler's command line, so eval splits them as the shell would.
eval "set -- -std=c++20 $(make -s print-vakt_CPPFLAGS) $(make -s print-vakt_WARNINGS)"
tidy() {
    # The path-sensitive analyzer, and what judges speed and style, is for what is shipped: over CppUTest's macros the first takes
    # three times as long and finds nothing, the others half as long again. What is shipped has clang's own warnings, too.
    # Huge pages spare clang-tidy a twelfth of its time.
    # shellcheck disable=SC2016 # for the inner shell
    find src drivers test -name '*.cpp' 2>/dev/null | sort |
        xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} sh -c '
            file=$1
            shift
            checks=clang-diagnostic-*
            case $file in test/*) checks=-clang-analyzer-*,-modernize-*,-performance-*,-portability-*,-readability-* ;; esac
            output=$(GLIBC_TUNABLES=glibc.malloc.hugetlb=1 clang-tidy --quiet --checks="$checks" "$file" -- "$@" 2>/dev/null) || {
                printf "in %s:\n%s\n" "$file" "$output"
                exit 1
            }' tidy {} "$@"
}

tool rooms scripts/check-rooms.sh
# shellcheck disable=SC2046 # file names of ours have no blanks
tool clang-format clang-format --dry-run -Werror $(cxx_files)
if command -v clang-tidy >/dev/null 2>&1; then
    if output=$(tidy "$@"); then
        passed=$((passed + 1))
        printf '  ok    clang-tidy\n'
    else
        failed=$((failed + 1))
        printf '  FAIL  clang-tidy\n%s\n' "$output"
    fi
else
    skipped=$((skipped + 1))
    printf '  skip  clang-tidy: not installed\n'
fi
# shellcheck disable=SC2046
tool shellcheck shellcheck -x $(find scripts test .ci -name '*.sh') .ci/run
tool xref escript scripts/xref.escript "$(make -s print-APP)"

printf 'lint: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
