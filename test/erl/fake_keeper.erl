%% SPDX-License-Identifier: Apache-2.0
%% @doc A keeper of the test's own: listens where it is told, notes what it hears, answers as it is told, says what it is told
%% to whoever watches. Packets are those of vakt_lease; `{raw, Bytes}' goes out without a size.
-module(fake_keeper).

-export([start/1, start/2, stop/1, say/2, drop/1, heard/1, connections/1, watching/1, answer/1]).

-type act() :: binary() | {raw, binary()} | close.

-spec start(file:filename()) -> pid().
start(Path) -> start(Path, fun answer/1).

%% Acts on each packet as `Answer' says.
-spec start(file:filename(), fun((binary()) -> [act()])) -> pid().
start(Path, Answer) ->
    Test = self(),
    Pid = spawn_link(fun() -> init(Test, Path, Answer) end),
    receive
        {Pid, listening} -> Pid
    after 5000 ->
        error(does_not_listen)
    end.

%% Nobody listens afterwards, but the socket's file stays, as after a killed keeper.
-spec stop(pid()) -> ok.
stop(Pid) -> call(Pid, stop).

%% Packets, to all watchers.
-spec say(pid(), [act()]) -> ok.
say(Pid, Acts) -> call(Pid, {say, Acts}).

%% Ends all connections.
-spec drop(pid()) -> ok.
drop(Pid) -> call(Pid, drop).

%% All packets so far, in order.
-spec heard(pid()) -> [binary()].
heard(Pid) -> call(Pid, heard).

%% How many connections there were.
-spec connections(pid()) -> non_neg_integer().
connections(Pid) -> call(Pid, connections).

-spec watching(pid()) -> non_neg_integer().
watching(Pid) -> call(Pid, watching).

%% A keeper that does what it is asked for; its report is old.
-spec answer(binary()) -> [act()].
answer(<<1, 13, _/binary>>) -> [<<1, 76, 0>>];
answer(<<1, 12>>) -> [vakt_lease_tests:golden(Part) || Part <- [<<"status-board">>, <<"status-lease">>, <<"status-device">>,
                                                                <<"status-evidence">>, <<"status-end">>]];
answer(_) -> [<<1, 66, 0, 0:32>>].

call(Pid, Question) ->
    Monitor = monitor(process, Pid),
    Pid ! {self(), Monitor, Question},
    receive
        {Monitor, Answer} ->
            true = demonitor(Monitor, [flush]),
            Answer;
        {'DOWN', Monitor, process, _, Why} ->
            error({fake_keeper, Why})
    after 20000 ->
        error({fake_keeper, stuck})
    end.

init(Test, Path, Answer) ->
    _ = file:delete(Path),
    {ok, Listener} = gen_tcp:listen(0, [{ifaddr, {local, Path}}, binary, {packet, 2}, {active, false}, {backlog, 16}]),
    Keeper = self(),
    _ = spawn_link(fun() -> accept(Listener, Keeper) end),
    Test ! {self(), listening},
    loop(#{listener => Listener, answer => Answer, open => [], watchers => [], heard => [], connections => 0}).

accept(Listener, Keeper) ->
    case gen_tcp:accept(Listener) of
        {ok, Socket} ->
            ok = gen_tcp:controlling_process(Socket, Keeper),
            Keeper ! {connection, Socket},
            accept(Listener, Keeper);
        {error, closed} ->
            ok
    end.

loop(#{open := Open, watchers := Watchers, heard := Heard, connections := N, answer := Answer} = State) ->
    receive
        {connection, Socket} ->
            _ = inet:setopts(Socket, [{active, true}]),
            loop(State#{open := [Socket | Open], connections := N + 1});
        {tcp, Socket, <<1, 13, _/binary>> = Packet} ->
            act(Answer(Packet), Socket),
            loop(State#{heard := [Packet | Heard], watchers := [Socket | Watchers]});
        {tcp, Socket, Packet} ->
            act(Answer(Packet), Socket),
            loop(State#{heard := [Packet | Heard]});
        {tcp_closed, Socket} ->
            loop(State#{open := Open -- [Socket], watchers := Watchers -- [Socket]});
        {From, Ref, stop} ->
            ok = gen_tcp:close(maps:get(listener, State)),
            ended(Open),
            From ! {Ref, ok};
        {From, Ref, drop} ->
            ended(Open),
            From ! {Ref, ok},
            loop(State#{open := [], watchers := []});
        {From, Ref, {say, Acts}} ->
            [act(Acts, Watcher) || Watcher <- Watchers],
            From ! {Ref, ok},
            loop(State);
        {From, Ref, Key} ->
            From ! {Ref, told(Key, State)},
            loop(State)
    after 300000 ->
        error(forgotten)
    end.

told(heard, #{heard := Heard}) -> lists:reverse(Heard);
told(connections, #{connections := N}) -> N;
told(watching, #{watchers := Watchers}) -> length(Watchers).

ended(Sockets) -> [ok = gen_tcp:close(Socket) || Socket <- Sockets].

act(Acts, Socket) -> lists:foreach(fun(Act) -> one(Act, Socket) end, Acts).

%% Who is spoken to may have gone.
one(close, Socket) ->
    ok = gen_tcp:close(Socket);
one({raw, Bytes}, Socket) ->
    _ = inet:setopts(Socket, [{packet, raw}]),
    _ = gen_tcp:send(Socket, Bytes),
    inet:setopts(Socket, [{packet, 2}]);
one(Packet, Socket) ->
    gen_tcp:send(Socket, Packet).
