%% SPDX-License-Identifier: Apache-2.0
%% @doc Gives every event to every subscriber who wants it: `{vakt, Ref, Event}', or `{vakt, Ref, {batch, Batch}}' to who asked
%% for batches.
%%
%% No subscriber can hurt another one, or the hub. One that dies is forgotten. One that is slow has at most `max_queue'
%% lines put into its queue ({@link vakt_window}); what it misses is counted, and told in the place of the loss by
%% `#{gap => N, source => subscriber}'. Its queue is looked at by a short-lived process, since looking at a process that
%% does not run (low priority, another node) waits for it.
%%
%% What the bridge keeps for us need not be missed: {@link vakt_bridge} asks for no more than there is room for in all queues. One
%% whose queue stays full for a second while others' are not is no longer waited for, and misses what it cannot take.
%%
%% For each subscriber `received = delivered + dropped' holds at every instant, counted in lines since it subscribed; those of a
%% batch all, whatever its filter leaves out of them.
-module(vakt_hub).
-behaviour(gen_server).

-export([start_link/0, subscribe/3, subscribe/4, unsubscribe/2, publish/1, publish_once_heard/1, account/0]).
-export([attach/0, publish_batch/1, await_room/0, acknowledge/3, acknowledged/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([account/0, event/0, room/0]).

%% How often the queues of those that are behind are looked at, and how often while the bridge waits for them.
-define(BEHIND_INTERVAL, 100).
-define(WAIT_INTERVAL, 5).
%% Of so many processes of nodes that went away it is remembered that they missed something.
-define(MOST_AWAY, 64).

-type event() ::
    vakt_line:event() | vakt_line:gap() | vakt_record:event() | vakt_record:gap() | vakt_news:event() | vakt_reset_report:event().

-type room() :: nobody | non_neg_integer().
%% How many lines may be handed over now; `nobody': there is none who wants any of the bridge.

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
%% Lines, and events of other sources, since the hub started. `lost': never reached the hub, as far as those before it
%% counted; `untold': lines missed that this subscriber has not yet had its gap event for.

-record(state, {
    subscribers = #{} :: #{reference() => vakt_subscriber:subscriber()},
    received = 0 :: non_neg_integer(),
    malformed = 0 :: non_neg_integer(),
    lost = 0 :: non_neg_integer(),
    %% Who wants to know when it is heard, and what: the latest first.
    held = [] :: [{gen_server:from(), event()}],
    %% The bridge's process, what it was last told is wanted, whether it knows that there is more to acknowledge, what it last
    %% handed over, and whether it waits for room.
    bridge = none :: none | pid(),
    pushed = nothing :: nothing | vakt_filter:pushed(),
    told = false :: boolean(),
    place = none :: none | vakt_bridge_bytes:place(),
    waiting = none :: none | gen_server:from(),
    away = [] :: [pid()],
    timer = none :: none | reference()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Subscribes the caller to everything.
-spec subscribe(Hub :: pid(), reference(), MaxQueue :: pos_integer()) -> ok.
subscribe(Hub, Ref, MaxQueue) -> subscribe(Hub, Ref, MaxQueue, #{wanted => all, batches => false, acknowledges => false}).

%% @doc Subscribes the caller under `Ref' to what is wanted, in batches or not. The caller knows its own queue best: that is the
%% first look. It is waited for however busy the hub is: one who gave up would be subscribed all the same, and not know.
-spec subscribe(Hub :: pid() | {atom(), node()}, reference(), MaxQueue :: pos_integer(), vakt_subscriber:wish()) -> ok.
subscribe(Hub, Ref, MaxQueue, Wish) ->
    {message_queue_len, Length} = process_info(self(), message_queue_len),
    gen_server:call(Hub, {subscribe, Ref, MaxQueue, Wish, Length}, infinity).

%% @doc Forgets `Ref'. Once this has returned no event of it arrives any more.
-spec unsubscribe(node(), reference()) -> ok.
unsubscribe(Node, Ref) -> gen_server:call({?MODULE, Node}, {unsubscribe, Ref}, infinity).

%% @doc Hands events to all subscribers who want them, in order; returns when they are sent, so that a source is no faster than
%% the hub.
-spec publish([event()]) -> ok.
publish(Events) -> gen_server:call(?MODULE, {publish, Events}, infinity).

%% @doc Hands an event over as soon as there is a subscriber who wants its source, and then answers `ok' to the caller
%% (`gen_server:check_response/2').
-spec publish_once_heard(event()) -> gen_server:request_id().
publish_once_heard(Event) -> gen_server:send_request(?MODULE, {publish_once_heard, Event}).

%% @doc The caller is the bridge's process from now on: it learns what was handed over last and what is wanted, and when that
%% changes, by `{vakt_hub, wanted, Wanted}'.
-spec attach() -> {none | vakt_bridge_bytes:place(), nothing | vakt_filter:pushed()}.
attach() -> gen_server:call(?MODULE, attach, infinity).

%% @doc Hands a batch of the bridge over, as {@link publish/1} does, and says how much room there then is. With `nobody' it was not
%% handed over.
-spec publish_batch(vakt_record:batch()) -> room().
publish_batch(Batch) -> gen_server:call(?MODULE, {publish_batch, Batch}, infinity).

%% @doc Asks how much room there is; answered (`gen_server:check_response/2') as soon as there is some.
-spec await_room() -> gen_server:request_id().
await_room() -> gen_server:send_request(?MODULE, await_room).

%% @doc The subscriber has worked on all up to this place.
-spec acknowledge(node(), reference(), vakt_bridge_bytes:place()) -> ok.
acknowledge(Node, Ref, Place) -> gen_server:cast({?MODULE, Node}, {acknowledge, Ref, Place}).

%% @doc Up to where all subscribers have worked on what they got; what was handed over counts for those who do not say. The bridge's
%% process hears by `{vakt_hub, acknowledged}' that it may have changed, once until it asks.
-spec acknowledged() -> none | vakt_bridge_bytes:place().
acknowledged() -> gen_server:call(?MODULE, acknowledged, infinity).

%% @doc What came and where it went.
-spec account() -> account().
account() -> gen_server:call(?MODULE, account).

-spec init([]) -> {ok, state()}.
init([]) ->
    _ = process_flag(message_queue_data, off_heap),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()} | {noreply, state()}.
handle_call({publish, Events}, _From, State) ->
    {reply, ok, settled(published(Events, State))};
handle_call({publish_batch, _}, _From, #state{pushed = nothing} = State) ->
    {reply, nobody, State};
handle_call({publish_batch, Batch}, _From, State) ->
    Published = published_batch(Batch, State),
    {Room, Looked} = room(Published),
    {reply, case Room of stuck -> 0; _ -> Room end, settled(Looked)};
handle_call(await_room, From, State) ->
    {noreply, settled(State#state{waiting = From})};
handle_call(attach, {Pid, _}, #state{place = Place, pushed = Pushed} = State) ->
    _ = monitor(process, Pid),
    {reply, {Place, Pushed}, State#state{bridge = Pid, waiting = none, told = false}};
handle_call({publish_once_heard, Event}, From, #state{held = Held} = State) ->
    %% Who died waiting will be started again, and asks again.
    Alive = [Waiting || {{Pid, _}, _} = Waiting <- Held, is_process_alive(Pid)],
    {noreply, settled(give_held(State#state{held = [{From, Event} | Alive]}))};
handle_call({subscribe, Ref, MaxQueue, Wish, Length}, {Pid, _}, #state{subscribers = Subscribers} = State) ->
    New = vakt_subscriber:new(Ref, Pid, MaxQueue, Wish, Length),
    {Told, Back} = back(Pid, New, State),
    {reply, ok, settled(give_held(push(Back#state{subscribers = Subscribers#{Ref => Told}})))};
handle_call({unsubscribe, Ref}, _From, State) ->
    {reply, ok, settled(push(forget(Ref, State)))};
handle_call(acknowledged, _From, State) ->
    {reply, acknowledged(State), State#state{told = false}};
handle_call(account, _From, State) ->
    {reply, account(State), State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast({acknowledge, Ref, Place}, #state{subscribers = Subscribers} = State) ->
    case Subscribers of
        #{Ref := Subscriber} ->
            {noreply, tell_acknowledged(State#state{subscribers = Subscribers#{Ref := vakt_subscriber:acked(Place, Subscriber)}})};
        #{} ->
            {noreply, State}
    end;
handle_cast(_, State) ->
    {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({queue_len, Ref, Length}, #state{subscribers = Subscribers} = State) ->
    case Subscribers of
        #{Ref := Subscriber} ->
            {noreply, settled(State#state{subscribers = Subscribers#{Ref := vakt_subscriber:sampled(Length, Subscriber)}})};
        #{} ->
            {noreply, State}
    end;
handle_info({'DOWN', _, process, Pid, _}, #state{bridge = Pid} = State) ->
    {noreply, State#state{bridge = none, waiting = none}};
handle_info({'DOWN', Monitor, process, Pid, Reason}, #state{subscribers = Subscribers} = State) ->
    Kept = maps:filter(fun(_, Subscriber) -> not vakt_subscriber:is_watched_by(Monitor, Subscriber) end, Subscribers),
    {noreply, settled(push(gone_away(Reason, Pid, State#state{subscribers = Kept})))};
handle_info(behind, #state{subscribers = Subscribers} = State) ->
    Looked = maps:map(fun(_, Subscriber) -> vakt_subscriber:look_if_wanted(Subscriber) end, Subscribers),
    {noreply, settled(State#state{subscribers = Looked, timer = none})};
handle_info(_, State) ->
    {noreply, State}.

published(Events, #state{subscribers = Subscribers} = State) ->
    Given = maps:map(fun(_, Subscriber) -> vakt_subscriber:give(Events, Subscriber) end, Subscribers),
    taken_in(vakt_record:account(vakt_record:of_events(Events)), State#state{subscribers = Given}).

%% Events are made of it once, if there is one who wants them one by one.
published_batch(Batch, #state{subscribers = Subscribers, place = Before} = State) ->
    Events = case lists:any(fun vakt_subscriber:wants_each/1, maps:values(Subscribers)) of
                 true -> lists:reverse(vakt_record:fold(fun(Event, Acc) -> [Event | Acc] end, [], Batch));
                 false -> []
             end,
    Given = maps:map(fun(_, Subscriber) -> vakt_subscriber:give_batch(Batch, Events, Before, Subscriber) end, Subscribers),
    taken_in(vakt_record:account(Batch), later_place(vakt_record:place(Batch), State#state{subscribers = Given})).

later_place(none, State) -> State;
later_place(Place, State) -> State#state{place = Place}.

taken_in(#{records := Records, malformed := Bad, lost := Gone},
         #state{received = Received, malformed = Malformed, lost = Lost} = State) ->
    State#state{received = Received + Records, malformed = Malformed + Bad, lost = Lost + Gone}.

%% What waits for somebody to hear it.
give_held(#state{held = []} = State) ->
    State;
give_held(#state{held = Held, subscribers = Subscribers} = State) ->
    Wishes = wishes(Subscribers),
    IsHeard = fun({_, Event}) -> lists:any(fun(Wanted) -> vakt_filter:wants(Wanted, Event) end, Wishes) end,
    {Heard, Waiting} = lists:partition(IsHeard, Held),
    lists:foldr(fun given/2, State#state{held = Waiting}, Heard).

given({From, Event}, State) ->
    Published = published([Event], State),
    ok = gen_server:reply(From, ok),
    Published.

wishes(Subscribers) -> [vakt_subscriber:wanted(Subscriber) || Subscriber <- maps:values(Subscribers)].

%% After every change: who waits for room has it if there is some; and while somebody is behind, or waited for, there is a timer,
%% else none: who has had his gap event costs nothing.
settled(#state{waiting = none} = State) ->
    watch_behind(?BEHIND_INTERVAL, State);
settled(#state{waiting = From} = State) ->
    case room(State) of
        {stuck, Waiting} ->
            watch_behind(?BEHIND_INTERVAL, Waiting);
        {0, Waiting} ->
            watch_behind(?WAIT_INTERVAL, Waiting);
        {Room, Served} ->
            ok = gen_server:reply(From, Room),
            watch_behind(?BEHIND_INTERVAL, Served#state{waiting = none})
    end.

watch_behind(Interval, #state{timer = none, waiting = Waiting, subscribers = Subscribers} = State) ->
    case Waiting =/= none orelse lists:any(fun vakt_subscriber:is_behind/1, maps:values(Subscribers)) of
        true -> State#state{timer = erlang:send_after(Interval, self(), behind)};
        false -> State
    end;
watch_behind(_Interval, State) ->
    State.

%% Room for the bridge: as much as there is in the fullest queue, but for those that have been full for too long while others
%% were not; `stuck' if all of them have.
room(#state{pushed = nothing} = State) ->
    {nobody, State};
room(#state{subscribers = Subscribers} = State) ->
    Now = erlang:monotonic_time(millisecond),
    Noted = maps:map(fun(_, Subscriber) -> vakt_subscriber:note_room(Now, Subscriber) end, Subscribers),
    Rooms = [vakt_subscriber:room(Subscriber)
             || Subscriber <- maps:values(Noted), vakt_filter:wants_bridge(vakt_subscriber:wanted(Subscriber))],
    {least([Room || Room <- Rooms, Room =/= stuck]), State#state{subscribers = Noted}}.

least([]) -> stuck;
least(Rooms) -> lists:min(Rooms).

acknowledged(#state{place = Place, subscribers = Subscribers}) ->
    lists:foldl(fun earlier/2, Place, [vakt_subscriber:acked(Subscriber) || Subscriber <- maps:values(Subscribers)]).

%% One that has worked on something of another boot has worked on nothing of this one.
earlier(all, Place) -> Place;
earlier({BootId, Seq}, {BootId, Least}) -> {BootId, min(Seq, Least)};
earlier(_, _) -> none.

tell_acknowledged(#state{bridge = Bridge, told = Told} = State) when Told; Bridge =:= none ->
    State;
tell_acknowledged(#state{bridge = Bridge} = State) ->
    Bridge ! {?MODULE, acknowledged},
    State#state{told = true}.

%% What is wanted of the bridge, told when it changes.
push(#state{subscribers = Subscribers, bridge = Bridge, pushed = Before} = State) ->
    case vakt_filter:pushed(wishes(Subscribers)) of
        Before ->
            State;
        Pushed ->
            _ = Bridge =:= none orelse (Bridge ! {?MODULE, wanted, Pushed}),
            State#state{pushed = Pushed}
    end.

%% A subscription from another node ends with the connection, and what was on its way is lost. Should the process subscribe again
%% it hears that something may be missing.
gone_away(noconnection, Pid, #state{away = Away} = State) -> State#state{away = lists:sublist([Pid | Away], ?MOST_AWAY)};
gone_away(_, _, State) -> State.

back(Pid, New, #state{away = Away} = State) ->
    case lists:member(Pid, Away) of
        true -> {vakt_subscriber:missed_something(New), State#state{away = lists:delete(Pid, Away)}};
        false -> {New, State}
    end.

forget(Ref, #state{subscribers = Subscribers} = State) ->
    case maps:take(Ref, Subscribers) of
        {Subscriber, Others} ->
            true = vakt_subscriber:forget(Subscriber),
            State#state{subscribers = Others};
        error ->
            State
    end.

account(#state{subscribers = Subscribers, received = Received, malformed = Malformed, lost = Lost}) ->
    #{received => Received, malformed => Malformed, lost => Lost,
      subscribers => [vakt_subscriber:account(Subscriber) || Subscriber <- maps:values(Subscribers)]}.
