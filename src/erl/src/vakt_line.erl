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
%% vakt[bridge]: 12 lines lost, some lines lost                    syslog_bridge, which feeds the pipe (bridge.conf(5))
%% '''
-module(vakt_line).

-export([event/2, weight/1]).
-export_type([event/0, gap/0]).

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

-type gap() :: #{gap := pos_integer() | unknown, source := fifo | keeper | subscriber, dropped_by => ferrule | bridge | vm}.
%% Stands where that many lines, or events of the keeper, were lost. `fifo', `keeper': nobody got them; `subscriber': this
%% subscriber was too slow.

%% No count that ferrule writes has more digits.
-define(LARGEST_COUNT, 1000000000000000000).
-define(DIGIT(C), (C >= $0 andalso C =< $9)).
-define(NUMBER2(A, B), ((A - $0) * 10 + (B - $0))).

%% @doc The event that a line, without its newline, stands for. Never fails.
-spec event(Line :: binary(), vakt_time:context()) -> event() | gap().
event(<<"vakt[ferrule]: ", Rest/binary>> = Line, Context) ->
    case lost(Rest, 0) of
        none -> record(Line, Context);
        N -> #{gap => N, source => fifo, dropped_by => ferrule}
    end;
event(<<"vakt[bridge]: some lines lost">>, _Context) ->
    #{gap => unknown, source => fifo, dropped_by => bridge};
event(<<"vakt[bridge]: ", Rest/binary>> = Line, Context) ->
    case lost(Rest, 0) of
        none -> record(Line, Context);
        N -> #{gap => N, source => fifo, dropped_by => bridge}
    end;
event(Line, Context) ->
    record(Line, Context).

%% @doc For how many lines a line stands: one, or as many as ferrule says were lost there.
-spec weight(Line :: binary()) -> pos_integer().
weight(<<"vakt[ferrule]: ", Rest/binary>>) -> weight_of(lost(Rest, 0));
weight(<<"vakt[bridge]: ", Rest/binary>>) -> weight_of(lost(Rest, 0));
weight(_) -> 1.

weight_of(none) -> 1;
weight_of(N) -> N.

lost(<<C, Rest/binary>>, N) when ?DIGIT(C), N < ?LARGEST_COUNT -> lost(Rest, N * 10 + C - $0);
lost(<<" lines lost">>, N) when N > 0 -> N;
lost(<<" line lost">>, N) when N > 0 -> N;
lost(_, _) -> none.

record(Line, Context) ->
    {Pri, Rest} = pri(Line),
    case vakt_time:timestamp(Rest, Context) of
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
