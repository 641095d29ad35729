#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# heart's lease at a scripted keeper (build/test/prog/lease_peer). All cases run at once, each with processes of its own.
. test/prog/lib.sh
suite heart_lease

in_memory run
# Relative, since a socket's path must fit 107 bytes however deep this tree lies.
run=${memory_dir#"$top/"}
"$top/build/test/prog/lease_peer" run "$run" "$bin/heart" '' &

result_of() {
    eventually 60 test -f "$run/$1/code"
    cat "$run/$1/log"
    [ ! -s "$run/$1/stderr" ] || cat "$run/$1/stderr"
    exit "$(cat "$run/$1/code")"
}
is() { check "$2" result_of "$1"; }

printf ' the lease\n'
is opens 'it opens with lease, timing, VM and command, beats with the time of reading, and ends with SHUT_DOWN'
is names 'its default lease is named after the user'
is disabled 'HW_WD_DISABLE takes no lease'
is absent "without a keeper it acts as OTP's does"
is late 'a keeper that starts later is found with a beat'
is unknown "an unknown lease is said, and acts as OTP's does"
is timing "a timing the hardware cannot keep is said, and acts as OTP's does"
is two 'two VMs hold two leases'
is sleeps 'nothing but beats wakes it'

printf ' the verdict\n'
is silence 'a silent VM is given up on time, and nothing is done before it is noted'
is never-noted 'a note that does not come is waited for 2 s'
is no-command 'without a command the VM is killed and the keeper told'
is failing 'a command that fails is told with its status'
is hanging 'a command that hangs is left alone when the keeper wants it'
is dump 'a crash dump is waited for'
is told 'what the keeper warns of and decides is said'
is group 'SIGTERM to the whole group while the VM stops in order retires the lease'

printf ' keepers that come and go\n'
is comes-back 'one that is back hears the last beat with its own time'
is alone 'one that is gone for good holds nothing up, and the VM is ended all the same'
is verdict-away 'one that is away at the verdict hears it when it is back'
is retires-away 'one that is away at SHUT_DOWN hears it when it is back'
is retires-unread 'one that is killed with SHUT_DOWN unread hears it again'
is retires-nobody 'one that does not come back at SHUT_DOWN costs a second'
is deaf 'one that reads nothing holds no deadline up'
is accepts-nobody 'one that accepts nobody holds nothing up'
is babbles 'one that says what is no lease message is left and asked again'

printf ' a device of its own\n'
is solo-pets 'it is petted until its expiry meets the hard deadline, then let go of, counting'
is solo-shut-down 'SHUT_DOWN disarms it'
is solo-closed 'a closed port does not, and the countdown ends at the hard deadline'
is solo-killed 'a killed heart does not'
is solo-no-command 'without a command the VM is killed, and the hardware is what remains'
is solo-cycle 'one that another heart has is taken over with a beat'
is solo-busy 'while another has it no child that tried is left behind'
is solo-refused "one that grants too much is refused, and heart acts as OTP's does"
is solo-too-short 'one that cannot be armed is not left counting'
is solo-hangs 'one that hangs when opened holds nothing up'
is solo-disabled 'HW_WD_DISABLE opens none'
is solo-no-device 'a path that is no device is said'
is keeper-first 'where a keeper is the device is left to it'

finish
