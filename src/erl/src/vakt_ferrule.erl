%% SPDX-License-Identifier: Apache-2.0
%% @doc The port program `ferrule': found, opened, read, told, closed, for the process that owns the port.
-module(vakt_ferrule).

-export([find/1, open/3, batch/3, events/2, shed/3, command/2, close/1, os_pid/1]).
-export_type([mode/0]).

-include_lib("kernel/include/file.hrl").

-define(BATCH, 1000).
%% Each of these may have a thousand records.
-define(RECORD_BATCH, 8).

-type mode() :: lines | records.
%% Lines as they are, one a packet; or `--records': parsed, in batches as the bridge's ({@link vakt_bridge_bytes}).

%% @doc Whether there is such a program.
-spec find(file:filename()) -> ok | {error, file:posix()}.
find(Program) ->
    case file:read_file_info(Program) of
        {ok, #file_info{type = regular, mode = Mode}} when Mode band 8#111 =/= 0 -> ok;
        {ok, _} -> {error, eacces};
        {error, Posix} -> {error, Posix}
    end.

%% @doc Starts it on the pipe in the directory `Own'.
-spec open(mode(), Program :: file:filename(), Own :: file:filename()) -> {ok, port()} | {error, file:posix() | term()}.
open(Mode, Program, Own) ->
    {Packet, Options} = case Mode of
                            lines -> {2, []};
                            records -> {4, ["--records"]}
                        end,
    Port = [{packet, Packet}, {args, Options ++ [Own]}, binary, exit_status, use_stdio, hide],
    try open_port({spawn_executable, Program}, Port) of
        Opened -> {ok, Opened}
    catch
        error:Posix -> {error, Posix}
    end.

%% @doc A packet, and those that wait behind it; not so many that it takes long.
-spec batch(mode(), port(), Packet :: binary()) -> [binary(), ...].
batch(lines, Port, Packet) -> collected(Port, [Packet], ?BATCH - 1);
batch(records, Port, Packet) -> collected(Port, [Packet], ?RECORD_BATCH - 1).

collected(_Port, Packets, 0) ->
    lists:reverse(Packets);
collected(Port, Packets, N) ->
    receive
        {Port, {data, Packet}} -> collected(Port, [Packet | Packets], N - 1)
    after 0 ->
        lists:reverse(Packets)
    end.

%% @doc The events in the packets. A port program's numbers begin anew with each one, so its events have no names: they are as those
%% of lines are.
-spec events(mode(), [binary()]) -> [vakt_hub:event()].
events(lines, Lines) ->
    Context = vakt_time:context(erlang:system_time(nanosecond)),
    [vakt_line:event(Line, Context) || Line <- Lines];
events(records, Packets) ->
    lists:append([in_packet(vakt_bridge_bytes:decode(Packet)) || Packet <- Packets]).

%% What is no batch is another program's, and was something.
in_packet({ok, {batch, Batch}}) -> lists:reverse(vakt_record:fold(fun(Event, Events) -> [nameless(Event) | Events] end, [], Batch));
in_packet(_) -> [#{gap => unknown, source => fifo, dropped_by => ferrule}].

nameless(#{gap := _} = Gap) -> maps:without([seq, boot_id, from, to], Gap#{dropped_by := ferrule});
nameless(Event) -> maps:without([seq, boot_id], Event).

%% @doc Drops the `N' oldest packets that wait; says how many lines they had and how many those stand for.
-spec shed(mode(), port(), N :: non_neg_integer()) -> {Lines :: non_neg_integer(), Lost :: non_neg_integer()}.
shed(Mode, Port, N) -> shed(Mode, Port, N, {0, 0}).

shed(_Mode, _Port, 0, Shed) ->
    Shed;
shed(Mode, Port, N, {Lines, Lost} = Shed) ->
    receive
        {Port, {data, Packet}} ->
            {More, Stand} = weight(Mode, Packet),
            shed(Mode, Port, N - 1, {Lines + More, Lost + Stand})
    after 0 ->
        Shed
    end.

weight(lines, Line) ->
    {1, vakt_line:weight(Line)};
weight(records, Packet) ->
    case vakt_bridge_bytes:decode(Packet) of
        {ok, {batch, Batch}} ->
            #{records := Records, lost := Lost} = vakt_record:account(Batch),
            {Records, Records + Lost};
        _ ->
            {0, 1}
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
