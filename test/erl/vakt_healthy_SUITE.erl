%% SPDX-License-Identifier: Apache-2.0
%% healthy_after: the application says by itself that the start is good, once, and as soon as there is somebody to hear it.
-module(vakt_healthy_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([it_is_said_when_the_time_has_come/1, by_default_it_is_never_said/1, it_is_said_again_until_somebody_hears_it/1,
         its_time_runs_on_when_others_fail/1, its_end_hurts_nobody/1, a_stop_comes_before_it/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [it_is_said_when_the_time_has_come, by_default_it_is_never_said, it_is_said_again_until_somebody_hears_it,
     its_time_runs_on_when_others_fail, its_end_hurts_nobody, a_stop_comes_before_it].

init_per_testcase(_, Config) ->
    Dir = vakt_test:scratch(),
    File = filename:join(Dir, "start.healthy"),
    _ = application:load(vakt),
    [ok = application:set_env(vakt, Key, Value)
     || {Key, Value} <- [{keeper_socket, filename:join(Dir, "k")}, {keeper_retry, 100}, {healthy_after, 1}]],
    true = os:putenv("VAKT_START_HEALTHY", File),
    [{file, File} | Config].

end_per_testcase(_, _Config) ->
    _ = application:stop(vakt),
    true = os:unsetenv("VAKT_START_HEALTHY"),
    [ok = application:unset_env(vakt, Key) || Key <- [keeper_socket, keeper_retry, healthy_after]].

started() ->
    {ok, _} = application:ensure_all_started(vakt),
    ok.

said(Config) -> filelib:is_regular(proplists:get_value(file, Config)).

%% The process that waits for its time; none: it has said it, or never will.
waiting() ->
    case lists:keyfind(vakt_healthy, 1, supervisor:which_children(vakt_sup)) of
        {_, Pid, worker, _} -> Pid;
        false -> none
    end.

it_is_said_when_the_time_has_come(Config) ->
    Keeper = fake_keeper:start(filename:join(filename:dirname(proplists:get_value(file, Config)), "k")),
    Began = erlang:monotonic_time(millisecond),
    ok = started(),
    ok = vakt_test:eventually(fun() -> said(Config) end),
    ?assert(erlang:monotonic_time(millisecond) - Began >= 1000),
    ok = vakt_test:eventually(fun() -> waiting() =:= none end),
    ?assertEqual([<<1, 17>>], [Packet || <<1, 17>> = Packet <- fake_keeper:heard(Keeper)]).

by_default_it_is_never_said(_Config) ->
    ok = application:unset_env(vakt, healthy_after),
    ok = started(),
    ?assertEqual(none, waiting()).

it_is_said_again_until_somebody_hears_it(Config) ->
    true = os:unsetenv("VAKT_START_HEALTHY"),
    ok = started(),
    Pid = waiting(),
    ok = vakt_test:eventually(fun() -> element(2, sys:get_state(Pid)) =:= nobody_to_tell end),
    true = os:putenv("VAKT_START_HEALTHY", proplists:get_value(file, Config)),
    ok = vakt_test:eventually(fun() -> said(Config) end),
    ok = vakt_test:eventually(fun() -> waiting() =:= none end).

its_time_runs_on_when_others_fail(_Config) ->
    ok = application:set_env(vakt, healthy_after, 3600),
    ok = started(),
    Pid = waiting(),
    Hub = whereis(vakt_hub),
    exit(Hub, kill),
    ok = vakt_test:eventually(fun() -> is_pid(whereis(vakt_hub)) andalso whereis(vakt_hub) =/= Hub end),
    ?assertEqual(Pid, waiting()).

its_end_hurts_nobody(_Config) ->
    ok = application:set_env(vakt, healthy_after, 3600),
    ok = started(),
    Hub = whereis(vakt_hub),
    exit(waiting(), kill),
    ok = vakt_test:eventually(fun() -> waiting() =:= none end),
    ?assertEqual(Hub, whereis(vakt_hub)).

a_stop_comes_before_it(Config) ->
    ok = application:set_env(vakt, healthy_after, 3600),
    ok = started(),
    Monitor = monitor(process, waiting()),
    ok = application:stop(vakt),
    receive {'DOWN', Monitor, process, _, _} -> ok after 20000 -> error(lives_on) end,
    ?assertNot(said(Config)).
