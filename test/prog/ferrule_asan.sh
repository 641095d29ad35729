#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ferrule suite once more, with the binary that watches its own memory (address and undefined sanitizers).
set -u
VAKT_BIN=$(pwd)/build/asan/bin
if [ ! -x "$VAKT_BIN/ferrule" ]; then
    printf '  skip  everything: build/asan/bin/ferrule is not built (make SANITIZE=asan)\n'
    printf 'ferrule_asan: 0 passed, 0 failed, 1 skipped\n'
    exit 0
fi
export VAKT_BIN
exec sh test/prog/ferrule.sh
