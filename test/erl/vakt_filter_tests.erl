%% SPDX-License-Identifier: Apache-2.0
%% A filter means here what it means to the bridge, and the bridge is asked for no less than anybody wants.
-module(vakt_filter_tests).
-include_lib("eunit/include/eunit.hrl").

event() -> #{source => socket, facility => daemon, severity => info, app => <<"sshd">>, text => <<"session opened">>}.

wanted(Option) -> wanted(all, Option).

wanted(Sources, Option) ->
    {ok, Wanted} = vakt_filter:new(Sources, Option),
    Wanted.

wants(Option, Event) -> vakt_filter:wants(wanted(Option), Event).

severity_and_worse_pass_test() ->
    ?assert(wants(#{severity => info}, event())),
    ?assertNot(wants(#{severity => notice}, event())),
    ?assert(wants(#{severity => notice}, (event())#{severity := notice})).

only_debug_lets_pass_what_has_no_severity_test() ->
    ?assert(wants(#{severity => debug}, (event())#{severity := undefined})),
    ?assertNot(wants(#{severity => info}, (event())#{severity := undefined})).

critical_and_above_passes_unless_all_are_strict_test() ->
    Critical = (event())#{severity := critical},
    Error = (event())#{severity := error},
    ?assert(wants(#{app => [<<"su">>]}, Critical)),
    ?assertNot(wants(#{app => [<<"su">>]}, Error)),
    ?assertNot(wants(#{app => [<<"su">>], strict => true}, Critical)),
    ?assert(wants([#{app => [<<"su">>], strict => true}, #{app => [<<"x">>]}], Critical)).

all_that_is_said_must_hold_test() ->
    ?assert(wants(#{app => [<<"su">>, <<"sshd">>], text => [<<"opened">>], facility => [daemon], source => [socket]}, event())),
    [?assertNot(wants(maps:merge(#{app => [<<"sshd">>]}, Other), event()))
     || Other <- [#{app => [<<"ssh">>]}, #{text => [<<"closed">>]}, #{facility => [auth]}, #{source => [udp]}, #{unit => [<<"a.service">>]}]].

one_of_a_list_is_enough_test() ->
    ?assert(wants([#{app => [<<"su">>]}, #{severity => info}], event())),
    ?assertNot(wants([#{app => [<<"su">>]}, #{severity => error}], event())).

what_is_empty_says_nothing_test() ->
    ?assert(wants(#{}, event())),
    ?assert(wants([], event())),
    ?assert(wants(#{app => [], facility => []}, event())).

gaps_pass_the_filter_but_are_of_their_source_test() ->
    Gap = #{gap => 3, source => kmsg},
    ?assert(wants(#{app => [<<"su">>], strict => true}, Gap)),
    ?assert(vakt_filter:wants(wanted([kmsg], []), Gap)),
    ?assertNot(vakt_filter:wants(wanted([udp], []), Gap)),
    ?assert(vakt_filter:wants(wanted([udp], []), Gap#{source := bridge})),
    ?assertNot(vakt_filter:wants(wanted([keeper], []), Gap#{source := bridge})).

a_unit_is_known_or_not_test() ->
    ?assert(wants(#{unit => [<<"a.service">>]}, (event())#{unit => <<"a.service">>})),
    ?assertNot(wants(#{unit => [<<"a.service">>]}, (event())#{unit => <<"b.service">>})).

what_is_no_filter_is_an_error_test() ->
    Long = binary:copy(<<"x">>, 256),
    [?assertEqual(error, vakt_filter:new(all, Option))
     || Option <- [none, #{severity => bad}, #{facility => kern}, #{facility => [bad]}, #{app => <<"a">>}, #{app => [<<>>]}, #{app => [Long]},
                   #{text => ["string"]}, #{strict => 1}, #{colour => [red]}, [x], #{app => [<<"x">> || _ <- lists:seq(1, 17)]},
                   [#{} || _ <- lists:seq(1, 17)], #{source => [subscriber]}]],
    [?assertMatch({ok, _}, vakt_filter:new(all, Option))
     || Option <- [#{app => [binary:copy(<<"x">>, 255)]}, #{app => [<<"x">> || _ <- lists:seq(1, 16)]}, [#{} || _ <- lists:seq(1, 16)]]],
    [?assertEqual(error, vakt_filter:new(Sources, [])) || Sources <- [[], none, [subscriber], [fifo, fifo]]].

%% Pushed.

nothing_is_asked_for_nobody_test() ->
    ?assertEqual(nothing, vakt_filter:pushed([])),
    ?assertEqual(nothing, vakt_filter:pushed([wanted([keeper, reset_report], [])])).

one_that_wants_everything_is_enough_test() ->
    ?assertEqual({false, []}, vakt_filter:pushed([wanted([]), wanted(#{app => [<<"a">>], strict => true})])).

conditions_are_united_test() ->
    ?assertEqual({false, [{3, 0, 0, [], [], []}, {7, 16#80000008, 16#14, [<<"a">>], [<<"u">>], [<<"t">>]}]},
                 vakt_filter:pushed([wanted(#{severity => error, strict => true}),
                                     wanted(#{facility => [daemon, undefined], source => [kmsg, socket], app => [<<"a">>], unit => [<<"u">>],
                                              text => [<<"t">>]})])),
    ?assertMatch({true, [_]}, vakt_filter:pushed([wanted(#{severity => error, strict => true})])).

whole_sources_are_a_condition_test() ->
    ?assertEqual({true, [{7, 0, 2#100, [], [], []}]}, vakt_filter:pushed([wanted([kmsg, keeper], [])])).

too_much_to_say_is_everything_test() ->
    Many = fun(From, To) -> wanted([#{app => [integer_to_binary(N)]} || N <- lists:seq(From, To)]) end,
    ?assertMatch({false, [_ | _]}, vakt_filter:pushed([Many(1, 8), Many(9, 16)])),
    ?assertEqual({false, []}, vakt_filter:pushed([Many(1, 8), Many(9, 17)])),
    Words = [<<N, 0:2032>> || N <- lists:seq(1, 16)],
    ?assertEqual({false, []}, vakt_filter:pushed([wanted([#{app => Words, unit => Words, text => [<<N>> | tl(Words)]} || N <- lists:seq(1, 6)])])).

%% Whatever subscribers want, what is pushed lets pass all that any of them does: by a bridge's own rule, written down once more.
nobody_gets_less_than_he_wants_test_() ->
    {timeout, 60, fun() ->
        _ = rand:seed(exsss, {4, 5, 6}),
        [begin
             All = [random_wanted() || _ <- lists:seq(1, rand:uniform(4))],
             Pushed = vakt_filter:pushed(All),
             [?assert(bridge_passes(Pushed, Event)) || Event <- [random_event() || _ <- lists:seq(1, 20)], W <- All, vakt_filter:wants(W, Event)]
         end || _ <- lists:seq(1, 2000)]
    end}.

bridge_passes(nothing, _) -> false;
bridge_passes({_, []}, _) -> true;
bridge_passes({Strict, Conditions}, #{severity := Severity} = Event) ->
    (not Strict andalso lists:member(Severity, [emergency, alert, critical]))
        orelse lists:any(fun(Condition) -> bridge_holds(Condition, Event) end, Conditions).

bridge_holds({Least, Facilities, Sources, Apps, Units, Texts}, #{facility := Facility, severity := Severity, source := Source} = Event) ->
    Number = maps:get(Severity, maps:from_list([{undefined, 8} | [{vakt_priority:severity(N), N} || N <- lists:seq(0, 7)]])),
    Bit = maps:get(Facility, maps:from_list([{undefined, 31} | [{vakt_priority:facility(N), N} || N <- lists:seq(0, 23)]])),
    SourceBit = maps:get(Source, #{bridge => 0, fifo => 1, kmsg => 2, journal => 3, socket => 4, forward => 5, udp => 6}),
    (Least =:= 7 orelse Number =< Least)
        andalso (Facilities =:= 0 orelse Facilities band (1 bsl Bit) =/= 0)
        andalso (Sources =:= 0 orelse Sources band (1 bsl SourceBit) =/= 0)
        andalso (Apps =:= [] orelse lists:member(maps:get(app, Event), Apps))
        andalso (Units =:= [] orelse lists:member(maps:get(unit, Event, undefined), Units))
        andalso (Texts =:= [] orelse binary:match(maps:get(text, Event), Texts) =/= nomatch).

random_event() ->
    #{source => one_of([bridge, fifo, kmsg, journal, socket, forward, udp]), facility => one_of([undefined, kern, daemon, local7]),
      severity => one_of([undefined, emergency, critical, error, info, debug]), app => one_of([undefined, <<"a">>, <<"b">>]),
      text => one_of([<<>>, <<"an x">>, <<"y">>]), unit => one_of([<<"u">>, <<"v">>])}.

random_wanted() ->
    Sources = one_of([all, [kmsg], [fifo, keeper], [udp, journal], [keeper]]),
    wanted(Sources, [random_condition() || _ <- lists:seq(1, rand:uniform(4) - 1)]).

random_condition() ->
    Parts = [{severity, one_of([critical, error, info, debug])}, {facility, one_of([[], [kern], [daemon, undefined]])},
             {source, one_of([[], [kmsg], [fifo, udp], [keeper]])}, {app, one_of([[], [<<"a">>]])}, {unit, one_of([[], [<<"u">>]])},
             {text, one_of([[], [<<"x">>, <<"z">>]])}, {strict, one_of([true, false])}],
    maps:from_list([Part || Part <- Parts, rand:uniform(3) =:= 1]).

one_of(List) -> lists:nth(rand:uniform(length(List)), List).
