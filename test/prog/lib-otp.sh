# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For suites that run `erl -heart` with our heart, after lib.sh and `suite`: $root is a private tree of symbolic links to the
# machine's OTP with our program in its BINDIR, $erts the machine's own; heart_vm is compiled into $suite_tmp. Where there is no
# Erlang $erts is empty.
# shellcheck disable=SC2154 # bin and suite_tmp are lib.sh's

otp=$otp_root
erts=$(find "$otp" -maxdepth 1 -name 'erts-*' 2>/dev/null | sort | tail -n 1) || :
root=$suite_tmp/otp
if [ -n "$erts" ]; then
    mkdir -p "$root/$(basename "$erts")/bin"
    for part in "$otp"/*; do ln -s "$part" "$root/" 2>/dev/null || :; done
    for part in "$erts"/bin/*; do ln -s "$part" "$root/$(basename "$erts")/bin/"; done
    ln -sf "$bin/heart" "$root/$(basename "$erts")/bin/heart"
    erlc -o "$suite_tmp" test/erl/heart_vm.erl
fi
