#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wd_keeper with simulated boards, real connections and real processes. All cases run at once
# (build/test/prog/keeper_peer), each with a keeper and a board of its own: most of them wait for deadlines.
. test/prog/lib.sh
suite keeper

run=$suite_tmp/k
mkdir "$run"
"$top/build/test/prog/keeper_peer" run "$run" "$bin" "$top/build/test/prog/wd_keeper_counted" &

result_of() {
    eventually 120 test -f "$run/$1/code"
    cat "$run/$1/log"
    [ "$(cat "$run/$1/code")" = 0 ] || cat "$run/$1/words" || :
    exit "$(cat "$run/$1/code")"
}
is() { check "$2" result_of "$1"; }

printf ' deadlines\n'
is never-came 'a required lease that never comes is silent: end command by D, then the hardware'
is beats 'beats keep the board alive beyond D'
is silence 'silence: warnings, the note, heart and VM ended, heart command clean, rungs, hardware by D'
is recovers 'a new heart on the lease cancels the ladder'
is verdict "heart's own verdict is noted, then it proceeds; the rungs begin 10 s before D"
is dead-scribe 'a scribe that hangs holds an act up for 2 s and no longer'
is read-only 'where its state directory cannot be made it says so, and guards the board'
is several 'two VMs, two devices: one silent VM is enough, and the other is left alone'
is evidence 'evidence is asked for by a child; a dead prober is replaced, a hanging one is no answer'
is evidence-reload 'a reload in the middle of a question asks again'
is evidence-as-lease "evidence with a lease's name is told without that lease's last beat"
is evidence-no-prober 'while no prober can be made it is said, and the question is put again'
is evidence-syslog 'a message to the log that comes out of the bridge is evidence; without a bridge the board is ended'

printf ' a keeper that is killed\n'
is killed-calm 'in calm: the next one opens, arms and is found by the hearts'
is killed-ladder 'in mid-ladder: the next one opens nothing, does not pet, and ends the board on time'
is killed-verdict 'after the verdict: the next one asks for the same end and opens nothing'

printf ' one keeper after the other\n'
is take-over 'a successor gets devices, leases and commands: no re-open, no gap, and its ladder works'
is take-over-refused 'a bad file, one that does not confirm, a stranger: the keeper goes on'
is store "the service manager's store: SIGTERM, start, and nothing was opened or armed anew"
is store-killed '... and when the next one is killed its hearts learn it, and nobody is given up'
is store-stale 'a connection in the store that a killed keeper has left behind is closed and forgotten'
is store-twice 'two connections of one number: both hearts connect again'
is shutdown 'SIGTERM while the system goes down: shutdown_timeout, one pet, left armed'
is shutdown-at-once 'SIGPWR and SIGTERM that come together are a shutdown'
is stop 'SIGTERM otherwise: left armed, as it is'

printf ' who may do what\n'
is rights 'leases, snooze, drill, disarm, hands: the table of rights; 900 s of snooze at most'
is ends 'a guarded end: petted once, login1, systemd1, the syscall, and it is final'
is disarm 'disarm is asked for, said, and outlives the keeper'
is nowayout 'what cannot be disarmed is said and petted on'
is drills 'drills hang and kill VM and heart, and stop petting'
is strangers-vm "nobody has another's process killed"

printf ' bad guests\n'
is bad-guests 'garbage, half messages, one that does not read, one that floods'
is crowd 'a crowd of strangers leaves a place for hearts and root'
is no-descriptors 'who cannot be let in for want of descriptors waits a second, and keeps nobody busy'

printf ' the rest\n'
is reload 'SIGHUP: a bad file changes nothing and says file and line; a good one keeps what leases are'
is reload-no-reader 'a reload that nobody can read ends all the same for the service manager'
is no-allocation 'no memory is asked for after the start, reload and ladder included'
is memory 'less than 2 MB are locked'
is arm-fails 'a device that cannot be armed is disarmed and tried again: none is left counting'
is arm-fails-nowayout '... and where it cannot be disarmed, petted until it can be armed'
is arm-fails-stops-later '... or until it can be disarmed, and left alone from then on'
is too-long 'a device that grants too much: refused with the arithmetic, disarmed'
is too-long-nowayout '... and where it cannot be disarmed, petted on'
is user 'as an ordinary user it does what it may and says what it may not'
is background 'in the background: who started it knows whether the board is guarded'
is reports 'the reset report is new until it is taken, over restarts; boots are counted'
is infos 'lines that a guest has noted forge no note in pmsg, and are 16 at once, then one a minute'

finish
