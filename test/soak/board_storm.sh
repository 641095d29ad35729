#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real hearts and keepers on simulated boards, many at once, that are killed, stopped and let go on at random moments: see
# test/prog/board_storm.cpp. Every deed is done twice; SOAK_FACTOR - 1 times as many follow by chance, from a seed that is said.
. test/prog/lib.sh
suite board_storm
said=$suite_tmp/said

# Copies, so that a make does not take a program away from a board that starts.
mkdir "$suite_tmp/bin"
for name in wd_keeper heart soft_board; do cp "$bin/$name" "$suite_tmp/bin/"; done
cp "$top/build/test/prog/vm_standin" "$top/build/test/prog/soft_peer" "$suite_tmp/bin/"
bin=$suite_tmp/bin

# storm BIN BOARDS DEEDS SEED FOLDER
storm() { "$top/build/test/prog/board_storm" "$1" "$bin/vm_standin" "$5" "$2" "$3" "$4"; }

every_deed_comes_to_its_end() {
    seed=${STORM_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
    mkdir "$suite_tmp/b"
    code=0
    storm "$bin" 42 "${SOAK_FACTOR:-1}" "$seed" "$suite_tmp/b" >"$said" 2>"$tmp/words" || code=$?
    [ "$code" -eq 0 ] || { cat "$said" "$tmp/words"; keep_what_it_left; fail "status $code"; }
}
keep_what_it_left() {
    rm -rf "$top/build/log/board_storm"
    cp -r "$suite_tmp/b" "$top/build/log/board_storm" 2>/dev/null || :
    printf 'what the boards left is in build/log/board_storm\n'
}

# The judge must be able to say no: a keeper that pets for ever, while all else goes on. Seed 9 begins with a VM that hangs.
wrong=$suite_tmp/wrong
mkdir -p "$wrong/bin" "$wrong/b"
for name in heart soft_board; do ln -s "$bin/$name" "$wrong/bin/$name"; done
printf '#!/bin/sh\n: >sock\nexec %s board "arm 12000" "flood 500"\n' "$bin/soft_peer" >"$wrong/bin/wd_keeper"
chmod 0755 "$wrong/bin/wd_keeper"
{
    code=0
    storm "$wrong/bin" 1 1 9 "$wrong/b" || code=$?
    printf 'status %s\n' "$code"
} >"$wrong/said" 2>&1 &
a_keeper_that_pets_for_ever_is_found_out() {
    eventually 120 grep -q '^status' "$wrong/said"
    cat "$wrong/said"
    grep -q '^status 1$' "$wrong/said"
    grep -q 'VM hangs: no reset came' "$wrong/said"
}

check 'every deed comes to its end, by D and told, or is lived through' every_deed_comes_to_its_end
check 'a keeper that pets for ever is found out' a_keeper_that_pets_for_ever_is_found_out
cat "$said"
finish
