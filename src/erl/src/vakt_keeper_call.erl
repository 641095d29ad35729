%% SPDX-License-Identifier: Apache-2.0
%% @doc One question to the keeper and its answer, on a connection of its own, in the caller's process and within
%% `keeper_timeout'. Needs no server of ours, so that it works in a VM that is not well.
-module(vakt_keeper_call).

-export([ask/1, board/0, connect/1]).
-export_type([reason/0]).

-type reason() :: vakt_lease:refusal() | no_keeper | timeout | closed | bad_bytes | inet:posix().
%% `no_keeper': nobody is at the socket; `closed': the keeper ended the connection; `bad_bytes': what came is no answer.

%% No answer has more parts than this: the keeper's tables are smaller.
-define(MOST_PARTS, 64).
%% As vakt_lease has it.
-define(LONGEST, 2302).

%% @doc Asks for something to be done, and whether it is.
-spec ask(vakt_lease:request()) -> ok | {error, reason()}.
ask(Request) ->
    case answer(Request) of
        {ok, [{answer, done}]} -> ok;
        {ok, [{answer, Refusal}]} -> {error, Refusal};
        {ok, _} -> {error, bad_bytes};
        Error -> Error
    end.

%% @doc Asks how the keeper is.
-spec board() -> {ok, vakt_status:board()} | {error, reason()}.
board() ->
    case answer(status_asked) of
        {ok, [{answer, Refusal}]} when Refusal =/= done -> {error, Refusal};
        {ok, Parts} -> vakt_status:board(Parts);
        Error -> Error
    end.

%% @doc A connection, passive; to the socket that is configured.
-spec connect(timeout()) -> {ok, gen_tcp:socket()} | {error, no_keeper | timeout | inet:posix()}.
connect(Timeout) ->
    Options = [binary, {packet, 2}, {packet_size, ?LONGEST}, {active, false}, {send_timeout, Timeout}, {send_timeout_close, true}],
    connected(vakt_config:keeper_socket(), Options, Timeout).

connected(none, _, _) ->
    {error, no_keeper};
connected(Path, Options, Timeout) ->
    try gen_tcp:connect({local, Path}, 0, Options, Timeout) of
        {error, Reason} when Reason =:= enoent; Reason =:= econnrefused -> {error, no_keeper};
        Connected -> Connected
    catch
        %% A path that is too long for a socket, or cannot be one.
        exit:badarg -> {error, einval}
    end.

answer(Request) ->
    Timeout = vakt_config:value(keeper_timeout),
    Deadline = now_ms() + Timeout,
    case connect(Timeout) of
        {ok, Socket} ->
            Answer = sent(gen_tcp:send(Socket, vakt_lease:encode(Request)), Socket, Deadline),
            ok = gen_tcp:close(Socket),
            Answer;
        Error ->
            Error
    end.

sent(ok, Socket, Deadline) -> parts(Socket, Deadline, []);
sent(Error, _, _) -> Error.

parts(_, _, Parts) when length(Parts) > ?MOST_PARTS ->
    {error, bad_bytes};
parts(Socket, Deadline, Parts) ->
    case gen_tcp:recv(Socket, 0, max(0, Deadline - now_ms())) of
        {ok, Packet} -> part(vakt_lease:decode(Packet), Socket, Deadline, Parts);
        {error, emsgsize} -> {error, bad_bytes};
        Error -> Error
    end.

part({ok, status_end}, _, _, Parts) -> {ok, lists:reverse(Parts)};
part({ok, {answer, _} = Answer}, _, _, []) -> {ok, [Answer]};
part({ok, not_for_us}, Socket, Deadline, Parts) -> parts(Socket, Deadline, Parts);
part({ok, Part}, Socket, Deadline, Parts) -> parts(Socket, Deadline, [Part | Parts]);
part({error, _}, _, _, _) -> {error, bad_bytes}.

now_ms() -> erlang:monotonic_time(millisecond).
