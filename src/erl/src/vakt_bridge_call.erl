%% SPDX-License-Identifier: Apache-2.0
%% @doc A connection to the bridge, and whether it would have us: in the caller's process.
-module(vakt_bridge_call).

-export([connect/0, hello/0, is_up/0]).

%% 64 KiB and a batch's head are the most that comes, but for an account.
-define(LONGEST, 1048576).

%% @doc A connection, passive; to the socket that is configured.
-spec connect() -> {ok, gen_tcp:socket()} | {error, timeout | inet:posix()}.
connect() ->
    Timeout = vakt_config:value(keeper_timeout),
    Options = [binary, {packet, 4}, {packet_size, ?LONGEST}, {active, false}, {send_timeout, Timeout}, {send_timeout_close, true},
               {buffer, 131072}],
    connect(vakt_config:bridge_socket(), Options, Timeout).

connect(none, _, _) ->
    {error, enoent};
connect(Path, Options, Timeout) ->
    try gen_tcp:connect({local, Path}, 0, Options, Timeout)
    catch
        %% A path that is too long for a socket, or cannot be one.
        exit:badarg -> {error, einval}
    end.

%% @doc The first word: our name is that of the lease, so that the next VM goes on where this one ends.
-spec hello() -> vakt_bridge_bytes:message().
hello() -> {hello, vakt_config:lease()}.

%% @doc Whether the bridge is there and lets us in, asked on a connection of its own.
-spec is_up() -> boolean().
is_up() ->
    case connect() of
        {ok, Socket} ->
            _ = gen_tcp:send(Socket, vakt_bridge_bytes:encode(hello())),
            Answer = gen_tcp:recv(Socket, 0, vakt_config:value(keeper_timeout)),
            ok = gen_tcp:close(Socket),
            is_welcome(Answer);
        {error, _} ->
            false
    end.

is_welcome({ok, Packet}) ->
    case vakt_bridge_bytes:decode(Packet) of
        {ok, {welcome, _}} -> true;
        _ -> false
    end;
is_welcome(_) ->
    false.
