# shellcheck shell=sh
# shellcheck disable=SC2154 # what the libraries set
# SPDX-License-Identifier: Apache-2.0
# One image, two seed disks, two boards: BOARD comes up with each, as what its disk says; what scripts/board/test.sh runs.
board=${BOARD:-qemu-x86_64}
. test/prog/lib.sh
. test/board/lib.sh
suite "board_seed_$(printf '%s' "$board" | tr -c 'a-z0-9\n' _)"
machine "$board"
export NET=user

# seed NAME INSTANCE KIND <user-data and network-config, parted by a line "%%"
seed() {
    place=$suite_tmp/$1
    rm -rf "$place" "$place.img"
    mkdir "$place"
    printf 'instance-id: %s\nlocal-hostname: %s\n' "$2" "$1" >"$place/meta-data"
    awk -v place="$place" 'BEGIN { file = "user-data" } $0 == "%%" { file = "network-config"; next } { print >(place "/" file) }'
    case $3 in
        iso9660) genisoimage -quiet -V cidata -r -o "$place.img" "$place" 2>/dev/null ;;
        vfat)
            PATH=$PATH:/usr/sbin:/sbin mkfs.vfat -n CIDATA -C "$place.img" 1440 >/dev/null
            mcopy -i "$place.img" "$place/meta-data" "$place/user-data" "$place/network-config" ::
            ;;
    esac
}
first_seed() {
    seed alpha i-1 iso9660 <<'END'
#cloud-config
fqdn: alpha.example.org
write_files:
- path: /data/etc/greeting
  content: aGVsbG8gYWxwaGEK
  encoding: b64
  permissions: '0640'
  owner: root:otpuser
vakt:
  node: cp1@alpha
  cookie: cookie-of-alpha
  args: |
    -start_epmd false -erl_epmd_port 4370
    +P 2048
  heart: {boot_delay: 31}
%%
version: 2
ethernets: {eth0: {addresses: [10.0.2.77/24], gateway4: 10.0.2.2, nameservers: {addresses: [10.0.2.3]}}}
END
}
second_seed() {
    seed beta "$1" vfat <<'END'
#cloud-config
vakt:
  node: cp2@beta.example.org
  cookie: cookie-of-beta
  args: |
    -start_epmd false -erl_epmd_port 4370
    -kernel logger_level warning
  heart: {boot_delay: 32}
%%
version: 1
config: [{type: physical, name: eth0, subnets: [{type: dhcp4}]}]
END
}

# up NAME: with the seed of that name, or none, until the board is ready and its shell answers.
up() {
    export SEED="${1:+$suite_tmp/$1.img}"
    power_on
    says 900 '^board: ready'
    greet
}
# tells COMMAND WORDS: what the guest prints contains them.
tells() {
    answer 120 "$1"
    grep -qF -- "$2" "$machine/answer" || {
        cat "$machine/answer"
        fail "$1 does not say: $2"
    }
}
# What the node itself says of it: by a file, since to_erl leaves when its input ends, whether the node has answered or not.
node_tells() {
    guest "rm -f /tmp/told; cat >/tmp/ask <<'END'
file:write_file(\"/tmp/told\", io_lib:format(\"~0p.~n\", [$1])).
END
chmod 644 /tmp/ask"
    answer 120 "su otpuser -c 'to_erl </tmp/ask' >/dev/null 2>&1; until [ -s /tmp/told ]; do usleep 100000; done; cat /tmp/told"
    equal "$2." "$(tail -n 1 "$machine/answer")" "$1 in the node"
}

is_alpha() {
    tells hostname alpha
    tells 'cat /etc/hosts' '127.0.1.1 alpha.example.org alpha'
    tells 'cat /etc/resolv.conf' 'nameserver 10.0.2.3'
    tells 'ip addr show dev eth0' 'inet 10.0.2.77/24'
    tells 'ip route' 'default via 10.0.2.2 dev eth0'
    tells 'cat /data/etc/greeting; stat -c "%a %U %G" /data/etc/greeting' 'hello alpha'
    tells 'stat -c "%a %U %G" /data/etc/greeting' '640 root otpuser'
    node_tells 'node()' cp1@alpha
    node_tells 'erlang:get_cookie()' "'cookie-of-alpha'"
    node_tells 'erlang:system_info(process_limit)' 2048
    node_tells 'os:getenv("HEART_BEAT_BOOT_DELAY")' '"31"'
}
is_beta() {
    tells hostname beta
    says 60 'board: network: eth0 has 10[.]0[.]2[.]15'
    tells 'ip addr show dev eth0' 'inet 10.0.2.15/24'
    node_tells 'node()' "'cp2@beta.example.org'"
    node_tells 'erlang:get_cookie()' "'cookie-of-beta'"
    node_tells 'maps:get(level,logger:get_primary_config())' warning
    node_tells 'os:getenv("HEART_BEAT_BOOT_DELAY")' '"32"'
}

the_first() {
    first_seed
    up alpha
    said console 'board: seed: /dev/vdc [(]iso9660[)]: instance i-1: ' || show_end 'no word of the seed'
    is_alpha
}
again_without_the_disk() {
    power_cut
    up ''
    said console 'board: seed: no disk is labelled cidata' || show_end 'no word of the seed'
    is_alpha
}
a_refused_one() {
    power_cut
    second_seed i-2
    printf '\nruncmd: [reboot]\n' >>"$suite_tmp/beta/user-data"
    mcopy -o -i "$suite_tmp/beta.img" "$suite_tmp/beta/user-data" ::
    up beta
    said console 'board: seed: /dev/vdc:user-data:[0-9]*: runcmd: not done here' || show_end 'it is not refused'
    said console 'board: seed: /dev/vdc [(]vfat[)] is refused; nothing was changed' || show_end 'it is not refused'
    is_alpha
}
the_second() {
    power_cut
    rm -f "$machine/data.img"
    second_seed i-2
    up beta
    said console 'board: seed: /dev/vdc [(]vfat[)]: instance i-2: ' || show_end 'no word of the seed'
    is_beta
}

check 'the image with the first disk is the first board: host name, network, files, node, cookie, arguments, heart' the_first
check 'after a power cut and without the disk it is the same' again_without_the_disk
check 'a disk that asks for what is not done is refused with its line, and the board comes up as it was' a_refused_one
check 'the same image with the second disk is another board' the_second
power_cut
finish
