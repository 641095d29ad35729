%% SPDX-License-Identifier: Apache-2.0
%% @doc The way `inside': the bridge and its sources in this VM, for systems on which no second process can be (OSv, containers that
%% forbid it). {@link vakt_bridge} is its client as it is the client of `syslog_bridge': the same messages, records, numbers, gaps,
%% credit and account, so a subscriber cannot tell the one from the other.
%%
%% What is not as with a bridge of its own: nothing is kept while the VM is away, and there is no black box.
%%
%% This process owns the descriptors; {@link vakt_nif} is told by erts (`enif_select') when one is ready, and reads for half a
%% millisecond at most before others have their turn. Should this process be killed, its descriptors are closed with it; the next one
%% goes on with the ring and its numbers, and tells a gap for each source that cannot say itself what came meanwhile.
%%
%% A source that the system refuses is said in the log, in words, and tried again every 10 s; the others go on.
-module(vakt_inside).
-behaviour(gen_server).

-export([start_link/0, connect/0, tell/2, disconnect/1, status/0]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([connection/0, status/0]).

-include_lib("kernel/include/logger.hrl").

-define(HERE, #{domain => [vakt]}).
-define(TRY_AGAIN, 10000).
%% While a newer library is being loaded, or one who died is still being cleared away.
-define(SOON, 5).
%% Datagrams that may wait here, and that are taken at once.
-define(ACTIVE, 64).
%% While datagrams come, how often the system is asked how many it lost.
-define(LOOK, 1000).
%% SOL_SOCKET, SO_MEMINFO and the place of SK_MEMINFO_DROPS in it (Linux, sock_diag(7)).
-define(MEMINFO, {raw, 1, 55, 36}).

-type connection() :: {inside, pid(), Name :: reference(), Monitor :: reference()}.

-type status() :: #{
    went_on := boolean(),
    sources := [#{name := binary(), source := atom(), open := boolean(), words => binary()}]
}.
%% `went_on': with the ring of a process before it; `words': why a source is not open, or what was wrong with it last.

-record(one, {
    source :: vakt_inside_source:source(),
    is_open = false :: boolean(),
    words = none :: none | binary(),
    origin = 0 :: byte(),
    %% Of udp.
    socket = none :: none | gen_udp:socket(),
    dropped = 0 :: non_neg_integer()
}).

-record(state, {
    handle = none :: none | vakt_nif:handle(),
    went_on = false :: boolean(),
    all :: [#one{}],
    clients = #{} :: #{vakt_nif:client() => {pid(), reference(), Monitor :: reference()}},
    %% A turn is on its way to us; the timer for the next one, and when it goes off.
    is_due = false :: boolean(),
    timer = none :: none | {reference(), integer()},
    look = none :: none | reference(),
    %% Datagrams that came while no library was open, the latest first; sockets give no more than ?ACTIVE then.
    waiting = [] :: [{gen_udp:socket(), inet:ip_address(), binary()}]
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc A connection for the caller, which gets `{vakt_inside, Name, {packet, Packet} | closed}'.
-spec connect() -> {ok, connection()} | {error, term()}.
connect() ->
    Monitor = monitor(process, ?MODULE),
    try gen_server:call(?MODULE, connect) of
        {ok, Pid, Name} -> {ok, {inside, Pid, Name, Monitor}};
        Refused -> not_connected(Monitor, Refused)
    catch
        exit:{noproc, _} -> not_connected(Monitor, {error, enoent});
        exit:{Reason, _} -> not_connected(Monitor, {error, Reason})
    end.

not_connected(Monitor, Error) ->
    true = demonitor(Monitor, [flush]),
    Error.

%% @doc What a client says.
-spec tell(connection(), iodata()) -> ok.
tell({inside, Pid, Name, _}, Message) -> gen_server:cast(Pid, {tell, Name, iolist_to_binary(Message)}).

%% @doc Nothing comes any more.
-spec disconnect(connection()) -> ok.
disconnect({inside, Pid, Name, Monitor}) ->
    true = demonitor(Monitor, [flush]),
    ok = gen_server:cast(Pid, {disconnect, Name}),
    flushed(Name).

flushed(Name) ->
    receive
        {?MODULE, Name, _} -> flushed(Name)
    after 0 -> ok
    end.

%% @doc How its sources are; exits with `noproc' when it is not running.
-spec status() -> status().
status() -> gen_server:call(?MODULE, status).

-spec init([]) -> {ok, state(), {continue, open}}.
init([]) ->
    _ = process_flag(message_queue_data, off_heap),
    %% So that what it has open is closed in order.
    _ = process_flag(trap_exit, true),
    {ok, Sources} = vakt_inside_source:new(vakt_config:value(inside_sources)),
    {ok, #state{all = [#one{source = Source} || Source <- Sources]}, {continue, open}}.

-spec handle_continue(open, state()) -> {noreply, state()}.
handle_continue(open, State) -> {noreply, opened(State)}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call(connect, _From, #state{handle = none} = State) ->
    {reply, {error, econnrefused}, State};
handle_call(connect, {Pid, _}, #state{handle = Handle, clients = Clients} = State) ->
    case vakt_nif:connect(Handle) of
        Client when is_integer(Client) ->
            Name = make_ref(),
            New = Clients#{Client => {Pid, Name, monitor(process, Pid)}},
            {reply, {ok, self(), Name}, State#state{clients = New}};
        full ->
            {reply, {error, full}, State};
        closed ->
            {reply, {error, econnrefused}, closed(State)}
    end;
handle_call(status, _From, #state{all = All, went_on = WentOn} = State) ->
    {reply, #{went_on => WentOn, sources => [status(One) || One <- All]}, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast({tell, Name, Message}, State) ->
    {noreply, with_client(Name, fun(Client) -> told(Client, Message, State) end, State)};
handle_cast({disconnect, Name}, State) ->
    {noreply, with_client(Name, fun(Client) -> left(Client, State) end, State)};
handle_cast(_, State) ->
    {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({select, Selected, undefined, ready_input}, State) ->
    {noreply, turn(Selected, State)};
handle_info(turn, State) ->
    {noreply, turn(none, State#state{is_due = false})};
handle_info({timeout, Timer, turn}, #state{timer = {Timer, _}} = State) ->
    {noreply, turn(none, State#state{timer = none})};
handle_info({udp, Socket, Address, _, Bytes}, State) ->
    {noreply, due(look_later(datagram(Socket, Address, Bytes, State)))};
handle_info({udp_passive, _}, #state{handle = none} = State) ->
    {noreply, State};
handle_info({udp_passive, Socket}, #state{all = All} = State) ->
    _ = inet:setopts(Socket, [{active, ?ACTIVE}]),
    {noreply, due(State#state{all = [looked(One, State) || One <- All]})};
handle_info({timeout, Timer, look}, #state{look = Timer, all = All} = State) ->
    {noreply, due(State#state{look = none, all = [looked(One, State) || One <- All]})};
handle_info(again, State) ->
    {noreply, due(sources(State))};
handle_info(open, #state{handle = none} = State) ->
    {noreply, opened(State)};
handle_info(vakt_nif_upgraded, State) ->
    {noreply, closed(State)};
handle_info({'DOWN', Monitor, process, _, _}, #state{clients = Clients} = State) ->
    case [Client || {Client, {_, _, Its}} <- maps:to_list(Clients), Its =:= Monitor] of
        [Client] -> {noreply, left(Client, State)};
        [] -> {noreply, State}
    end;
handle_info(_, State) ->
    {noreply, State}.

-spec terminate(term(), state()) -> ok.
terminate(_, #state{handle = none}) -> ok;
terminate(_, #state{handle = Handle}) -> vakt_nif:close(Handle).

%% Opening.

opened(State) ->
    try vakt_nif:open(vakt_config:value(inside_ring)) of
        {ok, Handle, WentOn} ->
            due(caught_up(sources(State#state{handle = Handle, went_on = WentOn})));
        {error, Soon} when Soon =:= busy; Soon =:= upgrading ->
            _ = erlang:send_after(?SOON, self(), open),
            State;
        {error, Words} ->
            exit({vakt_nif, Words})
    catch
        error:not_loaded -> exit({vakt_nif, <<"the library syslog_nif cannot be loaded">>})
    end.

%% Those that are not open.
sources(#state{handle = none} = State) ->
    State;
sources(#state{all = All} = State) ->
    Tried = [source(One, State) || One <- All],
    _ = lists:all(fun(#one{is_open = IsOpen}) -> IsOpen end, Tried) orelse erlang:send_after(?TRY_AGAIN, self(), again),
    State#state{all = Tried}.

source(#one{is_open = true} = One, _) -> One;
source(#one{source = Source} = One, #state{handle = Handle}) ->
    case listening(vakt_inside_source:kind(Source), One) of
        {ok, Ready} -> result(vakt_nif:source(Handle, vakt_inside_source:row(Source)), Ready);
        {error, Words} -> refused(Words, One)
    end.

listening(udp, #one{socket = none, source = Source} = One) ->
    {Address, Port} = vakt_inside_source:udp(Source),
    Family = case tuple_size(Address) of
                 4 -> [inet];
                 8 -> [inet6, {ipv6_v6only, true}]
             end,
    case gen_udp:open(Port, Family ++ [binary, {ip, Address}, {active, ?ACTIVE}, {recbuf, 1048576}, {read_packets, ?ACTIVE}]) of
        {ok, Socket} -> {ok, One#one{socket = Socket, dropped = dropped(Socket, 0)}};
        {error, Reason} -> {error, iolist_to_binary(io_lib:format("bind ~ts port ~b: ~ts", [inet:ntoa(Address), Port, inet:format_error(Reason)]))}
    end;
listening(_, One) ->
    {ok, One}.

result({ok, Origin}, One) -> One#one{is_open = true, origin = Origin, words = none};
result({error, Words}, One) -> refused(Words, One);
result(closed, One) -> One.

refused(Words, #one{words = Words} = One) ->
    One;
refused(Words, #one{source = Source} = One) ->
    ?LOG_WARNING("vakt: source ~ts: ~ts", [vakt_inside_source:name(Source), Words], ?HERE),
    One#one{words = Words}.

%% Another version of the library has it; or nobody has, which is seen here first.
closed(#state{handle = none} = State) ->
    State;
closed(#state{clients = Clients, all = All} = State) ->
    _ = [ended(Client) || Client <- maps:values(Clients)],
    opened(State#state{handle = none, clients = #{}, all = [One#one{is_open = false} || One <- All]}).

ended({Pid, Name, Monitor}) ->
    true = demonitor(Monitor, [flush]),
    Pid ! {?MODULE, Name, closed}.

%% Clients.

with_client(Name, Do, #state{clients = Clients} = State) ->
    case [Client || {Client, {_, Its, _}} <- maps:to_list(Clients), Its =:= Name] of
        [Client] -> Do(Client);
        [] -> State
    end.

told(Client, Message, #state{handle = Handle} = State) ->
    case vakt_nif:tell(Handle, Client, Message) of
        ok -> turn(none, State);
        over -> left(Client, over(Client, turn(none, State)));
        closed -> closed(State)
    end.

over(Client, #state{clients = Clients} = State) ->
    _ = [Pid ! {?MODULE, Name, closed} || #{Client := {Pid, Name, _}} <- [Clients]],
    State.

left(Client, #state{handle = Handle, clients = Clients} = State) ->
    case maps:take(Client, Clients) of
        {{_, _, Monitor}, Others} ->
            true = demonitor(Monitor, [flush]),
            _ = vakt_nif:disconnect(Handle, Client),
            State#state{clients = Others};
        error ->
            State
    end.

%% Turns.

turn(_, #state{handle = none} = State) ->
    State;
turn(Selected, #state{handle = Handle, clients = Clients} = State) ->
    case vakt_nif:turn(Handle, Selected) of
        {Wake, Packets, Said} ->
            _ = [given(Client, Packet, Clients) || {Client, Packet} <- Packets],
            wake(Wake, said(Said, State));
        closed ->
            closed(State)
    end.

given(Client, Packet, Clients) ->
    case Clients of
        #{Client := {Pid, Name, _}} -> Pid ! {?MODULE, Name, {packet, Packet}};
        #{} -> gone
    end.

said([], State) ->
    State;
said(Said, #state{all = All} = State) ->
    State#state{all = [said_of(vakt_inside_source:name(One#one.source), Said, One) || One <- All]}.

said_of(Name, Said, One) ->
    lists:foldl(fun({Its, Words}, So) when Its =:= Name -> refused(Words, So); (_, So) -> So end, One, Said).

due(#state{is_due = true} = State) ->
    State;
due(State) ->
    self() ! turn,
    State#state{is_due = true}.

wake(0, State) -> due(State);
wake(infinity, State) -> State;
wake(Ms, #state{timer = Timer} = State) ->
    At = erlang:monotonic_time(millisecond) + Ms,
    case Timer of
        %% It goes off before, and looks again.
        {_, Before} when Before =< At -> State;
        {Reference, _} -> _ = erlang:cancel_timer(Reference), State#state{timer = timer(Ms, At)};
        none -> State#state{timer = timer(Ms, At)}
    end.

timer(Ms, At) -> {erlang:start_timer(Ms, self(), turn), At}.

%% Datagrams.

datagram(Socket, Address, Bytes, #state{handle = none, waiting = Waiting} = State) ->
    State#state{waiting = [{Socket, Address, Bytes} | Waiting]};
datagram(Socket, Address, Bytes, #state{handle = Handle, all = All} = State) ->
    Known = [vakt_nif:datagram(Handle, Origin, Bytes, host(Address)) || #one{socket = Its, origin = Origin} <- All, Its =:= Socket],
    case lists:member(closed, Known) of
        %% Not lost: it is the first that the next library is given.
        true -> closed(State#state{waiting = [{Socket, Address, Bytes}]});
        false -> State
    end.

%% What came before this library was there.
caught_up(#state{all = All, waiting = Waiting} = State) ->
    _ = [inet:setopts(Socket, [{active, ?ACTIVE}]) || #one{socket = Socket} <- All, Socket =/= none],
    lists:foldr(fun({Socket, Address, Bytes}, So) -> datagram(Socket, Address, Bytes, So) end, State#state{waiting = []}, Waiting).

%% An IPv4 address in an IPv6 one (RFC 4291, section 2.5.5.2) as IPv4.
host({0, 0, 0, 0, 0, 16#FFFF, High, Low}) -> host({High bsr 8, High band 255, Low bsr 8, Low band 255});
host(Address) -> list_to_binary(inet:ntoa(Address)).

look_later(#state{look = none} = State) -> State#state{look = erlang:start_timer(?LOOK, self(), look)};
look_later(State) -> State.

looked(#one{socket = none} = One, _) ->
    One;
looked(#one{is_open = false} = One, _) ->
    One;
looked(#one{socket = Socket, dropped = Before, origin = Origin} = One, #state{handle = Handle}) ->
    %% Modulo 2^32.
    case (dropped(Socket, Before) - Before) band 16#FFFFFFFF of
        0 ->
            One;
        Lost ->
            case vakt_nif:lost(Handle, Origin, Lost, <<>>) of
                ok -> One#one{dropped = (Before + Lost) band 16#FFFFFFFF};
                closed -> One
            end
    end.

%% How many the system had no room for; where it does not say, as many as before.
dropped(Socket, Before) ->
    try inet:getopts(Socket, [?MEMINFO]) of
        {ok, [{raw, _, _, <<_:32/binary, Dropped:32/native>>}]} -> Dropped;
        _ -> Before
    catch
        error:_ -> Before
    end.

status(#one{source = Source, is_open = IsOpen, words = Words}) ->
    Known = #{name => vakt_inside_source:name(Source), source => vakt_inside_source:kind(Source), open => IsOpen},
    case Words of
        none -> Known;
        _ -> Known#{words => Words}
    end.
