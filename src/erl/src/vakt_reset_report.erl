%% SPDX-License-Identifier: Apache-2.0
%% @doc Why the board last restarted: the keeper's report (`reset_report.json'), as a map.
-module(vakt_reset_report).

-export([read/1, decode/1, event/1]).
-export_type([report/0, cause/0, reason/0, event/0]).

-type cause() :: hw_watchdog | vm_hang | vm_crash | heart_command | requested | kernel_panic | power | clean | evidence | unknown.

-type report() :: #{
    version := 1,
    this_boot := binary(),
    boot := binary() | undefined,
    cause := cause(),
    confidence := low | medium | high,
    lease := binary(),
    text := binary(),
    noted_at_ns := integer() | undefined,
    beat_age_ms := non_neg_integer() | undefined,
    boots := non_neg_integer(),
    failed_boots := non_neg_integer(),
    evidence := [binary()],
    last_lines := [binary()]
}.
%% The keys are those of `vaktctl reset --json' and are explained there; null is `undefined'. A cause that this version does not
%% know is `unknown'.

-type reason() :: no_report | bad_report | file:posix().

-type event() :: #{atom() => term()}.
%% The report, and what every event has: `source => reset_report', `severity', `facility', `time' (when it was noted; else
%% `undefined'), `host', `app', `pid', `text'.

-define(LARGEST, 1048576).

%% @doc The report in a file.
-spec read(file:filename_all()) -> {ok, report()} | {error, reason()}.
read(Path) ->
    case bytes(Path) of
        {ok, Bytes} -> decode(Bytes);
        {error, enoent} -> {error, no_report};
        {error, Reason} -> {error, Reason}
    end.

bytes(Path) ->
    case file:open(Path, [read, raw, binary]) of
        {ok, File} ->
            Read = file:read(File, ?LARGEST),
            ok = file:close(File),
            some(Read);
        Error ->
            Error
    end.

some({ok, Bytes}) when byte_size(Bytes) < ?LARGEST -> {ok, Bytes};
some({error, Reason}) when is_atom(Reason) -> {error, Reason};
some(_) -> {error, bad_report}.

%% @doc The report that the bytes are. Keys that are not known are passed over.
-spec decode(binary()) -> {ok, report()} | {error, bad_report}.
decode(Bytes) ->
    case vakt_json:decode(Bytes) of
        {ok, #{<<"version">> := 1} = Object} -> taken(fields(), Object, #{version => 1});
        _ -> {error, bad_report}
    end.

taken([{Key, Type} | Fields], Object, Report) ->
    case value(Type, maps:get(atom_to_binary(Key), Object, missing)) of
        {ok, Value} -> taken(Fields, Object, Report#{Key => Value});
        none -> {error, bad_report}
    end;
taken([], _, Report) ->
    {ok, Report}.

fields() ->
    [{this_boot, text}, {boot, {null_or, text}}, {cause, cause}, {confidence, confidence}, {lease, text}, {text, text},
     {noted_at_ns, {null_or, integer}}, {beat_age_ms, {null_or, count}}, {boots, count}, {failed_boots, count}, {evidence, texts},
     {last_lines, texts}].

value({null_or, _}, null) -> {ok, undefined};
value({null_or, Type}, Value) -> value(Type, Value);
value(text, Text) when is_binary(Text) -> {ok, Text};
value(integer, N) when is_integer(N) -> {ok, N};
value(count, N) when is_integer(N), N >= 0 -> {ok, N};
value(texts, Texts) when is_list(Texts) -> all_texts(lists:all(fun is_binary/1, Texts), Texts);
value(cause, Name) when is_binary(Name) -> {ok, cause(Name)};
value(confidence, <<"low">>) -> {ok, low};
value(confidence, <<"medium">>) -> {ok, medium};
value(confidence, <<"high">>) -> {ok, high};
value(_, _) -> none.

all_texts(true, Texts) -> {ok, Texts};
all_texts(false, _) -> none.

cause(<<"hw_watchdog">>) -> hw_watchdog;
cause(<<"vm_hang">>) -> vm_hang;
cause(<<"vm_crash">>) -> vm_crash;
cause(<<"heart_command">>) -> heart_command;
cause(<<"requested">>) -> requested;
cause(<<"kernel_panic">>) -> kernel_panic;
cause(<<"power">>) -> power;
cause(<<"clean">>) -> clean;
cause(<<"evidence">>) -> evidence;
cause(_) -> unknown.

%% @doc The event that subscribers get once after a boot. Its severity tells a hang from an orderly end.
-spec event(report()) -> event().
event(#{cause := Cause, noted_at_ns := Noted} = Report) ->
    Report#{source => reset_report, severity => severity(Cause), facility => daemon, time => Noted, host => undefined,
            app => <<"wd_keeper">>, pid => undefined}.

severity(Cause) when Cause =:= requested; Cause =:= clean -> notice;
severity(Cause) when Cause =:= power; Cause =:= unknown -> warning;
severity(_) -> error.
