%% SPDX-License-Identifier: Apache-2.0
%% @doc How fast lines reach an Erlang process through a port program: packets are counted from the start of the feeder
%% to the last one.
-module(erl_bench).
-export([main/1]).

%% Prints "lines=N lost=N seconds=S".
-spec main([string()]) -> no_return().
main([Program, Feeder, Own, Mode, Lines, PerWrite]) ->
    Port = open_port({spawn_executable, Program}, [{args, [Own]}, {packet, 2} | options(Mode)]),
    Began = erlang:monotonic_time(microsecond),
    _ = open_port({spawn_executable, Feeder}, [{args, [Own ++ "/syslog.otp", Lines, "120", PerWrite]}, exit_status]),
    Wanted = list_to_integer(Lines),
    Got = count(Port, 0, Wanted),
    Took = (erlang:monotonic_time(microsecond) - Began) / 1.0e6,
    io:format("lines=~b lost=~b seconds=~.6f~n", [Wanted, Wanted - Got, Took]),
    halt(0).

options("binary") -> [binary];
options("list") -> [].

count(_Port, Wanted, Wanted) -> Wanted;
count(Port, Got, Wanted) ->
    receive
        {Port, {data, _Line}} -> count(Port, Got + 1, Wanted)
    after 60000 -> Got
    end.
