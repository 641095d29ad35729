%% SPDX-License-Identifier: Apache-2.0
%% A record's bytes are those of the C++ side, golden row for golden row; whatever else comes is refused and hurts nobody.
-module(vakt_record_tests).
-include_lib("eunit/include/eunit.hrl").

-define(BOOT, <<1:128>>).

events(Batch) -> lists:reverse(vakt_record:fold(fun(Event, Acc) -> [Event | Acc] end, [], Batch)).

of_kind(Kind) -> [{Name, Bytes, Fields} || {Name, Bytes, K, Fields} <- vakt_golden:rows(), K =:= Kind].

batch(Records) ->
    {ok, Batch} = vakt_record:batch(?BOOT, iolist_to_binary(Records), length(Records)),
    Batch.

a_record_is_read_from_the_golden_bytes_test_() ->
    [{Name, ?_assertEqual([vakt_golden:event(Fields, ?BOOT)], events(batch([Bytes])))} || {Name, Bytes, Fields} <- of_kind(<<"record">>)].

%% The text of every row is there to the letter, also that of the one that is longer than a byte counts.
there_are_twenty_golden_records_test() ->
    ?assert(length(of_kind(<<"record">>)) >= 20),
    ?assert(length(of_kind(<<"gap">>)) >= 6).

a_gap_is_read_from_the_golden_bytes_test_() ->
    [{Name, ?_assertEqual([expected_gap(Fields)], events(batch([Bytes])))} || {Name, Bytes, Fields} <- of_kind(<<"gap">>)].

expected_gap(Fields) ->
    Get = fun(Key) -> proplists:get_value(Key, Fields) end,
    Reason = binary_to_atom(Get(reason)),
    By = case Reason of source -> source; restart -> source; _ -> bridge end,
    Count = case Get(count) of <<"unknown">> -> unknown; N -> binary_to_integer(N) end,
    lists:foldl(fun({Key, Value}, Gap) -> Gap#{Key => Value} end,
                #{gap => Count, source => binary_to_atom(Get(source)), reason => Reason, dropped_by => By, boot_id => ?BOOT},
                [{Key, binary_to_integer(Get(Key))} || Key <- [seq, from, to], Get(Key) =/= undefined]
                    ++ [{words, Get(words)} || Get(words) =/= undefined]).

all_of_a_batch_come_in_order_and_are_counted_test() ->
    {_, <<Size:32, Packet:Size/binary>>, _, _} = vakt_golden:row(<<"batch">>),
    {ok, {batch, Batch}} = vakt_bridge_bytes:decode(Packet),
    Rows = of_kind(<<"record">>) ++ of_kind(<<"gap">>),
    ?assertEqual(length(Rows), length(events(Batch))),
    ?assertMatch(#{records := 20, gaps := 6, malformed := 2}, vakt_record:account(Batch)),
    ?assertEqual(26, vakt_record:weight(Batch)),
    ?assertEqual(300 + 7 + 12345678901 + 1 + 1, maps:get(lost, vakt_record:account(Batch))).

a_wrong_count_is_refused_test() ->
    Record = vakt_golden:record(1, #{}),
    ?assertMatch({ok, _}, vakt_record:batch(?BOOT, Record, 1)),
    ?assertEqual({error, bad_bytes}, vakt_record:batch(?BOOT, Record, 0)),
    ?assertEqual({error, bad_bytes}, vakt_record:batch(?BOOT, Record, 2)).

every_truncation_is_refused_test() ->
    Whole = << <<Bytes/binary>> || {_, Bytes, _, _} <- [vakt_golden:row(<<"journal">>), vakt_golden:row(<<"gap-rate-guard">>)] >>,
    [?assertEqual({error, bad_bytes}, vakt_record:batch(?BOOT, binary:part(Whole, 0, N), 2)) || N <- lists:seq(0, byte_size(Whole) - 1)],
    ?assertMatch({ok, _}, vakt_record:batch(?BOOT, Whole, 2)).

%% Each byte of each golden record is changed to something else: it is refused, or is a batch that can be gone through.
whatever_byte_is_changed_it_is_refused_or_read_test_() ->
    {timeout, 60, fun() -> [changed(Bytes) || {_, _, Kind, _} = Row <- vakt_golden:rows(), Kind =:= <<"record">> orelse Kind =:= <<"gap">>,
                                              Bytes <- [element(2, Row)], byte_size(Bytes) < 1000] end}.

changed(Bytes) ->
    [read_or_refused(<<Before/binary, Other, After/binary>>)
     || N <- lists:seq(0, byte_size(Bytes) - 1), <<Before:N/binary, C, After/binary>> <- [Bytes], Other <- [0, 1, 255, C + 1, C bxor 128]].

read_or_refused(Bytes) ->
    case vakt_record:batch(?BOOT, Bytes, 1) of
        {ok, Batch} -> ?assertMatch([_], events(Batch));
        Error -> ?assertEqual({error, bad_bytes}, Error)
    end.

random_bytes_are_refused_or_read_test() ->
    _ = rand:seed(exsss, {1, 2, 3}),
    [read_or_refused(rand:bytes(rand:uniform(200))) || _ <- lists:seq(1, 20000)].

parts_that_do_not_fit_are_refused_test() ->
    <<Head:56/binary, _:24/binary, Tail/binary>> = vakt_golden:record(1, #{text => <<"text">>}),
    Parts = fun(N) -> <<Head/binary, N:16, 0:16, 0:16, 0:16, 0:16, 0:16, 0:16, 0:16, 0:16, 0:16, 0:16, 0:16, Tail/binary>> end,
    <<Size:16, _/binary>> = Tail,
    ?assertMatch({ok, _}, vakt_record:batch(?BOOT, Parts(Size), 1)),
    ?assertEqual({error, bad_bytes}, vakt_record:batch(?BOOT, Parts(Size + 1), 1)).

the_kernels_pid_stands_whatever_was_said_test() ->
    {_, Bytes, _, _} = vakt_golden:row(<<"fifo-text-only">>),
    <<A:44/binary, Flags:16, B:2/binary, 0:64, C/binary>> = Bytes,
    Sent = <<A/binary, (Flags bor 8):16, B/binary, 4711:32, 1000:32, C/binary>>,
    ?assertMatch([#{pid := <<"4711">>, sender_pid := 4711, uid := 1000}], events(batch([Sent]))).

what_came_before_is_left_out_by_its_number_test() ->
    Batch = batch([vakt_golden:record(N, #{}) || N <- [5, 6, 7]]),
    Seqs = fun(B) -> [Seq || #{seq := Seq} <- events(B)] end,
    ?assertEqual([5, 6, 7], Seqs(vakt_record:later(4, Batch))),
    ?assertEqual([6, 7], Seqs(vakt_record:later(5, Batch))),
    ?assertEqual([7], Seqs(vakt_record:later(6, Batch))),
    ?assertEqual(0, vakt_record:weight(vakt_record:later(7, Batch))),
    ?assertEqual({?BOOT, 7}, vakt_record:place(Batch)).

a_clients_own_gap_is_in_no_place_test() ->
    Batch = batch([vakt_golden:gap(0, #{reason => 0, count => 3, from => 2, to => 4}), vakt_golden:gap(6, #{reason => 1})]),
    ?assertMatch([#{gap := 3, reason := overrun, from := 2, to := 4}], events(vakt_record:later(6, Batch))),
    ?assertEqual({?BOOT, 6}, vakt_record:place(Batch)),
    ?assertEqual(none, vakt_record:place(batch([vakt_golden:gap(0, #{reason => 3})]))).

a_narrowed_batch_gives_what_is_wanted_test() ->
    {ok, Wanted} = vakt_filter:new(all, #{app => [<<"b">>]}),
    Batch = vakt_record:narrow(Wanted, batch([vakt_golden:record(1, #{app => <<"a">>}), vakt_golden:record(2, #{app => <<"b">>}),
                                              vakt_golden:gap(3, #{}), vakt_golden:record(4, #{app => <<"a">>, pri => 2})])),
    ?assertMatch([#{seq := 2}, #{gap := unknown}, #{seq := 4, severity := critical}], events(Batch)).

events_that_came_otherwise_are_a_batch_too_test() ->
    Batch = vakt_record:of_events([#{gap => 3, source => fifo}, #{source => fifo, text => <<"x">>, malformed => true}]),
    ?assertMatch([#{gap := 3}, #{text := <<"x">>}], events(Batch)),
    ?assertEqual(#{records => 1, gaps => 1, lost => 3, malformed => 1}, vakt_record:account(Batch)),
    ?assertEqual(none, vakt_record:place(Batch)).
