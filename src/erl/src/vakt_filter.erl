%% SPDX-License-Identifier: Apache-2.0
%% @doc What a subscriber wants to hear of: sources, and a filter with the meaning of the bridge's (`src/relay/filter.h').
%%
%% Pure. The bridge is told what any subscriber of this VM wants ({@link pushed/1}), so that what nobody wants is not even sent;
%% each subscriber's own wish is looked at again here, so it holds whichever way an event came.
-module(vakt_filter).

-export([new/2, wants/2, wants_bridge/1, pushed/1, sources/0]).
-export_type([wanted/0, some/0, option/0, condition/0, source/0, pushed/0]).

-type source() :: vakt_record:source() | keeper | reset_report.

-type condition() :: #{
    severity => vakt_priority:severity(),
    facility => [vakt_priority:facility() | undefined],
    source => [source()],
    app => [binary()],
    unit => [binary()],
    text => [binary()],
    strict => boolean()
}.
%% All that is said must hold, of a list one thing; `[]' says nothing. `severity': this or worse; only `debug' lets those pass that
%% have none. `app', `unit': equal; `text': somewhere in the text; byte for byte, 16 of each at most, 1 to 255 bytes long.

-type option() :: condition() | [condition()].
%% One of them must hold, 16 at most. Critical and above passes always, unless all are `strict'; gaps pass always, as far as they
%% are of a source that is wanted.

-type pushed() :: {Strict :: boolean(), [pushed_condition()]}.
-type pushed_condition() ::
    {LeastSevere :: 0..7, Facilities :: non_neg_integer(), Sources :: non_neg_integer(), Apps :: [binary()], Units :: [binary()],
     Texts :: [binary()]}.
%% As it is on the wire: sets as bits. No condition: everything.

-record(wanted, {
    sources :: all | [source()],
    strict :: boolean(),
    any_of :: [condition()]
}).
-opaque some() :: #wanted{}.
-type wanted() :: all | some().

-define(MOST, 16).
-define(LONGEST, 255).
%% A message to the bridge has 65536 bytes at most.
-define(MOST_BYTES, 60000).
-define(NO_PRI, 31).

%% @doc All sources there are.
-spec sources() -> [source()].
sources() -> bridge_sources() ++ [keeper, reset_report].

bridge_sources() -> [bridge, fifo, kmsg, journal, socket, forward, udp].

%% @doc What is wanted, of the options `sources' and `filter' (`[]': everything); `error' for what is none.
-spec new(all | [source()], option()) -> {ok, wanted()} | error.
new(Sources, Condition) when is_map(Condition) -> new(Sources, [Condition]);
new(Sources, Conditions) when is_list(Conditions), length(Conditions) =< ?MOST ->
    case are_sources(Sources) andalso lists:all(fun is_condition/1, Conditions) of
        true when Sources =:= all, Conditions =:= [] -> {ok, all};
        true -> {ok, #wanted{sources = Sources, strict = is_strict(Conditions), any_of = Conditions}};
        false -> error
    end;
new(_, _) -> error.

is_strict(Conditions) -> Conditions =/= [] andalso lists:all(fun(Condition) -> maps:get(strict, Condition, false) end, Conditions).

are_sources(all) -> true;
are_sources(Sources) -> is_list(Sources) andalso Sources =/= [] andalso Sources -- sources() =:= [].

is_condition(Condition) when is_map(Condition) -> lists:all(fun is_part/1, maps:to_list(Condition));
is_condition(_) -> false.

is_part({strict, Value}) -> is_boolean(Value);
is_part({severity, Value}) -> lists:member(Value, severities());
is_part({facility, Values}) -> is_list(Values) andalso Values -- facilities() =:= [];
is_part({source, Values}) -> is_list(Values) andalso Values -- sources() =:= [];
is_part({Key, Words}) when Key =:= app; Key =:= unit; Key =:= text ->
    is_list(Words) andalso length(Words) =< ?MOST andalso lists:all(fun is_word/1, Words);
is_part(_) -> false.

is_word(Word) -> is_binary(Word) andalso Word =/= <<>> andalso byte_size(Word) =< ?LONGEST.

severities() -> [vakt_priority:severity(N) || N <- lists:seq(0, 7)].

facilities() -> [undefined | [vakt_priority:facility(N) || N <- lists:seq(0, 23)]].

%% @doc Whether it wants this event.
-spec wants(wanted(), vakt_hub:event()) -> boolean().
wants(all, _) -> true;
wants(#wanted{sources = all} = Wanted, Event) -> passes(Wanted, Event);
%% What the bridge itself lost may be of any of its sources.
wants(Wanted, #{gap := _, source := bridge}) -> wants_bridge(Wanted);
wants(#wanted{sources = Sources} = Wanted, #{source := Source} = Event) ->
    lists:member(Source, Sources) andalso passes(Wanted, Event).

passes(#wanted{any_of = []}, _) -> true;
passes(_, #{gap := _}) -> true;
passes(#wanted{strict = false}, #{severity := Severity}) when
    Severity =:= emergency; Severity =:= alert; Severity =:= critical
->
    true;
passes(#wanted{any_of = Conditions}, Event) -> any(Conditions, Event).

any([Condition | More], Event) -> holds(maps:to_list(Condition), Event) orelse any(More, Event);
any([], _) -> false.

holds([{Key, Value} | More], Event) -> part(Key, Value, Event) andalso holds(More, Event);
holds([], _) -> true.

part(strict, _, _) -> true;
part(severity, debug, _) -> true;
part(severity, Least, #{severity := Severity}) -> Severity =/= undefined andalso number(Severity) =< number(Least);
part(_, [], _) -> true;
part(text, Words, #{text := Text}) -> binary:match(Text, Words) =/= nomatch;
part(Key, Values, Event) -> lists:member(maps:get(Key, Event, undefined), Values).

number(emergency) -> 0;
number(alert) -> 1;
number(critical) -> 2;
number(error) -> 3;
number(warning) -> 4;
number(notice) -> 5;
number(info) -> 6;
number(debug) -> 7.

%% @doc Whether something that the bridge reads may be wanted.
-spec wants_bridge(wanted()) -> boolean().
wants_bridge(all) -> true;
wants_bridge(#wanted{sources = all}) -> true;
wants_bridge(#wanted{sources = Sources}) -> Sources -- (Sources -- bridge_sources()) =/= [].

%% @doc What the bridge is asked for, so that each of them gets what he wants: all of their conditions, or everything where that
%% would be too many. `nothing': none of them wants anything of the bridge.
-spec pushed([wanted()]) -> pushed() | nothing.
pushed(All) ->
    case [push(Wanted) || Wanted <- All, wants_bridge(Wanted)] of
        [] -> nothing;
        Pushed -> united(lists:usort(Pushed))
    end.

united([One]) -> bounded(One);
united(Pushed) ->
    case lists:any(fun({_, Conditions}) -> Conditions =:= [] end, Pushed) of
        true -> {false, []};
        false -> bounded({lists:all(fun({Strict, _}) -> Strict end, Pushed),
                          lists:usort(lists:append([Conditions || {_, Conditions} <- Pushed]))})
    end.

bounded({_, Conditions} = Pushed) ->
    Bytes = lists:sum([byte_size(Word) + 1 || {_, _, _, Apps, Units, Texts} <- Conditions, Word <- Apps ++ Units ++ Texts]),
    case length(Conditions) =< ?MOST andalso Bytes =< ?MOST_BYTES of
        true -> Pushed;
        false -> {false, []}
    end.

%% One that wants whole sources, and they alone, loses nothing by being strict about them.
push(all) -> {false, []};
push(#wanted{sources = Sources, any_of = []}) -> {true, [{7, 0, source_bits(Sources), [], [], []}]};
push(#wanted{sources = Sources, strict = Strict, any_of = Conditions}) ->
    Pushed = [pushed_condition(Condition, Sources) || Condition <- Conditions],
    case [Condition || Condition <- Pushed, element(3, Condition) =/= nothing] of
        %% Its conditions are of other sources than it has; what is critical it may want nevertheless.
        [] -> {Strict, [{2, 0, source_bits(Sources), [], [], []}]};
        Some -> {Strict, Some}
    end.

pushed_condition(Condition, Sources) ->
    {number(maps:get(severity, Condition, debug)), facility_bits(maps:get(facility, Condition, [])),
     both(maps:get(source, Condition, []), Sources), maps:get(app, Condition, []), maps:get(unit, Condition, []),
     maps:get(text, Condition, [])}.

both([], Sources) -> source_bits(Sources);
both(Own, all) -> some_bits(Own);
both(Own, Sources) -> some_bits([Source || Source <- Own, lists:member(Source, Sources)]).

some_bits(Sources) ->
    case source_bits(Sources) of
        0 -> nothing;
        Bits -> Bits
    end.

source_bits(all) -> 0;
source_bits(Sources) -> bits([N || {N, Source} <- numbered(bridge_sources()), lists:member(Source, Sources)]).

facility_bits(Facilities) ->
    bits([facility_bit(N) || {N, Facility} <- numbered(tl(facilities()) ++ [undefined]), lists:member(Facility, Facilities)]).

facility_bit(24) -> ?NO_PRI;
facility_bit(N) -> N.

numbered(List) -> lists:zip(lists:seq(0, length(List) - 1), List).

bits(Numbers) -> lists:foldl(fun(N, Bits) -> Bits bor (1 bsl N) end, 0, Numbers).
