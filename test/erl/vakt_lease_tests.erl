%% SPDX-License-Identifier: Apache-2.0
%% The bytes are those of the C++ side, golden file for golden file; nothing else is taken.
-module(vakt_lease_tests).
-include_lib("eunit/include/eunit.hrl").

-export([golden/1]).

%% The packets of test/data/lease_bytes/v1.txt by name, without their size.
golden() ->
    {ok, Text} = file:read_file(filename:join([vakt_test:top(), "test", "data", "lease_bytes", "v1.txt"])),
    maps:from_list([packet(Line) || <<C, _/binary>> = Line <- binary:split(Text, <<"\n">>, [global]), C =/= $#]).

packet(Line) ->
    [Name, Digits] = binary:split(Line, <<" ">>),
    Bytes = binary:decode_hex(Digits),
    <<Size:16, Packet:Size/binary>> = Bytes,
    {Name, Packet}.

golden(Name) -> maps:get(Name, golden()).

requests() ->
    [{<<"snooze">>, {snooze, <<>>, 900000}}, {<<"end">>, {end_board, poweroff, immediate}}, {<<"drill">>, {drill, stop_petting, <<"otp">>}},
     {<<"status-asked">>, status_asked}, {<<"watch">>, {watch, <<"otp">>}}, {<<"report-taken">>, {report_taken, <<"uid-1000">>}},
     {<<"healthy">>, healthy}].

answers() ->
    [{<<"answer">>, {answer, timing}},
     {<<"status-board">>,
      {status_board, #{now => 100000000000, deadline => 120000000000, mode => leaving, rung => login1, 'end' => halt, cause => evidence,
                       subject => <<"disk">>, flags => 2 + 16 + 256, oldest => <<"otp">>, oldest_is_evidence => true,
                       oldest_silent_from => 1000000000, oldest_deadline => never, started => 2000000000, beats => 16#0102030405060708,
                       pets => 9, pet_failures => 10, refused => 11, boots => 12, failed_boots => 13,
                       beat_intervals => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16#FFFFFFFF], error => <<"keeper.conf:3: no">>,
                       version => <<"0.1.0">>}}},
     {<<"status-lease">>,
      {status_lease, #{name => <<"otp">>, uid => 1000, required => true, presence => retired, phase => spent, cause => vm_crash, held => true,
                       beat_timeout => 11000, boot_delay => 60000, last_good_beat => 99000000000, deadline => 170000000000,
                       snoozed_until => 110000000000, vm_pid => 4711}}},
     {<<"status-device">>,
      {status_device, #{number => 7, name => <<"/dev/watchdog0">>, driver => <<"linux">>, identity => <<"iTCO_wdt">>, state => disarmed,
                        granted => 30000, petted => 90000000000, time_left => -1, boot_status => 16#20, abilities => 9}}},
     {<<"status-evidence">>,
      {status_evidence, #{name => <<"disk">>, good => 50000000000, freshness => 60000, grace => 70000, deadline => 180000000000,
                          asking => true}}},
     {<<"status-end">>, status_end},
     {<<"watching">>, {watching, true}},
     {<<"news">>,
      {news, #{kind => left, cause => drill, 'end' => poweroff, percent => 75, subject => <<"otp">>, deadline => 1000000000, by => 1000}}}].

for_others() -> [<<"granted">>, <<"warn">>, <<"proceed">>, <<"verdict">>, <<"hand-over">>, <<"ask-end">>, <<"snoozed">>].

a_request_has_the_golden_bytes_test_() ->
    [?_assertEqual(golden(Name), vakt_lease:encode(Request)) || {Name, Request} <- requests()].

an_answer_is_read_from_the_golden_bytes_test_() ->
    [?_assertEqual({ok, Message}, vakt_lease:decode(golden(Name))) || {Name, Message} <- answers()].

what_is_for_others_is_passed_over_test_() ->
    [?_assertEqual({ok, not_for_us}, vakt_lease:decode(golden(Name))) || Name <- for_others()].

%% A kind that the keeper learns to say is to be known here, were it only to be passed over.
every_golden_kind_of_the_keeper_is_known_test() ->
    ?assertEqual([], [Name || {Name, <<_, Kind, _/binary>>} <- maps:to_list(golden()), Kind >= 64] --
                     (for_others() ++ [Name || {Name, _} <- answers()])).

every_request_has_its_numbers_test() ->
    ?assertEqual([<<1, 8, 0, 0>>, <<1, 8, 1, 0>>, <<1, 8, 2, 0>>], [vakt_lease:encode({end_board, Kind, guarded}) || Kind <- [reboot, poweroff, halt]]),
    ?assertEqual([<<1, 9, N, 0>> || N <- lists:seq(0, 4)],
                 [vakt_lease:encode({drill, Kind, <<>>}) || Kind <- [hang_vm, kill_vm, hang_heart, kill_heart, stop_petting]]),
    ?assertEqual(<<1, 7, 0, 16#7FFFFFFF:32>>, vakt_lease:encode({snooze, <<>>, 1 bsl 40})).

a_name_has_at_most_32_bytes_test() ->
    Longest = binary:copy(<<"x">>, 32),
    ?assertEqual(<<1, 13, 32, Longest/binary>>, vakt_lease:encode({watch, Longest})),
    ?assertError(badarg, vakt_lease:encode({watch, <<Longest/binary, "x">>})).

every_refusal_has_its_atom_test() ->
    ?assertEqual([done, unknown_lease, timing, not_allowed, too_late, not_there, ending, nowayout],
                 [begin {ok, {answer, R}} = vakt_lease:decode(<<1, 66, N, 0:32>>), R end || N <- lists:seq(0, 7)]),
    ?assertEqual({error, content}, vakt_lease:decode(<<1, 66, 8, 0:32>>)).

a_byte_too_much_or_too_few_is_refused_test_() ->
    [?_assertEqual({error, content}, vakt_lease:decode(Bytes))
     || {Name, _} <- answers(), Packet <- [golden(Name)],
        Bytes <- [<<Packet/binary, 0>> | [binary:part(Packet, 0, byte_size(Packet) - 1) || byte_size(Packet) > 2]]].

sizes_versions_and_kinds_test() ->
    ?assertEqual([{error, size}, {error, size}, {error, size}], [vakt_lease:decode(B) || B <- [<<>>, <<1>>, <<1, 66, 0:(2301 * 8)>>]]),
    ?assertEqual({error, content}, vakt_lease:decode(<<1, 66, 0:(2300 * 8)>>)),
    ?assertEqual([{error, version}, {error, version}], [vakt_lease:decode(<<V, 75>>) || V <- [0, 2]]),
    [?assertEqual({error, kind}, vakt_lease:decode(<<1, Kind>>)) || Kind <- lists:seq(0, 64) ++ lists:seq(80, 255)].

flags_enumerators_and_texts_end_where_they_end_test() ->
    ?assertEqual({error, content}, vakt_lease:decode(<<1, 76, 2>>)),
    News = fun(Kind, Cause, End) -> vakt_lease:decode(<<1, 77, Kind, Cause, End, 0, 0, 0:64, 0:32>>) end,
    ?assertMatch({ok, {news, #{kind := left, cause := drill, 'end' := halt}}}, News(11, 9, 2)),
    ?assertEqual([{error, content}, {error, content}, {error, content}], [News(12, 9, 2), News(11, 10, 2), News(11, 9, 3)]),
    Evidence = fun(N) -> vakt_lease:decode(<<1, 74, N, 0:(N * 8), 0:64, 0:32, 0:32, 0:64, 0>>) end,
    ?assertMatch({ok, {status_evidence, #{name := <<0:256>>}}}, Evidence(32)),
    ?assertEqual({error, content}, Evidence(33)).

instants_and_lengths_are_limited_as_in_cpp_test() ->
    Evidence = fun(Good, Freshness) ->
        {ok, {status_evidence, #{good := G, freshness := F}}} = vakt_lease:decode(<<1, 74, 0, Good:64, Freshness:32, 0:32, 0:64, 0>>),
        {G, F}
    end,
    ?assertEqual({16#7FFFFFFFFFFFFFFE, 16#7FFFFFFF}, Evidence(16#7FFFFFFFFFFFFFFE, 16#7FFFFFFF)),
    ?assertEqual({never, 16#7FFFFFFF}, Evidence(16#7FFFFFFFFFFFFFFF, 16#80000000)),
    ?assertEqual({never, 16#7FFFFFFF}, Evidence(16#FFFFFFFFFFFFFFFF, 16#FFFFFFFF)).

%% Any bytes: an answer or a refusal, and never a new atom.

any_bytes_are_read_or_refused_test_() ->
    {timeout, 60, fun() ->
        _ = vakt_lease:decode(<<>>),
        Before = erlang:system_info(atom_count),
        [?assert(is_answer(vakt_lease:decode(<<1, (63 + rand:uniform(17)), (rand:bytes(rand:uniform(120)))/binary>>))) || _ <- lists:seq(1, 10000)],
        [?assert(is_answer(vakt_lease:decode(rand:bytes(rand:uniform(60))))) || _ <- lists:seq(1, 5000)],
        ?assertEqual(Before, erlang:system_info(atom_count))
    end}.

any_changed_byte_is_read_or_refused_test_() ->
    {timeout, 60, fun() ->
        [begin
             <<Start:At/binary, _, Rest/binary>> = Packet,
             ?assert(is_answer(vakt_lease:decode(<<Start/binary, Byte, Rest/binary>>)))
         end || {Name, _} <- answers(), Packet <- [golden(Name)], At <- lists:seq(0, byte_size(Packet) - 1),
        Byte <- [0, 1, 2, 3, 7, 8, 9, 10, 11, 12, 31, 32, 33, 64, 65, 127, 128, 160, 161, 255]]
    end}.

is_answer({ok, not_for_us}) -> true;
is_answer({ok, status_end}) -> true;
is_answer({ok, {Kind, _}}) -> is_atom(Kind);
is_answer({error, Fault}) -> lists:member(Fault, [size, version, kind, content]).
