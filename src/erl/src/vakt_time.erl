%% SPDX-License-Identifier: Apache-2.0
%% @doc The time at the begin of a syslog line: RFC 3339, section 5.6, or RFC 3164's `Mmm dd hh:mm:ss'.
%%
%% Pure: no clock, no failure.
-module(vakt_time).

-export([context/1, timestamp/2]).
-export_type([context/0]).

-type context() :: #{now := integer(), utc_offset := integer()}.
%% What a time without year and zone is measured against: `now' in nanoseconds since 1970-01-01T00:00:00Z, `utc_offset' in
%% seconds east of Greenwich.

-define(NANO, 1000000000).
-define(DIGIT(C), (C >= $0 andalso C =< $9)).
-define(NUMBER2(A, B), ((A - $0) * 10 + (B - $0))).

%% @doc The context of now, for local time: `Now' in nanoseconds since 1970-01-01T00:00:00Z.
-spec context(Now :: integer()) -> context().
context(Now) ->
    Utc = calendar:system_time_to_universal_time(Now, nanosecond),
    Local = calendar:universal_time_to_local_time(Utc),
    Offset = calendar:datetime_to_gregorian_seconds(Local) - calendar:datetime_to_gregorian_seconds(Utc),
    #{now => Now, utc_offset => Offset}.

%% @doc The time that the bytes begin with, in nanoseconds since 1970-01-01T00:00:00Z, and the bytes after it.
-spec timestamp(binary(), context()) -> {integer(), binary()} | none.
timestamp(<<Y1, Y2, Y3, Y4, $-, O1, O2, $-, D1, D2, T, Rest/binary>>, _Context) when
    ?DIGIT(Y1), ?DIGIT(Y2), ?DIGIT(Y3), ?DIGIT(Y4), ?DIGIT(O1), ?DIGIT(O2), ?DIGIT(D1), ?DIGIT(D2),
    (T =:= $T orelse T =:= $t)
->
    Date = {?NUMBER2(Y1, Y2) * 100 + ?NUMBER2(Y3, Y4), ?NUMBER2(O1, O2), ?NUMBER2(D1, D2)},
    case {valid(Date), clock(Rest)} of
        {true, {Seconds, AfterClock}} -> zoned(days(Date) * 86400 + Seconds, fraction(AfterClock));
        _ -> none
    end;
timestamp(<<M1, M2, M3, $\s, D1, D2, $\s, Rest/binary>>, Context) when
    (D1 =:= $\s orelse ?DIGIT(D1)), ?DIGIT(D2)
->
    Day = case D1 of
              $\s -> D2 - $0;
              _ -> ?NUMBER2(D1, D2)
          end,
    case {month(M1, M2, M3), clock(Rest)} of
        {none, _} -> none;
        {_, none} -> none;
        {Month, {Seconds, AfterClock}} -> nearest(Month, Day, Seconds, AfterClock, Context)
    end;
timestamp(_, _) ->
    none.

%% A leap second, 60, counts as the second after 59.
clock(<<H1, H2, $:, M1, M2, $:, S1, S2, Rest/binary>>) when
    ?DIGIT(H1), ?DIGIT(H2), ?NUMBER2(H1, H2) =< 23, ?DIGIT(M1), M1 =< $5, ?DIGIT(M2), ?DIGIT(S1), ?DIGIT(S2),
    ?NUMBER2(S1, S2) =< 60
->
    {?NUMBER2(H1, H2) * 3600 + ?NUMBER2(M1, M2) * 60 + ?NUMBER2(S1, S2), Rest};
clock(_) ->
    none.

%% Digits past the ninth are below a nanosecond and are passed over.
fraction(<<$., C, Rest/binary>>) when ?DIGIT(C) -> fraction(Rest, (C - $0) * 100000000, 10000000);
fraction(<<$., _/binary>>) -> none;
fraction(Rest) -> {0, Rest}.

fraction(<<C, Rest/binary>>, Nano, Unit) when ?DIGIT(C) -> fraction(Rest, Nano + (C - $0) * Unit, Unit div 10);
fraction(Rest, Nano, _Unit) -> {Nano, Rest}.

zoned(Seconds, {Nano, <<Z, Rest/binary>>}) when Z =:= $Z; Z =:= $z ->
    {Seconds * ?NANO + Nano, Rest};
zoned(Seconds, {Nano, <<Sign, H1, H2, $:, M1, M2, Rest/binary>>}) when
    (Sign =:= $+ orelse Sign =:= $-), ?DIGIT(H1), ?DIGIT(H2), ?NUMBER2(H1, H2) =< 23, ?DIGIT(M1), M1 =< $5, ?DIGIT(M2)
->
    Offset = ?NUMBER2(H1, H2) * 3600 + ?NUMBER2(M1, M2) * 60,
    East = case Sign of
               $+ -> Offset;
               $- -> -Offset
           end,
    {(Seconds - East) * ?NANO + Nano, Rest};
zoned(_, _) ->
    none.

%% The year that brings the time nearest to now; on 29 February only years that have one are asked.
nearest(Month, Day, Seconds, Rest, #{now := Now, utc_offset := Offset}) ->
    NowSeconds = Now div ?NANO,
    Year = year(NowSeconds + Offset),
    Times = [days(Date) * 86400 + Seconds - Offset
             || Y <- years(Month, Day, Year), Date <- [{Y, Month, Day}], valid(Date)],
    case Times of
        [] -> none;
        [First | More] -> {nearer(More, First, NowSeconds) * ?NANO, Rest}
    end.

years(2, 29, Year) -> lists:seq(Year - 8, Year + 8);
years(Month, _, Year) when Month =< 6 -> [Year, Year + 1];
years(_, _, Year) -> [Year, Year - 1].

nearer([Time | More], Best, Now) when abs(Time - Now) < abs(Best - Now) -> nearer(More, Time, Now);
nearer([_ | More], Best, Now) -> nearer(More, Best, Now);
nearer([], Best, _Now) -> Best.

year(Seconds) ->
    {{Year, _, _}, _} = calendar:system_time_to_universal_time(Seconds, second),
    Year.

valid({_, Month, Day}) when Month < 1; Month > 12; Day < 1; Day > 31 -> false;
valid({Year, 2, Day}) -> Day =< 28 orelse (Day =:= 29 andalso leap(Year));
valid({_, Month, 31}) -> Month =/= 4 andalso Month =/= 6 andalso Month =/= 9 andalso Month =/= 11;
valid(_) -> true.

leap(Year) -> (Year rem 4 =:= 0 andalso Year rem 100 =/= 0) orelse Year rem 400 =:= 0.

%% Days since 1970-01-01, in the proleptic Gregorian calendar. The year is taken to begin in March, so that the leap day is
%% its last one; 719468 days lie between 0000-03-01 and 1970-01-01.
days({Year, Month, Day}) ->
    Y = case Month =< 2 of
            true -> Year - 1 + 400;
            false -> Year + 400
        end,
    Era = Y div 400,
    YearOfEra = Y rem 400,
    DayOfYear = (153 * ((Month + 9) rem 12) + 2) div 5 + Day - 1,
    DayOfEra = YearOfEra * 365 + YearOfEra div 4 - YearOfEra div 100 + DayOfYear,
    (Era - 1) * 146097 + DayOfEra - 719468.

month($J, $a, $n) -> 1;
month($F, $e, $b) -> 2;
month($M, $a, $r) -> 3;
month($A, $p, $r) -> 4;
month($M, $a, $y) -> 5;
month($J, $u, $n) -> 6;
month($J, $u, $l) -> 7;
month($A, $u, $g) -> 8;
month($S, $e, $p) -> 9;
month($O, $c, $t) -> 10;
month($N, $o, $v) -> 11;
month($D, $e, $c) -> 12;
month(_, _, _) -> none.
