%% SPDX-License-Identifier: Apache-2.0
%% A bridge that a test can look into: keeps what it is given (add/2), gives each client what it has credit for from where it
%% opened, and notes all that clients say. It goes by the text of src/wire/bridge_bytes.h and shares no code with the client but
%% the reading of filters.
-module(fake_bridge).

-export([start/1, start/2, stop/1, add/2, said/1, outstanding/1, most_outstanding/1, acked/1, cut/1, send/2, refuse/2, hold/1, welcome/1, wait_for/2]).

-record(client, {socket, name = <<>>, at = 0, credit = 0, opened = false}).
-record(state, {listen, boot_id, ring = [], clients = #{}, said = [], acked = #{}, most = 0, batch = 100, refuse = none, hold = false}).

start(Path) -> start(Path, #{}).

%% options: boot_id, batch: records in a batch at most, acked.
start(Path, Options) ->
    Test = self(),
    Pid = spawn_link(fun() ->
        {ok, Listen} = gen_tcp:listen(0, [{ifaddr, {local, Path}}, binary, {packet, 4}, {active, false}]),
        Test ! {self(), listening},
        Bridge = self(),
        _ = spawn_link(fun() -> accepting(Listen, Bridge) end),
        loop(#state{listen = Listen, boot_id = maps:get(boot_id, Options, <<1:128>>), batch = maps:get(batch, Options, 100),
                    acked = maps:get(acked, Options, #{})})
    end),
    receive
        {Pid, listening} -> Pid
    after 5000 ->
        error(not_listening)
    end.

%% Its socket's file is gone too, as with a bridge that ended in order.
stop(Pid) ->
    unlink(Pid),
    Monitor = monitor(process, Pid),
    Pid ! stop,
    receive {'DOWN', Monitor, process, _, _} -> ok after 5000 -> error(stays) end.

%% [{Seq, Bytes}], Seq rising; 0 for a gap of a client's own.
add(Pid, Records) -> call(Pid, {add, Records}).
%% What clients said since the last call, oldest first.
said(Pid) -> call(Pid, said).
outstanding(Pid) -> call(Pid, outstanding).
most_outstanding(Pid) -> call(Pid, most).
acked(Pid) -> call(Pid, acked).
%% Ends all connections.
cut(Pid) -> call(Pid, cut).
%% Sends a packet to all clients.
send(Pid, Packet) -> call(Pid, {send, Packet}).
%% Refuses who says hello from now on.
refuse(Pid, Reason) -> call(Pid, {refuse, Reason}).
%% Answers no Hello until welcome/1.
hold(Pid) -> call(Pid, hold).
welcome(Pid) -> call(Pid, welcome).

%% Waits until a client has said something that the fun is true of; returns it.
wait_for(Pid, Fun) ->
    Key = {?MODULE, make_ref()},
    ok = vakt_test:eventually(fun() ->
        case [Word || Word <- said(Pid), Fun(Word)] of
            [Word | _] -> put(Key, Word), true;
            [] -> false
        end
    end),
    erase(Key).

call(Pid, What) ->
    Ref = monitor(process, Pid),
    Pid ! {call, self(), Ref, What},
    receive
        {Ref, Answer} -> demonitor(Ref, [flush]), Answer;
        {'DOWN', Ref, process, _, Why} -> error({fake_bridge, Why})
    after 20000 ->
        error(no_answer)
    end.

accepting(Listen, Bridge) ->
    case gen_tcp:accept(Listen) of
        {ok, Socket} ->
            ok = gen_tcp:controlling_process(Socket, Bridge),
            Bridge ! {accepted, Socket},
            accepting(Listen, Bridge);
        {error, _} ->
            ok
    end.

loop(#state{clients = Clients} = State) ->
    receive
        {accepted, Socket} ->
            _ = inet:setopts(Socket, [{active, true}]),
            loop(State#state{clients = Clients#{Socket => #client{socket = Socket}}});
        {tcp, Socket, Packet} ->
            loop(heard(Packet, maps:get(Socket, Clients), State));
        {tcp_closed, Socket} ->
            loop(State#state{clients = maps:remove(Socket, Clients)});
        {tcp_error, _, _} ->
            loop(State);
        {call, From, Ref, What} ->
            {Answer, New} = called(What, State),
            From ! {Ref, Answer},
            loop(New);
        stop ->
            {ok, {local, Path}} = inet:sockname(State#state.listen),
            ok = file:delete(Path)
    end.

called({add, Records}, #state{ring = Ring} = State) -> {ok, given(State#state{ring = Ring ++ Records})};
called(said, #state{said = Said} = State) -> {lists:reverse(Said), State#state{said = []}};
called(outstanding, #state{clients = Clients} = State) -> {lists:sum([C || #client{credit = C} <- maps:values(Clients)]), State};
called(most, #state{most = Most} = State) -> {Most, State};
called(acked, #state{acked = Acked} = State) -> {Acked, State};
called(cut, #state{clients = Clients} = State) ->
    _ = [gen_tcp:close(Socket) || Socket <- maps:keys(Clients)],
    {ok, State#state{clients = #{}}};
called({send, Packet}, #state{clients = Clients} = State) ->
    _ = [gen_tcp:send(Socket, Packet) || Socket <- maps:keys(Clients)],
    {ok, State};
called({refuse, Reason}, State) -> {ok, State#state{refuse = Reason}};
called(hold, State) -> {ok, State#state{hold = true}};
called(welcome, #state{clients = Clients} = State) ->
    _ = [gen_tcp:send(Socket, welcoming(State)) || Socket <- maps:keys(Clients)],
    {ok, State#state{hold = false}}.

heard(<<1, 1, 1, Size, Name:Size/binary>>, #client{socket = Socket} = Client, #state{refuse = none, hold = true} = State) ->
    noted({hello, Name}, Client#client{socket = Socket, name = Name}, State);
heard(<<1, 1, 1, Size, Name:Size/binary>>, #client{socket = Socket} = Client, #state{refuse = none} = State) ->
    _ = gen_tcp:send(Socket, welcoming(State)),  % it may be gone already
    noted({hello, Name}, Client#client{name = Name}, State);
heard(<<1, _/binary>>, #client{socket = Socket} = Client, #state{refuse = Reason} = State) ->
    _ = gen_tcp:send(Socket, <<66, Reason, 2, "no">>),
    ok = gen_tcp:close(Socket),
    noted(refused, Client, State);
heard(<<2, From, BootId:16/binary, Seq:64, Filter/binary>>, #client{opened = false, name = Name} = Client, State) ->
    {ok, Pushed} = vakt_bridge_bytes:decode_filter(Filter),
    At = case {From, BootId} of
             %% one behind all that there is comes from a memory that is no more
             {2, Boot} when Boot =:= State#state.boot_id -> case Seq < next(State) of true -> Seq; false -> 0 end;
             {3, _} -> maps:get(Name, State#state.acked, 0);
             _ -> 0
         end,
    noted({open, From, Seq, Pushed}, Client#client{at = At, opened = true}, State);
heard(<<3, More:32>>, #client{credit = Credit, opened = true} = Client, #state{most = Most} = State) ->
    given(noted({credit, More}, Client#client{credit = Credit + More}, State#state{most = max(Most, Credit + More)}));
heard(<<4, _:16/binary, Seq:64>>, #client{name = Name, opened = true} = Client, #state{acked = Acked} = State) ->
    noted({ack, Seq}, Client, State#state{acked = Acked#{Name => Seq}});
heard(<<5, Filter/binary>>, #client{opened = true} = Client, State) ->
    {ok, Pushed} = vakt_bridge_bytes:decode_filter(Filter),
    noted({narrow, Pushed}, Client, State);
heard(<<6>>, #client{socket = Socket} = Client, State) ->
    _ = gen_tcp:send(Socket, <<68, "ring size=1\nsource socket kind=socket received=7\n">>),
    noted(account_asked, Client, State);
%% What is out of turn is the last word, as it is to the real one.
heard(Packet, #client{socket = Socket} = Client, State) ->
    _ = gen_tcp:send(Socket, <<66, 1, 3, "now">>),
    ok = gen_tcp:close(Socket),
    noted({out_of_turn, Packet}, Client, State).

welcoming(#state{boot_id = BootId} = State) -> <<65, 1, BootId/binary, 0:64, (next(State)):64, 1, 1, 4, 6, "socket">>.

next(#state{ring = Ring}) -> lists:max([0 | [Seq || {Seq, _} <- Ring]]) + 1.

noted(Word, #client{socket = Socket} = Client, #state{clients = Clients, said = Said} = State) ->
    State#state{said = [Word | Said], clients = Clients#{Socket => Client}}.

given(#state{clients = Clients} = State) ->
    State#state{clients = maps:map(fun(_, Client) -> give(Client, State) end, Clients)}.

give(#client{opened = true, credit = Credit, at = At, socket = Socket} = Client, #state{ring = Ring, batch = Batch} = State) when Credit > 0 ->
    case lists:sublist([Record || {Seq, _} = Record <- Ring, Seq > At], min(Credit, Batch)) of
        [] ->
            Client;
        Some ->
            _ = gen_tcp:send(Socket, vakt_golden:batch(State#state.boot_id, [Bytes || {_, Bytes} <- Some])),
            {Last, _} = lists:last(Some),
            give(Client#client{credit = Credit - length(Some), at = Last}, State)
    end;
give(Client, _) ->
    Client.
