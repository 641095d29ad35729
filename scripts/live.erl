%% SPDX-License-Identifier: Apache-2.0
%% The Erlang half of make run (run.sh starts run-board.sh on a simulated board, which starts this under heart):
%%   erl ... -s live start -extra DIR WAY COLUMNS COLOUR
%% Starts vakt on DIR and prints events as they arrive, and why the board was reset before, if it was. In DIR, `enabled` and
%% `first` appear when that has happened; `delivered.N` and `lost.N`, N being the boot's number, are the account's Erlang side,
%% written as soon as there is nothing else to do, so that they hold after a kill. COLUMNS 0 means plain lines of any length.
%% SIGTERM stops in order.
-module(live).
-export([start/0, init/1, handle_event/2, handle_call/2, handle_info/2, classic/1]).
-behaviour(gen_event).

-record(state, {dir, boot, ref, columns, colour, delivered = 0, lost = 0, held = [], written = none}).

-define(LAST_LINES, 5).

%% A failure ends the VM, and heart sees to the rest.
-spec start() -> pid().
start() ->
    spawn(fun() ->
        try main(init:get_plain_arguments())
        catch Class:Reason:Stack ->
            io:format(standard_error, "live: ~p ~p ~p~n", [Class, Reason, Stack]),
            halt(1)
        end
    end).

main([Dir, Way, Columns, Colour]) ->
    ok = gen_event:swap_handler(erl_signal_server, {erl_signal_handler, []}, {?MODULE, self()}),
    _ = [ok = os:set_signal(Signal, handle) || Signal <- [sigterm, sigusr1]],
    ok = logger:set_primary_config(level, warning),
    ok = application:load(vakt),
    _ = [application:set_env(vakt, Key, Value)
         || {Key, Value} <- [{way, list_to_atom(Way)}, {start_os_sup, true}, {os_sup_own, Dir},
                             {os_sup_syslogconf, filename:join(Dir, "syslog.conf")},
                             {os_sup_mfa, {?MODULE, classic, []}}]],
    {ok, _} = application:ensure_all_started(vakt),
    %% What the keeper says is shown by run.sh, from outside the board: a VM that hangs shows nothing.
    {ok, Ref} = vakt:subscribe(#{sources => [fifo, socket, bridge, reset_report]}),
    State = #state{dir = Dir, boot = os:getenv("SOFT_BOARD_BOOT", "1"), ref = Ref, columns = list_to_integer(Columns),
                   colour = Colour =:= "1"},
    _ = [step(State, "mod_syslog otp  printed 0: FIFO made, daemon told") || Way =:= "classic"],
    step(State, io_lib:format("Erlang/OTP ~s   vakt ~s, ~s, heart beating", [erlang:system_info(otp_release), version(), reading(Way)])),
    %% This boot has come up: it does not count as failed, whatever ends it.
    _ = vakt:healthy(),
    touch(Dir, "enabled"),
    loop(State).

reading("classic") -> "ferrule reading";
reading("resident") -> "at the bridge".

version() ->
    {ok, Version} = application:get_key(vakt, vsn),
    Version.

%% os_sup's classic callback, called with each line beside the subscription.
-spec classic(string()) -> ok.
classic(Line) when is_list(Line) ->
    ok.

loop(State) ->
    receive
        Message -> loop(heard(Message, State))
    after 0 ->
        Released = account(release(State)),
        receive
            Message -> loop(heard(Message, Released))
        after 100 -> loop(Released)
        end
    end.

heard({vakt, Ref, #{source := reset_report} = Report}, #state{ref = Ref} = State) ->
    reset(Report, State),
    State;
heard({vakt, Ref, #{gap := N} = Gap}, #state{ref = Ref, lost = Lost} = State) ->
    show(Gap, State#state{lost = Lost + count(N)});
heard({vakt, Ref, Event}, #state{ref = Ref, delivered = Delivered} = State) ->
    touch_first(Event, State),
    show(Event, State#state{delivered = Delivered + weight(Event)});
heard(sigterm, State) ->
    finish(State);
heard(_, State) ->
    State.

%% One that stands for a run of equal messages.
weight(#{repeats := N}) -> N;
weight(_) -> 1.

count(N) when is_integer(N) -> N;
count(unknown) -> 0.

%% Stop in order; what ferrule still had arrives before application:stop returns, so count that too. init:stop/0 and not halt/1:
%% heart is told, and takes it for no crash.
finish(State) ->
    ok = application:stop(vakt),
    _ = account(release(drain(State))),
    init:stop(),
    receive never -> State after 60000 -> State end.

drain(#state{ref = Ref, delivered = Delivered, lost = Lost} = State) ->
    receive
        {vakt, Ref, #{source := reset_report}} -> drain(State);
        {vakt, Ref, #{gap := N}} -> drain(State#state{lost = Lost + count(N)});
        {vakt, Ref, Event} -> drain(State#state{delivered = Delivered + weight(Event)})
    after 0 ->
            State
    end.

account(#state{delivered = Delivered, lost = Lost, written = {Delivered, Lost}} = State) ->
    State;
account(#state{dir = Dir, boot = Boot, delivered = Delivered, lost = Lost} = State) ->
    write(Dir, "delivered." ++ Boot, integer_to_list(Delivered)),
    write(Dir, "lost." ++ Boot, integer_to_list(Lost)),
    State#state{written = {Delivered, Lost}}.

%% The first boot of all has a report too, of which there is nothing to say.
reset(#{cause := unknown, boot := undefined}, State) ->
    touch(State#state.dir, "reported");
reset(#{cause := Cause, confidence := Confidence, lease := Lease, text := Text, evidence := Evidence, last_lines := Lines}, State) ->
    step(State, io_lib:format("Erlang knows why the board was reset: ~p, confidence ~p, lease ~ts", [Cause, Confidence, Lease])),
    said("noted before ", Text, State),
    _ = [said("evidence     ", Line, State) || Line <- Evidence],
    _ = [said("last lines   ", Line, State) || Line <- lists:nthtail(max(0, length(Lines) - ?LAST_LINES), Lines)],
    touch(State#state.dir, "reported").

said(_, <<>>, _) -> ok;
said(What, Line, State) -> io:put_chars([fit(["   ", What, printable(Line)], State), $\n]).

touch_first(#{text := Text}, #state{dir = Dir}) ->
    case binary:match(Text, <<"the way works">>) of
        nomatch -> ok;
        _ -> touch(Dir, "first")
    end.

%% Events are held back until run.sh has printed its own lines, so the two never interleave.
show(Event, State) ->
    release(State#state{held = [Event | State#state.held]}).

release(#state{held = []} = State) ->
    State;
release(#state{dir = Dir, held = Held} = State) ->
    case filelib:is_file(filename:join(Dir, "show")) of
        true ->
            lists:foreach(fun(Event) -> io:put_chars([line(Event, State), $\n]) end, lists:reverse(Held)),
            State#state{held = []};
        false ->
            State
    end.

line(#{gap := N} = Gap, State) ->
    paint(error, io_lib:format("~p lines lost here (~p)", [N, maps:get(source, Gap, unknown)]), State);
line(#{severity := Severity, text := Text} = Event, State) ->
    Head = io_lib:format("~s ~-9s ~-8s ", [clock(maps:get(time, Event, undefined)), word(Severity), word(maps:get(facility, Event, undefined))]),
    Who = [word(maps:get(app, Event, undefined)), process(maps:get(pid, Event, undefined)), ": "],
    paint(Severity, fit([Head, Who, printable(Text)], State), State).

clock(undefined) ->
    "--:--:--.---";
clock(Time) ->
    Local = calendar:system_time_to_local_time(Time, nanosecond),
    {_, {H, M, S}} = Local,
    io_lib:format("~2..0w:~2..0w:~2..0w.~3..0w", [H, M, S, (Time div 1000000) rem 1000]).

word(undefined) -> "-";
word(Atom) when is_atom(Atom) -> atom_to_list(Atom);
word(Binary) -> printable(Binary).

process(undefined) -> "";
process(Pid) -> ["[", printable(Pid), "]"].

%% Whatever bytes the message holds, the terminal gets text.
printable(Bytes) ->
    [case C < 32 orelse (C >= 127 andalso C < 160) of true -> $.; false -> C end || C <- characters(Bytes)].

characters(Bytes) ->
    case unicode:characters_to_list(Bytes) of
        List when is_list(List) -> List;
        _ -> binary_to_list(Bytes)
    end.

fit(Text, #state{columns = 0}) -> Text;
fit(Text, #state{columns = Columns}) -> string:slice(Text, 0, Columns - 1).

paint(_, Text, #state{colour = false}) -> Text;
paint(Severity, Text, _) when Severity =:= emergency; Severity =:= alert; Severity =:= critical; Severity =:= error ->
    ["\e[31m", Text, "\e[0m"];
paint(warning, Text, _) -> ["\e[33m", Text, "\e[0m"];
paint(_, Text, _) -> Text.

step(#state{colour = true}, Text) -> io:format("\e[1m==\e[0m ~s~n", [Text]);
step(_, Text) -> io:format("== ~s~n", [Text]).

touch(Dir, Name) -> write(Dir, Name, "").

%% The reader never sees half a number.
write(Dir, Name, Text) ->
    File = filename:join(Dir, Name),
    ok = file:write_file(File ++ ".new", Text),
    ok = file:rename(File ++ ".new", File).

%% The signal server's handler: hands each signal to main.
init({Main, _}) -> {ok, Main}.
handle_event(Signal, Main) -> Main ! Signal, {ok, Main}.
handle_call(_, Main) -> {ok, ok, Main}.
handle_info(_, Main) -> {ok, Main}.
