%% SPDX-License-Identifier: Apache-2.0
%% @doc One subscriber as the hub ({@link vakt_hub}) has him: what he wants, what he was sent and what he missed, and how much
%% more his queue may be given ({@link vakt_window}).
%%
%% Part of the hub's process: it sends, and it may wait for a look at a queue, shortly.
-module(vakt_subscriber).

-export([new/5, give/2, give_batch/4, sampled/2, look_if_wanted/1, missed_something/1]).
-export([acked/2, acked/1]).
-export([wants_each/1, wanted/1, is_watched_by/2, is_behind/1, forget/1, note_room/2, room/1, account/1]).
-export_type([subscriber/0, wish/0]).

%% How long the hub waits for a look at a local subscriber that has no credit left. Longer only the slow one would profit.
-define(LOOK_WAIT, 5).
%% How long (ms) a full queue holds the others up.
-define(PATIENCE, 1000).

-type wish() :: #{wanted := vakt_filter:wanted(), batches := boolean(), acknowledges := boolean()}.

-record(subscriber, {
    ref :: reference(),
    pid :: pid(),
    monitor :: reference(),
    max_queue :: pos_integer(),
    wanted :: vakt_filter:wanted(),
    batches :: boolean(),
    %% Whether he says himself what he has worked on; then, up to where that is, and what he was given last.
    says :: boolean(),
    worked = all :: all | none | vakt_bridge_bytes:place(),
    last = none :: none | vakt_bridge_bytes:place(),
    window :: vakt_window:window(),
    %% Since when (ms) there is no room in its queue, and whether that has become too long to wait for.
    full_since = none :: none | integer(),
    stuck = false :: boolean(),
    delivered = 0 :: non_neg_integer(),
    dropped = 0 :: non_neg_integer()
}).
-opaque subscriber() :: #subscriber{}.

%% @doc A process, with so many messages in its queue.
-spec new(reference(), pid(), MaxQueue :: pos_integer(), wish(), Length :: non_neg_integer()) -> subscriber().
new(Ref, Pid, MaxQueue, #{wanted := Wanted, batches := Batches, acknowledges := Acknowledges}, Length) ->
    Window = vakt_window:sampled(Length, vakt_window:looking(vakt_window:new(MaxQueue))),
    #subscriber{ref = Ref, pid = Pid, monitor = monitor(process, Pid), max_queue = MaxQueue, wanted = Wanted, batches = Batches,
                says = Acknowledges, window = Window}.

%% @doc Whether he wants what the bridge reads, and each event by itself.
-spec wants_each(subscriber()) -> boolean().
wants_each(#subscriber{batches = Batches, wanted = Wanted}) -> not Batches andalso vakt_filter:wants_bridge(Wanted).

%% @doc What he wants.
-spec wanted(subscriber()) -> vakt_filter:wanted().
wanted(#subscriber{wanted = Wanted}) -> Wanted.

%% @doc He has worked on all up to here.
-spec acked(vakt_bridge_bytes:place(), subscriber()) -> subscriber().
acked({BootId, Seq}, #subscriber{last = {BootId, Last}} = Subscriber) when Seq >= Last -> Subscriber#subscriber{worked = all};
acked({BootId, _} = Place, #subscriber{last = {BootId, _}} = Subscriber) -> Subscriber#subscriber{worked = Place};
acked(_, Subscriber) -> Subscriber.

%% @doc Up to where he has worked on what he got; `all': on all of it, or he does not say; `none': on nothing that has a place.
-spec acked(subscriber()) -> all | none | vakt_bridge_bytes:place().
acked(#subscriber{worked = Worked}) -> Worked.

%% @doc Whether it is his monitor.
-spec is_watched_by(reference(), subscriber()) -> boolean().
is_watched_by(Monitor, #subscriber{monitor = His}) -> Monitor =:= His.

%% @doc Watches him no more.
-spec forget(subscriber()) -> true.
forget(#subscriber{monitor = Monitor}) -> demonitor(Monitor, [flush]).

%% @doc Gives him what he wants of the events.
-spec give([vakt_hub:event()], subscriber()) -> subscriber().
give(Events, #subscriber{wanted = Wanted} = Subscriber) ->
    case chosen(Wanted, Events) of
        [] -> Subscriber;
        Chosen when Subscriber#subscriber.batches -> deliver_batch(vakt_record:of_events(Chosen), Subscriber);
        Chosen -> deliver(Chosen, Subscriber)
    end.

chosen(all, Events) -> Events;
chosen(Wanted, Events) -> [Event || Event <- Events, vakt_filter:wants(Wanted, Event)].

%% @doc The same for a batch of the bridge, and the events in it for who does not take batches; `Before' is the place behind which
%% the batch begins.
-spec give_batch(vakt_record:batch(), [vakt_hub:event()], Before :: none | vakt_bridge_bytes:place(), subscriber()) -> subscriber().
give_batch(Batch, Events, Before, #subscriber{says = true, worked = all, last = Last} = Subscriber) ->
    case give_batch(Batch, Events, Subscriber) of
        #subscriber{last = Last} = Same -> Same;
        Given -> Given#subscriber{worked = Before}
    end;
give_batch(Batch, Events, _, Subscriber) ->
    give_batch(Batch, Events, Subscriber).

give_batch(Batch, _, #subscriber{batches = true, wanted = Wanted} = Subscriber) ->
    case vakt_filter:wants_bridge(Wanted) of
        true -> deliver_batch(vakt_record:narrow(Wanted, Batch), Subscriber);
        false -> Subscriber
    end;
give_batch(_, Events, Subscriber) ->
    give(Events, Subscriber).

%% As far as the credit goes, then a look at the queue, then as far as that goes; the rest is missed.

deliver(Events, Subscriber) ->
    case send(Events, tell(Subscriber)) of
        {[], Sent} -> look_if_wanted(Sent);
        {Rest, Sent} -> deliver_after_look(Rest, look_and_wait(Sent))
    end.

deliver_after_look(Events, Subscriber) ->
    case vakt_window:credit(Subscriber#subscriber.window) of
        0 -> missed(Events, Subscriber);
        _ -> deliver(Events, Subscriber)
    end.

missed(Events, Subscriber) ->
    #{records := Lines, lost := Gone} = vakt_record:account(vakt_record:of_events(Events)),
    missed(Lines, Gone, Subscriber).

missed(Lines, Gone, #subscriber{window = Window, dropped = Dropped} = Subscriber) ->
    Subscriber#subscriber{window = vakt_window:miss(Lines + Gone, Window), dropped = Dropped + Lines}.

%% A batch goes whole, or not at all.
deliver_batch(Batch, Subscriber) ->
    case send_batch(Batch, tell(Subscriber)) of
        {sent, Sent} -> look_if_wanted(Sent);
        {full, Full} -> deliver_batch_after_look(Batch, look_and_wait(Full))
    end.

deliver_batch_after_look(Batch, Subscriber) ->
    case send_batch(Batch, tell(Subscriber)) of
        {sent, Sent} ->
            look_if_wanted(Sent);
        {full, Full} ->
            #{records := Records, lost := Gone} = vakt_record:account(Batch),
            missed(Records, Gone, Full)
    end.

send_batch(Batch, #subscriber{ref = Ref, pid = Pid, window = Window, delivered = Delivered} = Subscriber) ->
    Weight = vakt_record:weight(Batch),
    case vakt_window:fits(Weight, Window) andalso erlang:send(Pid, {vakt, Ref, {batch, Batch}}, [noconnect, nosuspend]) of
        ok ->
            #{records := Records} = vakt_record:account(Batch),
            Sent = Subscriber#subscriber{window = vakt_window:spend_batch(Weight, Window), delivered = Delivered + Records},
            {sent, given([Batch], [], Sent)};
        _ ->
            {full, Subscriber}
    end.

send(Events, #subscriber{ref = Ref, pid = Pid, window = Window, delivered = Delivered} = Subscriber) ->
    Credit = vakt_window:credit(Window),
    {Rest, Left, Lines} = send(Events, Pid, Ref, Credit, 0),
    Sent = Subscriber#subscriber{window = vakt_window:spend(Credit - Left, Window), delivered = Delivered + Lines},
    {Rest, given(Events, Rest, Sent)}.

send([Event | Rest] = Events, Pid, Ref, Credit, Lines) when Credit > 0 ->
    %% Never waits: another node that is away or whose connection is full misses what it cannot take.
    case erlang:send(Pid, {vakt, Ref, Event}, [noconnect, nosuspend]) of
        ok when is_map_key(gap, Event) -> send(Rest, Pid, Ref, Credit - 1, Lines);
        ok -> send(Rest, Pid, Ref, Credit - 1, Lines + 1);
        _ -> {Events, 0, Lines}
    end;
send(Events, _Pid, _Ref, Credit, Lines) ->
    {Events, Credit, Lines}.

%% What he was given last that has a place, up to the rest that was not sent; for who says what he has worked on.
given(_, _, #subscriber{says = false} = Subscriber) ->
    Subscriber;
given(Rest, Rest, Subscriber) ->
    Subscriber;
given([What | More], Rest, Subscriber) ->
    case vakt_record:place(What) of
        none -> given(More, Rest, Subscriber);
        Place -> given(More, Rest, Subscriber#subscriber{last = Place})
    end.

%% The gap event goes before anything else.
tell(#subscriber{window = Window} = Subscriber) ->
    case {vakt_window:missed(Window), vakt_window:credit(Window)} of
        {Missed, Credit} when Missed > 0, Credit > 0 -> told(tell_gap(#{gap => Missed, source => subscriber}, Subscriber));
        _ -> Subscriber
    end.

told({true, #subscriber{window = Window} = Subscriber}) -> Subscriber#subscriber{window = vakt_window:told(Window)};
told({false, Subscriber}) -> Subscriber.

tell_gap(Gap, #subscriber{batches = true} = Subscriber) ->
    {Sent, Told} = send_batch(vakt_record:of_events([Gap]), Subscriber),
    {Sent =:= sent, Told};
tell_gap(Gap, Subscriber) ->
    {Rest, Told} = send([Gap], Subscriber),
    {Rest =:= [], Told}.

%% Looking at queues.

%% @doc Has his queue looked at, if it is time; the hub gets `{queue_len, Ref, Length}'.
-spec look_if_wanted(subscriber()) -> subscriber().
look_if_wanted(#subscriber{window = Window} = Subscriber) ->
    case vakt_window:wants_look(Window) of
        true -> look(Subscriber);
        false -> Subscriber
    end.

look(#subscriber{ref = Ref, pid = Pid, window = Window} = Subscriber) ->
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
look_and_wait(#subscriber{pid = Pid, window = Window} = Subscriber) ->
    Behind = vakt_window:missed(Window) > 0,
    case {vakt_window:is_looking(Window), vakt_window:wants_look(Window)} of
        {false, true} when not Behind -> await_look(look(Subscriber));
        {true, _} when not Behind, node(Pid) =:= node() -> await_look(Subscriber);
        _ -> Subscriber
    end.

await_look(#subscriber{ref = Ref, pid = Pid} = Subscriber) when node(Pid) =:= node() ->
    receive
        {queue_len, Ref, Length} -> taken(Length, Subscriber)
    after ?LOOK_WAIT ->
        Subscriber
    end;
await_look(Subscriber) ->
    Subscriber.

taken(Length, #subscriber{window = Window} = Subscriber) ->
    Subscriber#subscriber{window = vakt_window:sampled(Length, Window)}.

%% @doc His queue was looked at; what he missed he is told of as soon as that can be.
-spec sampled(Length :: non_neg_integer() | unknown, subscriber()) -> subscriber().
sampled(Length, Subscriber) -> tell(taken(Length, Subscriber)).

%% @doc Tells him that he missed something, nobody knows how much.
-spec missed_something(subscriber()) -> subscriber().
missed_something(Subscriber) ->
    case tell_gap(#{gap => unknown, source => subscriber}, Subscriber) of
        {true, Told} -> Told;
        {false, NotTold} -> missed(0, 1, NotTold)
    end.

%% @doc Whether he has missed something and was not told of it yet.
-spec is_behind(subscriber()) -> boolean().
is_behind(#subscriber{window = Window}) -> vakt_window:missed(Window) > 0.

%% @doc Notes whether there is room in his queue, and how long there has been none.
-spec note_room(Now :: integer(), subscriber()) -> subscriber().
note_room(Now, #subscriber{window = Window, full_since = Since} = Subscriber) ->
    case vakt_window:has_room(Window) of
        true -> Subscriber#subscriber{full_since = none, stuck = false};
        false when Since =:= none -> Subscriber#subscriber{full_since = Now};
        false -> Subscriber#subscriber{stuck = Now - Since >= ?PATIENCE}
    end.

%% @doc How much room there is, as it was noted; `stuck' when there has been none for too long.
-spec room(subscriber()) -> non_neg_integer() | stuck.
room(#subscriber{stuck = true}) -> stuck;
room(#subscriber{full_since = none, window = Window}) -> vakt_window:credit(Window);
room(_) -> 0.

%% @doc What he was sent and what he missed.
-spec account(subscriber()) -> map().
account(#subscriber{ref = Ref, pid = Pid, max_queue = MaxQueue, window = Window, delivered = Delivered, dropped = Dropped}) ->
    #{pid => Pid, ref => Ref, received => Delivered + Dropped, delivered => Delivered, dropped => Dropped,
      untold => vakt_window:missed(Window), max_queue => MaxQueue}.
