%% SPDX-License-Identifier: Apache-2.0
%% The keeper's answer as a map: times relative, flags as words, what is not there undefined.
-module(vakt_status_tests).
-include_lib("eunit/include/eunit.hrl").

message(Name) ->
    {ok, Message} = vakt_lease:decode(vakt_lease_tests:golden(Name)),
    Message.

board() -> {status_board, Board} = message(<<"status-board">>), Board.

rows() -> [message(<<"status-lease">>), message(<<"status-device">>), message(<<"status-evidence">>)].

the_golden_answer_in_words_test() ->
    {ok, Board} = vakt_status:board([{status_board, board()} | rows()]),
    ?assertEqual(
        #{version => 1, keeper_version => <<"0.1.0">>, mode => leaving, deadline_in_ms => 20000,
          verdict => #{rung => login1, 'end' => halt, cause => evidence, subject => <<"disk">>},
          oldest => #{name => <<"otp">>, is_evidence => true, silent_for_ms => 99000, deadline_in_ms => undefined},
          started_ago_ms => 98000, beats => 16#0102030405060708, pets => 9, pet_failures => 10, refused => 11, boots => 12, failed_boots => 13,
          beat_intervals => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16#FFFFFFFF], reload_error => <<"keeper.conf:3: no">>,
          holds_back => false, memory_locked => true, real_time => false, oom_exempt => false, hands => true, systemd_owns => false,
          scribe_lost => false, prober_lost => true, reader_lost => false},
        maps:without([leases, devices, evidence], Board)),
    ?assertEqual(
        [#{name => <<"otp">>, uid => 1000, required => true, presence => retired, phase => spent, cause => vm_crash, held => true,
           beat_timeout_ms => 11000, boot_delay_ms => 60000, last_good_beat_ago_ms => 1000, deadline_in_ms => 70000, snoozed_for_ms => 10000,
           vm_pid => 4711}],
        maps:get(leases, Board)),
    ?assertEqual(
        [#{number => 7, name => <<"/dev/watchdog0">>, driver => <<"linux">>, identity => <<"iTCO_wdt">>, state => disarmed, granted_ms => 30000,
           petted_ago_ms => 10000, time_left_ms => undefined, boot_status => 16#20, can_disarm => true, closing_disarms => false,
           has_pretimeout => true, alarm_only => false}],
        maps:get(devices, Board)),
    ?assertEqual(
        [#{name => <<"disk">>, good_ago_ms => 50000, freshness_ms => 60000, grace_ms => 70000, deadline_in_ms => 80000, asking => true}],
        maps:get(evidence, Board)).

what_is_not_there_is_undefined_test() ->
    {ok, Board} = vakt_status:board([{status_board, (board())#{rung => none, oldest => <<>>, error => <<>>, deadline => never, flags => 0}}]),
    ?assertMatch(#{verdict := undefined, oldest := undefined, reload_error := undefined, deadline_in_ms := undefined, leases := [],
                   devices := [], evidence := []}, Board),
    [{status_lease, Lease}, {status_device, Device}, _] = rows(),
    {ok, #{leases := [L], devices := [D]}} =
        vakt_status:board([{status_board, board()}, {status_lease, Lease#{vm_pid => 0, snoozed_until => 0, last_good_beat => never}},
                           {status_device, Device#{petted => 0, time_left => 7, abilities => 2}}]),
    ?assertMatch(#{vm_pid := undefined, snoozed_for_ms := 0, last_good_beat_ago_ms := undefined}, L),
    ?assertMatch(#{petted_ago_ms := undefined, time_left_ms := 7, can_disarm := false}, D).

a_deadline_that_is_past_is_negative_test() ->
    {ok, Board} = vakt_status:board([{status_board, (board())#{deadline => 99000000000}}]),
    ?assertMatch(#{deadline_in_ms := -1000}, Board).

every_flag_has_its_own_word_test() ->
    Words = [holds_back, memory_locked, real_time, oom_exempt, hands, systemd_owns, none, scribe_lost, prober_lost, reader_lost],
    [begin
         {ok, Board} = vakt_status:board([{status_board, (board())#{flags => 1 bsl Bit}}]),
         ?assertEqual([Word || Word =/= none], [W || W <- Words, maps:get(W, Board, false)])
     end || {Bit, Word} <- lists:zip(lists:seq(0, 9), Words)].

an_answer_in_another_shape_is_refused_test_() ->
    Board = {status_board, board()},
    [?_assertEqual({error, bad_bytes}, vakt_status:board(Parts))
     || Parts <- [[], rows(), [Board, Board], [Board, {watching, true}], [{answer, done}], [{status_board, (board())#{now => never}}]]].
