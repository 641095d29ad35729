%% SPDX-License-Identifier: Apache-2.0
%% A line of any daemon becomes the event it stands for; any other bytes become a malformed event, never an error.
-module(vakt_line_tests).
-include_lib("eunit/include/eunit.hrl").

-define(NANO, 1000000000).

%% 2026-11-21T19:00:00Z, in a zone two hours east.
context() -> context({{2026, 11, 21}, {19, 0, 0}}, 7200).

context(Utc, Offset) -> #{now => nano(Utc), utc_offset => Offset}.

nano(Utc) ->
    (calendar:datetime_to_gregorian_seconds(Utc) - calendar:datetime_to_gregorian_seconds({{1970, 1, 1}, {0, 0, 0}})) * ?NANO.

event(Line) -> vakt_line:event(Line, context()).

time(Line) -> maps:get(time, event(Line)).

rsyslog_line_test() ->
    Line = <<"2026-11-21T18:04:03.962539+00:00 board sshd[812]: Accepted password">>,
    ?assertEqual(#{facility => undefined, severity => undefined, time => nano({{2026, 11, 21}, {18, 4, 3}}) + 962539000,
                   host => <<"board">>, app => <<"sshd">>, pid => <<"812">>, text => <<"Accepted password">>, source => fifo,
                   raw => Line},
                 event(Line)).

pri_line_test() ->
    ?assertMatch(#{facility := kern, severity := error, host := <<"h">>, app := <<"kernel">>, pid := undefined, text := <<"x: y">>},
                 event(<<"<3>Nov 21 18:04:15 h kernel: x: y">>)).

busybox_line_test() ->
    ?assertMatch(#{facility := user, severity := notice, host := <<"h">>, app := <<"tag">>, text := <<"msg">>},
                 event(<<"Nov 21 18:04:15 h user.notice tag: msg">>)),
    ?assertMatch(#{facility := auth, severity := warning, text := <<"m">>}, event(<<"Nov 21 18:04:15 h security.warn t: m">>)),
    ?assertMatch(#{facility := undefined, text := <<"user.noticed tag: msg">>}, event(<<"Nov 21 18:04:15 h user.noticed tag: msg">>)).

solaris_line_test() ->
    ?assertMatch(#{facility := kern, severity := notice, app := <<"genunix">>, text := <<"panic">>},
                 event(<<"Nov 21 18:04:15 h genunix: [ID 702911 kern.notice] panic">>)),
    ?assertMatch(#{facility := kern, severity := notice, text := <<>>}, event(<<"Nov 21 18:04:15 h a: [ID 1 kern.notice]">>)),
    ?assertMatch(#{facility := undefined, text := <<"[ID 7 kern.what] x">>}, event(<<"Nov 21 18:04:15 h a: [ID 7 kern.what] x">>)).

a_tag_in_the_host_s_place_is_the_tag_test() ->
    ?assertMatch(#{host := undefined, app := <<"cron">>, pid := <<"7">>, text := <<"x">>}, event(<<"Nov 21 18:04:15 cron[7]: x">>)).

text_without_a_tag_test() ->
    ?assertMatch(#{host := <<"h">>, app := undefined, text := <<"last message repeated 3 times">>},
                 event(<<"Nov 21 18:04:15 h last message repeated 3 times">>)),
    ?assertMatch(#{app := undefined, text := <<"http://a b">>}, event(<<"Nov 21 18:04:15 h http://a b">>)),
    ?assertMatch(#{host := <<"fe80::1">>, app := <<"t">>}, event(<<"Nov 21 18:04:15 fe80::1 t: x">>)).

pri_s_limits_test_() ->
    [?_assertMatch(#{facility := F, severity := S}, event(<<"<", P/binary, ">Nov 21 18:04:15 h t: x">>))
     || {P, F, S} <- [{<<"0">>, kern, emergency}, {<<"9">>, user, alert}, {<<"10">>, user, critical}, {<<"191">>, local7, debug}]] ++
    [?_assertMatch(#{malformed := true, facility := undefined}, event(<<"<", P/binary, ">Nov 21 18:04:15 h t: x">>))
     || P <- [<<"192">>, <<"999">>, <<"00">>, <<"013">>, <<>>, <<"1000">>, <<"-1">>]].

every_facility_and_severity_has_its_place_test() ->
    Facilities = [kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, audit, alert, clock,
                  local0, local1, local2, local3, local4, local5, local6, local7],
    Severities = [emergency, alert, critical, error, warning, notice, info, debug],
    Named = [maps:with([facility, severity], event(iolist_to_binary(["<", integer_to_list(P), ">Nov 21 18:04:15 h t: x"])))
             || P <- lists:seq(0, 191)],
    ?assertEqual([#{facility => F, severity => S} || F <- Facilities, S <- Severities], Named).

names_of_busybox_are_those_of_the_numbers_test_() ->
    Words = [{"emerg", emergency}, {"alert", alert}, {"crit", critical}, {"err", error}, {"warning", warning}, {"notice", notice},
             {"info", info}, {"debug", debug}, {"panic", emergency}, {"error", error}, {"warn", warning}],
    [fun() -> [?assertMatch(#{facility := F, severity := S},
                            event(iolist_to_binary(["Nov 21 18:04:15 h ", atom_to_list(F), ".", Word, " t: x"])))
               || {Word, S} <- Words] end
     || F <- [kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, audit, alert, clock, local0, local7]].

rfc3339_test_() ->
    At = nano({{2026, 11, 21}, {18, 4, 3}}),
    [?_assertEqual(Time, time(<<Stamp/binary, " h t: x">>))
     || {Stamp, Time} <- [{<<"2026-11-21T18:04:03Z">>, At},
                          {<<"2026-11-21t18:04:03z">>, At},
                          {<<"2026-11-21T18:04:03.5Z">>, At + 500000000},
                          {<<"2026-11-21T18:04:03.000000001Z">>, At + 1},
                          {<<"2026-11-21T18:04:03.0000000019Z">>, At + 1},
                          {<<"2026-11-21T20:04:03+02:00">>, At},
                          {<<"2026-11-21T12:34:03-05:30">>, At},
                          {<<"2026-11-22T17:03:03+22:59">>, At},
                          {<<"2016-12-31T23:59:60Z">>, nano({{2017, 1, 1}, {0, 0, 0}})},
                          {<<"2024-02-29T00:00:00Z">>, nano({{2024, 2, 29}, {0, 0, 0}})},
                          {<<"2000-02-29T00:00:00Z">>, nano({{2000, 2, 29}, {0, 0, 0}})},
                          {<<"1969-12-31T23:59:59Z">>, -?NANO},
                          {<<"0000-01-01T00:00:00Z">>, nano({{0, 1, 1}, {0, 0, 0}})}]].

no_time_at_all_test_() ->
    [?_assertMatch(#{malformed := true, time := undefined, text := Line, raw := Line}, event(Line))
     || Line <- [<<>>, <<"x">>, <<"hello world">>, <<"<13>">>, <<0>>, <<255, 254>>, <<"vakt[ferrule]: x lines lost">>,
                 <<"2026-11-21T18:04:03 h t: x">>, <<"2026-11-21T18:04:03.Z h t: x">>, <<"2026-11-21 18:04:03Z h t: x">>,
                 <<"2026-13-21T18:04:03Z h t: x">>, <<"2026-00-21T18:04:03Z h t: x">>, <<"2026-11-31T18:04:03Z h t: x">>,
                 <<"2026-02-29T18:04:03Z h t: x">>, <<"1900-02-29T18:04:03Z h t: x">>, <<"2026-11-00T18:04:03Z h t: x">>,
                 <<"2026-11-21T24:00:00Z h t: x">>, <<"2026-11-21T23:60:00Z h t: x">>, <<"2026-11-21T23:59:61Z h t: x">>,
                 <<"2026-11-21T18:04:03+24:00 h t: x">>, <<"2026-11-21T18:04:03+02:60 h t: x">>,
                 <<"2026-11-21T18:04:03Zh t: x">>, <<"Nov 21 18:04:15h t: x">>, <<"Nov 21 18:04:15  t x">>,
                 <<"Nov 31 18:04:15 h t: x">>, <<"Nov  0 18:04:15 h t: x">>, <<"Feb 30 18:04:15 h t: x">>,
                 <<"nov 21 18:04:15 h t: x">>, <<"Nov 21 18:04 h t: x">>]].

a_line_that_ends_early_test() ->
    ?assertMatch(#{host := undefined, app := undefined, text := <<>>}, event(<<"Nov 21 18:04:15">>)),
    ?assertMatch(#{host := <<"h">>, app := undefined, text := <<>>}, event(<<"Nov 21 18:04:15 h">>)),
    ?assertMatch(#{host := <<"h">>, app := <<"t">>, text := <<>>}, event(<<"Nov 21 18:04:15 h t:">>)),
    ?assertMatch(#{host := <<"h">>, app := <<"t">>, pid := <<"1">>, text := <<>>}, event(<<"Nov 21 18:04:15 h t[1]:">>)),
    ?assertMatch(#{host := <<"h">>, app := undefined, text := <<"t[1">>}, event(<<"Nov 21 18:04:15 h t[1">>)),
    ?assertMatch(#{host := <<"h">>, app := undefined, text := <<"t[]: x">>}, event(<<"Nov 21 18:04:15 h t[]: x">>)).

a_time_without_zone_is_local_test() ->
    ?assertEqual(nano({{2026, 11, 21}, {16, 4, 15}}), time(<<"Nov 21 18:04:15 h t: x">>)),
    ?assertEqual(nano({{2026, 11, 1}, {16, 4, 15}}), time(<<"Nov  1 18:04:15 h t: x">>)).

year(Stamp, Utc, Offset) ->
    #{time := Time} = vakt_line:event(<<Stamp/binary, " h t: x">>, context(Utc, Offset)),
    calendar:system_time_to_universal_time(Time div ?NANO + Offset, second).

the_year_is_the_one_nearest_to_now_test_() ->
    NewYear = {{2027, 1, 1}, {0, 0, 5}},
    Silvester = {{2026, 12, 31}, {23, 59, 55}},
    [?_assertEqual({{2026, 12, 31}, {23, 59, 59}}, year(<<"Dec 31 23:59:59">>, NewYear, 0)),
     ?_assertEqual({{2027, 1, 1}, {0, 0, 1}}, year(<<"Jan  1 00:00:01">>, NewYear, 0)),
     %% a clock a little ahead of ours
     ?_assertEqual({{2027, 1, 1}, {0, 0, 1}}, year(<<"Jan  1 00:00:01">>, Silvester, 0)),
     %% east of Greenwich it is already the new year, west of it still the old one
     ?_assertEqual({{2027, 1, 1}, {1, 59, 55}}, year(<<"Jan  1 01:59:55">>, Silvester, 7200)),
     ?_assertEqual({{2026, 12, 31}, {19, 0, 5}}, year(<<"Dec 31 19:00:05">>, NewYear, -18000)),
     %% half a year away, both sides
     ?_assertEqual({{2026, 5, 30}, {0, 0, 0}}, year(<<"May 30 00:00:00">>, {{2026, 11, 21}, {0, 0, 0}}, 0)),
     ?_assertEqual({{2027, 5, 20}, {0, 0, 0}}, year(<<"May 20 00:00:00">>, {{2026, 11, 21}, {0, 0, 0}}, 0)),
     %% a leap day is in a leap year
     ?_assertEqual({{2028, 2, 29}, {12, 0, 0}}, year(<<"Feb 29 12:00:00">>, {{2026, 11, 21}, {0, 0, 0}}, 0)),
     ?_assertEqual({{2024, 2, 29}, {12, 0, 0}}, year(<<"Feb 29 12:00:00">>, {{2025, 1, 1}, {0, 0, 0}}, 0)),
     ?_assertEqual({{2096, 2, 29}, {12, 0, 0}}, year(<<"Feb 29 12:00:00">>, {{2099, 1, 1}, {0, 0, 0}}, 0))].

the_context_of_now_agrees_with_the_local_clock_test() ->
    Now = erlang:system_time(nanosecond),
    Context = vakt_time:context(Now),
    {{_, Month, Day}, {H, M, S}} = calendar:system_time_to_local_time(Now, nanosecond),
    Name = lists:nth(Month, ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]),
    Line = iolist_to_binary(io_lib:format("~s ~2w ~2..0b:~2..0b:~2..0b h t: x", [Name, Day, H, M, S])),
    ?assertMatch(#{time := Time} when Time =:= Now div ?NANO * ?NANO, vakt_line:event(Line, Context)).

a_loss_told_by_the_bridge_that_feeds_the_pipe_is_a_gap_test() ->
    ?assertEqual(#{gap => 12, source => fifo, dropped_by => bridge}, event(<<"vakt[bridge]: 12 lines lost">>)),
    ?assertEqual(#{gap => unknown, source => fifo, dropped_by => bridge}, event(<<"vakt[bridge]: some lines lost">>)),
    ?assertMatch(#{malformed := true}, event(<<"vakt[bridge]: 0 lines lost">>)),
    ?assertMatch(#{app := <<"vakt">>, pid := <<"bridge">>, text := <<"12 lines lost">>},
                 event(<<"Nov 21 18:04:15 h vakt[bridge]: 12 lines lost">>)),
    ?assertEqual(12, vakt_line:weight(<<"vakt[bridge]: 12 lines lost">>)),
    ?assertEqual(1, vakt_line:weight(<<"vakt[bridge]: some lines lost">>)).

a_loss_told_by_ferrule_is_a_gap_test() ->
    ?assertEqual(#{gap => 12, source => fifo, dropped_by => ferrule}, event(<<"vakt[ferrule]: 12 lines lost">>)),
    ?assertEqual(#{gap => 1, source => fifo, dropped_by => ferrule}, event(<<"vakt[ferrule]: 1 lines lost">>)),
    ?assertMatch(#{malformed := true}, event(<<"vakt[ferrule]: 0 lines lost">>)),
    ?assertMatch(#{malformed := true}, event(<<"vakt[ferrule]: 12 lines lost ">>)),
    ?assertMatch(#{malformed := true}, event(<<"vakt[ferrule]:  lines lost">>)),
    ?assertMatch(#{malformed := true}, event(iolist_to_binary(["vakt[ferrule]: ", lists:duplicate(60000, $9), " lines lost"]))),
    %% whoever logs such a line logs a line: it comes with its time and host
    ?assertMatch(#{app := <<"vakt">>, pid := <<"ferrule">>, text := <<"12 lines lost">>},
                 event(<<"Nov 21 18:04:15 h vakt[ferrule]: 12 lines lost">>)),
    ?assertEqual(12, vakt_line:weight(<<"vakt[ferrule]: 12 lines lost">>)),
    ?assertEqual(1, vakt_line:weight(<<"vakt[ferrule]: many lines lost">>)),
    ?assertEqual(1, vakt_line:weight(<<"x">>)).

eight_bits_nul_and_control_bytes_pass_unchanged_test() ->
    ?assertMatch(#{text := <<"a", 0, 27, 128, 255, "z">>}, event(<<"Nov 21 18:04:15 h t: a", 0, 27, 128, 255, "z">>)).

%% Property: for any bytes there is an event, whose raw is the line and whose parts are parts of it.

random_bytes_test_() ->
    {timeout, 60, fun() -> each(40000, fun() -> rand:bytes(rand:uniform(80) - 1) end) end}.

%% Bytes near a real line find more than noise does: some bytes of a good line changed, cut or doubled.
mutated_lines_test_() ->
    {timeout, 60, fun() -> each(60000, fun() -> mutated(lists:nth(rand:uniform(6), good_lines())) end) end}.

good_lines() ->
    [<<"<3>2026-11-21T18:04:03.962539+00:00 board sshd[812]: Accepted password">>, <<"<191>Nov 21 18:04:15 h kernel: x: y">>,
     <<"Nov 21 18:04:15 h user.notice tag: msg">>, <<"Nov  1 18:04:15 h genunix: [ID 702911 kern.notice] panic">>,
     <<"vakt[ferrule]: 12 lines lost">>, <<"Feb 29 18:04:15 cron[7]: x">>].

mutated(Line) ->
    At = rand:uniform(byte_size(Line)) - 1,
    <<Before:At/binary, Byte, After/binary>> = Line,
    case rand:uniform(5) of
        1 -> <<Before/binary, (rand:uniform(256) - 1), After/binary>>;
        2 -> <<Before/binary, After/binary>>;
        3 -> <<Before/binary, Byte, Byte, After/binary>>;
        4 -> Before;
        5 -> mutated(<<Before/binary, (rand:uniform(10) + $/), After/binary>>)
    end.

each(0, _Make) ->
    ok;
each(N, Make) ->
    Line = Make(),
    ?assertEqual({Line, ok}, {Line, good(Line, event(Line))}),
    each(N - 1, Make).

good(_Line, #{gap := N, source := fifo, dropped_by := ferrule} = Gap) when is_integer(N), N > 0, map_size(Gap) =:= 3 -> ok;
good(Line, #{malformed := true, text := Line, raw := Line, time := undefined, source := fifo} = Event) when map_size(Event) =:= 10 -> ok;
good(Line, #{facility := F, severity := S, time := T, host := H, app := A, pid := P, text := Text, source := fifo, raw := Line} = Event) when
    is_atom(F), is_atom(S), is_integer(T), map_size(Event) =:= 9
->
    Parts = [Part || Part <- [H, A, P, Text], Part =/= undefined],
    true = lists:all(fun(Part) -> is_part(Part, Line) end, Parts),
    true = (F =:= undefined) =:= (S =:= undefined),
    ok;
good(_, Event) -> {bad, Event}.

is_part(<<>>, _) -> true;
is_part(Part, Line) -> binary:match(Line, Part) =/= nomatch.

%% 65535 bytes are the longest packet there is.
a_long_line_test() ->
    Text = binary:copy(<<"x">>, 65535 - 22),
    ?assertMatch(#{text := Text, app := <<"t">>}, event(<<"Nov 21 18:04:15 h t: ", Text/binary>>)),
    ?assertMatch(#{malformed := true}, event(binary:copy(<<"[">>, 65535))).
