%% SPDX-License-Identifier: Apache-2.0
%% Subscribers: each gets every line in order, or is told how many it missed and where; none can hurt another one.
-module(vakt_hub_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([two_subscribers_get_all_in_order/1, a_dead_subscriber_hurts_nobody/1, a_slow_subscriber_is_bounded_and_told/1,
         a_slow_subscriber_costs_a_fast_one_nothing/1, a_suspended_subscriber_does_not_stop_the_hub/1,
         the_gap_stands_in_the_place_of_the_loss/1, a_gap_comes_without_further_lines/1, a_lost_gap_is_told_in_the_next_one/1,
         a_queue_filled_by_others_counts/1, after_unsubscribe_nothing_comes/1, one_process_may_subscribe_twice/1,
         the_end_of_the_hub_is_seen/1, without_the_application_there_is_an_error/1, bad_options_are_badarg/1,
         unsubscribe_of_anything_is_ok/1, the_account_holds_under_chaos/1, status_without_a_source/1,
         who_wants_one_source_gets_no_other/1, an_event_that_waits_is_heard_once/1, one_whose_source_failed_is_heard_once/1,
         a_busy_hub_forgets_no_subscriber/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [two_subscribers_get_all_in_order, a_dead_subscriber_hurts_nobody, a_slow_subscriber_is_bounded_and_told,
     a_slow_subscriber_costs_a_fast_one_nothing, a_suspended_subscriber_does_not_stop_the_hub,
     the_gap_stands_in_the_place_of_the_loss, a_gap_comes_without_further_lines, a_lost_gap_is_told_in_the_next_one,
     a_queue_filled_by_others_counts, after_unsubscribe_nothing_comes, one_process_may_subscribe_twice,
     the_end_of_the_hub_is_seen, without_the_application_there_is_an_error, bad_options_are_badarg,
     unsubscribe_of_anything_is_ok, the_account_holds_under_chaos, status_without_a_source,
     who_wants_one_source_gets_no_other, an_event_that_waits_is_heard_once, one_whose_source_failed_is_heard_once,
     a_busy_hub_forgets_no_subscriber].

init_per_testcase(_, Config) ->
    {ok, _} = application:ensure_all_started(vakt),
    Config.

end_per_testcase(_, _Config) ->
    _ = application:stop(vakt),
    ok.

line(N) -> integer_to_binary(N).

event(N) -> vakt_line:event(line(N), #{now => 0, utc_offset => 0}).

publish(From, To) -> vakt_hub:publish([event(N) || N <- lists:seq(From, To)]).

publish_in_batches(From, To, _Size) when From > To -> ok;
publish_in_batches(From, To, Size) ->
    ok = publish(From, min(To, From + Size - 1)),
    publish_in_batches(From + Size, To, Size).

%% What has arrived for Ref: numbers of lines, and {gap, N}.
received(Ref) ->
    receive
        {vakt, Ref, #{gap := N, source := subscriber}} -> [{gap, N} | received(Ref)];
        {vakt, Ref, #{gap := N, source := Source}} when Source =/= subscriber -> [{lost, N} | received(Ref)];
        {vakt, Ref, #{raw := Raw}} -> [binary_to_integer(Raw) | received(Ref)]
    after 0 ->
        []
    end.

%% A subscriber that takes messages only when told to: {take, N}; it answers what it took.
subscriber(Options) ->
    Test = self(),
    Pid = spawn_link(fun() ->
        {ok, Ref} = vakt:subscribe(Options),
        Test ! {self(), subscribed, Ref},
        taking(Test, Ref)
    end),
    receive
        {Pid, subscribed, Ref} -> {Pid, Ref}
    after 5000 ->
        error(not_subscribed)
    end.

taking(Test, Ref) ->
    receive
        {take, all} ->
            Test ! {self(), took, received(Ref)},
            taking(Test, Ref);
        stop ->
            ok
    after 60000 ->
        ok
    end.

take(Pid) ->
    Pid ! {take, all},
    receive
        {Pid, took, What} -> What
    after 20000 ->
        error(takes_nothing)
    end.

queue_len(Pid) ->
    {message_queue_len, N} = process_info(Pid, message_queue_len),
    N.

entry(Ref) ->
    #{subscribers := Entries} = vakt:account(),
    [Entry] = [E || #{ref := R} = E <- Entries, R =:= Ref],
    Entry.

two_subscribers_get_all_in_order(_Config) ->
    {One, _} = subscriber(#{}),
    {Two, _} = subscriber(#{}),
    ok = publish_in_batches(1, 3000, 7),
    ?assertEqual(lists:seq(1, 3000), take(One)),
    ?assertEqual(lists:seq(1, 3000), take(Two)).

a_dead_subscriber_hurts_nobody(_Config) ->
    {One, OneRef} = subscriber(#{}),
    {Two, _} = subscriber(#{}),
    ok = publish(1, 10),
    unlink(One),
    exit(One, kill),
    ok = publish(11, 20),
    ?assertEqual(lists:seq(1, 20), take(Two)),
    ok = vakt_test:eventually(fun() -> [R || #{ref := R} <- maps:get(subscribers, vakt:account()), R =:= OneRef] =:= [] end).

a_slow_subscriber_is_bounded_and_told(_Config) ->
    {Slow, Ref} = subscriber(#{max_queue => 50}),
    ok = publish_in_batches(1, 10000, 33),
    ?assert(queue_len(Slow) =< 50),
    #{received := 10000, delivered := Delivered, dropped := Dropped, untold := Untold} = entry(Ref),
    ?assertEqual(10000, Delivered + Dropped),
    %% how many of the 50 it gets depends on when its queue is looked at; half are sure
    ?assert(Delivered >= 25),
    ?assert(Delivered =< 50),
    ?assertEqual(Dropped, Untold),
    ?assertEqual(lists:seq(1, Delivered), take(Slow)),
    ok = vakt_test:eventually(fun() -> maps:get(untold, entry(Ref)) =:= 0 end),
    ?assertEqual([{gap, Dropped}], take(Slow)),
    ok = publish(10001, 10010),
    ?assertEqual(lists:seq(10001, 10010), take(Slow)).

a_slow_subscriber_costs_a_fast_one_nothing(_Config) ->
    {_Slow, SlowRef} = subscriber(#{max_queue => 2}),
    {Fast, FastRef} = subscriber(#{max_queue => 100000}),
    ok = publish_in_batches(1, 20000, 100),
    ?assertEqual(lists:seq(1, 20000), take(Fast)),
    ?assertMatch(#{delivered := 20000, dropped := 0}, entry(FastRef)),
    ?assertMatch(#{delivered := 2, dropped := 19998}, entry(SlowRef)).

a_suspended_subscriber_does_not_stop_the_hub(_Config) ->
    {Stopped, StoppedRef} = subscriber(#{max_queue => 10}),
    {Fast, _} = subscriber(#{max_queue => 100000}),
    true = erlang:suspend_process(Stopped),
    ok = publish_in_batches(1, 5000, 50),
    ?assertEqual(lists:seq(1, 5000), take(Fast)),
    true = erlang:resume_process(Stopped),
    ok = vakt_test:eventually(fun() ->
        take(Stopped),
        maps:get(untold, entry(StoppedRef)) =:= 0
    end).

the_gap_stands_in_the_place_of_the_loss(_Config) ->
    {Slow, Ref} = subscriber(#{max_queue => 20}),
    Rounds = [begin
                  First = Round * 1000 + 1,
                  ok = publish(First, First + 999),
                  Took = take(Slow),
                  ok = vakt_test:eventually(fun() -> maps:get(untold, entry(Ref)) =:= 0 end),
                  Took
              end || Round <- lists:seq(0, 9)],
    All = lists:append(Rounds) ++ take(Slow),
    %% Going through what came, each gap leads exactly to the next number.
    ?assertEqual(10001, lists:foldl(fun({gap, N}, Next) -> Next + N;
                                       (N, N) -> N + 1
                                    end, 1, All)),
    ?assert(length([N || {gap, N} <- All]) >= 9).

a_gap_comes_without_further_lines(_Config) ->
    {Slow, _} = subscriber(#{max_queue => 5}),
    ok = publish(1, 6),
    ?assertEqual(lists:seq(1, 5), take(Slow)),
    ok = vakt_test:eventually(fun() -> take(Slow) =:= [{gap, 1}] end).

a_lost_gap_is_told_in_the_next_one(_Config) ->
    {Slow, Ref} = subscriber(#{max_queue => 5}),
    ok = publish(1, 5),
    ok = vakt_hub:publish([event(6), #{gap => 100, source => fifo, dropped_by => ferrule}, event(107)]),
    ?assertEqual(lists:seq(1, 5), take(Slow)),
    ok = vakt_test:eventually(fun() -> take(Slow) =:= [{gap, 102}] end),
    ?assertMatch(#{received := 7, delivered := 5, dropped := 2}, entry(Ref)),
    ?assertMatch(#{received := 7, lost := 100}, vakt:account()),
    ok = vakt_hub:publish([#{gap => 3, source => fifo, dropped_by => ferrule}]),
    ?assertEqual([{lost, 3}], take(Slow)).

a_queue_filled_by_others_counts(_Config) ->
    {Slow, Ref} = subscriber(#{max_queue => 10}),
    ok = publish(1, 6),
    _ = [Slow ! noise || _ <- lists:seq(1, 10)],
    ok = vakt_test:eventually(fun() -> queue_len(Slow) >= 16 end),
    ok = publish_in_batches(7, 106, 1),
    %% ours alone would be within the bound, which an empty queue reaches with 10
    #{delivered := Delivered} = entry(Ref),
    ?assert(Delivered =< 10),
    ?assertEqual(10 + Delivered, queue_len(Slow)).

after_unsubscribe_nothing_comes(_Config) ->
    {ok, Ref} = vakt:subscribe(),
    ok = publish(1, 10),
    ok = vakt:unsubscribe(Ref),
    ok = publish(11, 20),
    ?assertEqual([], received(Ref)),
    ok = application:stop(vakt),
    receive
        {'DOWN', Ref, process, _, _} -> error(still_monitored)
    after 0 ->
        ok
    end.

one_process_may_subscribe_twice(_Config) ->
    {ok, One} = vakt:subscribe(),
    {ok, Two} = vakt:subscribe(),
    ok = publish(1, 3),
    ok = vakt:unsubscribe(One),
    ok = publish(4, 4),
    ?assertEqual([1, 2, 3, 4], received(Two)).

the_end_of_the_hub_is_seen(_Config) ->
    {ok, Ref} = vakt:subscribe(),
    ok = application:stop(vakt),
    receive
        {'DOWN', Ref, process, _, shutdown} -> ok
    after 5000 ->
        error(not_seen)
    end.

without_the_application_there_is_an_error(_Config) ->
    ok = application:stop(vakt),
    ?assertEqual({error, not_running}, vakt:subscribe()),
    ?assertExit({noproc, _}, vakt:account()),
    ?assertExit({noproc, _}, vakt:status()).

bad_options_are_badarg(_Config) ->
    [?assertError(badarg, vakt:subscribe(Options)) || Options <- [#{max_queue => 1}, #{max_queue => all}, #{queue => 5}, #{a => 1, max_queue => 5}, #{filter => x}, #{batches => 1}, #{node => "x"},
                                                                      #{sources => []}, #{sources => all}, #{sources => [fifo, fifo]},
                                                                      #{sources => [subscriber]}]],
    ?assertMatch({ok, _}, vakt:subscribe(#{max_queue => 2})),
    ?assertMatch({ok, _}, vakt:subscribe(#{sources => [keeper, fifo, reset_report], max_queue => 2})).

unsubscribe_of_anything_is_ok(_Config) ->
    ok = vakt:unsubscribe(make_ref()),
    ok = application:stop(vakt),
    ok = vakt:unsubscribe(make_ref()).

%% Subscribers that come, take, sleep and die at random; the account of each holds at every look, and who reads all gets all.
the_account_holds_under_chaos(_Config) ->
    {Fast, _} = subscriber(#{max_queue => 1000000}),
    Chaos = [spawn_monitor(fun() -> chaotic(rand:uniform(40)) end) || _ <- lists:seq(1, 20)],
    _ = [begin
             ok = publish(Batch * 20 + 1, Batch * 20 + 20),
             #{subscribers := Entries} = vakt:account(),
             ?assert(lists:all(fun(#{received := R, delivered := D, dropped := L}) -> R =:= D + L end, Entries))
         end || Batch <- lists:seq(0, 499)],
    ?assertEqual(lists:seq(1, 10000), take(Fast)),
    _ = [exit(Pid, kill) || {Pid, _} <- Chaos],
    _ = [receive {'DOWN', Monitor, process, _, Why} -> ?assertEqual(killed, Why) after 5000 -> error(lives) end || {_, Monitor} <- Chaos].

chaotic(0) ->
    exit(self(), kill);
chaotic(N) ->
    {ok, Ref} = vakt:subscribe(#{max_queue => 1 + rand:uniform(30)}),
    timer:sleep(rand:uniform(5)),
    _ = rand:uniform(3) =:= 1 orelse received(Ref),
    _ = rand:uniform(2) =:= 1 orelse vakt:unsubscribe(Ref),
    chaotic(N - 1).

from_keeper(N) -> #{source => keeper, raw => line(N)}.

%% Its own account holds what it wants, and its queue is filled by nothing else.
who_wants_one_source_gets_no_other(_Config) ->
    {Lines, LinesRef} = subscriber(#{sources => [fifo], max_queue => 10}),
    {Keeper, KeeperRef} = subscriber(#{sources => [keeper, reset_report], max_queue => 10}),
    {All, _} = subscriber(#{}),
    ok = publish(1, 5),
    ok = vakt_hub:publish([from_keeper(6), from_keeper(7)]),
    ok = publish(8, 12),
    ok = vakt_hub:publish([#{gap => unknown, source => keeper}]),
    ?assertMatch(#{received := 10, dropped := 0}, entry(LinesRef)),
    ?assertMatch(#{received := 2, dropped := 0}, entry(KeeperRef)),
    ?assertEqual(lists:seq(1, 5) ++ lists:seq(8, 12), take(Lines)),
    ?assertEqual([6, 7, {lost, unknown}], take(Keeper)),
    ?assertEqual(lists:seq(1, 12) ++ [{lost, unknown}], take(All)),
    ?assertMatch(#{received := 12, lost := 1}, vakt:account()).

an_event_that_waits_is_heard_once(_Config) ->
    {_, _} = subscriber(#{sources => [fifo]}),
    Request = vakt_hub:publish_once_heard(from_keeper(1)),
    Second = vakt_hub:publish_once_heard(from_keeper(2)),
    ?assertMatch(#{received := 0}, vakt:account()),
    ?assertEqual(timeout, gen_server:wait_response(Request, 0)),
    {One, OneRef} = subscriber(#{sources => [keeper]}),
    ?assertEqual([{reply, ok}, {reply, ok}], [gen_server:wait_response(R, 5000) || R <- [Request, Second]]),
    {Two, _} = subscriber(#{}),
    ?assertEqual([1, 2], take(One)),
    ?assertEqual([], take(Two)),
    ?assertMatch(#{received := 2, delivered := 2}, entry(OneRef)),
    ?assertEqual({reply, ok}, gen_server:wait_response(vakt_hub:publish_once_heard(from_keeper(3)), 5000)),
    ?assertEqual([[3], [3]], [take(One), take(Two)]).

status_without_a_source(_Config) ->
    ?assertMatch(#{version := 1, os_sup := stopped, account := #{received := 0, subscribers := []}}, vakt:status()).

%% Whoever asked and died asks again when it is started again.
one_whose_source_failed_is_heard_once(_Config) ->
    {Pid, Monitor} = spawn_monitor(fun() -> _ = vakt_hub:publish_once_heard(from_keeper(1)), exit(failed) end),
    receive {'DOWN', Monitor, process, Pid, failed} -> ok after 5000 -> error(lives) end,
    Request = vakt_hub:publish_once_heard(from_keeper(1)),
    {One, _} = subscriber(#{}),
    ?assertEqual({reply, ok}, gen_server:wait_response(Request, 5000)),
    ?assertEqual([1], take(One)).

%% Longer than a call usually waits.
a_busy_hub_forgets_no_subscriber(_Config) ->
    ok = sys:suspend(vakt_hub),
    Test = self(),
    Pid = spawn_link(fun() ->
        Test ! {self(), vakt:subscribe()},
        receive
            {vakt, _, _} = Message -> Test ! {self(), Message}
        after 20000 ->
            error(nothing_came)
        end
    end),
    receive {Pid, Early} -> error({answered, Early}) after 5500 -> ok end,
    ok = sys:resume(vakt_hub),
    Ref = receive {Pid, Answer} -> {ok, R} = Answer, R after 20000 -> error(no_answer) end,
    ok = publish(1, 1),
    receive {Pid, {vakt, Its, _}} -> ?assertEqual(Ref, Its) after 20000 -> error(nothing_came) end.
