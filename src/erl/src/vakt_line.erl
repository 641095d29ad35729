%% SPDX-License-Identifier: Apache-2.0
%% @doc One line of a syslog daemon, as it comes out of the pipe, to an event.
%%
%% Pure: no clock, no process, no failure. Whatever the bytes are, they become an event; one that is no syslog line is
%% marked `malformed => true' and its text is the whole line. All binaries of an event are parts of the line.
%%
%% Read are the forms that the daemons write (`<...>' is optional):
%% ```
%% <PRI>2026-11-21T18:04:03.962539+00:00 host app[pid]: text      rsyslog, syslog-ng with ISODATE
%% <PRI>Nov 21 18:04:15 host app[pid]: text                       RFC 3164, section 4.1.2; syslog-ng, inetutils, sysklogd
%% Nov 21 18:04:15 host kern.info app: text                       busybox
%% Nov 21 18:04:15 host app: [ID 702911 kern.notice] text         Solaris
%% vakt[ferrule]: 12 lines lost                                   ferrule itself: a gap
%% '''
-module(vakt_line).

-export([event/2, weight/1, context/1]).
-export_type([event/0, gap/0, context/0]).

-type event() :: #{
    facility := vakt_priority:facility() | undefined,
    severity := vakt_priority:severity() | undefined,
    time := integer() | undefined,
    host := binary() | undefined,
    app := binary() | undefined,
    pid := binary() | undefined,
    text := binary(),
    source := fifo,
    raw := binary(),
    malformed => true
}.
%% `time' is in nanoseconds since 1970-01-01T00:00:00Z; `raw' is the line without its newline.

-type gap() :: #{gap := pos_integer() | unknown, source := fifo | keeper | subscriber, dropped_by => ferrule | vm}.
%% Stands where that many lines, or events of the keeper, were lost. `fifo', `keeper': nobody got them; `subscriber': this
%% subscriber was too slow.

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

%% @doc The event that a line, without its newline, stands for. Never fails.
-spec event(Line :: binary(), context()) -> event() | gap().
event(<<"vakt[ferrule]: ", Rest/binary>> = Line, Context) ->
    case lost(Rest, 0) of
        none -> record(Line, Context);
        N -> #{gap => N, source => fifo, dropped_by => ferrule}
    end;
event(Line, Context) ->
    record(Line, Context).

%% @doc For how many lines a line stands: one, or as many as ferrule says were lost there.
-spec weight(Line :: binary()) -> pos_integer().
weight(<<"vakt[ferrule]: ", Rest/binary>>) ->
    case lost(Rest, 0) of
        none -> 1;
        N -> N
    end;
weight(_) ->
    1.

lost(<<C, Rest/binary>>, N) when ?DIGIT(C), N < ?NANO * ?NANO -> lost(Rest, N * 10 + C - $0);
lost(<<" lines lost">>, N) when N > 0 -> N;
lost(<<" line lost">>, N) when N > 0 -> N;
lost(_, _) -> none.

record(Line, Context) ->
    {Pri, Rest} = pri(Line),
    case timestamp(Rest, Context) of
        {Time, AfterTime} -> origin(AfterTime, Pri, Time, Line);
        none -> malformed(Pri, Line)
    end.

malformed(Pri, Line) ->
    {Facility, Severity} = names(Pri),
    #{facility => Facility, severity => Severity, time => undefined, host => undefined, app => undefined,
      pid => undefined, text => Line, source => fifo, raw => Line, malformed => true}.

%% PRI: 0 to 191, no leading zero (RFC 5424, section 6.2.1).

pri(<<$<, A, $>, Rest/binary>>) when ?DIGIT(A) -> {A - $0, Rest};
pri(<<$<, A, B, $>, Rest/binary>>) when ?DIGIT(A), A > $0, ?DIGIT(B) -> {?NUMBER2(A, B), Rest};
pri(<<$<, $1, B, C, $>, Rest/binary>>) when ?DIGIT(B), ?DIGIT(C), ?NUMBER2(B, C) =< 91 -> {100 + ?NUMBER2(B, C), Rest};
pri(Line) -> {none, Line}.

names(none) -> {undefined, undefined};
names(Pri) -> {vakt_priority:facility(Pri bsr 3), vakt_priority:severity(Pri band 7)}.

%% After the time: "host [facility.level ]tag[pid]: text". A word with a colon in the host's place is the tag already:
%% some daemons leave the host out.

origin(<<$\s, Rest/binary>>, Pri, Time, Line) ->
    case tag(Rest) of
        {_, _, _} = Tag -> message(undefined, Tag, names(Pri), Time, Line);
        none -> hosted(word(Rest), Pri, Time, Line)
    end;
origin(<<>>, Pri, Time, Line) ->
    message(undefined, {undefined, undefined, <<>>}, names(Pri), Time, Line);
origin(_, Pri, _Time, Line) ->
    malformed(Pri, Line).

hosted({<<>>, _}, Pri, _Time, Line) ->
    malformed(Pri, Line);
hosted({Host, Rest}, Pri, Time, Line) ->
    {Names, Tagged} = named_priority(Rest, names(Pri)),
    case tag(Tagged) of
        {_, _, _} = Tag -> message(Host, Tag, Names, Time, Line);
        none -> message(Host, {undefined, undefined, Tagged}, Names, Time, Line)
    end.

message(Host, {App, Pid, Text}, Names, Time, Line) ->
    {{Facility, Severity}, Plain} = message_id(Text, Names),
    #{facility => Facility, severity => Severity, time => Time, host => Host, app => App, pid => Pid, text => Plain,
      source => fifo, raw => Line}.

word(Bytes) -> word(Bytes, Bytes, 0).

word(<<$\s, Rest/binary>>, Bytes, N) -> {binary:part(Bytes, 0, N), Rest};
word(<<_, Rest/binary>>, Bytes, N) -> word(Rest, Bytes, N + 1);
word(<<>>, Bytes, _N) -> {Bytes, <<>>}.

%% "app: ", "app[pid]: " or "app[pid] "; the colon must end the word, so that "http://x" or an IPv6 address is no tag.

tag(Bytes) -> tag(Bytes, Bytes, 0).

tag(<<$:, $\s, Rest/binary>>, Bytes, N) when N > 0 -> {binary:part(Bytes, 0, N), undefined, Rest};
tag(<<$:>>, Bytes, N) when N > 0 -> {binary:part(Bytes, 0, N), undefined, <<>>};
tag(<<$[, Rest/binary>>, Bytes, N) when N > 0 -> tag_pid(Rest, Rest, 0, binary:part(Bytes, 0, N));
tag(<<C, Rest/binary>>, Bytes, N) when C > $\s -> tag(Rest, Bytes, N + 1);
tag(_, _, _) -> none.

tag_pid(<<$], Rest/binary>>, Bytes, N, App) when N > 0 ->
    case Rest of
        <<$:, $\s, Text/binary>> -> {App, binary:part(Bytes, 0, N), Text};
        <<$:>> -> {App, binary:part(Bytes, 0, N), <<>>};
        <<$\s, Text/binary>> -> {App, binary:part(Bytes, 0, N), Text};
        _ -> none
    end;
tag_pid(<<C, Rest/binary>>, Bytes, N, App) when C > $\s -> tag_pid(Rest, Bytes, N + 1, App);
tag_pid(_, _, _, _) -> none.

%% busybox: a word "facility.level" before the tag.

named_priority(Bytes, Names) ->
    case vakt_priority:facility_at(Bytes) of
        {Facility, <<$., Level/binary>>} ->
            case vakt_priority:severity_at(Level) of
                {Severity, <<$\s, Rest/binary>>} -> {{Facility, Severity}, Rest};
                _ -> {Names, Bytes}
            end;
        _ ->
            {Names, Bytes}
    end.

%% Solaris: "[ID n facility.level] " before the text (syslogd(8): message identification).

message_id(<<"[ID ", Rest/binary>> = Text, Names) ->
    case named_priority_at(digits(Rest)) of
        {Found, Plain} -> {Found, Plain};
        none -> {Names, Text}
    end;
message_id(Text, Names) ->
    {Names, Text}.

digits(<<C, Rest/binary>>) when ?DIGIT(C) -> digits(Rest);
digits(Rest) -> Rest.

named_priority_at(<<$\s, Bytes/binary>>) ->
    case vakt_priority:facility_at(Bytes) of
        {Facility, <<$., Level/binary>>} ->
            case vakt_priority:severity_at(Level) of
                {Severity, <<"] ", Rest/binary>>} -> {{Facility, Severity}, Rest};
                {Severity, <<"]">>} -> {{Facility, Severity}, <<>>};
                _ -> none
            end;
        _ ->
            none
    end;
named_priority_at(_) ->
    none.

%% Time: RFC 3339, section 5.6, or RFC 3164's "Mmm dd hh:mm:ss".

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
