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
# The unit tests of a room are read as one file where they can be, since reading headers takes longest: first those, CppUTest's last
# (its new is a macro), then each test in a namespace of its own, where it meets no other's names. Prints what is to be looked at.
files_to_tidy() {
    # The Solaris side is for solaris-check, which has its headers.
    find src drivers test -name '*.cpp' ! -name '*_test.cpp' ! -name '*_solaris.cpp' | sort
    mkdir -p build/lint
    find test -name '*_test.cpp' | sed 's|/[^/]*$||' | sort -u | while read -r room; do
        file=build/lint/$(basename "$room").cpp
        {
            for kind in '<[^C]' '"[^Ct]' '"test' '.CppUTest/' '.CppUTestExt'; do
                sed -n "\\|^#include $kind|p" "$room"/*_test.cpp | sort -u
            done
            for test in "$room"/*_test.cpp; do
                printf 'namespace %s {\nusing ::StringFrom;\n#include "%s"  // NOLINT\n}\n' "$(basename "$test" .cpp)" "$test"
            done
        } >"$file"
        printf '%s\n' "$file"
    done
}
tidy() {
    # The path-sensitive analyzer, and what judges speed and style, is for what is shipped: over CppUTest's macros the first takes
    # three times as long and finds nothing, the others half as long again. What is shipped has clang's own warnings, too.
    # Huge pages spare clang-tidy a twelfth of its time. A room that objects, or cannot be read as one, is taken file by file.
    # shellcheck disable=SC2016 # for the inner shell
    files_to_tidy |
        xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} sh -c '
            look() {
                file=$1
                shift
                checks=clang-diagnostic-*
                case $file in test/* | build/*) checks=-clang-analyzer-*,-modernize-*,-performance-*,-portability-*,-readability-* ;; esac
                GLIBC_TUNABLES=glibc.malloc.hugetlb=1 clang-tidy --quiet --checks="$checks" "$file" -- "$@" 2>/dev/null
            }
            files=$1
            shift
            case $files in
                build/*)
                    if look "$files" "$@" >/dev/null; then exit 0; fi
                    files=$(sed -n "s|^#include \"\(.*_test.cpp\)\".*|\1|p" "$files")
                    ;;
            esac
            code=0
            for file in $files; do
                output=$(look "$file" "$@") || {
                    printf "in %s:\n%s\n" "$file" "$output"
                    code=1
                }
            done
            exit "$code"' tidy {} "$@"
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
