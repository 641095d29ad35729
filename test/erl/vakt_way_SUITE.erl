%% SPDX-License-Identifier: Apache-2.0
%% Which way lines come: with a scripted bridge that comes and goes, the real mod_syslog and ferrule, and a stand-in daemon.
-module(vakt_way_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([with_a_bridge_the_daemon_is_left_alone/1, without_a_bridge_lines_come_at_once/1, one_that_refuses_us_is_no_bridge/1,
         a_bridge_that_goes_is_waited_for_and_then_stood_in_for/1, a_bridge_that_is_back_in_time_changes_nothing/1,
         what_was_stopped_stays_stopped/1, each_way_alone/1, a_fallback_that_fails_is_tried_again/1,
         filters_hold_the_classic_way_too/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [with_a_bridge_the_daemon_is_left_alone, without_a_bridge_lines_come_at_once, one_that_refuses_us_is_no_bridge,
     a_bridge_that_goes_is_waited_for_and_then_stood_in_for, a_bridge_that_is_back_in_time_changes_nothing,
     what_was_stopped_stays_stopped, each_way_alone, a_fallback_that_fails_is_tried_again, filters_hold_the_classic_way_too].

init_per_testcase(_, Config) ->
    {Own, Conf} = vakt_test:own_path(),
    Socket = filename:join(filename:dirname(Own), "bridge.sock"),
    _ = application:unload(vakt),
    ok = application:load(vakt),
    [ok = application:set_env(vakt, Key, Value)
     || {Key, Value} <- [{bridge_socket, Socket}, {keeper_socket, none}, {keeper_retry, 100}, {bridge_wait, 300}, {start_os_sup, true},
                         {os_sup_own, Own}, {os_sup_syslogconf, Conf}, {os_sup_mfa, none},
                         {mod_syslog, vakt_test:noting_mod_syslog(Own)}]],
    [{own, Own}, {socket, Socket}, {daemon, vakt_test:daemon(Own)} | Config].

end_per_testcase(_, Config) ->
    _ = application:stop(vakt),
    _ = application:unload(vakt),
    vakt_test:end_daemon(proplists:get_value(daemon, Config)).

own(Config) -> proplists:get_value(own, Config).

bridge(Config) -> fake_bridge:start(proplists:get_value(socket, Config)).

started() ->
    {ok, _} = application:ensure_all_started(vakt),
    {ok, Ref} = vakt:subscribe(),
    Ref.

is_now(Way) -> vakt_test:eventually(fun() -> maps:get(way, vakt:status()) =:= Way end).

written(Config, Line) ->
    Writer = vakt_test:writer(own(Config)),
    ok = vakt_test:write(Writer, [Line]),
    Writer.

next(Ref) ->
    receive
        {vakt, Ref, #{seq := Seq}} -> Seq;
        {vakt, Ref, #{gap := N}} -> {gap, N};
        {vakt, Ref, #{raw := Raw}} -> Raw
    after 20000 ->
        timeout
    end.

record(Seq) -> [{Seq, vakt_golden:record(Seq, #{})}].

with_a_bridge_the_daemon_is_left_alone(Config) ->
    Bridge = bridge(Config),
    Ref = started(),
    ok = fake_bridge:add(Bridge, record(1)),
    ?assertEqual(1, next(Ref)),
    ?assertMatch(#{way := resident, os_sup := stopped}, vakt:status()),
    ?assertEqual({error, resident}, vakt_os_sup:start()),
    ok = application:stop(vakt),
    ?assertEqual([], vakt_test:calls(own(Config))).

without_a_bridge_lines_come_at_once(Config) ->
    Ref = started(),
    ?assertMatch(#{way := classic, os_sup := #{port := up}, bridge := #{connected := false}}, vakt:status()),
    _ = written(Config, "classic"),
    ?assertEqual(<<"classic">>, next(Ref)),
    %% now it comes: the classic way is ended, and the bridge asked
    Bridge = bridge(Config),
    ok = fake_bridge:add(Bridge, record(1)),
    ?assertEqual(1, next(Ref)),
    ok = is_now(resident),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(own(Config))).

one_that_refuses_us_is_no_bridge(Config) ->
    Bridge = bridge(Config),
    ok = fake_bridge:refuse(Bridge, 2),
    Ref = started(),
    _ = written(Config, "classic"),
    ?assertEqual(<<"classic">>, next(Ref)),
    ?assertMatch(#{way := classic}, vakt:status()).

a_bridge_that_goes_is_waited_for_and_then_stood_in_for(Config) ->
    Bridge = bridge(Config),
    Ref = started(),
    ok = fake_bridge:add(Bridge, record(1)),
    ?assertEqual(1, next(Ref)),
    ok = fake_bridge:stop(Bridge),
    ok = is_now(classic),
    Writer = written(Config, "meanwhile"),
    ?assertEqual(<<"meanwhile">>, next(Ref)),
    %% what is in the pipe when the bridge is back still comes, and before what the bridge has
    Back = bridge(Config),
    ok = vakt_test:write(Writer, ["last"]),
    ok = fake_bridge:add(Back, record(1) ++ record(2)),
    case next(Ref) of
        <<"last">> -> ?assertEqual(2, next(Ref));
        %% the daemon had its own configuration back already, and the pipe was gone
        2 -> ok
    end,
    ok = is_now(resident),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(own(Config))).

a_bridge_that_is_back_in_time_changes_nothing(Config) ->
    ok = application:set_env(vakt, bridge_wait, 600000),
    Bridge = bridge(Config),
    Ref = started(),
    ok = fake_bridge:add(Bridge, record(1)),
    ?assertEqual(1, next(Ref)),
    ok = fake_bridge:stop(Bridge),
    ok = is_now(none),
    Back = bridge(Config),
    ok = fake_bridge:add(Back, record(1) ++ record(2)),
    ?assertEqual(2, next(Ref)),
    ?assertEqual([], vakt_test:calls(own(Config))).

what_was_stopped_stays_stopped(Config) ->
    _ = started(),
    ok = vakt_os_sup:stop(),
    %% whatever fails
    [begin
         Bridge0 = whereis(vakt_bridge_sup),
         exit(whereis(vakt_hub), kill),
         ok = vakt_test:eventually(fun() -> is_pid(whereis(vakt_bridge_sup)) andalso whereis(vakt_bridge_sup) =/= Bridge0 end),
         ?assertMatch(#{os_sup := stopped}, vakt:status())
     end || _ <- [1, 2]],
    Bridge = bridge(Config),
    ok = is_now(resident),
    %% the two are never read at the same time
    ?assertEqual({error, resident}, vakt_os_sup:start()),
    ?assertMatch(#{way := resident, os_sup := stopped}, vakt:status()),
    ok = fake_bridge:stop(Bridge),
    ok = is_now(none),
    timer:sleep(1000),
    ?assertMatch(#{way := none}, vakt:status()),
    ?assertMatch({ok, _}, vakt_os_sup:start()),
    ?assertMatch(#{way := classic}, vakt:status()).

each_way_alone(Config) ->
    Bridge = bridge(Config),
    ok = application:set_env(vakt, way, classic),
    _ = started(),
    ?assertMatch(#{way := classic, bridge := stopped}, vakt:status()),
    ok = application:stop(vakt),
    ?assertEqual([], fake_bridge:said(Bridge)),
    ok = application:set_env(vakt, way, resident),
    _ = started(),
    ok = is_now(resident),
    ok = fake_bridge:stop(Bridge),
    ok = is_now(none),
    timer:sleep(600),
    ?assertMatch(#{way := none, os_sup := stopped}, vakt:status()),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(own(Config))).

a_fallback_that_fails_is_tried_again(Config) ->
    Bridge = bridge(Config),
    Ref = started(),
    ok = is_now(resident),
    {ok, Real} = application:get_env(vakt, mod_syslog),
    Broken = filename:join(filename:dirname(own(Config)), "broken"),
    ok = file:write_file(Broken, ["#!/bin/sh\necho try >>'", Broken, ".tries'\nexit 1\n"]),
    ok = file:change_mode(Broken, 8#755),
    ok = application:set_env(vakt, mod_syslog, Broken),
    ok = fake_bridge:stop(Bridge),
    ok = vakt_test:eventually(fun() -> length(vakt_test:lines(Broken ++ ".tries")) >= 2 end),
    ok = application:set_env(vakt, mod_syslog, Real),
    ok = is_now(classic),
    _ = written(Config, "at last"),
    ?assertEqual(<<"at last">>, next(Ref)).

filters_hold_the_classic_way_too(Config) ->
    _ = started(),
    {ok, Ref} = vakt:subscribe(#{filter => #{app => [<<"su">>]}}),
    {ok, Batches} = vakt:subscribe(#{batches => true, filter => #{severity => error, strict => true}}),
    Writer = written(Config, "<6>Nov 21 18:04:15 board sshd[1]: one"),
    ok = vakt_test:write(Writer, ["<6>Nov 21 18:04:15 board su[1]: two", "<2>Nov 21 18:04:15 board sshd[1]: three"]),
    ?assertEqual(<<"<6>Nov 21 18:04:15 board su[1]: two">>, next(Ref)),
    ?assertEqual(<<"<2>Nov 21 18:04:15 board sshd[1]: three">>, next(Ref)),
    receive
        {vakt, Batches, {batch, Batch}} ->
            ?assertEqual([<<"three">>], vakt_record:fold(fun(#{text := Text}, Acc) -> [Text | Acc] end, [], Batch))
    after 5000 -> error(nothing)
    end.
