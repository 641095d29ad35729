%% SPDX-License-Identifier: Apache-2.0
%% vakt in VMs of their own: a configuration file written for os_mon, a VM that is killed, two nodes on one board.
-module(vakt_node_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([a_configuration_file_for_os_mon_works_as_it_is/1, it_works_without_os_mon_installed/1, init_stop_disables/1,
         after_a_vm_was_killed_the_next_one_goes_on/1, a_second_node_is_refused_and_takes_nothing/1,
         start_os_sup_false_starts_nothing/1, a_subscriber_on_another_node_is_bounded/1, a_cut_link_is_told_of/1]).
-export([far_is_bounded/1, subscribed_far/2]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [a_configuration_file_for_os_mon_works_as_it_is, it_works_without_os_mon_installed, init_stop_disables,
     after_a_vm_was_killed_the_next_one_goes_on, a_second_node_is_refused_and_takes_nothing, start_os_sup_false_starts_nothing,
     a_subscriber_on_another_node_is_bounded, a_cut_link_is_told_of].

init_per_testcase(_, Config) ->
    {Own, Conf} = vakt_test:own_path(),
    [{own, Own}, {conf, Conf}, {daemon, vakt_test:daemon(Own)} | Config].

end_per_testcase(_, Config) ->
    vakt_test:end_daemon(proplists:get_value(daemon, Config)).

%% As the manual of os_mon has it, and no word of vakt in it; the file that the callback writes is Own/noted.
config_file(Config, Start) ->
    Own = proplists:get_value(own, Config),
    Parameters = [{start_os_sup, Start}, {os_sup_own, Own}, {os_sup_syslogconf, proplists:get_value(conf, Config)},
                  {os_sup_errortag, std_error}, {os_sup_mfa, {vakt_test, note, [noted(Own)]}}],
    File = filename:join(filename:dirname(Own), "sys.config"),
    ok = file:write_file(File, io_lib:format("~tp.~n", [[{os_mon, Parameters}]])),
    {Own, ["-config", filename:rootname(File)]}.

noted(Own) -> filename:join(Own, "noted").

start(Peer) -> peer:call(Peer, application, ensure_all_started, [vakt]).

sees(Own, Line) ->
    ok = vakt_test:write(vakt_test:writer(Own), [Line]),
    vakt_test:eventually(fun() -> lists:member(list_to_binary(Line), vakt_test:lines(noted(Own))) end).

swapped(Own, To) -> vakt_test:same(filename:join(Own, "syslog.conf"), filename:join(Own, "syslog.conf." ++ To)).

a_configuration_file_for_os_mon_works_as_it_is(Config) ->
    {Own, Arguments} = config_file(Config, true),
    Peer = vakt_test:peer(Arguments),
    ?assertMatch({ok, _}, start(Peer)),
    ok = sees(Own, "through os_mon's parameters"),
    ok = peer:call(Peer, application, stop, [vakt], 20000),
    ?assert(swapped(Own, "ORIG")),
    vakt_test:stop(Peer).

it_works_without_os_mon_installed(Config) ->
    {Own, Arguments} = config_file(Config, true),
    Peer = vakt_test:peer(Arguments),
    true = peer:call(Peer, code, del_path, [os_mon]),
    ?assertMatch({error, _}, peer:call(Peer, application, load, [os_mon])),
    ?assertMatch({ok, _}, start(Peer)),
    ?assertEqual(false, lists:keyfind(os_mon, 1, peer:call(Peer, application, loaded_applications, []))),
    ok = sees(Own, "no os_mon here"),
    vakt_test:stop(Peer).

init_stop_disables(Config) ->
    {Own, Arguments} = config_file(Config, true),
    Peer = vakt_test:peer(Arguments),
    {ok, _} = start(Peer),
    ?assert(swapped(Own, "OTP")),
    ok = peer:call(Peer, init, stop, []),
    ok = vakt_test:eventually(fun() -> swapped(Own, "ORIG") andalso not vakt_test:is_fifo(Own) end).

after_a_vm_was_killed_the_next_one_goes_on(Config) ->
    {Own, Arguments} = config_file(Config, true),
    Peer = vakt_test:peer(Arguments),
    {ok, _} = start(Peer),
    Pid = peer:call(Peer, os, getpid, []),
    Writer = vakt_test:writer(Own),
    ok = vakt_test:kill("KILL", list_to_integer(Pid)),
    ok = vakt_test:eventually(fun() -> not filelib:is_dir("/proc/" ++ Pid) end),
    ?assert(swapped(Own, "OTP")),
    ?assert(vakt_test:is_fifo(Own)),
    ok = vakt_test:write(Writer, ["while no VM was there"]),
    Next = vakt_test:peer(Arguments),
    ?assertMatch({ok, _}, start(Next)),
    ok = vakt_test:eventually(fun() -> vakt_test:lines(noted(Own)) =:= [<<"while no VM was there">>] end),
    ok = vakt_test:stop(Next),
    ok = vakt_test:eventually(fun() -> swapped(Own, "ORIG") end).

a_second_node_is_refused_and_takes_nothing(Config) ->
    {Own, Arguments} = config_file(Config, true),
    First = vakt_test:peer(Arguments),
    {ok, _} = start(First),
    ok = vakt_test:eventually(fun() -> vakt_test:hups(Own) =:= 1 end),
    Second = vakt_test:peer(Arguments),
    {error, {vakt, {{shutdown, {failed_to_start_child, vakt_os_sup, Reason}}, _}}} = start(Second),
    ?assertMatch({mod_syslog, {"-1", "refused" ++ _}}, Reason),
    %% Neither its failure, nor a disable by hand, nor its end takes anything from the first.
    ?assertMatch({error, {mod_syslog, {"-1", _}}}, peer:call(Second, vakt_os_sup, disable, [])),
    ok = vakt_test:stop(Second),
    ?assert(vakt_test:is_fifo(Own)),
    ?assert(swapped(Own, "OTP")),
    ?assertEqual(1, vakt_test:hups(Own)),
    ok = sees(Own, "still for the first"),
    ok = vakt_test:stop(First),
    ok = vakt_test:eventually(fun() -> swapped(Own, "ORIG") end).

start_os_sup_false_starts_nothing(Config) ->
    {Own, Arguments} = config_file(Config, false),
    Peer = vakt_test:peer(Arguments),
    {ok, _} = start(Peer),
    ?assertMatch(#{os_sup := stopped}, peer:call(Peer, vakt, status, [])),
    ok = vakt_test:stop(Peer),
    ?assert(swapped(Own, "ORIG")),
    ?assertNot(vakt_test:is_fifo(Own)).

%% The hub gives to any process that asks it, wherever it is; one on another node is not waited for.
a_subscriber_on_another_node_is_bounded(_Config) -> distributed(fun far_subscriber_is_bounded/1).

a_cut_link_is_told_of(Config) -> distributed(fun(Distributed) -> link_is_cut(Distributed, proplists:get_value(own, Config)) end).

distributed(Test) ->
    case os:find_executable("epmd", code:root_dir() ++ "/erts-" ++ erlang:system_info(version) ++ "/bin:" ++ os:getenv("PATH")) of
        false -> {skip, "there is no epmd"};
        Epmd -> with_epmd(Epmd, Test)
    end.

%% An epmd of the test's own, on a port of its own, ended with the test.
with_epmd(Epmd, Test) ->
    {ok, Socket} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Number} = inet:port(Socket),
    ok = gen_tcp:close(Socket),
    Port = open_port({spawn_executable, Epmd}, [{args, ["-port", integer_to_list(Number), "-address", "127.0.0.1"]}, exit_status]),
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    ok = vakt_test:eventually(fun() -> is_listening(Number) end),
    try
        Test(["-start_epmd", "false", "-epmd_port", integer_to_list(Number), "-setcookie", "vakt-test", "-sname"])
    after
        vakt_test:kill("TERM", Pid)
    end.

is_listening(Number) ->
    case gen_tcp:connect({127, 0, 0, 1}, Number, []) of
        {ok, Socket} -> gen_tcp:close(Socket) =:= ok;
        {error, _} -> false
    end.

far_subscriber_is_bounded(Distributed) ->
    Near = vakt_test:peer(Distributed ++ ["near@localhost"]),
    Far = vakt_test:peer(Distributed ++ ["far@localhost"]),
    ?assertEqual(pong, peer:call(Near, net_adm, ping, ['far@localhost'])),
    ?assertEqual(ok, peer:call(Near, ?MODULE, far_is_bounded, ['far@localhost'], 60000)),
    ok = vakt_test:stop(Far),
    ok = vakt_test:eventually(fun() -> maps:get(subscribers, peer:call(Near, vakt, account, [])) =:= [] end),
    ok = vakt_test:stop(Near).

%% In the near node.
far_is_bounded(Node) ->
    {ok, _} = application:ensure_all_started(vakt),
    Far = spawn(Node, vakt_test, far_subscriber, [whereis(vakt_hub), self()]),
    receive {Far, subscribed} -> ok after 20000 -> error(not_subscribed) end,
    Events = [vakt_line:event(<<"x">>, #{now => 0, utc_offset => 0}) || _ <- lists:seq(1, 100)],
    Entry = fun() -> #{subscribers := [E]} = vakt:account(), E end,
    %% it gets lines, and when it has as many as it may, no more
    ok = vakt_test:eventually(fun() ->
        ok = vakt_hub:publish(Events),
        maps:get(delivered, Entry()) =:= 250
    end),
    _ = [ok = vakt_hub:publish(Events) || _ <- lists:seq(1, 100)],
    #{delivered := 250, received := Received, dropped := Dropped} = Entry(),
    Received = 250 + Dropped,
    {message_queue_len, 250} = erpc:call(Node, erlang, process_info, [Far, message_queue_len]),
    ok.

%% vakt runs at the near node, with a bridge; the subscriber at the far one goes by what the manual says: it subscribes again when
%% its subscription has ended.
link_is_cut(Distributed, Own) ->
    Socket = filename:join(filename:dirname(Own), "bridge.sock"),
    Bridge = fake_bridge:start(Socket),
    Near = vakt_test:peer(Distributed ++ ["near@localhost", "-vakt", "bridge_socket", lists:flatten(io_lib:format("~tp", [Socket])), "keeper_socket", "none"]),
    Far = vakt_test:peer(Distributed ++ ["far@localhost"]),
    {ok, _} = peer:call(Near, application, ensure_all_started, [vakt]),
    Call = fun(Function, Arguments) -> peer:call(Far, erlang, apply, [Function, Arguments]) end,
    Subscriber = Call(fun ?MODULE:subscribed_far/2, ['near@localhost', #{batches => true}]),
    Got = fun() -> peer:call(Far, vakt_test, asked, [Subscriber]) end,
    ok = fake_bridge:add(Bridge, [{N, vakt_golden:record(N, #{})} || N <- lists:seq(1, 10)]),
    ok = vakt_test:eventually(fun() -> Got() =:= lists:seq(1, 10) end),
    %% cut, and nobody may connect again
    true = peer:call(Near, erlang, set_cookie, ['far@localhost', wrong]),
    true = peer:call(Near, erlang, disconnect_node, ['far@localhost']),
    ok = vakt_test:eventually(fun() -> lists:last(Got()) =:= noconnection end),
    %% nobody listens now, so the bridge keeps these; another subscriber takes what came meanwhile
    ok = fake_bridge:add(Bridge, [{11, vakt_golden:record(11, #{})}]),
    Other = peer:call(Near, vakt_test, spawned_subscriber, []),
    ok = vakt_test:eventually(fun() -> peer:call(Near, vakt_test, asked, [Other]) =:= [11] end),
    true = peer:call(Near, erlang, set_cookie, ['far@localhost', 'vakt-test']),
    ok = vakt_test:eventually(fun() -> lists:last(Got()) =:= {gap, unknown} end),
    ok = fake_bridge:add(Bridge, [{N, vakt_golden:record(N, #{})} || N <- [12, 13]]),
    ok = vakt_test:eventually(fun() -> lists:suffix([{gap, unknown}, 12, 13], Got()) end),
    ok = vakt_test:stop(Far),
    ok = vakt_test:stop(Near),
    fake_bridge:stop(Bridge).

%% In the far node: a process that notes what comes, and subscribes again whenever its subscription has ended.
subscribed_far(Node, Options) -> vakt_test:noting_subscriber(Options#{node => Node}).
