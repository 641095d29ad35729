%% SPDX-License-Identifier: Apache-2.0
%% @doc Watches the keeper (`wd_keeper'): what it tells becomes events, and so does, once after a boot, its report on the
%% reset before.
%%
%% A missing keeper is no failure: this process tries again, at first soon and then seldom (`keeper_retry'), and waits for
%% nothing else. What the keeper said while there was no connection is a gap, `#{gap => unknown, source => keeper}'. The report
%% waits for the first subscriber; only when it was given to all that there then are is the keeper told that it was taken, so
%% that this lease's next VM in the same boot does not get it again.
-module(vakt_keeper).
-behaviour(gen_server).

-export([start_link/0, forget/0]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2]).

-include_lib("kernel/include/logger.hrl").

-define(HERE, #{domain => [vakt]}).
-define(FIRST_PAUSE, 100).
%% A connection that lived so long (ms) is taken to have worked; the next pause is the first one again.
-define(PROVEN, 30000).
%% The report may still be on its way to its file: looked for again after so long (ms), doubled so many times.
-define(REPORT_PAUSE, 100).
-define(REPORT_LOOKS, 9).
%% That there was a connection, so that the next one begins with a gap, even after a restart of this process.
-define(WATCHED, {?MODULE, watched}).

-record(state, {
    lease :: vakt_lease:name(),
    socket = none :: none | gen_tcp:socket(),
    since = 0 :: integer(),
    pause = ?FIRST_PAUSE :: pos_integer(),
    %% Of Watch, while it is not answered.
    timer = none :: none | reference(),
    %% The report: none to give, looked for, waiting for a subscriber; and of which boot the last one given was.
    report = none :: none | looking | {waiting, gen_server:request_id(), Boot :: binary()},
    given = none :: none | binary(),
    said = none :: term()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc The application has ended: the next connection begins without a gap.
-spec forget() -> ok.
forget() ->
    _ = persistent_term:erase(?WATCHED),
    ok.

-spec init([]) -> {ok, state(), {continue, connect}}.
init([]) ->
    {ok, #state{lease = vakt_config:lease()}, {continue, connect}}.

-spec handle_continue(connect, state()) -> {noreply, state()}.
handle_continue(connect, State) -> {noreply, connected(State)}.

-spec handle_call(term(), gen_server:from(), state()) -> {noreply, state()}.
handle_call(_, _From, State) -> {noreply, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({tcp, Socket, Packet}, #state{socket = Socket} = State) ->
    {noreply, heard(vakt_lease:decode(Packet), State)};
handle_info({tcp_closed, Socket}, #state{socket = Socket} = State) ->
    {noreply, lost(closed, State)};
handle_info({tcp_error, Socket, Reason}, #state{socket = Socket} = State) ->
    {noreply, lost(Reason, State)};
handle_info(connect, #state{socket = none} = State) ->
    {noreply, connected(State)};
handle_info({timeout, Timer, watch}, #state{timer = Timer} = State) ->
    {noreply, lost(timeout, State#state{timer = none})};
handle_info({report, Pause, Looks}, #state{report = looking} = State) ->
    {noreply, looked(Pause, Looks, State)};
handle_info(Message, #state{report = {waiting, Request, Boot}} = State) ->
    case gen_server:check_response(Message, Request) of
        {reply, ok} -> {noreply, taken(State#state{report = none, given = Boot})};
        _ -> {noreply, State}
    end;
handle_info(_, State) ->
    {noreply, State}.

%% The connection.

connected(#state{lease = Lease} = State) ->
    Timeout = vakt_config:value(keeper_timeout),
    case vakt_keeper_call:connect(Timeout) of
        {ok, Socket} ->
            Watch = vakt_lease:encode({watch, Lease}),
            Timer = erlang:start_timer(Timeout, self(), watch),
            sent(gen_tcp:send(Socket, Watch), State#state{socket = Socket, since = now_ms(), timer = Timer});
        {error, Reason} ->
            again(Reason, State)
    end.

sent(ok, State) -> more(State);
sent({error, Reason}, State) -> lost(Reason, State).

more(#state{socket = Socket} = State) ->
    case inet:setopts(Socket, [{active, once}]) of
        ok -> State;
        {error, Reason} -> lost(Reason, State)
    end.

lost(Reason, #state{socket = Socket, timer = Timer, since = Since, pause = Pause} = State) ->
    ok = gen_tcp:close(Socket),
    _ = Timer =:= none orelse erlang:cancel_timer(Timer),
    Next = case now_ms() - Since >= ?PROVEN of
               true -> ?FIRST_PAUSE;
               false -> Pause
           end,
    again(Reason, State#state{socket = none, timer = none, pause = Next}).

%% One that is simply not there is not worth a line in the log, unless it was.
again(Reason, #state{pause = Pause, said = Said} = State) ->
    Wait = min(Pause, vakt_config:value(keeper_retry)),
    _ = erlang:send_after(Wait, self(), connect),
    _ = Reason =:= Said orelse Reason =:= no_keeper orelse
        ?LOG_WARNING("vakt: no connection to the keeper at ~ts (~tp), trying again", [vakt_config:keeper_socket(), Reason], ?HERE),
    State#state{pause = Wait * 2, said = Reason}.

%% What it says.

heard({ok, {watching, New}}, #state{timer = Timer} = State) when Timer =/= none ->
    _ = erlang:cancel_timer(Timer),
    ok = gap(persistent_term:get(?WATCHED, false)),
    ok = persistent_term:put(?WATCHED, true),
    more(report(New, State#state{timer = none, said = none}));
%% The report has been made meanwhile.
heard({ok, {watching, New}}, State) ->
    more(report(New, State));
heard({ok, {news, News}}, State) ->
    ok = vakt_hub:publish([vakt_news:event(News, #{now => erlang:system_time(nanosecond), clock => clock()})]),
    more(State);
heard({ok, _}, State) ->
    more(State);
heard({error, Fault}, State) ->
    lost({bad_bytes, Fault}, State).

gap(true) -> vakt_hub:publish([#{gap => unknown, source => keeper}]);
gap(false) -> ok.

%% CLOCK_MONOTONIC as the emulator reads it, where that is what it reads.
clock() ->
    Source = erlang:system_info(os_monotonic_time_source),
    case {proplists:get_value(clock_id, Source), proplists:get_value(time, Source)} of
        {'CLOCK_MONOTONIC', Time} when is_integer(Time) -> erlang:convert_time_unit(Time, native, nanosecond);
        _ -> undefined
    end.

%% The report.

report(true, #state{report = none} = State) -> looked(?REPORT_PAUSE, ?REPORT_LOOKS, State#state{report = looking});
report(_, State) -> State.

looked(Pause, Looks, State) ->
    case vakt_reset_report:read(vakt_config:reset_report()) of
        {ok, #{this_boot := Boot}} when Boot =:= State#state.given ->
            taken(State#state{report = none});
        {ok, #{this_boot := Boot} = Report} ->
            State#state{report = {waiting, vakt_hub:publish_once_heard(vakt_reset_report:event(Report)), Boot}};
        {error, Reason} when Looks =:= 0 ->
            ?LOG_WARNING("vakt: the reset report ~ts cannot be read (~tp)", [vakt_config:reset_report(), Reason], ?HERE),
            State#state{report = none};
        {error, _} ->
            _ = erlang:send_after(Pause, self(), {report, Pause * 2, Looks - 1}),
            State
    end.

%% Without a connection it is said after the next Watching.
taken(#state{socket = none} = State) ->
    State;
taken(#state{socket = Socket, lease = Lease} = State) ->
    _ = gen_tcp:send(Socket, vakt_lease:encode({report_taken, Lease})),
    State.

now_ms() -> erlang:monotonic_time(millisecond).
