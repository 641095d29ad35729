%% SPDX-License-Identifier: Apache-2.0
%% The resident way with the real syslog_bridge, its FIFO and its socket: what is logged arrives, and arrives once, whoever is
%% killed meanwhile.
-module(vakt_resident_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([what_is_logged_arrives/1, a_vm_killed_at_any_time_costs_nothing/1, a_bridge_killed_at_any_time_costs_what_it_says/1,
         a_slow_subscriber_slows_nobody_who_logs/1, what_nobody_wants_is_not_sent/1, what_the_ring_could_not_keep_is_told/1,
         many_ask_for_the_account_at_once/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [what_is_logged_arrives, a_vm_killed_at_any_time_costs_nothing, a_bridge_killed_at_any_time_costs_what_it_says,
     a_slow_subscriber_slows_nobody_who_logs, what_nobody_wants_is_not_sent, what_the_ring_could_not_keep_is_told,
     many_ask_for_the_account_at_once].

init_per_testcase(_, Config) ->
    Program = vakt_test:bin("syslog_bridge"),
    case filelib:is_regular(Program) of
        false -> {skip, "not built: syslog_bridge"};
        true -> [{program, Program}, {dir, prepared(vakt_test:scratch())} | Config]
    end.

end_per_testcase(_, _Config) ->
    _ = application:stop(vakt),
    _ = application:unload(vakt),
    ok.

prepared(Dir) ->
    [ok = file:make_dir(filename:join(Dir, Name)) || Name <- ["state", "run"]],
    [] = os:cmd("mkfifo " ++ filename:join(Dir, "fifo")),
    ok = file:write_file(filename:join(Dir, "bridge.conf"),
        ["group = ", integer_to_list(gid()), ";\nring = 1048576;\nblack_box = { size = 0; };\nmetrics_interval = 0;\n"
         "sources = ( { type = \"socket\"; path = \"", Dir, "/log\"; fold_repeats = false; buffer = 1048576; },\n"
         "            { type = \"fifo\"; path = \"", Dir, "/fifo\"; fold_repeats = false; } );\n"]),
    Dir.

gid() -> list_to_integer(string:trim(os:cmd("id -g"))).

path(Name, Config) -> filename:join(proplists:get_value(dir, Config), Name).

%% The bridge, once it is listening: it ends with this VM. {Port, Pid}, Pid being its own.
bridge(Config) ->
    Socket = path("bridge.sock", Config),
    _ = file:delete(Socket),
    Script = "\"$@\" & pid=$!; echo $pid; while read -r _; do :; done; kill \"$pid\"; wait \"$pid\"; exit 0",
    Port = open_port({spawn_executable, "/bin/sh"},
                     [{args, ["-c", Script, "guard", proplists:get_value(program, Config), "--foreground", "--config", path("bridge.conf", Config),
                              "--socket", Socket, "--state", path("state", Config), "--run", path("run", Config), "--pmsg", "/nonexistent"]},
                      exit_status, {line, 100}]),
    receive
        {Port, {data, {eol, Pid}}} ->
            ok = vakt_test:eventually(fun() -> is_there(Socket) andalso is_there(path("log", Config)) end),
            {Port, list_to_integer(Pid)}
    after 5000 ->
        error(no_bridge)
    end.

is_there(Path) -> element(1, file:read_file_info(Path)) =:= ok.

ended({Port, _}) -> vakt_test:end_daemon(Port).

killed({Port, Pid}) ->
    ok = vakt_test:kill("KILL", Pid),
    vakt_test:end_daemon(Port).

started(Config) ->
    _ = application:unload(vakt),
    ok = application:load(vakt),
    [ok = application:set_env(vakt, Key, Value)
     || {Key, Value} <- [{bridge_socket, path("bridge.sock", Config)}, {keeper_socket, none}, {keeper_retry, 100}]],
    {ok, _} = application:ensure_all_started(vakt).

sender() ->
    {ok, Socket} = gen_udp:open(0, [local]),
    Socket.

%% Waits while the queue is full; false when nobody has the socket.
logged(Socket, Text, Config) ->
    case gen_udp:send(Socket, {local, path("log", Config)}, 0, [<<"<30>app[7]: ">>, Text]) of
        ok -> true;
        {error, Full} when Full =:= eagain; Full =:= enobufs -> timer:sleep(1), logged(Socket, Text, Config);
        {error, _} -> false
    end.

text(N) -> integer_to_binary(N).

what_is_logged_arrives(Config) ->
    Bridge = bridge(Config),
    _ = started(Config),
    {ok, Ref} = vakt:subscribe(),
    Sender = sender(),
    true = logged(Sender, <<"by the socket">>, Config),
    Uid = list_to_integer(string:trim(os:cmd("id -u"))),
    Own = list_to_integer(os:getpid()),
    SocketEvent = receive {vakt, Ref, #{source := socket} = E1} -> E1 after 10000 -> error(nothing) end,
    ?assertMatch(#{facility := daemon, severity := info, app := <<"app">>, claimed_pid := <<"7">>, text := <<"by the socket">>, uid := Uid,
                   sender_pid := Own, seq := _, boot_id := <<_:16/binary>>}, SocketEvent),
    Writer = open_port({spawn_executable, "/bin/sh"}, [out, {args, ["-c", "exec cat 1<>\"$0\"", path("fifo", Config)]}]),
    ok = vakt_test:write(Writer, ["<3>Nov 21 18:04:15 board kernel: by the pipe"]),
    FifoEvent = receive {vakt, Ref, #{source := fifo} = E2} -> E2 after 10000 -> error(nothing) end,
    ?assertMatch(#{facility := kern, severity := error, host := <<"board">>, app := <<"kernel">>, text := <<"by the pipe">>}, FifoEvent),
    ?assertMatch(#{way := resident, bridge := #{connected := true}}, vakt:status()),
    #{bridge := Rows} = vakt:account(),
    ?assertMatch([#{received := 1}], [Row || #{row := <<"source">>, kind := <<"socket">>} = Row <- Rows]),
    ok = ended(Bridge).

%% A VM that keeps what it gets in a file and then says so, killed again and again while somebody logs.
a_vm_killed_at_any_time_costs_nothing(Config) ->
    _ = rand:seed(exsss, {erlang:system_time(), 1, 1}),
    Bridge = bridge(Config),
    File = path("kept", Config),
    Count = 3000,
    Test = self(),
    Sender = spawn_link(fun() ->
        Socket = sender(),
        _ = [begin true = logged(Socket, text(N), Config), N rem 20 =/= 0 orelse timer:sleep(20) end || N <- lists:seq(1, Count)],
        Test ! {self(), sent}
    end),
    _ = [begin
             Before = length(vakt_test:lines(File)),
             Vm = vm(File, Config),
             ok = vakt_test:eventually(fun() -> length(vakt_test:lines(File)) > Before orelse Before >= Count end),
             timer:sleep(rand:uniform(200)),
             ok = killed_vm(Vm)
         end || _ <- lists:seq(1, 6)],
    receive {Sender, sent} -> ok after 60000 -> error(not_sent) end,
    Last = vm(File, Config),
    Kept = fun() -> lists:usort([binary:split(Line, <<" ">>, [global]) || Line <- vakt_test:lines(File)]) end,
    Wanted = lists:sort([text(N) || N <- lists:seq(1, Count)]),
    ok = vakt_test:eventually(fun() -> length(Kept()) >= Count end, 60000),
    ok = killed_vm(Last),
    %% by its name each is there once; so each text is, and nothing else
    ?assertEqual(Wanted, lists:sort([Text || [<<"socket">>, _Seq, Text] <- Kept()])),
    ?assertEqual(Count, length(Kept())),
    ok = ended(Bridge).

vm(File, Config) ->
    Paths = lists:append([["-pa", filename:absname(Path)] || Path <- code:get_path(), string:find(Path, vakt_test:top()) =/= nomatch]),
    open_port({spawn_executable, os:find_executable("erl")},
              [{args, Paths ++ ["-noinput", "-vakt", "keeper_socket", "none", "keeper_retry", "100",
                                "-eval", "vakt_test:keeping(hd(init:get_plain_arguments()))", "-extra", File]},
               {env, [{"VAKT_BRIDGE_SOCKET", path("bridge.sock", Config)}, {"VAKT_LEASE", "killed"}]}, exit_status]).

killed_vm(Port) ->
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    ok = vakt_test:kill("KILL", Pid),
    receive {Port, {exit_status, _}} -> ok after 10000 -> error(vm_stays) end.

%% What was on its way to a bridge that is killed is lost, and each such place is a gap.
a_bridge_killed_at_any_time_costs_what_it_says(Config) ->
    _ = rand:seed(exsss, {erlang:system_time(), 1, 2}),
    First = bridge(Config),
    _ = started(Config),
    {ok, Ref} = vakt:subscribe(#{max_queue => 100000}),
    Test = self(),
    Sender = spawn_link(fun() ->
        Socket = sender(),
        Test ! {self(), [N || N <- lists:seq(1, 2000), begin N rem 10 =/= 0 orelse timer:sleep(10), logged(Socket, text(N), Config) end]}
    end),
    Last = lists:foldl(fun(_, Bridge) ->
        timer:sleep(100 + rand:uniform(200)),
        ok = killed(Bridge),
        bridge(Config)
    end, First, lists:seq(1, 5)),
    Accepted = receive {Sender, Numbers} -> Numbers after 60000 -> error(not_sent) end,
    true = logged(sender(), <<"last">>, Config),
    Got = until_last(Ref),
    Numbers1 = [N || N <- Got, is_integer(N)],
    ?assertEqual(lists:usort(Numbers1), Numbers1),
    ?assertEqual([], Numbers1 -- Accepted),
    %% between two neighbours either nothing is missing, or there is a gap
    ?assertEqual([], holes(Got, Accepted)),
    ?assert(length([gap || gap <- Got]) >= 5),
    ?assertMatch(#{bridge := #{twice := 0}}, vakt:status()),
    ok = ended(Last).

until_last(Ref) ->
    receive
        {vakt, Ref, #{source := bridge, text := _}} -> until_last(Ref);
        {vakt, Ref, #{gap := _}} -> [gap | until_last(Ref)];
        {vakt, Ref, #{text := <<"last">>}} -> [];
        {vakt, Ref, #{text := Text}} -> [binary_to_integer(Text) | until_last(Ref)]
    after 20000 -> error(last_never_came)
    end.

holes([gap | Got], Accepted) -> holes_after_gap(Got, Accepted);
holes([N | Got], [N | Accepted]) -> holes(Got, Accepted);
holes([N | Got], [M | Accepted]) when N > M -> [M | holes([N | Got], Accepted)];
holes([], Accepted) -> Accepted.

holes_after_gap([gap | Got], Accepted) -> holes_after_gap(Got, Accepted);
holes_after_gap([N | _] = Got, Accepted) -> holes(Got, lists:dropwhile(fun(M) -> M < N end, Accepted));
holes_after_gap([], _) -> [].

%% Ten times its queue's bound: nobody who logs waits for it, and nothing is lost as long as the ring holds.
a_slow_subscriber_slows_nobody_who_logs(Config) ->
    Bridge = bridge(Config),
    _ = started(Config),
    {ok, Ref} = vakt:subscribe(#{max_queue => 100}),
    Socket = sender(),
    [true = logged(Socket, text(N), Config) || N <- lists:seq(1, 1000)],
    Received = fun() ->
        #{bridge := Rows} = vakt:account(),
        [#{received := N}] = [Row || #{row := <<"source">>, kind := <<"socket">>} = Row <- Rows],
        N
    end,
    ok = vakt_test:eventually(fun() -> Received() =:= 1000 end),
    ?assertMatch(#{subscribers := [#{delivered := Delivered}]} when Delivered =< 100, vakt:account()),
    true = logged(Socket, <<"last">>, Config),
    ?assertEqual(lists:seq(1, 1000), until_last(Ref)),
    ok = ended(Bridge).

what_nobody_wants_is_not_sent(Config) ->
    Bridge = bridge(Config),
    _ = started(Config),
    {ok, Ref} = vakt:subscribe(#{filter => #{text => [<<"9">>, <<"last">>]}}),
    Socket = sender(),
    [true = logged(Socket, text(N), Config) || N <- lists:seq(1, 100)],
    true = logged(Socket, <<"last">>, Config),
    ?assertEqual([N || N <- lists:seq(1, 100), binary:match(text(N), <<"9">>) =/= nomatch], until_last(Ref)),
    #{bridge := Rows} = vakt:account(),
    [#{filtered := Filtered, delivered := Delivered}] = [Row || #{row := <<"client">>} = Row <- Rows],
    ?assert(Filtered >= 81),
    ?assertEqual(20, Delivered),
    ok = ended(Bridge).

%% More than the ring holds while nobody listens: the rest and a gap with the number of what is missing.
what_the_ring_could_not_keep_is_told(Config) ->
    Bridge = bridge(Config),
    _ = started(Config),
    Long = binary:copy(<<"x">>, 1000),
    Socket = sender(),
    {ok, First} = vakt:subscribe(#{max_queue => 50}),
    true = logged(Socket, <<"last">>, Config),
    ?assertEqual([], until_last(First)),
    ok = vakt:unsubscribe(First),
    [true = logged(Socket, [text(N), Long], Config) || N <- lists:seq(1, 2000)],
    true = logged(Socket, <<"last">>, Config),
    {ok, Ref} = vakt:subscribe(#{max_queue => 10000}),
    {Gone, Kept} = counted(Ref, 0, 0),
    ?assertEqual(2000, Gone + Kept),
    ?assert(Gone > 0),
    ?assert(Kept > 100),
    ok = ended(Bridge).

counted(Ref, Gone, Kept) ->
    receive
        {vakt, Ref, #{source := bridge, text := _}} -> counted(Ref, Gone, Kept);
        {vakt, Ref, #{gap := N}} -> counted(Ref, Gone + N, Kept);
        {vakt, Ref, #{text := <<"last">>}} -> {Gone, Kept};
        {vakt, Ref, _} -> counted(Ref, Gone, Kept + 1)
    after 20000 -> error({last_never_came, Gone, Kept})
    end.

%% The bridge leaves who asks too often and does not read.
many_ask_for_the_account_at_once(Config) ->
    Bridge = bridge(Config),
    _ = started(Config),
    ok = vakt_test:eventually(fun() -> maps:get(connected, maps:get(bridge, vakt:status())) end),
    Test = self(),
    [begin
         Askers = [spawn_link(fun() -> Test ! {self(), vakt:account()} end) || _ <- lists:seq(1, 100)],
         Answers = [receive {Asker, Answer} -> Answer after 20000 -> error(no_answer) end || Asker <- Askers],
         ?assertEqual([], [Answer || Answer <- Answers, not is_map_key(bridge, Answer)])
     end || _ <- lists:seq(1, 10)],
    ?assertMatch(#{bridge := #{connections := 1}}, vakt:status()),
    ok = ended(Bridge).
