%% SPDX-License-Identifier: Apache-2.0
%% @doc A connection to the bridge, and whether it would have us: in the caller's process. The bridge is at its socket, or, the way
%% `inside', in this VM ({@link vakt_inside}).
-module(vakt_bridge_call).

-export([connect/0, send/2, more/2, heard/2, close/1, hello/0, is_up/0]).
-export_type([connection/0]).

%% 64 KiB and a batch's head are the most that comes, but for an account.
-define(LONGEST, 1048576).

-type connection() :: gen_tcp:socket() | vakt_inside:connection().

%% @doc A connection; one to a socket, which is the one that is configured, is passive.
-spec connect() -> {ok, connection()} | {error, term()}.
connect() -> connect(vakt_config:way()).

connect(inside) ->
    vakt_inside:connect();
connect(_) ->
    Timeout = vakt_config:value(keeper_timeout),
    Options = [binary, {packet, 4}, {packet_size, ?LONGEST}, {active, false}, {send_timeout, Timeout}, {send_timeout_close, true},
               {buffer, 131072}],
    connect_to(vakt_config:bridge_socket(), Options, Timeout).

connect_to(none, _, _) ->
    {error, enoent};
connect_to(Path, Options, Timeout) ->
    try gen_tcp:connect({local, Path}, 0, Options, Timeout)
    catch
        %% A path that is too long for a socket, or cannot be one.
        exit:badarg -> {error, einval}
    end.

%% @doc Sends a message.
-spec send(connection(), vakt_bridge_bytes:message()) -> ok | {error, term()}.
send({inside, _, _, _} = Inside, Message) -> vakt_inside:tell(Inside, vakt_bridge_bytes:encode(Message));
send(Socket, Message) -> gen_tcp:send(Socket, vakt_bridge_bytes:encode(Message)).

%% @doc So many packets may come as messages to the caller. From inside come no more than there is credit for, and that is all.
-spec more(connection(), pos_integer()) -> ok | {error, term()}.
more({inside, _, _, _}, _) -> ok;
more(Socket, N) -> inet:setopts(Socket, [{active, N}]).

%% @doc What a message of the caller's says of the connection; `more': {@link more/2} is to be called again.
-spec heard(Message :: term(), connection()) -> {packet, binary()} | more | {lost, term()} | no.
heard({vakt_inside, Name, {packet, Packet}}, {inside, _, Name, _}) -> {packet, Packet};
heard({vakt_inside, Name, closed}, {inside, _, Name, _}) -> {lost, closed};
heard({'DOWN', Monitor, process, _, _}, {inside, _, _, Monitor}) -> {lost, closed};
heard({tcp, Socket, Packet}, Socket) -> {packet, Packet};
heard({tcp_passive, Socket}, Socket) -> more;
heard({tcp_closed, Socket}, Socket) -> {lost, closed};
heard({tcp_error, Socket, Reason}, Socket) -> {lost, Reason};
heard(_, _) -> no.

%% @doc Closes it.
-spec close(connection()) -> ok.
close({inside, _, _, _} = Inside) -> vakt_inside:disconnect(Inside);
close(Socket) -> gen_tcp:close(Socket).

%% @doc The first word: our name is that of the lease, so that the next VM goes on where this one ends.
-spec hello() -> vakt_bridge_bytes:message().
hello() -> {hello, vakt_config:lease()}.

%% @doc Whether the bridge is there and lets us in, asked on a connection of its own.
-spec is_up() -> boolean().
is_up() ->
    case connect(resident) of
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
