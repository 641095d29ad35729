%% SPDX-License-Identifier: Apache-2.0
%% @doc Gives each line to `logger', with the line's own level and time (`forward_to_logger').
%%
%% Metadata: `domain => [vakt, syslog]', `facility', `host', `app', `os_pid' and `source', each only if the line has it. It is
%% `os_pid', since `pid' in `logger' is an Erlang process.
%%
%% If a handler of this VM's logger writes to syslog, a line could come round for ever. Three things stop it: lines that this
%% operating-system process wrote are not forwarded; no more than `logger_rate' lines a second are, what is more is counted
%% and said in one line; and the domain lets a handler leave our lines out:
%% `logger:add_handler_filter(Handler, vakt, {fun logger_filters:domain/2, {stop, sub, [vakt, syslog]}})'.
-module(vakt_logger).
-behaviour(gen_server).

-export([start_link/0, message/1, metadata/1, level/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(SECOND, 1000).

-record(state, {
    ref :: reference(),
    own_pid :: binary(),
    own_sender :: non_neg_integer(),
    rate :: pos_integer(),
    %% The second that is counted, how many lines were forwarded in it, how many were not.
    second = 0 :: integer(),
    forwarded = 0 :: non_neg_integer(),
    held_back = 0 :: non_neg_integer(),
    timer = none :: none | reference()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc The text for people: `app[pid]: text', as UTF-8, control characters as `#OOO' (octal), as rsyslog writes them: a line
%% of anyone who may log is not to steer the terminal that shows it.
-spec message(vakt_hub:event()) -> binary().
message(#{gap := N, source := Source}) ->
    iolist_to_binary(io_lib:format("vakt: ~p lines lost (~s)", [N, Source]));
message(#{app := App, pid := Pid, text := Text}) ->
    printable(iolist_to_binary([tag(App, Pid), Text])).

tag(undefined, _) -> [];
tag(App, undefined) -> [App, ": "];
tag(App, Pid) -> [App, $[, Pid, "]: "].

printable(Bytes) ->
    case unicode:characters_to_binary(Bytes) of
        Utf8 when is_binary(Utf8) -> << <<(escaped(C))/binary>> || <<C/utf8>> <= Utf8 >>;
        _ -> << <<(escaped(C))/binary>> || <<C>> <= Bytes >>
    end.

escaped($\t) -> <<$\t>>;
escaped(C) when C < 32; C >= 127, C < 160 -> <<$#, ($0 + C div 64), ($0 + C div 8 rem 8), ($0 + C rem 8)>>;
escaped(C) -> <<C/utf8>>.

%% @doc The level: the line's severity; `notice' where it has none, `warning' for a gap.
-spec level(vakt_hub:event()) -> logger:level().
level(#{gap := _}) -> warning;
level(#{severity := undefined}) -> notice;
level(#{severity := Severity}) -> Severity.

%% @doc The metadata; `time' in microseconds, as `logger' has it, is the line's.
-spec metadata(vakt_hub:event()) -> logger:metadata().
metadata(#{gap := N, source := Source}) ->
    #{domain => [vakt, syslog], source => Source, gap => N};
metadata(#{facility := Facility, host := Host, app := App, pid := Pid, source := Source, time := Time}) ->
    Known = [{Key, Value} || {Key, Value} <- [{facility, Facility}, {host, Host}, {app, App}, {os_pid, Pid}, {time, micro(Time)}],
                             Value =/= undefined],
    maps:merge(#{domain => [vakt, syslog], source => Source}, maps:from_list(Known)).

micro(undefined) -> undefined;
micro(Nano) -> Nano div 1000.

-spec init([]) -> {ok, state()}.
init([]) ->
    _ = process_flag(message_queue_data, off_heap),
    {ok, Ref} = vakt:subscribe(#{sources => vakt_filter:sources() -- [keeper, reset_report]}),
    Own = os:getpid(),
    {ok, #state{ref = Ref, own_pid = list_to_binary(Own), own_sender = list_to_integer(Own), rate = vakt_config:value(logger_rate)}}.

-spec handle_call(term(), gen_server:from(), state()) -> {noreply, state()}.
handle_call(_, _From, State) -> {noreply, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()} | {stop, term(), state()}.
handle_info({vakt, Ref, #{pid := Own}}, #state{ref = Ref, own_pid = Own} = State) ->
    {noreply, State};
handle_info({vakt, Ref, #{sender_pid := Own}}, #state{ref = Ref, own_sender = Own} = State) ->
    {noreply, State};
handle_info({vakt, Ref, Event}, #state{ref = Ref} = State) ->
    {noreply, forwarded(Event, this_second(State))};
handle_info(held_back, State) ->
    {noreply, said(State#state{timer = none})};
handle_info({'DOWN', Ref, process, _, Reason}, #state{ref = Ref} = State) ->
    {stop, {shutdown, Reason}, State};
handle_info(_, State) ->
    {noreply, State}.

forwarded(Event, #state{rate = Rate, forwarded = N} = State) when N < Rate ->
    ok = log(Event),
    State#state{forwarded = N + 1};
forwarded(_Event, #state{held_back = N, timer = none} = State) ->
    State#state{held_back = N + 1, timer = erlang:send_after(?SECOND, self(), held_back)};
forwarded(_Event, #state{held_back = N} = State) ->
    State#state{held_back = N + 1}.

this_second(#state{second = Second} = State) ->
    case erlang:monotonic_time(second) of
        Second -> State;
        Now -> said(State#state{second = Now, forwarded = 0})
    end.

%% The word about what was held back stands before the first line that is forwarded again.
said(#state{held_back = 0} = State) ->
    State;
said(#state{held_back = N, rate = Rate} = State) ->
    ok = logger:log(warning, "vakt: ~b syslog lines not forwarded: more than logger_rate, ~b a second", [N, Rate],
                    #{domain => [vakt, syslog]}),
    State#state{held_back = 0}.

log(Event) -> logger:log(level(Event), "~ts", [message(Event)], metadata(Event)).
