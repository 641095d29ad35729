%% SPDX-License-Identifier: Apache-2.0
%% @doc Gives every event to every subscriber: `{vakt, Ref, Event}'.
%%
%% No subscriber can hurt another one, or the hub. One that dies is forgotten. One that is slow has at most `max_queue'
%% messages put into its queue ({@link vakt_window}); what it misses is counted, and told in the place of the loss by
%% `#{gap => N, source => subscriber}'. Its queue is looked at by a short-lived process, since looking at a process that
%% does not run (low priority, another node) waits for it.
%%
%% For each subscriber `received = delivered + dropped' holds at every instant, counted in lines since it subscribed.
-module(vakt_hub).
-behaviour(gen_server).

-export([start_link/0, subscribe/3, subscribe/4, unsubscribe/1, publish/1, publish_once_heard/1, account/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([account/0, event/0, sources/0]).

%% How long the hub waits for a look at a local subscriber that has no credit left. Longer only the slow one would profit.
-define(LOOK_WAIT, 5).
%% How often the queues of those that are behind are looked at.
-define(BEHIND_INTERVAL, 100).

-type event() :: vakt_line:event() | vakt_line:gap() | vakt_news:event() | vakt_reset_report:event().
-type sources() :: all | [fifo | keeper | reset_report].
%% What a subscriber wants to hear of.

-type account() :: #{
    received := non_neg_integer(),
    malformed := non_neg_integer(),
    lost := non_neg_integer(),
    subscribers := [
        #{
            pid := pid(),
            ref := reference(),
            received := non_neg_integer(),
            delivered := non_neg_integer(),
            dropped := non_neg_integer(),
            untold := non_neg_integer(),
            max_queue := pos_integer()
        }
    ]
}.
%% Lines, and events of other sources, since the hub started. `lost': never reached the hub, as far as `ferrule' and the
%% port's owner counted; `untold': lines missed that this subscriber has not yet had its gap event for.

-record(subscriber, {
    pid :: pid(),
    monitor :: reference(),
    max_queue :: pos_integer(),
    sources :: sources(),
    window :: vakt_window:window(),
    delivered = 0 :: non_neg_integer(),
    dropped = 0 :: non_neg_integer()
}).

-record(state, {
    subscribers = #{} :: #{reference() => #subscriber{}},
    received = 0 :: non_neg_integer(),
    malformed = 0 :: non_neg_integer(),
    lost = 0 :: non_neg_integer(),
    %% Who wants to know when it is heard, and what: the latest first.
    held = [] :: [{gen_server:from(), event()}],
    timer = none :: none | reference()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Subscribes the caller to all sources.
-spec subscribe(Hub :: pid(), reference(), MaxQueue :: pos_integer()) -> ok.
subscribe(Hub, Ref, MaxQueue) -> subscribe(Hub, Ref, MaxQueue, all).

%% @doc Subscribes the caller under `Ref'. The caller knows its own queue best: that is the first look.
-spec subscribe(Hub :: pid(), reference(), MaxQueue :: pos_integer(), sources()) -> ok.
subscribe(Hub, Ref, MaxQueue, Sources) ->
    {message_queue_len, Length} = process_info(self(), message_queue_len),
    gen_server:call(Hub, {subscribe, Ref, MaxQueue, Sources, Length}).

%% @doc Forgets `Ref'. Once this has returned no event of it arrives any more.
-spec unsubscribe(reference()) -> ok.
unsubscribe(Ref) -> gen_server:call(?MODULE, {unsubscribe, Ref}).

%% @doc Hands events, all of one source, to all subscribers who want that source, in order; returns when they are sent, so that a
%% source is no faster than the hub.
-spec publish([event()]) -> ok.
publish(Events) -> gen_server:call(?MODULE, {publish, Events}, infinity).

%% @doc Hands an event over as soon as there is a subscriber who wants its source, and then answers `ok' to the caller
%% (`gen_server:check_response/2').
-spec publish_once_heard(event()) -> gen_server:request_id().
publish_once_heard(Event) -> gen_server:send_request(?MODULE, {publish_once_heard, Event}).

%% @doc What came and where it went.
-spec account() -> account().
account() -> gen_server:call(?MODULE, account).

-spec init([]) -> {ok, state()}.
init([]) ->
    _ = process_flag(message_queue_data, off_heap),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()} | {noreply, state()}.
handle_call({publish, Events}, _From, State) ->
    {reply, ok, watch_behind(published(Events, State))};
handle_call({publish_once_heard, Event}, From, #state{held = Held} = State) ->
    {noreply, watch_behind(give_held(State#state{held = [{From, Event} | Held]}))};
handle_call({subscribe, Ref, MaxQueue, Sources, Length}, {Pid, _}, #state{subscribers = Subscribers} = State) ->
    Window = vakt_window:sampled(Length, vakt_window:looking(vakt_window:new(MaxQueue))),
    New = #subscriber{pid = Pid, monitor = monitor(process, Pid), max_queue = MaxQueue, sources = Sources, window = Window},
    {reply, ok, watch_behind(give_held(State#state{subscribers = Subscribers#{Ref => New}}))};
handle_call({unsubscribe, Ref}, _From, State) ->
    {reply, ok, forget(Ref, State)};
handle_call(account, _From, State) ->
    {reply, account(State), State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({queue_len, Ref, Length}, #state{subscribers = Subscribers} = State) ->
    case Subscribers of
        #{Ref := Subscriber} ->
            {noreply, State#state{subscribers = Subscribers#{Ref := catch_up(Ref, sampled(Length, Subscriber))}}};
        #{} ->
            {noreply, State}
    end;
handle_info({'DOWN', Monitor, process, _, _}, #state{subscribers = Subscribers} = State) ->
    Kept = maps:filter(fun(_, #subscriber{monitor = M}) -> M =/= Monitor end, Subscribers),
    {noreply, State#state{subscribers = Kept}};
handle_info(behind, #state{subscribers = Subscribers} = State) ->
    Looked = maps:map(fun look_if_wanted/2, Subscribers),
    {noreply, watch_behind(State#state{subscribers = Looked, timer = none})};
handle_info(_, State) ->
    {noreply, State}.

published([], State) ->
    State;
published([#{source := Source} | _] = Events,
          #state{subscribers = Subscribers, received = Received, malformed = Malformed, lost = Lost} = State) ->
    {Lines, Bad, Gone} = counted(Events, 0, 0, 0),
    Given = maps:map(fun(Ref, Subscriber) -> deliver_if_wanted(Source, Events, Ref, Subscriber) end, Subscribers),
    State#state{subscribers = Given, received = Received + Lines, malformed = Malformed + Bad, lost = Lost + Gone}.

deliver_if_wanted(Source, Events, Ref, Subscriber) ->
    case wants(Source, Subscriber) of
        true -> deliver(Events, Ref, Subscriber);
        false -> Subscriber
    end.

wants(Source, #subscriber{sources = Sources}) -> Sources =:= all orelse lists:member(Source, Sources).

%% What waits for somebody to hear it.
give_held(#state{held = []} = State) ->
    State;
give_held(#state{held = Held, subscribers = Subscribers} = State) ->
    Listeners = maps:values(Subscribers),
    IsHeard = fun({_, #{source := Source}}) -> lists:any(fun(Listener) -> wants(Source, Listener) end, Listeners) end,
    {Heard, Waiting} = lists:partition(IsHeard, Held),
    lists:foldr(fun given/2, State#state{held = Waiting}, Heard).

given({From, Event}, State) ->
    Published = published([Event], State),
    ok = gen_server:reply(From, ok),
    Published.

counted([#{gap := N} | Events], Lines, Bad, Gone) -> counted(Events, Lines, Bad, Gone + weight(N));
counted([#{malformed := true} | Events], Lines, Bad, Gone) -> counted(Events, Lines + 1, Bad + 1, Gone);
counted([_ | Events], Lines, Bad, Gone) -> counted(Events, Lines + 1, Bad, Gone);
counted([], Lines, Bad, Gone) -> {Lines, Bad, Gone}.

%% A loss of unknown size is one line at least.
weight(unknown) -> 1;
weight(N) -> N.

%% As far as the credit goes, then a look at the queue, then as far as that goes; the rest is missed.

deliver(Events, Ref, Subscriber) ->
    case send(Events, Ref, tell(Ref, Subscriber)) of
        {[], Sent} -> look_if_wanted(Ref, Sent);
        {Rest, Sent} -> deliver_after_look(Rest, Ref, look_and_wait(Ref, Sent))
    end.

deliver_after_look(Events, Ref, Subscriber) ->
    case vakt_window:credit(Subscriber#subscriber.window) of
        0 -> missed(Events, Subscriber);
        _ -> deliver(Events, Ref, Subscriber)
    end.

missed(Events, #subscriber{window = Window, dropped = Dropped} = Subscriber) ->
    {Lines, _, Gone} = counted(Events, 0, 0, 0),
    Subscriber#subscriber{window = vakt_window:miss(Lines + Gone, Window), dropped = Dropped + Lines}.

send(Events, Ref, #subscriber{pid = Pid, window = Window, delivered = Delivered} = Subscriber) ->
    Credit = vakt_window:credit(Window),
    {Rest, Left, Lines} = send(Events, Pid, Ref, Credit, 0),
    {Rest, Subscriber#subscriber{window = vakt_window:spend(Credit - Left, Window), delivered = Delivered + Lines}}.

send([Event | Rest] = Events, Pid, Ref, Credit, Lines) when Credit > 0 ->
    %% Never waits: another node that is away or whose connection is full misses what it cannot take.
    case erlang:send(Pid, {vakt, Ref, Event}, [noconnect, nosuspend]) of
        ok when is_map_key(gap, Event) -> send(Rest, Pid, Ref, Credit - 1, Lines);
        ok -> send(Rest, Pid, Ref, Credit - 1, Lines + 1);
        _ -> {Events, 0, Lines}
    end;
send(Events, _Pid, _Ref, Credit, Lines) ->
    {Events, Credit, Lines}.

%% The gap event goes before anything else.
tell(Ref, #subscriber{window = Window} = Subscriber) ->
    case {vakt_window:missed(Window), vakt_window:credit(Window)} of
        {Missed, Credit} when Missed > 0, Credit > 0 ->
            case send([#{gap => Missed, source => subscriber}], Ref, Subscriber) of
                {[], #subscriber{window = Spent} = Told} -> Told#subscriber{window = vakt_window:told(Spent)};
                {_, NotTold} -> NotTold
            end;
        _ ->
            Subscriber
    end.

catch_up(Ref, Subscriber) -> tell(Ref, Subscriber).

%% Looking at queues.

look_if_wanted(Ref, #subscriber{window = Window} = Subscriber) ->
    case vakt_window:wants_look(Window) of
        true -> look(Ref, Subscriber);
        false -> Subscriber
    end.

look(Ref, #subscriber{pid = Pid, window = Window} = Subscriber) ->
    Hub = self(),
    _ = spawn_opt(fun() -> Hub ! {queue_len, Ref, queue_len(Pid)} end, [{priority, high}]),
    Subscriber#subscriber{window = vakt_window:looking(Window)}.

queue_len(Pid) when node(Pid) =:= node() ->
    case process_info(Pid, message_queue_len) of
        {message_queue_len, Length} -> Length;
        undefined -> unknown
    end;
queue_len(Pid) ->
    try erpc:call(node(Pid), erlang, process_info, [Pid, message_queue_len], 5000) of
        {message_queue_len, Length} -> Length;
        undefined -> unknown
    catch
        _:_ -> unknown
    end.

%% One that is behind is not waited for again, nor one on another node.
look_and_wait(Ref, #subscriber{pid = Pid, window = Window} = Subscriber) ->
    Behind = vakt_window:missed(Window) > 0,
    case {vakt_window:is_looking(Window), vakt_window:wants_look(Window)} of
        {false, true} when not Behind -> await_look(Ref, look(Ref, Subscriber));
        {true, _} when not Behind, node(Pid) =:= node() -> await_look(Ref, Subscriber);
        _ -> Subscriber
    end.

await_look(Ref, #subscriber{pid = Pid} = Subscriber) when node(Pid) =:= node() ->
    receive
        {queue_len, Ref, Length} -> sampled(Length, Subscriber)
    after ?LOOK_WAIT ->
        Subscriber
    end;
await_look(_Ref, Subscriber) ->
    Subscriber.

sampled(Length, #subscriber{window = Window} = Subscriber) ->
    Subscriber#subscriber{window = vakt_window:sampled(Length, Window)}.

%% While somebody is behind there is a timer, else none: who has had his gap event costs nothing.
watch_behind(#state{timer = none, subscribers = Subscribers} = State) ->
    case lists:any(fun is_behind/1, maps:values(Subscribers)) of
        true -> State#state{timer = erlang:send_after(?BEHIND_INTERVAL, self(), behind)};
        false -> State
    end;
watch_behind(State) ->
    State.

is_behind(#subscriber{window = Window}) -> vakt_window:missed(Window) > 0.

forget(Ref, #state{subscribers = Subscribers} = State) ->
    case maps:take(Ref, Subscribers) of
        {#subscriber{monitor = Monitor}, Others} ->
            true = demonitor(Monitor, [flush]),
            State#state{subscribers = Others};
        error ->
            State
    end.

account(#state{subscribers = Subscribers, received = Received, malformed = Malformed, lost = Lost}) ->
    #{received => Received, malformed => Malformed, lost => Lost,
      subscribers => [entry(Ref, Subscriber) || {Ref, Subscriber} <- maps:to_list(Subscribers)]}.

entry(Ref, #subscriber{pid = Pid, max_queue = MaxQueue, window = Window, delivered = Delivered, dropped = Dropped}) ->
    #{pid => Pid, ref => Ref, received => Delivered + Dropped, delivered => Delivered, dropped => Dropped,
      untold => vakt_window:missed(Window), max_queue => MaxQueue}.
