#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: soak.sh
# Runs every test/soak/*.sh under confine.sh. SOAK_FACTOR (default 20; CI's short form: 1) multiplies each script's counts.
set -eu
cd "$(dirname "$0")/.."
SOAK_FACTOR=${SOAK_FACTOR:-20}
export SOAK_FACTOR
code=0
total_p=0
total_f=0
total_s=0
mkdir -p build/log
for script in test/soak/*.sh; do
    [ -f "$script" ] || continue
    log=build/log/soak-$(basename "$script" .sh).log
    scripts/confine.sh sh "$script" >"$log" 2>&1 || code=1
    cat "$log"
    line=$(sed -n 's/^[a-z_-]*: \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$log" | tail -n 1)
    [ -n "$line" ] || line='0 1 0'
    # shellcheck disable=SC2086 # three words
    set -- $line
    total_p=$((total_p + $1))
    total_f=$((total_f + $2))
    total_s=$((total_s + $3))
done
printf 'soak: %s passed, %s failed, %s skipped\n' "$total_p" "$total_f" "$total_s"
exit "$code"
