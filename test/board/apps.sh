# shellcheck shell=sh
# shellcheck disable=SC2154 # what the libraries set
# SPDX-License-Identifier: Apache-2.0
# A board with more of Erlang/OTP on it (APPS="ssl inets", EPMD=yes), BOARD, in an image of its own: used from the node's terminal; what
# scripts/board/test.sh runs.
board=${BOARD:-qemu-x86_64}
. test/prog/lib.sh
. test/board/lib.sh
. test/board/faults.sh
. test/board/user.sh
suite "board_apps_$(printf '%s' "$board" | tr -c 'a-z0-9\n' _)"
machine "$board"
OUT=$top/build/board/$board-apps
export OUT
libs=/usr/lib/erlang/lib

the_root_is_made() {
    [ "$(sed -n 's/.*debian=\([a-z0-9]*\).*/\1/p' "board/$board/board.conf")" = "$(dpkg --print-architecture)" ] ||
        skip "only what erlang-os-mon brings is fetched for $board"
    for app in ssl inets; do [ -n "$(find "$libs" -maxdepth 1 -name "$app-*")" ] || skip "erlang-$app is not installed"; done
    VAKT_BUILT=1 APPS='ssl inets' EPMD=yes scripts/board/root.sh "$board"
}

in_the_nodes_terminal() {
    a_shell_on_the_console
    types 'to_erl\r'
    on_console 'Attaching to'
    types '\r'
    on_console '[0-9]> '
    mark
}

tls() {
    in_the_nodes_terminal
    types 'How = [{digest, sha256}, {key, {namedCurve, pubkey_cert_records:namedCurves(secp256r1)}}], 6 * 6.\r'
    on_console '^36'
    types 'Chain = #{root => How, intermediates => [], peer => How}, ok.\r'
    on_console '^ok'
    types '#{server_config := Server, client_config := Client} = public_key:pkix_test_data(#{server_chain => Chain, client_chain => Chain}), 6 * 7.\r'
    on_console '^42' 120
    types '{ok, Door} = ssl:listen(0, Server), {ok, {_, Port}} = ssl:sockname(Door), 6 * 8.\r'
    on_console '^48'
    types 'spawn_link(fun() -> {ok, T} = ssl:transport_accept(Door), {ok, S} = ssl:handshake(T), ok = ssl:send(S, "in secret"), receive never -> ok end end), 6 * 9.\r'
    on_console '^54'
    types '{ok, Socket} = ssl:connect("localhost", Port, [{server_name_indication, disable}, {verify, verify_peer} | Client]), receive {ssl, Socket, Text} -> Text end.\r'
    on_console '^"in secret"' 120
}

http() {
    mark
    types '{ok, Web} = inets:start(httpd, [{port, 0}, {bind_address, {127,0,0,1}}, {server_name, "board"}, {server_root, "/tmp"}, {document_root, "/etc"}]), 7 * 7.\r'
    on_console '^49'
    types '{ok, {{_, 200, _}, _, Page}} = httpc:request("http://127.0.0.1:" ++ integer_to_list(proplists:get_value(port, httpd:info(Web))) ++ "/passwd"), hd(string:split(Page, ":")).\r'
    on_console '^"root"'
}

a_name_in_epmd() {
    mark
    # shellcheck disable=SC2016 # for the board's shell
    guest '/usr/lib/otp/erts-*/bin/epmd -daemon && echo "daemon $((40 + 2))"'
    await 60 shell '^daemon 42'
    # The node has been up for long: it is given its name now.
    types 'element(1, net_kernel:start([visible, shortnames])).\r'
    on_console '^ok'
    guest '/usr/lib/otp/erts-*/bin/epmd -names'
    await 60 shell '^name visible at port'
}

check "the root of $board is made with ssl, inets and epmd" the_root_is_made
if [ -f "$OUT/root.sqfs" ]; then
    check 'the board comes up, and says that nothing is known of a boot before' first_boot
    check "the node's terminal: a connection over TLS to itself" tls
    check '... a page served and fetched over HTTP' http
    check '... a name that epmd knows' a_name_in_epmd
fi
power_cut
finish
