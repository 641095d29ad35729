#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# heart in nerves_heart's personality (VAKT_HEART_PERSONALITY=nerves), on a board that is a shim in libc's place: it answers
# for the watchdog, PID 1, sync and reboot. Nothing here runs while this machine could really be rebooted.
. test/prog/lib.sh
suite heart_nerves

# CAP_SYS_BOOT is bit 22: the lowest of the sixth hexadecimal digit from the right is bit 20.
bounding=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)
if [ "$(id -u)" -eq 0 ] && [ $((0x$(printf '%s' "$bounding" | tail -c 8) & 1 << 22)) -ne 0 ]; then
    printf '  FAIL  CAP_SYS_BOOT is not dropped; run under scripts/confine.sh\n'
    printf 'heart_nerves: 0 passed, 1 failed, 0 skipped\n'
    exit 1
fi

in_memory run
run=$memory_dir
"$top/build/test/prog/nerves_peer" "$run" "$bin/heart" "$top/build/test/preload/heart_shim.so" &

result_of() {
    eventually 120 test -f "$run/$1/code"
    cat "$run/$1/log"
    [ ! -s "$run/$1/stderr" ] || cat "$run/$1/stderr"
    exit "$(cat "$run/$1/code")"
}
is() { check "$2" result_of "$1"; }

is pets 'opens the device at the start, pets it with each beat and once at SHUT_DOWN'
is silence 'a silent VM: sync and reboot(2) after 11 s, no HEART_COMMAND'
is chatter 'a silent VM whose port chatters is given up no earlier'
is status 'GET_CMD answers the status, every key'
is guarded-reboot 'guarded_reboot: one last pet, PID 1 told, sync, never petted again'
is guarded-poweroff 'guarded_poweroff likewise'
is guarded-halt 'guarded_halt likewise'
is guarded-closed 'a VM that then closes its port leaves PID 1 its time; in the end what was asked for is done'
is immediate-reboot 'guarded_immediate_reboot reboots at once'
is immediate-poweroff 'guarded_immediate_poweroff powers off at once'
is disable 'disable stops petting'
is disable-hw 'disable_hw stops petting'
is disable-vm 'disable_vm gives the VM up'
is handshake 'init_handshake in time keeps the board'
is no-handshake 'no init_handshake by HEART_INIT_TIMEOUT gives the VM up'
is grace 'HEART_INIT_GRACE_TIME keeps a silent VM so much longer'
is snooze 'snooze keeps a silent VM, and the device is petted'
is snooze-signal 'SIGUSR1 snoozes'
is opens-late 'a device that comes late is opened, whatever HEART_WATCHDOG_PATH names'
is pets-by-itself 'the device is petted in time of its own timeout; HEART_KERNEL_TIMEOUT sets it'
is crash 'a crash: one pet, the dump waited for, sync, reboot(2)'
is kills 'the VM is killed by the name of kill, HEART_KILL_SIGNAL heeded'
is sync-hangs 'a disk that hangs does not hold the reset up'
is reboot-fails 'a reboot(2) that fails is said, and the device kept until it must have bitten'
is hw-disabled 'HW_WD_DISABLE leaves the hardware alone'
finish
