%% SPDX-License-Identifier: Apache-2.0
%% vakt and a keeper: what is asked is answered within its time whatever the keeper does, what the keeper says arrives, what is
%% missed is told, the report is given once; and a keeper that is missing, hangs or talks nonsense hurts nobody.
-module(vakt_keeper_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([without_a_keeper_all_else_works/1, requests_say_what_was_asked/1, each_refusal_is_an_atom/1, status_has_the_keeper/1,
         a_keeper_that_hangs_costs_the_timeout/1, a_keeper_that_talks_without_end_is_cut_short/1,
         a_keeper_that_closes_or_talks_nonsense_is_an_error/1, bad_arguments_are_badarg/1, a_path_that_is_no_socket_is_an_error/1,
         no_message_is_left_with_the_caller/1, the_lease_is_the_one_of_the_heart/1]).
-export([news_become_events/1, what_was_missed_is_a_gap/1, the_first_connection_is_no_gap/1, nonsense_ends_the_connection_only/1,
         a_watch_without_an_answer_is_tried_again/1, the_pauses_grow/1, an_idle_watcher_does_nothing/1,
         a_killed_watcher_begins_with_a_gap/1, one_that_fails_again_and_again_hurts_nobody/1, no_socket_by_wish_is_no_watcher/1]).
-export([the_report_comes_once/1, the_report_waits_for_the_first_subscriber/1, who_does_not_want_it_is_no_subscriber/1,
         an_old_report_is_not_given/1, a_report_that_comes_late_is_given/1, a_broken_report_is_not_given/1,
         a_report_is_not_given_again_after_a_reconnect/1, a_report_that_is_made_later_is_given/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [without_a_keeper_all_else_works, requests_say_what_was_asked, each_refusal_is_an_atom, status_has_the_keeper,
     a_keeper_that_hangs_costs_the_timeout, a_keeper_that_talks_without_end_is_cut_short,
     a_keeper_that_closes_or_talks_nonsense_is_an_error, bad_arguments_are_badarg, a_path_that_is_no_socket_is_an_error,
     no_message_is_left_with_the_caller, the_lease_is_the_one_of_the_heart,
     news_become_events, what_was_missed_is_a_gap, the_first_connection_is_no_gap, nonsense_ends_the_connection_only,
     a_watch_without_an_answer_is_tried_again, the_pauses_grow, an_idle_watcher_does_nothing, a_killed_watcher_begins_with_a_gap,
     one_that_fails_again_and_again_hurts_nobody, no_socket_by_wish_is_no_watcher,
     the_report_comes_once, the_report_waits_for_the_first_subscriber, who_does_not_want_it_is_no_subscriber,
     an_old_report_is_not_given, a_report_that_comes_late_is_given, a_broken_report_is_not_given,
     a_report_is_not_given_again_after_a_reconnect, a_report_that_is_made_later_is_given].

init_per_testcase(_, Config) ->
    Path = filename:join(vakt_test:scratch(), "k"),
    _ = application:load(vakt),
    [ok = application:set_env(vakt, Key, Value) || {Key, Value} <- [{keeper_socket, Path}, {keeper_timeout, 5000}, {keeper_retry, 100}]],
    true = os:putenv("VAKT_LEASE", "otp"),
    [{path, Path} | Config].

end_per_testcase(_, _Config) ->
    _ = application:stop(vakt),
    true = os:unsetenv("VAKT_LEASE"),
    [ok = application:unset_env(vakt, Key) || Key <- [keeper_socket, keeper_timeout, keeper_retry]].

path(Config) -> proplists:get_value(path, Config).

started() ->
    {ok, _} = application:ensure_all_started(vakt),
    ok.

subscribed() ->
    {ok, Ref} = vakt:subscribe(),
    Ref.

watched(Keeper) -> vakt_test:eventually(fun() -> fake_keeper:watching(Keeper) =:= 1 end).

next(Ref) ->
    receive
        {vakt, Ref, Event} -> Event
    after 20000 ->
        error(nothing_came)
    end.

%% What the keeper says of lease otp.
news(Kind, Percent) -> <<1, 77, Kind, 1, 0, Percent, 3, "otp", 16#FFFFFFFFFFFFFFFF:64, 0:32>>.

warned() -> news(0, 75).

recovered() -> news(3, 0).

%% A keeper whose report is new.
with_report(<<1, 13, _/binary>>) -> [<<1, 76, 1>>];
with_report(Packet) -> fake_keeper:answer(Packet).

write_report(Config) ->
    {ok, _} = file:copy(filename:join([vakt_test:top(), "test", "data", "report", "reset_report.json"]), report_file(Config)),
    ok.

report_file(Config) -> filename:join(filename:dirname(path(Config)), "reset_report.json").

taken(Keeper) -> [Packet || <<1, 14, _/binary>> = Packet <- fake_keeper:heard(Keeper)].

%% ---- what is asked ----

calls() ->
    [fun() -> vakt:keeper() end, fun() -> vakt:snooze(1) end, fun() -> vakt:reboot() end, fun() -> vakt:drill(hang_vm) end,
     fun() -> vakt:healthy() end].

without_a_keeper_all_else_works(Config) ->
    Nobody = [{error, no_keeper}, {error, no_keeper}, {error, no_keeper}, {error, no_keeper}, {error, nobody_to_tell}],
    ?assertEqual(Nobody, [Call() || Call <- calls()]),
    ok = started(),
    ?assertEqual(Nobody, [Call() || Call <- calls()]),
    ?assertMatch(#{version := 1, os_sup := stopped, keeper := {error, no_keeper}}, vakt:status()),
    Ref = subscribed(),
    ok = vakt_hub:publish([vakt_line:event(<<"a line">>, #{now => 0, utc_offset => 0})]),
    ?assertMatch(#{raw := <<"a line">>}, next(Ref)),
    ?assertEqual({error, no_report}, vakt:last_reset()),
    %% a socket that a killed keeper left behind
    ok = fake_keeper:stop(fake_keeper:start(path(Config))),
    ?assertEqual(Nobody, [Call() || Call <- calls()]).

requests_say_what_was_asked(Config) ->
    Keeper = fake_keeper:start(path(Config)),
    ?assertEqual([ok, ok, ok, ok, ok, ok],
                 [vakt:snooze(900), vakt:reboot(), vakt:poweroff(), vakt:halt(), vakt:drill(kill_heart), vakt:healthy()]),
    ?assertEqual([<<1, 7, 3, "otp", 900000:32>>, <<1, 8, 0, 0>>, <<1, 8, 1, 0>>, <<1, 8, 2, 0>>, <<1, 9, 3, 3, "otp">>, <<1, 17>>],
                 fake_keeper:heard(Keeper)).

each_refusal_is_an_atom(Config) ->
    [begin
         Keeper = fake_keeper:start(path(Config), fun(_) -> [<<1, 66, N, 0:32>>] end),
         ?assertEqual(Answer, vakt:snooze(1)),
         ok = fake_keeper:stop(Keeper)
     end || {N, Answer} <- [{0, ok}, {1, {error, unknown_lease}}, {2, {error, timing}}, {3, {error, not_allowed}}, {4, {error, too_late}},
                            {5, {error, not_there}}, {6, {error, ending}}, {7, {error, nowayout}}, {8, {error, bad_bytes}}]].

status_has_the_keeper(Config) ->
    _ = fake_keeper:start(path(Config)),
    {ok, Board} = vakt:keeper(),
    ?assertMatch(#{version := 1, leases := [#{name := <<"otp">>}], devices := [#{name := <<"/dev/watchdog0">>}],
                   evidence := [#{name := <<"disk">>}]}, Board),
    ok = started(),
    ?assertMatch(#{version := 1, keeper := {ok, Board}}, vakt:status()).

a_keeper_that_hangs_costs_the_timeout(Config) ->
    ok = application:set_env(vakt, keeper_timeout, 100),
    _ = fake_keeper:start(path(Config), fun(_) -> [] end),
    [?assertEqual({error, timeout}, Call()) || Call <- calls()],
    ok = started(),
    ?assertMatch(#{keeper := {error, timeout}}, vakt:status()).

%% More rows than there can be; and rows that come one by one, for longer than the time that a call has.
a_keeper_that_talks_without_end_is_cut_short(Config) ->
    Row = vakt_lease_tests:golden(<<"status-lease">>),
    Many = fake_keeper:start(path(Config), fun(_) -> lists:duplicate(10000, Row) end),
    ?assertEqual({error, bad_bytes}, vakt:keeper()),
    ok = fake_keeper:stop(Many),
    ok = application:set_env(vakt, keeper_timeout, 200),
    Test = self(),
    Slow = spawn_link(fun() -> slow_keeper(path(Config), Row, Test) end),
    receive {Slow, listening} -> ok after 5000 -> error(does_not_listen) end,
    ?assertEqual({error, timeout}, vakt:keeper()).

slow_keeper(Path, Row, Test) ->
    _ = file:delete(Path),
    {ok, Listener} = gen_tcp:listen(0, [{ifaddr, {local, Path}}, binary, {packet, 2}, {active, false}]),
    Test ! {self(), listening},
    {ok, Socket} = gen_tcp:accept(Listener, 5000),
    drip(Socket, Row).

drip(Socket, Row) ->
    case gen_tcp:send(Socket, Row) of
        ok ->
            timer:sleep(20),
            drip(Socket, Row);
        {error, _} ->
            ok
    end.

a_keeper_that_closes_or_talks_nonsense_is_an_error(Config) ->
    [begin
         Keeper = fake_keeper:start(path(Config), fun(_) -> Acts end),
         [?assertEqual({error, Reason}, Call()) || Call <- calls()],
         ok = fake_keeper:stop(Keeper)
     end || {Acts, Reason} <- [{[close], closed}, {[<<2, 66, 0, 0:32>>], bad_bytes}, {[<<1, 99>>], bad_bytes}, {[<<>>], bad_bytes},
                               {[{raw, <<0, 9, 1, 66>>}, close], closed}, {[{raw, <<255, 255, 1, 66>>}], bad_bytes}, {[{raw, <<2303:16, 1, 66>>}], bad_bytes},
                               {[<<1, 75>>], bad_bytes}]],
    %% an answer to another question
    Keeper = fake_keeper:start(path(Config), fun(_) -> [<<1, 76, 0>>, <<1, 75>>] end),
    ?assertEqual([{error, bad_bytes}, {error, bad_bytes}], [vakt:keeper(), vakt:healthy()]),
    ok = fake_keeper:stop(Keeper).

bad_arguments_are_badarg(_Config) ->
    [?assertError(badarg, vakt:snooze(Seconds)) || Seconds <- [0, -1, 901, 1.5, "1", infinity]],
    [?assertError(badarg, vakt:drill(Kind)) || Kind <- [hang, <<"hang_vm">>, reboot]].

a_path_that_is_no_socket_is_an_error(Config) ->
    [begin
         ok = application:set_env(vakt, keeper_socket, Path),
         ?assertMatch({error, Reason} when is_atom(Reason), vakt:healthy())
     end || Path <- [vakt_test:scratch(), filename:join(vakt_test:top(), "Makefile"), "/" ++ lists:duplicate(107, $x), "/" ++ lists:duplicate(4096, $x),
                     "/a/b" ++ [16#1F600]]],
    ok = application:set_env(vakt, keeper_socket, none),
    ?assertEqual({error, no_keeper}, vakt:reboot()),
    ok = application:set_env(vakt, keeper_socket, path(Config)).

no_message_is_left_with_the_caller(Config) ->
    _ = fake_keeper:start(path(Config)),
    [_ = Call() || Call <- calls()],
    ?assertEqual({messages, []}, process_info(self(), messages)).

the_lease_is_the_one_of_the_heart(_Config) ->
    ?assertEqual(<<"otp">>, vakt_config:lease()),
    Own = list_to_binary("uid-" ++ string:trim(os:cmd("id -u"))),
    true = os:putenv("VAKT_LEASE", ""),
    ?assertEqual(Own, vakt_config:lease()),
    %% one that is too long is cut, as heart cuts it
    [begin
         true = os:putenv("VAKT_LEASE", lists:duplicate(Size, $x)),
         ?assertEqual(binary:copy(<<"x">>, 32), vakt_config:lease())
     end || Size <- [32, 33, 1000]].

%% ---- what the keeper says ----

news_become_events(Config) ->
    Keeper = fake_keeper:start(path(Config)),
    ok = started(),
    Ref = subscribed(),
    {ok, Lines} = vakt:subscribe(#{sources => [fifo, reset_report]}),
    ok = watched(Keeper),
    ?assertEqual([<<1, 13, 3, "otp">>], fake_keeper:heard(Keeper)),
    ok = fake_keeper:say(Keeper, [warned(), news(1, 0), recovered()]),
    ?assertMatch(#{source := keeper, kind := warned, severity := warning, percent := 75, subject := <<"otp">>, cause := vm_silent}, next(Ref)),
    ?assertMatch(#{source := keeper, kind := given_up, severity := critical}, next(Ref)),
    ?assertMatch(#{source := keeper, kind := recovered, severity := notice, reset_in_ms := undefined}, next(Ref)),
    receive {vakt, Lines, _} -> error(not_wanted) after 0 -> ok end,
    ?assertMatch(#{received := 3, lost := 0}, vakt:account()).

what_was_missed_is_a_gap(Config) ->
    First = fake_keeper:start(path(Config)),
    ok = started(),
    Ref = subscribed(),
    ok = watched(First),
    ok = fake_keeper:say(First, [warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)),
    ok = fake_keeper:stop(First),
    Second = fake_keeper:start(path(Config)),
    ok = watched(Second),
    ok = fake_keeper:say(Second, [recovered()]),
    ?assertEqual(#{gap => unknown, source => keeper}, next(Ref)),
    ?assertMatch(#{kind := recovered}, next(Ref)),
    ok = fake_keeper:drop(Second),
    ?assertEqual(#{gap => unknown, source => keeper}, next(Ref)).

the_first_connection_is_no_gap(Config) ->
    [begin
         ok = started(),
         Ref = subscribed(),
         Keeper = fake_keeper:start(path(Config)),
         ok = watched(Keeper),
         ok = fake_keeper:say(Keeper, [warned()]),
         ?assertMatch(#{kind := warned}, next(Ref)),
         %% nor is the first one after a stop of the application
         ok = application:stop(vakt),
         ok = fake_keeper:stop(Keeper)
     end || _ <- [1, 2]].

nonsense_ends_the_connection_only(Config) ->
    Keeper = fake_keeper:start(path(Config)),
    ok = started(),
    Ref = subscribed(),
    Watcher = whereis(vakt_keeper),
    [begin
         ok = watched(Keeper),
         Before = fake_keeper:connections(Keeper),
         ok = fake_keeper:say(Keeper, [Nonsense]),
         ok = vakt_test:eventually(fun() -> fake_keeper:connections(Keeper) > Before end),
         ?assertMatch(#{gap := unknown, source := keeper}, next(Ref))
     end || Nonsense <- [<<>>, <<1>>, <<2, 77>>, <<1, 99>>, <<1, 77, 200>>, {raw, <<255, 255, 0>>}, <<0, (rand:bytes(50))/binary>>]],
    ok = watched(Keeper),
    %% what is not for us, and an answer that nobody waits for, is not nonsense
    Quiet = fake_keeper:connections(Keeper),
    ok = fake_keeper:say(Keeper, [vakt_lease_tests:golden(<<"verdict">>), <<1, 66, 3, 0:32>>, <<1, 75>>, <<1, 76, 0>>, warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)),
    ?assertEqual({Quiet, Watcher}, {fake_keeper:connections(Keeper), whereis(vakt_keeper)}).

a_watch_without_an_answer_is_tried_again(Config) ->
    ok = application:set_env(vakt, keeper_timeout, 100),
    Keeper = fake_keeper:start(path(Config), fun(_) -> [] end),
    ok = started(),
    ok = vakt_test:eventually(fun() -> fake_keeper:connections(Keeper) >= 3 end),
    ?assert(is_pid(whereis(vakt_keeper))).

%% 100, 200 and 400 ms lie before the fourth connection, and may be longer.
the_pauses_grow(Config) ->
    ok = application:set_env(vakt, keeper_retry, 60000),
    Keeper = fake_keeper:start(path(Config), fun(_) -> [close] end),
    Began = erlang:monotonic_time(millisecond),
    ok = started(),
    ok = vakt_test:eventually(fun() -> fake_keeper:connections(Keeper) >= 4 end),
    ?assert(erlang:monotonic_time(millisecond) - Began >= 700).

an_idle_watcher_does_nothing(Config) ->
    Keeper = fake_keeper:start(path(Config)),
    ok = started(),
    ok = watched(Keeper),
    Watcher = whereis(vakt_keeper),
    %% the answer to Watch has been dealt with when this has been answered behind it
    Ref = subscribed(),
    ok = fake_keeper:say(Keeper, [warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)),
    _ = sys:get_state(Watcher),
    1 = erlang:trace(Watcher, true, ['receive']),
    receive
        {trace, Watcher, 'receive', Message} -> error({woken_by, Message})
    after 300 ->
        ok
    end,
    ok = fake_keeper:say(Keeper, [warned()]),
    receive {trace, Watcher, 'receive', {tcp, _, _}} -> ok after 20000 -> error(not_traced) end.

a_killed_watcher_begins_with_a_gap(Config) ->
    Keeper = fake_keeper:start(path(Config)),
    ok = started(),
    ok = watched(Keeper),
    Ref = subscribed(),
    Hub = whereis(vakt_hub),
    ok = fake_keeper:say(Keeper, [warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)),
    exit(whereis(vakt_keeper), kill),
    ?assertEqual(#{gap => unknown, source => keeper}, next(Ref)),
    ?assertEqual(Hub, whereis(vakt_hub)).

one_that_fails_again_and_again_hurts_nobody(Config) ->
    Keeper = fake_keeper:start(path(Config)),
    ok = started(),
    Ref = subscribed(),
    Hub = whereis(vakt_hub),
    [begin
         ok = vakt_test:eventually(fun() -> is_pid(whereis(vakt_keeper)) end),
         Watcher = whereis(vakt_keeper),
         exit(Watcher, kill),
         ok = vakt_test:eventually(fun() -> whereis(vakt_keeper) =/= Watcher end)
     end || _ <- lists:seq(1, 6)],
    ok = vakt_test:eventually(fun() -> whereis(vakt_keeper_sup) =:= undefined end),
    ?assertEqual(Hub, whereis(vakt_hub)),
    ok = vakt_hub:publish([vakt_line:event(<<"a line">>, #{now => 0, utc_offset => 0})]),
    ok = vakt_test:eventually(fun() -> is_map_key(raw, next(Ref)) end),
    ?assertMatch({ok, _}, vakt:keeper()),
    ok = fake_keeper:stop(Keeper).

no_socket_by_wish_is_no_watcher(_Config) ->
    ok = application:set_env(vakt, keeper_socket, none),
    ok = started(),
    ?assertEqual(undefined, whereis(vakt_keeper_sup)),
    ?assertMatch(#{keeper := {error, no_keeper}}, vakt:status()).

%% ---- the report ----

the_report_comes_once(Config) ->
    ok = write_report(Config),
    Keeper = fake_keeper:start(path(Config), fun with_report/1),
    ok = started(),
    One = subscribed(),
    Event = next(One),
    {ok, Report} = vakt:last_reset(),
    ?assertMatch(#{source := reset_report, severity := error, cause := vm_hang}, Event),
    ?assertEqual(Report, maps:with(maps:keys(Report), Event)),
    ok = vakt_test:eventually(fun() -> taken(Keeper) =:= [<<1, 14, 3, "otp">>] end),
    Two = subscribed(),
    ok = fake_keeper:say(Keeper, [warned()]),
    ?assertMatch(#{kind := warned}, next(One)),
    ?assertMatch(#{kind := warned}, next(Two)),
    ?assertEqual([<<1, 14, 3, "otp">>], taken(Keeper)).

the_report_waits_for_the_first_subscriber(Config) ->
    ok = write_report(Config),
    Keeper = fake_keeper:start(path(Config), fun with_report/1),
    ok = application:set_env(vakt, forward_to_logger, true),
    ok = started(),
    ok = application:unset_env(vakt, forward_to_logger),
    ok = watched(Keeper),
    %% neither what vakt itself subscribes nor who wants other things is told
    {ok, _} = vakt:subscribe(#{sources => [fifo, keeper]}),
    _ = sys:get_state(vakt_keeper),
    ?assertEqual([], taken(Keeper)),
    ?assertMatch(#{received := 0}, vakt:account()),
    ?assertMatch(#{source := reset_report}, next(subscribed())),
    ok = vakt_test:eventually(fun() -> length(taken(Keeper)) =:= 1 end).

who_does_not_want_it_is_no_subscriber(Config) ->
    ok = write_report(Config),
    Keeper = fake_keeper:start(path(Config), fun with_report/1),
    ok = started(),
    {ok, Ref} = vakt:subscribe(#{sources => [keeper]}),
    ok = watched(Keeper),
    ok = fake_keeper:say(Keeper, [warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)),
    ?assertEqual([], taken(Keeper)),
    {ok, Report} = vakt:subscribe(#{sources => [reset_report]}),
    ?assertMatch(#{source := reset_report}, next(Report)).

an_old_report_is_not_given(Config) ->
    ok = write_report(Config),
    Keeper = fake_keeper:start(path(Config)),
    ok = started(),
    Ref = subscribed(),
    ok = watched(Keeper),
    ok = fake_keeper:say(Keeper, [warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)),
    ?assertEqual([], taken(Keeper)),
    ?assertMatch({ok, #{cause := vm_hang}}, vakt:last_reset()).

a_report_that_comes_late_is_given(Config) ->
    Keeper = fake_keeper:start(path(Config), fun with_report/1),
    ok = started(),
    Ref = subscribed(),
    ok = watched(Keeper),
    _ = sys:get_state(vakt_keeper),
    ok = write_report(Config),
    ?assertMatch(#{source := reset_report}, next(Ref)).

a_broken_report_is_not_given(Config) ->
    ok = file:write_file(report_file(Config), "{\"version\":1"),
    Keeper = fake_keeper:start(path(Config), fun with_report/1),
    ok = started(),
    Ref = subscribed(),
    ok = watched(Keeper),
    ok = fake_keeper:say(Keeper, [warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)),
    ?assertEqual({error, bad_report}, vakt:last_reset()),
    ?assertEqual([], taken(Keeper)).

%% Said again to a keeper that lost the note, without an event.
a_report_is_not_given_again_after_a_reconnect(Config) ->
    ok = write_report(Config),
    Keeper = fake_keeper:start(path(Config), fun with_report/1),
    ok = started(),
    Ref = subscribed(),
    ?assertMatch(#{source := reset_report}, next(Ref)),
    ok = vakt_test:eventually(fun() -> length(taken(Keeper)) =:= 1 end),
    ok = fake_keeper:drop(Keeper),
    ok = vakt_test:eventually(fun() -> length(taken(Keeper)) =:= 2 end),
    ?assertEqual(#{gap => unknown, source => keeper}, next(Ref)),
    ok = fake_keeper:say(Keeper, [warned()]),
    ?assertMatch(#{kind := warned}, next(Ref)).

%% The keeper says so by itself. A report on another boot is another one.
a_report_that_is_made_later_is_given(Config) ->
    Keeper = fake_keeper:start(path(Config)),
    ok = started(),
    Ref = subscribed(),
    ok = watched(Keeper),
    ok = write_report(Config),
    ok = fake_keeper:say(Keeper, [<<1, 76, 1>>]),
    ?assertMatch(#{source := reset_report, this_boot := <<"01234567", _/binary>>}, next(Ref)),
    ok = vakt_test:eventually(fun() -> length(taken(Keeper)) =:= 1 end),
    {ok, Text} = file:read_file(report_file(Config)),
    ok = file:write_file(report_file(Config), string:replace(Text, "01234567", "11234567")),
    ok = fake_keeper:say(Keeper, [<<1, 76, 1>>]),
    ?assertMatch(#{source := reset_report, this_boot := <<"11234567", _/binary>>}, next(Ref)).
