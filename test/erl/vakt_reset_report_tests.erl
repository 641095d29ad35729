%% SPDX-License-Identifier: Apache-2.0
%% The report that the C++ side writes is the map that is documented; a file that is none is refused and never believed in part.
-module(vakt_reset_report_tests).
-include_lib("eunit/include/eunit.hrl").

golden() ->
    {ok, Bytes} = file:read_file(filename:join([vakt_test:top(), "test", "data", "report", "reset_report.json"])),
    Bytes.

report() ->
    {ok, Report} = vakt_reset_report:decode(golden()),
    Report.

with(Key, Value) ->
    Lines = [<<"\"", K/binary, "\":", V/binary>> || {K, V} <- maps:to_list((plain())#{Key => Value})],
    vakt_reset_report:decode(iolist_to_binary(["{", lists:join(",", Lines), "}"])).

without(Key) ->
    Lines = [<<"\"", K/binary, "\":", V/binary>> || {K, V} <- maps:to_list(maps:remove(Key, plain()))],
    vakt_reset_report:decode(iolist_to_binary(["{", lists:join(",", Lines), "}"])).

plain() ->
    #{<<"version">> => <<"1">>, <<"this_boot">> => <<"\"b\"">>, <<"boot">> => <<"null">>, <<"cause">> => <<"\"power\"">>,
      <<"confidence">> => <<"\"low\"">>, <<"lease">> => <<"\"\"">>, <<"text">> => <<"\"\"">>, <<"noted_at_ns">> => <<"null">>,
      <<"beat_age_ms">> => <<"null">>, <<"boots">> => <<"1">>, <<"failed_boots">> => <<"0">>, <<"evidence">> => <<"[]">>,
      <<"last_lines">> => <<"[]">>}.

the_golden_report_test() ->
    ?assertEqual(
        #{version => 1, this_boot => <<"01234567-89ab-cdef-0123-456789abcdef">>, boot => <<"fedcba98-7654-3210-fedc-ba9876543210">>,
          cause => vm_hang, confidence => high, lease => <<"uid-1000">>, text => <<"given up: no beat from the VM">>,
          noted_at_ns => 1700000000123456789, beat_age_ms => 11003, boots => 7, failed_boots => 2,
          evidence => [<<"noted before: vm_hang">>, <<"/dev/watchdog0 says: \"it\" \\ did">>],
          last_lines => [<<"café"/utf8>>, <<"tab\there">>, <<"broken ??">>]},
        report()).

null_is_undefined_test() ->
    ?assertMatch({ok, #{boot := undefined, noted_at_ns := undefined, beat_age_ms := undefined, evidence := [], last_lines := []}},
                 with(<<"version">>, <<"1">>)).

every_cause_has_its_atom_test_() ->
    [?_assertMatch({ok, #{cause := Cause}}, with(<<"cause">>, <<"\"", (atom_to_binary(Cause))/binary, "\"">>))
     || Cause <- [hw_watchdog, vm_hang, vm_crash, heart_command, requested, kernel_panic, power, clean, evidence, unknown]].

a_cause_of_tomorrow_is_unknown_and_no_new_atom_test() ->
    ?assertMatch({ok, #{cause := unknown}}, with(<<"cause">>, <<"\"struck_by_lightning\"">>)),
    ?assertError(badarg, binary_to_existing_atom(<<"struck_by_", "lightning">>)).

a_key_of_tomorrow_is_passed_over_test() ->
    ?assertMatch({ok, #{cause := power}}, with(<<"weather">>, <<"{\"wind\":3}">>)).

a_key_that_is_missing_or_wrong_is_refused_test_() ->
    [?_assertEqual({error, bad_report}, without(Key)) || Key <- maps:keys(plain())] ++
    [?_assertEqual({error, bad_report}, with(Key, Value))
     || {Key, Value} <- [{<<"version">>, <<"2">>}, {<<"version">>, <<"1.0">>}, {<<"cause">>, <<"3">>}, {<<"cause">>, <<"null">>},
                         {<<"confidence">>, <<"\"sure\"">>}, {<<"boots">>, <<"-1">>}, {<<"boots">>, <<"1.5">>}, {<<"boots">>, <<"null">>},
                         {<<"beat_age_ms">>, <<"\"1\"">>}, {<<"noted_at_ns">>, <<"1e3">>}, {<<"evidence">>, <<"[1]">>},
                         {<<"evidence">>, <<"\"x\"">>}, {<<"last_lines">>, <<"null">>}, {<<"text">>, <<"null">>}, {<<"boot">>, <<"7">>}]].

what_is_no_object_is_refused_test_() ->
    [?_assertEqual({error, bad_report}, vakt_reset_report:decode(Bytes)) || Bytes <- [<<>>, <<"[]">>, <<"1">>, <<"{">>, rand:bytes(100)]].

any_cut_is_refused_test_() ->
    {timeout, 60, fun() ->
        Golden = string:trim(golden()),
        [?assertEqual({error, bad_report}, vakt_reset_report:decode(binary:part(Golden, 0, N))) || N <- lists:seq(0, byte_size(Golden) - 1)]
    end}.

files_test_() ->
    {timeout, 60, fun() ->
        File = filename:join(vakt_test:scratch(), "reset_report.json"),
        ?assertEqual({error, no_report}, vakt_reset_report:read(File)),
        ok = file:write_file(File, <<>>),
        ?assertEqual({error, bad_report}, vakt_reset_report:read(File)),
        ok = file:write_file(File, golden()),
        ?assertEqual({ok, report()}, vakt_reset_report:read(File)),
        ok = file:write_file(File, [golden(), lists:duplicate(1048576 - byte_size(golden()), $\s)]),
        ?assertEqual({error, bad_report}, vakt_reset_report:read(File)),
        ok = file:write_file(File, [golden(), lists:duplicate(1048575 - byte_size(golden()), $\s)]),
        ?assertEqual({ok, report()}, vakt_reset_report:read(File)),
        ?assertEqual({error, eisdir}, vakt_reset_report:read(filename:dirname(File)))
    end}.

the_event_is_the_report_and_what_every_event_has_test() ->
    Event = vakt_reset_report:event(report()),
    ?assertEqual(report(), maps:with(maps:keys(report()), Event)),
    ?assertEqual(#{source => reset_report, severity => error, facility => daemon, time => 1700000000123456789, host => undefined,
                   app => <<"wd_keeper">>, pid => undefined},
                 maps:without(maps:keys(report()), Event)).

an_orderly_end_is_a_notice_test_() ->
    [?_assertMatch(#{severity := Severity}, vakt_reset_report:event((report())#{cause => Cause}))
     || {Cause, Severity} <- [{clean, notice}, {requested, notice}, {power, warning}, {unknown, warning}, {vm_hang, error},
                              {hw_watchdog, error}, {kernel_panic, error}, {evidence, error}]].
