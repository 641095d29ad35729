%% SPDX-License-Identifier: Apache-2.0
%% The resident way with a scripted bridge: what is asked for and when, what is done with what comes, and what when it does not.
-module(vakt_bridge_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([events_come_and_are_acknowledged/1, nothing_is_granted_while_nobody_listens/1, what_came_for_nobody_is_kept/1,
         a_slow_subscriber_stops_the_credit_and_loses_nothing/1, one_that_is_stuck_holds_the_others_up_for_a_second_only/1,
         the_credit_is_never_more_than_the_queue/1, a_batch_subscriber_gets_batches/1, a_slow_batch_subscriber_is_bounded/1,
         a_cut_connection_goes_on_behind_the_last/1, a_restarted_bridge_process_goes_on/1, what_comes_twice_is_left_out/1,
         filters_are_pushed_and_applied/1, a_bridge_that_breaks_its_word_is_left/1, a_refusal_is_no_failure/1, gaps_are_told/1,
         the_account_has_the_bridges_rows/1, the_callback_gets_lines/1, lines_go_to_logger_with_their_time/1,
         only_what_was_worked_on_is_acknowledged/1, a_batch_subscriber_gets_other_sources_too/1, without_a_socket_there_is_none/1]).
-export([nothing_is_acknowledged_before_it_is_open/1, a_memory_that_begins_anew_is_taken_anew/1,
         who_wants_little_holds_no_acknowledgement_up/1, one_that_is_stuck_alone_is_looked_at_seldom/1, who_has_not_worked_on_it_holds_it_up/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [events_come_and_are_acknowledged, nothing_is_granted_while_nobody_listens, what_came_for_nobody_is_kept,
     a_slow_subscriber_stops_the_credit_and_loses_nothing, one_that_is_stuck_holds_the_others_up_for_a_second_only,
     the_credit_is_never_more_than_the_queue, a_batch_subscriber_gets_batches, a_slow_batch_subscriber_is_bounded,
     a_cut_connection_goes_on_behind_the_last, a_restarted_bridge_process_goes_on, what_comes_twice_is_left_out,
     filters_are_pushed_and_applied, a_bridge_that_breaks_its_word_is_left, a_refusal_is_no_failure, gaps_are_told,
     the_account_has_the_bridges_rows, the_callback_gets_lines, lines_go_to_logger_with_their_time,
     only_what_was_worked_on_is_acknowledged, a_batch_subscriber_gets_other_sources_too, without_a_socket_there_is_none,
     nothing_is_acknowledged_before_it_is_open, a_memory_that_begins_anew_is_taken_anew,
     who_wants_little_holds_no_acknowledgement_up, one_that_is_stuck_alone_is_looked_at_seldom, who_has_not_worked_on_it_holds_it_up].

init_per_testcase(_, Config) ->
    Socket = filename:join(vakt_test:scratch(), "bridge.sock"),
    _ = application:unload(vakt),
    ok = application:load(vakt),
    [ok = application:set_env(vakt, Key, Value)
     || {Key, Value} <- [{bridge_socket, Socket}, {keeper_socket, none}, {keeper_retry, 200}, {keeper_timeout, 2000}]],
    true = os:putenv("VAKT_LEASE", "test"),
    [{socket, Socket} | Config].

end_per_testcase(_, _Config) ->
    _ = application:stop(vakt),
    _ = application:unload(vakt),
    true = os:unsetenv("VAKT_LEASE"),
    ok.

started(Config) -> started(Config, #{}).

started(Config, Options) ->
    Bridge = fake_bridge:start(proplists:get_value(socket, Config), Options),
    {ok, _} = application:ensure_all_started(vakt),
    Bridge.

records(From, To) -> records(From, To, #{}).
records(From, To, Options) -> [{N, vakt_golden:record(N, Options)} || N <- lists:seq(From, To)].

%% Takes until `Last' has come; numbers of records, and {gap, N}.
take(Ref, Last) ->
    receive
        {vakt, Ref, #{gap := N}} -> [{gap, N} | take(Ref, Last)];
        {vakt, Ref, #{seq := Last}} -> [Last];
        {vakt, Ref, #{seq := Seq}} -> [Seq | take(Ref, Last)];
        {vakt, Ref, {batch, Batch}} ->
            Seqs = lists:reverse(vakt_record:fold(fun(#{seq := Seq}, Acc) -> [Seq | Acc]; (#{gap := N}, Acc) -> [{gap, N} | Acc] end, [], Batch)),
            Seqs ++ case lists:member(Last, Seqs) of true -> []; false -> take(Ref, Last) end
    after 20000 ->
        error({never_came, Last})
    end.

nothing_comes(Ref) ->
    receive {vakt, Ref, What} -> error({came, What}) after 200 -> ok end.

opened({open, _, _, _}) -> true;
opened(_) -> false.

is_connected() ->
    case vakt:status() of
        #{bridge := #{connected := true}} -> true;
        _ -> false
    end.

events_come_and_are_acknowledged(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 5, #{uid => 1000})),
    receive
        {vakt, Ref, Event} ->
            ?assertMatch(#{facility := daemon, severity := info, host := <<"host">>, app := <<"app">>, pid := <<"4711">>, text := <<"1">>,
                           source := socket, seq := 1, boot_id := <<1:128>>, uid := 1000, sender_pid := 4711, claimed_pid := <<"7">>,
                           time := 1795284255000000000, raw := <<"<30>Nov 21 18:04:15 host app[7]: 1">>}, Event)
    after 5000 -> error(nothing)
    end,
    ?assertEqual([2, 3, 4, 5], take(Ref, 5)),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 5} end),
    ?assertMatch(#{way := resident, os_sup := stopped, bridge := #{connected := true, seq := 5, records := 5, connections := 1}}, vakt:status()),
    ?assertMatch(#{received := 5, lost := 0}, vakt:account()).

nothing_is_granted_while_nobody_listens(Config) ->
    Bridge = started(Config, #{acked => #{<<"test">> => 2}}),
    ok = fake_bridge:add(Bridge, records(1, 20)),
    ok = vakt_test:eventually(fun is_connected/0),
    {ok, Keeper} = vakt:subscribe(#{sources => [keeper]}),
    ?assertEqual([{hello, <<"test">>}], fake_bridge:said(Bridge)),
    %% the first who listens gets all behind what was acknowledged under this name
    {ok, Ref} = vakt:subscribe(),
    ?assertEqual(lists:seq(3, 20), take(Ref, 20)),
    ?assertMatch([{open, 3, 0, {false, []}}, {credit, _} | _], fake_bridge:said(Bridge)),
    nothing_comes(Keeper).

what_came_for_nobody_is_kept(Config) ->
    Bridge = started(Config),
    {ok, First} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 3)),
    ?assertEqual([1, 2, 3], take(First, 3)),
    ok = vakt:unsubscribe(First),
    %% It may have heard that from the hub's answer before.
    vakt_bridge ! {vakt_hub, wanted, nothing},
    %% these come by the credit that is left
    ok = fake_bridge:add(Bridge, records(4, 300)),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 3} end),
    {ok, Second} = vakt:subscribe(),
    ?assertEqual(lists:seq(4, 300), take(Second, 300)),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 300} end).

%% Ten times what its queue may hold; it takes nothing at first.
a_slow_subscriber_stops_the_credit_and_loses_nothing(Config) ->
    Bridge = started(Config, #{batch => 7}),
    {ok, Ref} = vakt:subscribe(#{max_queue => 50}),
    ok = fake_bridge:add(Bridge, records(1, 500)),
    ok = vakt_test:eventually(fun() -> fake_bridge:outstanding(Bridge) =:= 0 end),
    timer:sleep(100),
    {message_queue_len, Queued} = process_info(self(), message_queue_len),
    ?assert(Queued =< 50),
    ?assertEqual(lists:seq(1, 500), take(Ref, 500)),
    ?assertMatch(#{received := 500, subscribers := [#{delivered := 500, dropped := 0}]}, vakt:account()).

one_that_is_stuck_holds_the_others_up_for_a_second_only(Config) ->
    Bridge = started(Config),
    Stuck = spawn_link(fun() -> {ok, _} = vakt:subscribe(#{max_queue => 10}), receive never -> ok after 60000 -> ok end end),
    ok = vakt_test:eventually(fun() -> length(maps:get(subscribers, vakt:account())) =:= 1 end),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 3000)),
    ?assertEqual(lists:seq(1, 3000), take(Ref, 3000)),
    #{subscribers := Entries} = vakt:account(),
    ?assertMatch([#{received := 3000, delivered := 3000}], [E || #{ref := R} = E <- Entries, R =:= Ref]),
    [#{delivered := Delivered, dropped := Dropped, untold := Untold}] = [E || #{pid := P} = E <- Entries, P =:= Stuck],
    ?assert(Delivered =< 10),
    ?assertEqual(3000, Delivered + Dropped),
    ?assertEqual(Dropped, Untold).

the_credit_is_never_more_than_the_queue(Config) ->
    Bridge = started(Config, #{batch => 3}),
    {ok, Ref} = vakt:subscribe(#{max_queue => 40}),
    ok = fake_bridge:add(Bridge, records(1, 2000)),
    ?assertEqual(lists:seq(1, 2000), take(Ref, 2000)),
    ?assert(fake_bridge:most_outstanding(Bridge) =< 40),
    ?assert(fake_bridge:most_outstanding(Bridge) > 0),
    {ok, Wide} = vakt:subscribe(#{max_queue => 1000000}),
    ok = vakt:unsubscribe(Ref),
    ok = fake_bridge:add(Bridge, records(2001, 2100)),
    ?assertEqual(lists:seq(2001, 2100), take(Wide, 2100)),
    ok = vakt_test:eventually(fun() -> fake_bridge:outstanding(Bridge) > 1000 end),
    ?assert(fake_bridge:most_outstanding(Bridge) =< 16384).

a_batch_subscriber_gets_batches(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(#{batches => true}),
    ok = fake_bridge:add(Bridge, records(1, 1000)),
    ?assertEqual(lists:seq(1, 1000), take(Ref, 1000)),
    ?assertMatch(#{received := 1000, subscribers := [#{received := 1000, delivered := 1000}]}, vakt:account()).

a_slow_batch_subscriber_is_bounded(Config) ->
    Bridge = started(Config, #{batch => 10}),
    {ok, Ref} = vakt:subscribe(#{batches => true, max_queue => 100}),
    ok = fake_bridge:add(Bridge, records(1, 2000)),
    ok = vakt_test:eventually(fun() -> fake_bridge:outstanding(Bridge) =:= 0 end),
    timer:sleep(100),
    {message_queue_len, Queued} = process_info(self(), message_queue_len),
    ?assert(Queued =< 100),
    #{subscribers := [#{delivered := Delivered}]} = vakt:account(),
    ?assert(Delivered =< 100),
    ?assertEqual(lists:seq(1, 2000), take(Ref, 2000)),
    ?assertMatch(#{subscribers := [#{delivered := 2000, dropped := 0}]}, vakt:account()).

a_cut_connection_goes_on_behind_the_last(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 10)),
    ?assertEqual(lists:seq(1, 10), take(Ref, 10)),
    _ = fake_bridge:said(Bridge),
    ok = fake_bridge:cut(Bridge),
    ok = fake_bridge:add(Bridge, records(11, 20)),
    ?assertEqual(lists:seq(11, 20), take(Ref, 20)),
    ?assertMatch({open, 2, 10, _}, fake_bridge:wait_for(Bridge, fun opened/1)),
    ?assertMatch(#{bridge := #{connections := 2, twice := 0}}, vakt:status()).

%% The hub knows what it was given, also when the process that gave it fails.
a_restarted_bridge_process_goes_on(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 10)),
    ?assertEqual(lists:seq(1, 10), take(Ref, 10)),
    _ = fake_bridge:said(Bridge),
    exit(whereis(vakt_bridge), kill),
    ok = fake_bridge:add(Bridge, records(11, 12)),
    ?assertEqual([11, 12], take(Ref, 12)),
    ?assertMatch({open, 2, 10, _}, fake_bridge:wait_for(Bridge, fun opened/1)).

what_comes_twice_is_left_out(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 10)),
    ?assertEqual(lists:seq(1, 10), take(Ref, 10)),
    Twice = [Bytes || {_, Bytes} <- records(6, 12)],
    ok = fake_bridge:send(Bridge, vakt_golden:batch(<<1:128>>, Twice)),
    ?assertEqual([11, 12], take(Ref, 12)),
    ok = fake_bridge:send(Bridge, vakt_golden:batch(<<1:128>>, Twice)),
    %% another boot has numbers of its own
    ok = fake_bridge:send(Bridge, vakt_golden:batch(<<2:128>>, [Bytes || {_, Bytes} <- records(3, 4)])),
    ?assertEqual([3, 4], take(Ref, 4)),
    ?assertMatch(#{bridge := #{twice := 12, records := 14}}, vakt:status()).

filters_are_pushed_and_applied(Config) ->
    Bridge = started(Config),
    {ok, Errors} = vakt:subscribe(#{filter => #{severity => error}}),
    ?assertMatch({open, 3, 0, {false, [{3, 0, 0, [], [], []}]}}, fake_bridge:wait_for(Bridge, fun opened/1)),
    {ok, App} = vakt:subscribe(#{batches => true, filter => [#{app => [<<"su">>], strict => true}, #{text => [<<"magic">>], strict => true}]}),
    ?assertEqual({narrow, {false, [{3, 0, 0, [], [], []}, {7, 0, 0, [], [], [<<"magic">>]}, {7, 0, 0, [<<"su">>], [], []}]}},
                 fake_bridge:wait_for(Bridge, fun({narrow, _}) -> true; (_) -> false end)),
    {ok, Kernel} = vakt:subscribe(#{sources => [kmsg]}),
    ok = fake_bridge:add(Bridge, [{1, vakt_golden:record(1, #{})}, {2, vakt_golden:record(2, #{pri => 27})},
                                  {3, vakt_golden:record(3, #{app => <<"su">>})}, {4, vakt_golden:record(4, #{text => <<"a magic one">>})},
                                  {5, vakt_golden:record(5, #{pri => 24})}, {6, vakt_golden:record(6, #{source => 2, pri => 3, app => <<"su">>})}]),
    ?assertEqual([2, 5, 6], take(Errors, 6)),
    ?assertEqual([3, 4, 6], take(App, 6)),
    ?assertEqual([6], take(Kernel, 6)),
    _ = fake_bridge:said(Bridge),
    ok = vakt:unsubscribe(Errors),
    ok = vakt:unsubscribe(App),
    ?assertEqual({narrow, {true, [{7, 0, 4, [], [], []}]}}, lists:last([fake_bridge:wait_for(Bridge, fun(W) -> W =:= {narrow, {true, [{7, 0, 4, [], [], []}]}} end)])).

%% More than was granted, bytes that are none, words out of turn: the connection is ended, and a new one goes on.
a_bridge_that_breaks_its_word_is_left(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(#{max_queue => 10}),
    ok = fake_bridge:add(Bridge, records(1, 2)),
    ?assertEqual([1, 2], take(Ref, 2)),
    [begin
         _ = fake_bridge:said(Bridge),
         ok = fake_bridge:send(Bridge, Packet),
         ?assertMatch({open, 2, 2, _}, fake_bridge:wait_for(Bridge, fun opened/1))
     end || Packet <- [vakt_golden:batch(<<1:128>>, [Bytes || {_, Bytes} <- records(3, 20)]), <<67, 1>>, <<200>>,
                       <<65, 1, 1:128, 0:64, 0:64, 0>>, <<68, "ring a=1\n">>, vakt_golden:batch(<<1:128>>, [<<0:32>>])]],
    nothing_comes(Ref),
    ok = fake_bridge:add(Bridge, records(3, 4)),
    ?assertEqual([3, 4], take(Ref, 4)).

a_refusal_is_no_failure(Config) ->
    Bridge = started(Config),
    ok = fake_bridge:refuse(Bridge, 2),
    ok = fake_bridge:cut(Bridge),
    {ok, Ref} = vakt:subscribe(),
    ok = vakt_test:eventually(fun() ->
        case vakt:status() of
            #{way := none, bridge := #{connected := false, last_error := {not_allowed, <<"no">>}}} -> true;
            _ -> false
        end
    end),
    ok = fake_bridge:refuse(Bridge, none),
    ok = fake_bridge:add(Bridge, records(1, 1)),
    ?assertEqual([1], take(Ref, 1)).

gaps_are_told(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(#{filter => #{severity => error}}),
    {ok, Fifo} = vakt:subscribe(#{sources => [fifo]}),
    ok = fake_bridge:add(Bridge, [{1, vakt_golden:record(1, #{pri => 27})}, {2, vakt_golden:gap(2, #{reason => 3})},
                                  {3, vakt_golden:gap(0, #{reason => 0, count => 5, from => 2, to => 9})},
                                  {10, vakt_golden:record(10, #{pri => 27})}]),
    ?assertEqual([1, {gap, unknown}, {gap, 5}, 10], take(Ref, 10)),
    nothing_comes(Fifo),
    ?assertMatch(#{received := 2, lost := 6}, vakt:account()),
    ?assertMatch(#{bridge := #{gaps := 2, records := 2, seq := 10}}, vakt:status()).

the_account_has_the_bridges_rows(Config) ->
    Bridge = started(Config),
    ok = vakt_test:eventually(fun is_connected/0),
    ?assertMatch(#{received := 0, bridge := [#{row := <<"ring">>, size := 1},
                                            #{row := <<"source">>, name := <<"socket">>, kind := <<"socket">>, received := 7}]}, vakt:account()),
    ok = fake_bridge:stop(Bridge),
    ok = vakt_test:eventually(fun() -> not is_connected() end),
    ?assertNot(maps:is_key(bridge, vakt:account())).

the_callback_gets_lines(Config) ->
    File = filename:join(filename:dirname(proplists:get_value(socket, Config)), "noted"),
    [ok = application:set_env(vakt, Key, Value)
     || {Key, Value} <- [{start_os_sup, true}, {os_sup_mfa, {vakt_test, note, [File]}}, {ferrule, "/nonexistent"}]],
    Bridge = started(Config),
    {_, Kernel, _, _} = vakt_golden:row(<<"kmsg">>),
    {_, Journal, _, _} = vakt_golden:row(<<"journal">>),
    <<Size:32, Packet:Size/binary>> = <<(byte_size(Kernel) + byte_size(Journal) + 19):32, 67, 1:128, 2:16, Kernel/binary, Journal/binary>>,
    ok = fake_bridge:add(Bridge, records(1, 1)),
    ok = vakt_test:eventually(fun() -> vakt_test:lines(File) =/= [] end),
    ok = fake_bridge:send(Bridge, Packet),
    ok = vakt_test:eventually(fun() -> length(vakt_test:lines(File)) >= 4 end),
    {ok, Host} = inet:gethostname(),
    {{_, _, Day}, {H, M, S}} = calendar:system_time_to_local_time(1795284255000000000, nanosecond),
    Stamp = iolist_to_binary(io_lib:format("Nov ~2b ~2..0b:~2..0b:~2..0b ", [Day, H, M, S])),
    KernelLine = <<Stamp/binary, (list_to_binary(Host))/binary, " kernel: usb 1-1: reset">>,
    ?assertMatch([<<"<30>Nov 21 18:04:15 host app[7]: 1">>, KernelLine, <<Stamp:16/binary, "board dbus-daemon[412]: two">>, <<"lines">>],
                 vakt_test:lines(File)),
    ?assertMatch(#{way := resident, os_sup := stopped}, vakt:status()).

lines_go_to_logger_with_their_time(Config) ->
    ok = application:set_env(vakt, forward_to_logger, true),
    Test = self(),
    ok = logger:add_handler(vakt_test_log, vakt_test_log, #{config => #{test => Test}, level => all}),
    {ok, Level} = maps:find(level, logger:get_primary_config()),
    ok = logger:set_primary_config(level, all),
    Bridge = started(Config),
    Own = list_to_integer(os:getpid()),
    {_, Kernel, _, _} = vakt_golden:row(<<"kmsg">>),
    <<A:48/binary, _:32, B/binary>> = vakt_golden:record(1, #{uid => 0, text => <<"our own">>}),
    ok = fake_bridge:add(Bridge, [{1, <<A/binary, Own:32, B/binary>>}, {2, vakt_golden:record(2, #{pri => 27})}, {72623859706101772, Kernel}]),
    Took = [receive {log, #{meta := #{domain := [vakt, syslog]}} = Event} -> Event after 5000 -> error(nothing_logged) end || _ <- [1, 2]],
    ok = logger:set_primary_config(level, Level),
    ok = logger:remove_handler(vakt_test_log),
    ?assertMatch([#{level := error, meta := #{time := 1795284255000000, source := socket, app := <<"app">>, facility := daemon, os_pid := <<"7">>}},
                  #{level := warning, meta := #{source := kmsg, facility := kern, app := <<"kernel">>}}], Took).

only_what_was_worked_on_is_acknowledged(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(#{acknowledges => true}),
    {ok, Other} = vakt:subscribe(#{acknowledges => true, batches => true}),
    {ok, Third} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 5)),
    ?assertEqual([1, 2, 3, 4, 5], take(Third, 5)),
    Batches = receive {vakt, Other, {batch, Batch}} -> Batch after 5000 -> error(nothing) end,
    timer:sleep(100),
    ?assertEqual(#{}, fake_bridge:acked(Bridge)),
    ok = vakt:acknowledge(Other, Batches),
    receive {vakt, Ref, #{seq := 1} = First} -> ok = vakt:acknowledge(Ref, First) after 5000 -> error(nothing) end,
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 1} end),
    ok = vakt:acknowledge(Ref, #{boot_id => <<1:128>>, seq => 4}),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 4} end),
    ok = vakt:acknowledge(Ref, #{source => keeper, text => <<"no matter">>}),
    ok = vakt:unsubscribe(Ref),
    ok = fake_bridge:add(Bridge, records(6, 6)),
    ?assertEqual([6], take(Other, 6)),
    ok = vakt:acknowledge(Other, #{boot_id => <<1:128>>, seq => 6}),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 6} end).

a_batch_subscriber_gets_other_sources_too(Config) ->
    _ = started(Config),
    {ok, Ref} = vakt:subscribe(#{batches => true, sources => [keeper]}),
    ok = vakt_hub:publish([#{source => keeper, text => <<"hello">>}, #{gap => unknown, source => keeper}]),
    receive
        {vakt, Ref, {batch, Batch}} ->
            ?assertMatch([#{gap := unknown}, #{text := <<"hello">>}], vakt_record:fold(fun(Event, Acc) -> [Event | Acc] end, [], Batch))
    after 5000 -> error(nothing)
    end.

without_a_socket_there_is_none(_Config) ->
    ok = application:set_env(vakt, bridge_socket, none),
    {ok, _} = application:ensure_all_started(vakt),
    ?assertMatch(#{way := none, bridge := stopped}, vakt:status()),
    ?assertEqual(undefined, whereis(vakt_bridge)).

%% A subscriber works on what it has while the connection is being made again.
nothing_is_acknowledged_before_it_is_open(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(#{acknowledges => true}),
    ok = fake_bridge:add(Bridge, records(1, 5)),
    ?assertEqual(lists:seq(1, 5), take(Ref, 5)),
    ok = fake_bridge:hold(Bridge),
    _ = fake_bridge:said(Bridge),
    ok = fake_bridge:cut(Bridge),
    {hello, _} = fake_bridge:wait_for(Bridge, fun({hello, _}) -> true; (_) -> false end),
    ok = vakt:acknowledge(Ref, #{boot_id => <<1:128>>, seq => 3}),
    %% longer than acknowledgements wait for each other
    timer:sleep(100),
    ok = fake_bridge:welcome(Bridge),
    ok = fake_bridge:add(Bridge, records(6, 6)),
    ?assertEqual([6], take(Ref, 6)),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 3} end),
    ?assertEqual([], [Word || {out_of_turn, _} = Word <- fake_bridge:said(Bridge)]),
    ?assertMatch(#{bridge := #{connections := 2}}, vakt:status()).

%% A bridge whose memory was taken away numbers from the beginning, in the same boot.
a_memory_that_begins_anew_is_taken_anew(Config) ->
    First = started(Config),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(First, records(1, 10)),
    ?assertEqual(lists:seq(1, 10), take(Ref, 10)),
    ok = fake_bridge:stop(First),
    Second = fake_bridge:start(proplists:get_value(socket, Config)),
    ok = fake_bridge:add(Second, records(1, 4)),
    ?assertEqual(lists:seq(1, 4), take(Ref, 4)),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Second) =:= #{<<"test">> => 4} end).

%% A look each 5 ms would be 200 in a second; after the first second, in which it is waited for, there are at most 10.
one_that_is_stuck_alone_is_looked_at_seldom(Config) ->
    Bridge = started(Config),
    {ok, Ref} = vakt:subscribe(#{max_queue => 10}),
    ok = fake_bridge:add(Bridge, records(1, 100)),
    ok = vakt_test:eventually(fun() -> fake_bridge:outstanding(Bridge) =:= 0 end),
    timer:sleep(1500),
    Hub = whereis(vakt_hub),
    1 = erlang:trace(Hub, true, [procs, {tracer, spawn_link(fun() -> receive stop -> ok after 60000 -> ok end end)}]),
    timer:sleep(1000),
    {tracer, Tracer} = erlang:trace_info(Hub, tracer),
    1 = erlang:trace(Hub, false, [procs]),
    {messages, Traced} = process_info(Tracer, messages),
    Tracer ! stop,
    Looks = [Pid || {trace, _, spawn, Pid, _} <- Traced],
    ?assert(length(Looks) =< 20),
    ?assert(length(Looks) >= 1),
    ?assertEqual(lists:seq(1, 100), take(Ref, 100)).

%% What was never given to it needs not be worked on by it.
who_wants_little_holds_no_acknowledgement_up(Config) ->
    Bridge = started(Config),
    {ok, Little} = vakt:subscribe(#{acknowledges => true, filter => #{app => [<<"su">>]}}),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 5)),
    ?assertEqual(lists:seq(1, 5), take(Ref, 5)),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 5} end),
    ok = fake_bridge:add(Bridge, [{6, vakt_golden:record(6, #{app => <<"su">>})}]),
    ?assertEqual([6], take(Little, 6)),
    ok = vakt:acknowledge(Little, #{boot_id => <<1:128>>, seq => 6}),
    ok = fake_bridge:add(Bridge, records(7, 9)),
    ?assertEqual([6, 7, 8, 9], take(Ref, 9)),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 9} end).

who_has_not_worked_on_it_holds_it_up(Config) ->
    Bridge = started(Config),
    {ok, Little} = vakt:subscribe(#{acknowledges => true, filter => #{app => [<<"su">>]}}),
    {ok, Ref} = vakt:subscribe(),
    ok = fake_bridge:add(Bridge, records(1, 2) ++ [{3, vakt_golden:record(3, #{app => <<"su">>})}] ++ records(4, 6)),
    ?assertEqual(lists:seq(1, 6), take(Ref, 6)),
    ?assertEqual([3], take(Little, 3)),
    %% up to just before it, at most
    timer:sleep(100),
    ?assert(maps:get(<<"test">>, fake_bridge:acked(Bridge), 0) < 3),
    ok = vakt:acknowledge(Little, #{boot_id => <<1:128>>, seq => 3}),
    ok = vakt_test:eventually(fun() -> fake_bridge:acked(Bridge) =:= #{<<"test">> => 6} end).
