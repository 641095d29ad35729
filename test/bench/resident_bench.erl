%% SPDX-License-Identifier: Apache-2.0
%% @doc How fast and how soon parsed events reach an Erlang process, the resident way (`batches', `events'), the same from inside this
%% VM (`inside', `inside_events': sources `fifo' and `log' in VAKT_BENCH_DIR) and the classic one
%% (`classic': lines as they are, or parsed by {@link vakt_line}). The process matches on parsed fields of each.
%%
%% Prints "ready" once it will see all from now on, then "events=N lost=N seconds=S user=S sys=S errors=N" and, of messages that
%% say when they were written (" ns=CLOCK_MONOTONIC "), p50, p99 and p999 in us. Ends when so many came or are told to be lost, or
%% when nothing more comes.
-module(resident_bench).
-export([batches/1, events/1, inside/1, inside_events/1, classic/5]).

-record(sum, {events = 0, lost = 0, errors = 0, began = none, last = none, cpu = {0, 0}, delays = []}).

-define(SILENCE, 2000).

-spec batches(pos_integer()) -> no_return().
batches(Count) -> resident(#{batches => true}, Count).

-spec events(pos_integer()) -> no_return().
events(Count) -> resident(#{}, Count).

-spec inside(pos_integer()) -> no_return().
inside(Count) -> inside(#{batches => true}, Count).

-spec inside_events(pos_integer()) -> no_return().
inside_events(Count) -> inside(#{}, Count).

inside(Options, Count) ->
    Dir = os:getenv("VAKT_BENCH_DIR"),
    ok = application:load(vakt),
    ok = application:set_env(vakt, inside_ring, 67108864),
    ok = application:set_env(vakt, inside_sources, [{fifo, Dir ++ "/fifo"}, {socket, Dir ++ "/log"}]),
    told(subscribed(inside, Options, Count)).

resident(Options, Count) ->
    ok = application:load(vakt),
    told(subscribed(resident, Options, Count)).

subscribed(Way, Options, Count) ->
    ok = application:set_env(vakt, way, Way),
    ok = application:set_env(vakt, keeper_socket, none),
    {ok, _} = application:ensure_all_started(vakt),
    {ok, Ref} = vakt:subscribe(Options#{sources => [fifo, socket, udp, bridge]}),
    %% What the ring still has of others is let pass.
    _ = receiving(Ref, #sum{}, 1000000000, 1000),
    ready(),
    receiving(Ref, #sum{}, Count, 60000).

%% What the way inside took of a scheduler at once, at most, in us by the clock and of the processor.
slowest() ->
    case [Row || #{row := <<"inside">>} = Row <- maps:get(bridge, vakt:account(), [])] of
        [#{<<"slowest_ns">> := Ns, <<"slowest_cpu_ns">> := Cpu}] -> io:format(" slowest=~.1f slowestcpu=~.1f", [Ns / 1.0e3, Cpu / 1.0e3]);
        [] -> ok
    end.

ready() -> io:put_chars("ready\n").

receiving(_, #sum{events = Events, lost = Lost} = Sum, Count, _) when Events + Lost >= Count -> Sum;
receiving(Ref, Sum, Count, First) ->
    receive
        {vakt, Ref, {batch, Batch}} -> receiving(Ref, noted(vakt_record:fold(fun event/2, begun(Sum), Batch)), Count, ?SILENCE);
        {vakt, Ref, Event} -> receiving(Ref, noted(event(Event, begun(Sum))), Count, min(First, ?SILENCE))
    after First -> Sum
    end.

begun(#sum{began = none} = Sum) -> Sum#sum{began = now_us(), cpu = cpu()};
begun(Sum) -> Sum.

%% Asking the clock once in many is enough, and once a message is too dear.
noted(#sum{events = Events, last = Last} = Sum) when Events rem 64 =/= 0, Last =/= none -> Sum;
noted(Sum) -> Sum#sum{last = now_us()}.

event(#{gap := N}, #sum{lost = Lost} = Sum) when is_integer(N) -> Sum#sum{lost = Lost + N};
event(#{gap := unknown}, Sum) -> Sum;
event(#{severity := error, app := <<"app0">>, text := Text}, #sum{events = Events, errors = Errors} = Sum) ->
    delay(Text, Sum#sum{events = Events + 1, errors = Errors + 1});
event(#{text := Text}, #sum{events = Events} = Sum) ->
    delay(Text, Sum#sum{events = Events + 1}).

%% "message 0000012 ns=0000000012345678901 xxx"
delay(<<"message ", _:7/binary, " ns=", Ns:19/binary, _/binary>>, #sum{delays = Delays} = Sum) ->
    Sum#sum{delays = [monotonic() - binary_to_integer(Ns) | Delays]};
delay(_, Sum) ->
    Sum.

%% CLOCK_MONOTONIC itself: the emulator's own is at another zero.
monotonic() -> proplists:get_value(time, erlang:system_info(os_monotonic_time_source)).

now_us() -> erlang:monotonic_time(microsecond).

cpu() ->
    {ok, Stat} = file:read_file("/proc/self/stat"),
    Fields = string:lexemes(lists:last(string:split(Stat, ") ", trailing)), " "),
    {binary_to_integer(lists:nth(12, Fields)) / 100, binary_to_integer(lists:nth(13, Fields)) / 100}.

told(#sum{events = Events, lost = Lost, errors = Errors, began = Began, last = Last, cpu = {User, Sys}, delays = Delays}) ->
    {UserNow, SysNow} = cpu(),
    io:format("events=~b lost=~b seconds=~.6f user=~.6f sys=~.6f errors=~b", [Events, Lost, (Last - Began) / 1.0e6, UserNow - User, SysNow - Sys, Errors]),
    _ = [io:format(" ~s=~.1f", [Name, part(Of, lists:sort(Delays)) / 1.0e3]) || Delays =/= [], {Name, Of} <- [{p50, 500}, {p99, 990}, {p999, 999}]],
    _ = whereis(vakt_inside) =:= undefined orelse slowest(),
    io:nl(),
    halt(0).

part(OfThousand, Sorted) -> lists:nth((length(Sorted) - 1) * OfThousand div 1000 + 1, Sorted).

%% @doc Through a port program: lines, or lines parsed.
-spec classic(string(), string(), string(), lines | parsed, pos_integer()) -> no_return().
classic(Ferrule, Load, Own, Mode, Count) ->
    Port = open_port({spawn_executable, Ferrule}, [{args, [Own]}, {packet, 2}, binary]),
    _ = open_port({spawn_executable, Load}, [{args, ["fifo", Own ++ "/syslog.otp", integer_to_list(Count), "100"]}, exit_status]),
    Context = vakt_time:context(erlang:system_time(nanosecond)),
    told(port(Port, Mode, Context, #sum{}, Count)).

port(_, _, _, #sum{events = Count} = Sum, Count) -> Sum;
port(Port, Mode, Context, Sum, Count) ->
    receive
        {Port, {data, _}} when Mode =:= lines ->
            #sum{events = Events} = Begun = begun(Sum),
            port(Port, Mode, Context, noted(Begun#sum{events = Events + 1}), Count);
        {Port, {data, Line}} ->
            port(Port, Mode, Context, noted(event(vakt_line:event(Line, Context), begun(Sum))), Count)
    after 60000 -> Sum
    end.
