%% SPDX-License-Identifier: Apache-2.0
%% @doc The port program `ferrule': found, opened, read, told, closed, for the process that owns the port.
-module(vakt_ferrule).

-export([find/1, open/2, batch/2, shed/2, command/2, close/1, os_pid/1]).

-include_lib("kernel/include/file.hrl").

-define(BATCH, 1000).

%% @doc Whether there is such a program.
-spec find(file:filename()) -> ok | {error, file:posix()}.
find(Program) ->
    case file:read_file_info(Program) of
        {ok, #file_info{type = regular, mode = Mode}} when Mode band 8#111 =/= 0 -> ok;
        {ok, _} -> {error, eacces};
        {error, Posix} -> {error, Posix}
    end.

%% @doc Starts it on the pipe in the directory `Own'.
-spec open(Program :: file:filename(), Own :: file:filename()) -> {ok, port()} | {error, file:posix() | term()}.
open(Program, Own) ->
    try open_port({spawn_executable, Program}, [{packet, 2}, {args, [Own]}, binary, exit_status, use_stdio, hide]) of
        Port -> {ok, Port}
    catch
        error:Posix -> {error, Posix}
    end.

%% @doc A line, and those that wait behind it; 1000 at most.
-spec batch(port(), Line :: binary()) -> [binary(), ...].
batch(Port, Line) -> batch(Port, [Line], ?BATCH - 1).

batch(_Port, Lines, 0) ->
    lists:reverse(Lines);
batch(Port, Lines, N) ->
    receive
        {Port, {data, Line}} -> batch(Port, [Line | Lines], N - 1)
    after 0 ->
        lists:reverse(Lines)
    end.

%% @doc Drops the `N' oldest lines that wait; says how many there were and for how many they stand.
-spec shed(port(), N :: non_neg_integer()) -> {Lines :: non_neg_integer(), Lost :: non_neg_integer()}.
shed(Port, N) -> shed(Port, N, 0, 0).

shed(_Port, 0, Lines, Lost) ->
    {Lines, Lost};
shed(Port, N, Lines, Lost) ->
    receive
        {Port, {data, Line}} -> shed(Port, N - 1, Lines + 1, Lost + vakt_line:weight(Line))
    after 0 ->
        {Lines, Lost}
    end.

%% @doc Tells it something. It may be gone by itself at any time.
-spec command(port(), binary()) -> ok.
command(Port, Packet) ->
    try port_command(Port, Packet) of true -> ok catch error:badarg -> ok end.

%% @doc Closes the port, if it still is one.
-spec close(port()) -> ok.
close(Port) ->
    try port_close(Port) of true -> ok catch error:badarg -> ok end.

%% @doc The program's process.
-spec os_pid(port() | none) -> non_neg_integer() | undefined.
os_pid(none) ->
    undefined;
os_pid(Port) ->
    case erlang:port_info(Port, os_pid) of
        {os_pid, Pid} -> Pid;
        _ -> undefined
    end.
