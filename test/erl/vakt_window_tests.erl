%% SPDX-License-Identifier: Apache-2.0
%% However looks and messages interleave, a queue never holds more of ours than its bound.
-module(vakt_window_tests).
-include_lib("eunit/include/eunit.hrl").

nothing_is_sent_before_the_first_look_test() ->
    Window = vakt_window:new(10),
    ?assertEqual(0, vakt_window:credit(Window)),
    ?assert(vakt_window:wants_look(Window)).

looked(Length, Window) -> vakt_window:sampled(Length, vakt_window:looking(Window)).

the_credit_is_what_the_queue_has_room_for_test_() ->
    [?_assertEqual(Credit, vakt_window:credit(looked(Length, vakt_window:new(10))))
     || {Length, Credit} <- [{0, 10}, {9, 1}, {10, 0}, {11, 0}, {1000000, 0}]].

what_was_sent_since_the_look_began_counts_as_queued_test() ->
    Open = vakt_window:looking(looked(0, vakt_window:new(10))),
    ?assertEqual(6, vakt_window:credit(vakt_window:sampled(0, vakt_window:spend(4, Open)))).

more_than_the_credit_cannot_be_spent_test() ->
    ?assertError(function_clause, vakt_window:spend(11, looked(0, vakt_window:new(10)))).

a_look_is_wanted_when_half_the_credit_is_gone_test() ->
    Open = looked(0, vakt_window:new(10)),
    ?assertNot(vakt_window:wants_look(vakt_window:spend(4, Open))),
    ?assert(vakt_window:wants_look(vakt_window:spend(5, Open))),
    ?assertNot(vakt_window:wants_look(vakt_window:looking(vakt_window:spend(5, Open)))).

one_that_missed_lines_gets_none_until_its_queue_is_half_empty_test() ->
    Closed = vakt_window:miss(3, vakt_window:spend(10, looked(0, vakt_window:new(10)))),
    ?assertEqual(3, vakt_window:missed(Closed)),
    ?assertEqual(0, vakt_window:credit(looked(6, Closed))),
    ?assertEqual(5, vakt_window:credit(looked(5, Closed))),
    ?assertEqual(3, vakt_window:missed(looked(5, Closed))),
    ?assertEqual(0, vakt_window:missed(vakt_window:told(looked(5, Closed)))).

a_look_that_failed_is_asked_for_again_test() ->
    Window = looked(unknown, vakt_window:new(10)),
    ?assertEqual(0, vakt_window:credit(Window)),
    ?assert(vakt_window:wants_look(Window)).

an_answer_nobody_waits_for_changes_nothing_test() ->
    Open = looked(0, vakt_window:new(10)),
    ?assertEqual(Open, vakt_window:sampled(3, Open)).

%% A model queue that is emptied at random; a look reports the length of the moment it was taken, delivered later.
never_more_than_the_bound_test_() ->
    {timeout, 60, fun() -> [play(300, 1 + rand:uniform(20)) || _ <- lists:seq(1, 500)] end}.

play(Steps, Bound) -> play(Steps, Bound, vakt_window:new(Bound), 0, none).

play(0, _Bound, _Window, _Queue, _Look) ->
    ok;
play(Steps, Bound, Window, Queue, Look) ->
    ?assert(Queue =< Bound),
    case rand:uniform(4) of
        1 ->
            N = min(vakt_window:credit(Window), rand:uniform(6)),
            play(Steps - 1, Bound, vakt_window:spend(N, Window), Queue + N, Look);
        2 ->
            play(Steps - 1, Bound, Window, max(0, Queue - rand:uniform(8)), Look);
        3 when Look =:= none ->
            case vakt_window:wants_look(Window) of
                true -> play(Steps - 1, Bound, vakt_window:looking(Window), Queue, Queue);
                false -> play(Steps - 1, Bound, vakt_window:miss(1, Window), Queue, Look)
            end;
        4 when Look =/= none ->
            play(Steps - 1, Bound, vakt_window:sampled(Look, Window), Queue, none);
        _ ->
            play(Steps - 1, Bound, Window, Queue, Look)
    end.

%% Batches: the bound is one of lines, whatever the number of messages.

open_to(Bound) -> vakt_window:sampled(0, vakt_window:looking(vakt_window:new(Bound))).

batches_in_the_queue_weigh_their_lines_test() ->
    Sent = vakt_window:spend_batch(30, vakt_window:spend_batch(20, vakt_window:spend_batch(10, open_to(100)))),
    ?assertEqual(40, vakt_window:credit(Sent)),
    Looked = fun(Length) -> vakt_window:credit(vakt_window:sampled(Length, vakt_window:looking(Sent))) end,
    %% those that are still there are the latest
    ?assertEqual([100, 70, 50, 40, 39], [Looked(N) || N <- [0, 1, 2, 3, 4]]).

what_was_sent_since_the_look_counts_once_test() ->
    Looking = vakt_window:looking(vakt_window:spend_batch(20, open_to(100))),
    Sampled = vakt_window:sampled(1, vakt_window:spend_batch(30, Looking)),
    ?assertEqual(50, vakt_window:credit(Sampled)),
    ?assertEqual(70, vakt_window:credit(vakt_window:sampled(1, vakt_window:looking(Sampled)))).

a_batch_above_the_bound_goes_into_an_empty_queue_only_test() ->
    ?assert(vakt_window:fits(10, open_to(10))),
    ?assert(vakt_window:fits(11, open_to(10))),
    Sent = vakt_window:spend_batch(11, open_to(10)),
    ?assertEqual(0, vakt_window:credit(Sent)),
    ?assertNot(vakt_window:fits(1, Sent)),
    ?assertNot(vakt_window:fits(9, vakt_window:spend_batch(2, open_to(10)))).

there_is_room_from_a_quarter_on_test() ->
    ?assert(vakt_window:has_room(vakt_window:spend(75, open_to(100)))),
    ?assertNot(vakt_window:has_room(vakt_window:spend(76, open_to(100)))).
