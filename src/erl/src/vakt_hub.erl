%% SPDX-License-Identifier: Apache-2.0
%% @doc Gives every event to every subscriber who wants it: `{vakt, Ref, Event}', or `{vakt, Ref, {batch, Batch}}' to who asked for batches.
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
-export([attach/0, publish_batch/1, await_room/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([account/0, event/0, room/0]).

%% How long the hub waits for a look at a local subscriber that has no credit left. Longer only the slow one would profit.
-define(LOOK_WAIT, 5).
%% How often the queues of those that are behind are looked at, and how often while the bridge waits for them.
-define(BEHIND_INTERVAL, 100).
-define(WAIT_INTERVAL, 5).
%% How long (ms) a full queue holds the others up.
-define(PATIENCE, 1000).
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

-record(subscriber, {
    pid :: pid(),
    monitor :: reference(),
    max_queue :: pos_integer(),
    wanted :: vakt_filter:wanted(),
    batches :: boolean(),
    window :: vakt_window:window(),
    %% Since when (ms) there is no room in its queue.
    full_since = none :: none | integer(),
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
    %% The bridge's process, what it was last told is wanted, what it last handed over, and whether it waits for room.
    bridge = none :: none | pid(),
    pushed = nothing :: nothing | vakt_filter:pushed(),
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
subscribe(Hub, Ref, MaxQueue) -> subscribe(Hub, Ref, MaxQueue, {all, false}).

%% @doc Subscribes the caller under `Ref' to what is wanted, in batches or not. The caller knows its own queue best: that is the
%% first look.
-spec subscribe(Hub :: pid() | {atom(), node()}, reference(), MaxQueue :: pos_integer(), {vakt_filter:wanted(), Batches :: boolean()}) -> ok.
subscribe(Hub, Ref, MaxQueue, Wish) ->
    {message_queue_len, Length} = process_info(self(), message_queue_len),
    gen_server:call(Hub, {subscribe, Ref, MaxQueue, Wish, Length}).

%% @doc Forgets `Ref'. Once this has returned no event of it arrives any more.
-spec unsubscribe(node(), reference()) -> ok.
unsubscribe(Node, Ref) -> gen_server:call({?MODULE, Node}, {unsubscribe, Ref}).

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
attach() -> gen_server:call(?MODULE, attach).

%% @doc Hands a batch of the bridge over, as {@link publish/1} does, and says how much room there then is. With `nobody' it was not
%% handed over.
-spec publish_batch(vakt_record:batch()) -> room().
publish_batch(Batch) -> gen_server:call(?MODULE, {publish_batch, Batch}, infinity).

%% @doc Asks how much room there is; answered (`gen_server:check_response/2') as soon as there is some.
-spec await_room() -> gen_server:request_id().
await_room() -> gen_server:send_request(?MODULE, await_room).

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
    {reply, Room, settled(Looked)};
handle_call(await_room, From, State) ->
    {noreply, settled(State#state{waiting = From})};
handle_call(attach, {Pid, _}, #state{place = Place, pushed = Pushed} = State) ->
    _ = monitor(process, Pid),
    {reply, {Place, Pushed}, State#state{bridge = Pid, waiting = none}};
handle_call({publish_once_heard, Event}, From, #state{held = Held} = State) ->
    {noreply, settled(give_held(State#state{held = [{From, Event} | Held]}))};
handle_call({subscribe, Ref, MaxQueue, {Wanted, Batches}, Length}, {Pid, _}, #state{subscribers = Subscribers} = State) ->
    Window = vakt_window:sampled(Length, vakt_window:looking(vakt_window:new(MaxQueue))),
    New = #subscriber{pid = Pid, monitor = monitor(process, Pid), max_queue = MaxQueue, wanted = Wanted, batches = Batches,
                      window = Window},
    {Told, Back} = back(Pid, Ref, New, State),
    {reply, ok, settled(give_held(push(Back#state{subscribers = Subscribers#{Ref => Told}})))};
handle_call({unsubscribe, Ref}, _From, State) ->
    {reply, ok, settled(push(forget(Ref, State)))};
handle_call(account, _From, State) ->
    {reply, account(State), State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({queue_len, Ref, Length}, #state{subscribers = Subscribers} = State) ->
    case Subscribers of
        #{Ref := Subscriber} ->
            {noreply, settled(State#state{subscribers = Subscribers#{Ref := tell(Ref, sampled(Length, Subscriber))}})};
        #{} ->
            {noreply, State}
    end;
handle_info({'DOWN', _, process, Pid, _}, #state{bridge = Pid} = State) ->
    {noreply, State#state{bridge = none, waiting = none}};
handle_info({'DOWN', Monitor, process, Pid, Reason}, #state{subscribers = Subscribers} = State) ->
    Kept = maps:filter(fun(_, #subscriber{monitor = M}) -> M =/= Monitor end, Subscribers),
    {noreply, settled(push(gone_away(Reason, Pid, State#state{subscribers = Kept})))};
handle_info(behind, #state{subscribers = Subscribers} = State) ->
    Looked = maps:map(fun look_if_wanted/2, Subscribers),
    {noreply, settled(State#state{subscribers = Looked, timer = none})};
handle_info(_, State) ->
    {noreply, State}.

published(Events, #state{subscribers = Subscribers} = State) ->
    Given = maps:map(fun(Ref, Subscriber) -> deliver_wanted(Events, Ref, Subscriber) end, Subscribers),
    taken_in(vakt_record:account(vakt_record:of_events(Events)), State#state{subscribers = Given}).

%% Events are made of it once, if there is one who wants them one by one.
published_batch(Batch, #state{subscribers = Subscribers} = State) ->
    Events = case lists:any(fun(#subscriber{batches = Batches}) -> not Batches end, maps:values(Subscribers)) of
                 true -> lists:reverse(vakt_record:fold(fun(Event, Acc) -> [Event | Acc] end, [], Batch));
                 false -> []
             end,
    Given = maps:map(fun(Ref, Subscriber) -> give(Batch, Events, Ref, Subscriber) end, Subscribers),
    taken_in(vakt_record:account(Batch), later_place(vakt_record:place(Batch), State#state{subscribers = Given})).

give(Batch, _, Ref, #subscriber{batches = true, wanted = Wanted} = Subscriber) ->
    case vakt_filter:wants_bridge(Wanted) of
        true -> deliver_batch(narrowed(Wanted, Batch), Ref, Subscriber);
        false -> Subscriber
    end;
give(_, Events, Ref, Subscriber) ->
    deliver_wanted(Events, Ref, Subscriber).

narrowed(all, Batch) -> Batch;
narrowed(Wanted, Batch) -> vakt_record:narrow(Wanted, Batch).

later_place(none, State) -> State;
later_place(Place, State) -> State#state{place = Place}.

taken_in(#{records := Records, malformed := Bad, lost := Gone}, #state{received = Received, malformed = Malformed, lost = Lost} = State) ->
    State#state{received = Received + Records, malformed = Malformed + Bad, lost = Lost + Gone}.

deliver_wanted(Events, Ref, #subscriber{wanted = Wanted} = Subscriber) ->
    case chosen(Wanted, Events) of
        [] -> Subscriber;
        Chosen when Subscriber#subscriber.batches -> deliver_batch(vakt_record:of_events(Chosen), Ref, Subscriber);
        Chosen -> deliver(Chosen, Ref, Subscriber)
    end.

chosen(all, Events) -> Events;
chosen(Wanted, Events) -> [Event || Event <- Events, vakt_filter:wants(Wanted, Event)].

%% What waits for somebody to hear it.
give_held(#state{held = []} = State) ->
    State;
give_held(#state{held = Held, subscribers = Subscribers} = State) ->
    Listeners = maps:values(Subscribers),
    IsHeard = fun({_, Event}) -> lists:any(fun(#subscriber{wanted = Wanted}) -> vakt_filter:wants(Wanted, Event) end, Listeners) end,
    {Heard, Waiting} = lists:partition(IsHeard, Held),
    lists:foldr(fun given/2, State#state{held = Waiting}, Heard).

given({From, Event}, State) ->
    Published = published([Event], State),
    ok = gen_server:reply(From, ok),
    Published.

counted(Events) ->
    #{records := Lines, lost := Gone} = vakt_record:account(vakt_record:of_events(Events)),
    {Lines, Gone}.

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

missed(Events, Subscriber) ->
    {Lines, Gone} = counted(Events),
    missed(Lines, Gone, Subscriber).

missed(Lines, Gone, #subscriber{window = Window, dropped = Dropped} = Subscriber) ->
    Subscriber#subscriber{window = vakt_window:miss(Lines + Gone, Window), dropped = Dropped + Lines}.

%% A batch goes whole, or not at all.
deliver_batch(Batch, Ref, Subscriber) ->
    case send_batch(Batch, Ref, tell(Ref, Subscriber)) of
        {sent, Sent} -> look_if_wanted(Ref, Sent);
        {full, Full} -> deliver_batch_after_look(Batch, Ref, look_and_wait(Ref, Full))
    end.

deliver_batch_after_look(Batch, Ref, Subscriber) ->
    case send_batch(Batch, Ref, tell(Ref, Subscriber)) of
        {sent, Sent} ->
            look_if_wanted(Ref, Sent);
        {full, Full} ->
            #{records := Records, lost := Gone} = vakt_record:account(Batch),
            missed(Records, Gone, Full)
    end.

send_batch(Batch, Ref, #subscriber{pid = Pid, window = Window, delivered = Delivered} = Subscriber) ->
    Weight = vakt_record:weight(Batch),
    case vakt_window:fits(Weight, Window) andalso erlang:send(Pid, {vakt, Ref, {batch, Batch}}, [noconnect, nosuspend]) of
        ok ->
            #{records := Records} = vakt_record:account(Batch),
            {sent, Subscriber#subscriber{window = vakt_window:spend_batch(Weight, Window), delivered = Delivered + Records}};
        _ ->
            {full, Subscriber}
    end.

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
        {Missed, Credit} when Missed > 0, Credit > 0 -> told(tell_gap(#{gap => Missed, source => subscriber}, Ref, Subscriber));
        _ -> Subscriber
    end.

told({true, #subscriber{window = Window} = Subscriber}) -> Subscriber#subscriber{window = vakt_window:told(Window)};
told({false, Subscriber}) -> Subscriber.

tell_gap(Gap, Ref, #subscriber{batches = true} = Subscriber) ->
    {Sent, Told} = send_batch(vakt_record:of_events([Gap]), Ref, Subscriber),
    {Sent =:= sent, Told};
tell_gap(Gap, Ref, Subscriber) ->
    {Rest, Told} = send([Gap], Ref, Subscriber),
    {Rest =:= [], Told}.

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

%% After every change: who waits for room has it if there is some; and while somebody is behind, or waited for, there is a timer,
%% else none: who has had his gap event costs nothing.
settled(#state{waiting = none} = State) ->
    watch_behind(?BEHIND_INTERVAL, State);
settled(#state{waiting = From} = State) ->
    case room(State) of
        {0, Waiting} ->
            watch_behind(?WAIT_INTERVAL, Waiting);
        {Room, Served} ->
            ok = gen_server:reply(From, Room),
            watch_behind(?BEHIND_INTERVAL, Served#state{waiting = none})
    end.

watch_behind(Interval, #state{timer = none, waiting = Waiting, subscribers = Subscribers} = State) ->
    case Waiting =/= none orelse lists:any(fun is_behind/1, maps:values(Subscribers)) of
        true -> State#state{timer = erlang:send_after(Interval, self(), behind)};
        false -> State
    end;
watch_behind(_Interval, State) ->
    State.

is_behind(#subscriber{window = Window}) -> vakt_window:missed(Window) > 0.

%% Room for the bridge: as much as there is in the fullest queue, but for those that have been full for too long while others
%% were not.
room(#state{pushed = nothing} = State) ->
    {nobody, State};
room(#state{subscribers = Subscribers} = State) ->
    Now = erlang:monotonic_time(millisecond),
    Noted = maps:map(fun(_, Subscriber) -> note_full(Now, Subscriber) end, Subscribers),
    Counting = [Subscriber || #subscriber{wanted = Wanted} = Subscriber <- maps:values(Noted), vakt_filter:wants_bridge(Wanted)],
    {room_of([Subscriber || Subscriber <- Counting, not is_stuck(Now, Subscriber)]), State#state{subscribers = Noted}}.

note_full(Now, #subscriber{window = Window, full_since = Since} = Subscriber) ->
    case vakt_window:has_room(Window) of
        true -> Subscriber#subscriber{full_since = none};
        false when Since =:= none -> Subscriber#subscriber{full_since = Now};
        false -> Subscriber
    end.

is_stuck(Now, #subscriber{full_since = Since}) -> Since =/= none andalso Now - Since >= ?PATIENCE.

room_of([]) -> 0;
room_of(Moving) -> lists:min([room_in(Subscriber) || Subscriber <- Moving]).

room_in(#subscriber{full_since = none, window = Window}) -> vakt_window:credit(Window);
room_in(_) -> 0.

%% What is wanted of the bridge, told when it changes.
push(#state{subscribers = Subscribers, bridge = Bridge, pushed = Before} = State) ->
    case vakt_filter:pushed([Wanted || #subscriber{wanted = Wanted} <- maps:values(Subscribers)]) of
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

back(Pid, Ref, New, #state{away = Away} = State) ->
    case lists:member(Pid, Away) of
        true ->
            {_, Told} = tell_gap(#{gap => unknown, source => subscriber}, Ref, New),
            {Told, State#state{away = lists:delete(Pid, Away)}};
        false ->
            {New, State}
    end.

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
