%% SPDX-License-Identifier: Apache-2.0
%% How fast events come to an Erlang subscriber that matches on severity, app and text, the resident way: from a socket on which
%% bridge_feeder plays the bridge, through vakt as it is.
%%   erl -noinput -pa EBIN -s bridge_bench main -extra FEEDER SOCKET batch|single|raw EVENTS BYTES
%% raw: no vakt, a process that takes packets as they come and does not look into them: what the socket alone costs.
-module(bridge_bench).
-export([main/0]).

%% Prints "events=N errors=N seconds=S cpu=S feeder_cpu=S", cpu being that of this VM.
main() ->
    [Feeder, Socket, Mode, Events, Bytes] = init:get_plain_arguments(),
    Wanted = list_to_integer(Events),
    Port = open_port({spawn_executable, Feeder}, [{args, [Socket, Events, Bytes]}, exit_status, {line, 200}]),
    ok = there(Socket, 500),
    ok = application:load(vakt),
    [ok = application:set_env(vakt, Key, Value) || {Key, Value} <- [{bridge_socket, Socket}, {way, resident}, {keeper_socket, none}]],
    _ = erlang:statistics(runtime),
    Began = erlang:monotonic_time(microsecond),
    Errors = run(Mode, Socket, Wanted),
    Took = (erlang:monotonic_time(microsecond) - Began) / 1.0e6,
    {_, Cpu} = erlang:statistics(runtime),
    _ = application:stop(vakt),
    receive
        {Port, {data, {eol, Said}}} ->
            io:format("events=~b errors=~b seconds=~.6f cpu=~.6f ~s~n", [Wanted, Errors, Took, Cpu / 1.0e3, Said]),
            halt(0)
    after 10000 ->
        halt(1)
    end.

there(_, 0) -> nobody;
there(Socket, N) ->
    case file:read_file_info(Socket) of
        {ok, _} -> ok;
        _ -> timer:sleep(10), there(Socket, N - 1)
    end.

run("raw", Socket, Wanted) ->
    {ok, S} = gen_tcp:connect({local, Socket}, 0, [binary, {packet, 4}, {active, 32}, {buffer, 131072}]),
    ok = gen_tcp:send(S, <<1, 1, 1, 0>>),
    ok = gen_tcp:send(S, <<2, 0, 0:192, 0, 0>>),
    ok = gen_tcp:send(S, <<3, 16384:32>>),
    raw(S, 0, Wanted);
run(Mode, _, Wanted) ->
    {ok, _} = application:ensure_all_started(vakt),
    {ok, Ref} = vakt:subscribe(#{batches => Mode =:= "batch"}),
    _ = process_flag(message_queue_data, off_heap),
    count(Ref, {0, 0}, Wanted).

raw(S, Wanted, Wanted) ->
    _ = gen_tcp:close(S),
    0;
raw(S, Got, Wanted) ->
    receive
        {tcp, S, <<67, _:16/binary, Count:16, _/binary>>} ->
            ok = gen_tcp:send(S, <<3, Count:32>>),
            raw(S, Got + Count, Wanted);
        {tcp, S, _} -> raw(S, Got, Wanted);
        {tcp_passive, S} -> ok = inet:setopts(S, [{active, 32}]), raw(S, Got, Wanted)
    after 60000 -> Got
    end.

count(_, {Wanted, Errors}, Wanted) -> Errors;
count(Ref, Counts, Wanted) ->
    receive
        {vakt, Ref, {batch, Batch}} -> count(Ref, vakt_record:fold(fun event/2, Counts, Batch), Wanted);
        {vakt, Ref, Event} -> count(Ref, event(Event, Counts), Wanted)
    after 60000 ->
        error({only, Counts})
    end.

event(#{severity := error, app := <<"daemon">>, text := <<"x", _/binary>>}, {N, Errors}) -> {N + 1, Errors + 1};
event(#{severity := _, app := <<"daemon">>, text := <<"x", _/binary>>}, {N, Errors}) -> {N + 1, Errors}.
