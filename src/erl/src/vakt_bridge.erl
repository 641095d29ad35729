%% SPDX-License-Identifier: Apache-2.0
%% @doc The resident way: takes what the bridge (`syslog_bridge') keeps for this VM, and hands it to the hub.
%%
%% The bridge sends no more than it was given credit for, and it is given credit for no more than there is room in all
%% subscribers' queues; while nobody wants anything of it, for none. So what a VM that has just started, or whose subscribers are
%% slow, cannot take yet stays in the bridge's ring. What the hub has handed over, and subscribers who say so have worked on, is
%% acknowledged under the name of this VM's lease; a new connection goes on behind it, and so does the next VM. Should anything
%% come twice, it is left out by its name `(boot_id, source, seq)'.
%%
%% A missing bridge is no failure: this process tries again, at first soon and then seldom (`keeper_retry'). {@link vakt_way} says
%% what is done meanwhile.
-module(vakt_bridge).
-behaviour(gen_server).

-export([start_link/0, status/0, account/0]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([status/0]).

-include_lib("kernel/include/logger.hrl").

-define(HERE, #{domain => [vakt]}).
-define(FIRST_PAUSE, 100).
%% A connection that lived so long (ms) is taken to have worked; the next pause is the first one again.
-define(PROVEN, 30000).
%% Records that may be on their way at most: what comes while the hub is busy with a batch, and some.
-define(MOST_CREDIT, 16384).
%% Messages of the socket that may wait here.
-define(ACTIVE, 32).
%% How long (ms) what was handed over may be unacknowledged; after so many records it is not waited for.
-define(ACK_PAUSE, 20).
-define(ACK_RECORDS, 4096).
%% Of a bridge whose memory is no more it is asked as one of another boot would be.
-define(NOWHERE, {<<0:128>>, 0}).

-type status() :: #{
    socket := file:filename() | inside | none,
    connected := boolean(),
    boot_id := vakt_record:boot_id() | undefined,
    seq := non_neg_integer() | undefined,
    sources := [{vakt_record:source(), binary()}],
    credit := non_neg_integer(),
    records := non_neg_integer(),
    gaps := non_neg_integer(),
    twice := non_neg_integer(),
    connections := non_neg_integer(),
    last_error := term()
}.
%% `socket': `inside', if it is in this VM. `seq': of the last record handed over; `credit': how many more may come; `twice': left out because they had come before;
%% numbers since this process started.

-record(state, {
    socket = none :: none | vakt_bridge_call:connection(),
    %% How far the connection is: Hello is sent, Welcome came and the classic way is being ended, Open is sent.
    stage = none :: none | greeted | welcome | open,
    since = 0 :: integer(),
    pause = ?FIRST_PAUSE :: pos_integer(),
    timer = none :: none | reference(),
    wanted = nothing :: nothing | vakt_filter:pushed(),
    place = none :: none | vakt_bridge_bytes:place(),
    welcome = none :: none | map(),
    credit = 0 :: non_neg_integer(),
    room = none :: none | gen_server:request_id(),
    %% Came when nobody wanted anything any more, the latest first.
    kept = [] :: [vakt_record:batch()],
    acked = none :: none | vakt_bridge_bytes:place(),
    unacked = 0 :: non_neg_integer(),
    ack_timer = none :: none | reference(),
    %% Who asked for the account: before the question was sent, and after it, for whom it will be asked again.
    asking = [] :: [gen_server:from()],
    to_ask = [] :: [gen_server:from()],
    way :: vakt_way:state(),
    records = 0 :: non_neg_integer(),
    gaps = 0 :: non_neg_integer(),
    twice = 0 :: non_neg_integer(),
    connections = 0 :: non_neg_integer(),
    said = none :: term()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc How it is; exits with `noproc' when it is not running.
-spec status() -> status().
status() -> gen_server:call(?MODULE, status).

%% @doc The bridge's own account; `down' when there is no connection to it.
-spec account() -> {ok, [vakt_bridge_bytes:row()]} | down.
account() -> gen_server:call(?MODULE, account, vakt_config:value(keeper_timeout)).

-spec init([]) -> {ok, state(), {continue, connect}}.
init([]) ->
    _ = process_flag(message_queue_data, off_heap),
    {Place, Wanted} = vakt_hub:attach(),
    {ok, #state{place = Place, wanted = Wanted, way = vakt_way:new()}, {continue, connect}}.

-spec handle_continue(connect, state()) -> {noreply, state()}.
handle_continue(connect, State) -> {noreply, connected(State)}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()} | {noreply, state()}.
handle_call(status, _From, State) ->
    {reply, status(State), State};
handle_call(account, From, #state{stage = Stage, to_ask = ToAsk} = State) when Stage =:= welcome; Stage =:= open ->
    {noreply, asked(State#state{to_ask = [From | ToAsk]})};
handle_call(account, _From, State) ->
    {reply, down, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info(connect, #state{socket = none} = State) ->
    {noreply, connected(State)};
handle_info(Message, #state{socket = none} = State) ->
    other(Message, State);
handle_info(Message, #state{socket = Socket} = State) ->
    case vakt_bridge_call:heard(Message, Socket) of
        {packet, Packet} -> {noreply, heard(vakt_bridge_bytes:decode(Packet), State)};
        more -> {noreply, more(State)};
        {lost, Reason} -> {noreply, lost(Reason, State)};
        no -> other(Message, State)
    end.

other({timeout, Timer, welcome}, #state{timer = Timer} = State) ->
    {noreply, lost(timeout, State#state{timer = none})};
other({timeout, Timer, ack}, #state{ack_timer = Timer} = State) ->
    {noreply, acknowledged(State#state{ack_timer = none})};
other({vakt_hub, acknowledged}, State) ->
    {noreply, acked_at_last(State)};
other({vakt_hub, wanted, Wanted}, State) ->
    {noreply, wanted(Wanted, State)};
other(Message, #state{room = Request} = State) when Request =/= none ->
    case gen_server:check_response(Message, Request) of
        no_reply -> {noreply, way(Message, State)};
        {reply, Room} -> {noreply, roomy(Room, State#state{room = none})};
        {error, {Reason, _}} -> exit(Reason)
    end;
other(Message, State) ->
    {noreply, way(Message, State)}.

%% The connection.

connected(#state{connections = N} = State) ->
    case vakt_bridge_call:connect() of
        {ok, Socket} ->
            Timer = erlang:start_timer(vakt_config:value(keeper_timeout), self(), welcome),
            New = State#state{socket = Socket, stage = greeted, since = now_ms(), timer = Timer, connections = N + 1},
            more(sent(vakt_bridge_call:hello(), New));
        {error, Reason} ->
            again(Reason, State)
    end.

more(#state{socket = none} = State) ->
    State;
more(#state{socket = Socket} = State) ->
    case vakt_bridge_call:more(Socket, ?ACTIVE) of
        ok -> State;
        {error, Reason} -> lost(Reason, State)
    end.

sent(_Message, #state{socket = none} = State) ->
    State;
sent(Message, #state{socket = Socket} = State) ->
    case vakt_bridge_call:send(Socket, Message) of
        ok -> State;
        {error, Reason} -> lost(Reason, State)
    end.

%% What is kept was not handed over, so it comes again.
lost(Reason, #state{socket = Socket, timer = Timer, since = Since, pause = Pause, asking = Asking, to_ask = ToAsk} = State) ->
    ok = vakt_bridge_call:close(Socket),
    ok = cancelled(Timer),
    ok = cancelled(State#state.ack_timer),
    _ = [gen_server:reply(From, down) || From <- Asking ++ ToAsk],
    Next = case now_ms() - Since >= ?PROVEN of
               true -> ?FIRST_PAUSE;
               false -> Pause
           end,
    again(Reason, State#state{socket = none, stage = none, timer = none, ack_timer = none, unacked = 0, acked = none, asking = [],
                              to_ask = [], pause = Next, credit = 0, kept = []}).

%% One that is simply not there is not worth a line in the log, unless it was.
again(Reason, #state{pause = Pause, said = Said, way = Way} = State) ->
    Wait = min(Pause, vakt_config:value(keeper_retry)),
    _ = erlang:send_after(Wait, self(), connect),
    _ = Reason =:= Said orelse Reason =:= enoent orelse Reason =:= econnrefused orelse
        ?LOG_WARNING("vakt: no connection to the bridge at ~ts (~tp), trying again", [where(), Reason], ?HERE),
    State#state{pause = Wait * 2, said = Reason, way = vakt_way:bridge_is_away(Way)}.

cancelled(none) ->
    ok;
cancelled(Timer) ->
    _ = erlang:cancel_timer(Timer),
    ok.

%% What it says.

heard({ok, {welcome, Welcome}}, #state{stage = greeted, timer = Timer, way = Way} = State) ->
    ok = cancelled(Timer),
    opened(State#state{stage = welcome, timer = none, welcome = Welcome, said = none, way = vakt_way:bridge_is_there(Way)});
heard({ok, {batch, Batch}}, #state{stage = open, credit = Credit} = State) ->
    case vakt_record:weight(Batch) of
        0 -> State;
        Weight when Weight =< Credit -> handed(Batch, State#state{credit = Credit - Weight});
        _ -> lost(more_than_granted, State)
    end;
heard({ok, {account, Rows}}, #state{asking = [_ | _] = Asking} = State) ->
    _ = [gen_server:reply(From, {ok, Rows}) || From <- Asking],
    asked(State#state{asking = []});
heard({ok, {refused, Reason, Words}}, State) ->
    lost({Reason, Words}, State);
heard({ok, _}, State) ->
    lost(out_of_turn, State);
heard({error, bad_bytes}, State) ->
    lost(bad_bytes, State).

%% One question is under way at most: a bridge leaves who asks again and again and does not read.
asked(#state{asking = [], to_ask = [_ | _] = ToAsk} = State) -> sent(account_asked, State#state{asking = ToAsk, to_ask = []});
asked(State) -> State.

%% Once the bridge is there, the classic way has ended, and somebody wants something.
opened(#state{stage = welcome, wanted = Wanted, place = Known, welcome = Welcome, way = Way} = State) when Wanted =/= nothing ->
    case vakt_way:is_classic(Way) of
        true ->
            State;
        false ->
            Place = place(Known, Welcome),
            acked_at_last(roomy(0, sent({open, from(Place), Wanted}, State#state{stage = open, place = Place})))
    end;
opened(State) ->
    State.

place({BootId, Seq}, #{boot_id := BootId, next := Next}) when Seq >= Next -> ?NOWHERE;
place(Place, _) -> Place.

from(none) -> acknowledged;
from(Place) -> {behind, Place}.

way(Message, #state{way = Way} = State) ->
    opened(State#state{way = vakt_way:heard(Message, Way)}).

%% Nothing may be said when it is known already, by an answer of the hub.
wanted(nothing, State) ->
    State#state{wanted = nothing};
wanted(Wanted, #state{stage = open, wanted = nothing} = State) ->
    roomy(0, kept_handed(narrowed(Wanted, State#state{wanted = Wanted})));
wanted(Wanted, #state{stage = open} = State) ->
    narrowed(Wanted, State#state{wanted = Wanted});
wanted(Wanted, State) ->
    opened(State#state{wanted = Wanted}).

narrowed(Wanted, State) -> sent({narrow, Wanted}, State).

kept_handed(#state{kept = Kept} = State) ->
    lists:foldr(fun handed/2, State#state{kept = []}, Kept).

%% To the hub, but for what it had before.
handed(Batch, #state{kept = Kept, wanted = nothing} = State) ->
    State#state{kept = [Batch | Kept]};
handed(Batch, #state{place = Place, twice = Twice} = State) ->
    New = new(Place, Batch),
    published(New, State#state{twice = Twice + vakt_record:weight(Batch) - vakt_record:weight(New)}).

new({BootId, Seq}, Batch) ->
    case vakt_record:place(Batch) of
        {BootId, _} -> vakt_record:later(Seq, Batch);
        _ -> Batch
    end;
new(none, Batch) ->
    Batch.

published(Batch, #state{kept = Kept} = State) ->
    case vakt_record:weight(Batch) =:= 0 orelse vakt_hub:publish_batch(Batch) of
        true -> State;
        nobody -> State#state{wanted = nothing, kept = [Batch | Kept]};
        Room -> roomy(Room, to_be_acked(Batch, counted(Batch, State)))
    end.

counted(Batch, #state{records = Records, gaps = Gaps} = State) ->
    #{records := R, gaps := G} = vakt_record:account(Batch),
    State#state{records = Records + R, gaps = Gaps + G}.

%% Credit: as much as there is room for, in no small pieces; without room the hub says when there is some.
roomy(nobody, State) ->
    State;
roomy(Room, #state{stage = open, credit = Credit, room = Request} = State) ->
    case min(Room, ?MOST_CREDIT) of
        Most when Credit * 2 =< Most, Most > 0 -> sent({credit, Most - Credit}, State#state{credit = Most});
        _ when Credit =:= 0, Request =:= none -> State#state{room = vakt_hub:await_room()};
        _ -> State
    end;
roomy(_, State) ->
    State.

%% Acknowledgements wait a little for more.
to_be_acked(Batch, #state{place = Place, unacked = Unacked} = State) ->
    case vakt_record:place(Batch) of
        none -> State;
        New -> acked_at_last(State#state{place = later(New, Place), unacked = Unacked + vakt_record:weight(Batch)})
    end.

later({BootId, One}, {BootId, Other}) -> {BootId, max(One, Other)};
later(New, _) -> New.

acked_at_last(#state{stage = Stage} = State) when Stage =/= open -> State;
acked_at_last(#state{unacked = Unacked} = State) when Unacked >= ?ACK_RECORDS -> acknowledged(State);
acked_at_last(#state{ack_timer = none} = State) -> State#state{ack_timer = erlang:start_timer(?ACK_PAUSE, self(), ack)};
acked_at_last(State) -> State.

acknowledged(#state{acked = Acked, place = Place} = State) ->
    case vakt_hub:acknowledged() of
        New when New =:= none; New =:= Acked; Place =:= ?NOWHERE -> State#state{unacked = 0};
        New -> sent({ack, New}, State#state{unacked = 0, acked = New})
    end.

status(#state{stage = Stage, place = Place, welcome = Welcome} = State) ->
    {BootId, Seq} = case Place of
                        none -> {undefined, undefined};
                        _ -> Place
                    end,
    #{socket => where(), connected => Stage =:= welcome orelse Stage =:= open, boot_id => BootId, seq => Seq,
      sources => case Welcome of none -> []; #{sources := Sources} -> Sources end, credit => State#state.credit,
      records => State#state.records, gaps => State#state.gaps, twice => State#state.twice,
      connections => State#state.connections, last_error => State#state.said}.

where() ->
    case vakt_config:way() of
        inside -> inside;
        _ -> vakt_config:bridge_socket()
    end.

now_ms() -> erlang:monotonic_time(millisecond).
