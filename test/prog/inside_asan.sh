#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The way inside once more, with libraries that watch their own memory (address and undefined sanitizers) in an emulator that does not:
# what is read and lost, killed and upgraded.
set -u
libraries=$(echo "$(pwd)"/build/asan/lib/vakt-*/priv/lib)
if [ ! -e "$libraries/syslog_nif.so" ]; then
    printf '  skip  everything: build/asan has no syslog_nif.so (make SANITIZE=asan)\n'
    printf 'inside_asan: 0 passed, 0 failed, 1 skipped\n'
    exit 0
fi
# Of the emulator's own memory nobody asks; it uses its stacks in its own way.
VAKT_INSIDE_LIBRARIES=$libraries
VAKT_INSIDE_PRELOAD=$(ldd "$libraries/syslog_nif.so" | sed -n 's/.* => \(.*lib\(asan\|ubsan\)\.so[^ ]*\) .*/\1/p' | tr '\n' ' ')
VAKT_INSIDE_CHECKS='all_sources killed upgraded'
ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_abort=0:use_sigaltstack=0:exitcode=99
UBSAN_OPTIONS=print_stacktrace=1
export VAKT_INSIDE_LIBRARIES VAKT_INSIDE_PRELOAD VAKT_INSIDE_CHECKS ASAN_OPTIONS UBSAN_OPTIONS
exec sh test/prog/inside.sh
