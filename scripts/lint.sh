#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: lint.sh      [ANALYZER_NODES=225000]
# Each tool is one check: rooms, clang-format, clang-tidy, shellcheck, xref. What a tool says is shown when it objects.
# ANALYZER_NODES bounds the steps that clang's analyzer follows in one function; its own bounds are 225,000, and 75,000 where it is told to
# be quick (mode=shallow), for which it takes half the time or less.
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
eval "set -- -std=c++20 $(make -s print-vakt_CPPFLAGS) $(make -s print-erl_CPPFLAGS) $(make -s print-vakt_WARNINGS)" \
    -Xclang -analyzer-config -Xclang "max-nodes=${ANALYZER_NODES:-225000}"
# What scripts/tidy.sh is to read as one, a line each: files of a room, or of a program, which have most headers in common; eight at
# most, so that no processor is left with a long one at the end, but all tests of a room, which take little each. The tests' programs
# have a main each. The Solaris side is for solaris-check, which has its headers.
files_to_tidy() {
    find src drivers test -name '*.cpp' ! -name '*_solaris.cpp' | sed 's|_test\.cpp$|.test|' | sort |
        awk '{
            group = $0
            sub(/\/[^\/]*$/, "", group)
            if (group == "src/prog") { group = $0; sub(/[_.][^\/]*$/, "", group) }
            most = group !~ /^test/ ? 8 : /[.]test$/ ? 1000 : 1
            sub(/[.]test$/, "_test.cpp")
            if (group != last || number >= most) { if (NR > 1) printf "\n"; number = 0 }
            printf "%s%s", number++ ? " " : "", $0
            last = group
        } END { printf "\n" }'
}
tidy() { files_to_tidy | xargs -P "$(getconf _NPROCESSORS_ONLN)" -d '\n' -I{} scripts/tidy.sh {} "$@"; }

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
tool shellcheck shellcheck -x $(find scripts test .ci -name '*.sh') .ci/run $(grep -lsE '^#!/bin/(busybox )?sh' board/common/*)
tool xref escript scripts/xref.escript "$(make -s print-APP)"

printf 'lint: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
