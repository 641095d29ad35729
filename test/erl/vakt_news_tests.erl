%% SPDX-License-Identifier: Apache-2.0
%% Each kind of news is an event with the keys of any event, a severity that fits, and words for people.
-module(vakt_news_tests).
-include_lib("eunit/include/eunit.hrl").

-define(NOW, 1795287600000000000).

news(Kind, Cause) ->
    #{kind => Kind, cause => Cause, 'end' => reboot, percent => 0, subject => <<"otp">>, deadline => 60000000001, by => 1000}.

event(News) -> vakt_news:event(News, #{now => ?NOW, clock => 50000000000}).

text(News) -> maps:get(text, event(News)).

a_warning_as_a_whole_test() ->
    ?assertEqual(
        #{source => keeper, kind => warned, severity => warning, facility => daemon, time => ?NOW, host => undefined, app => <<"wd_keeper">>,
          pid => undefined, text => <<"otp: silent for 75 % of its beat timeout; reset in 10 s at the latest">>, subject => <<"otp">>,
          cause => none, reset_in_ms => 10000, percent => 75},
        event((news(warned, none))#{percent => 75})).

each_kind_has_its_severity_test_() ->
    [?_assertMatch(#{severity := Severity}, event(news(Kind, requested)))
     || {Kind, Severity} <- [{warned, warning}, {given_up, critical}, {command, error}, {recovered, notice}, {retired, notice},
                             {snoozed, notice}, {verdict, emergency}, {drill, warning}, {disarmed, warning}, {stale, critical},
                             {clean, notice}, {left, notice}]].

each_cause_has_its_words_test_() ->
    [?_assertEqual(iolist_to_binary(["otp: given up: ", Words, "; reset in 11 s at the latest"]),
                   text((news(given_up, Cause))#{deadline => 60000000001 + 999999999}))
     || {Cause, Words} <- [{none, "no cause was given"}, {vm_silent, "no beat from the VM"},
                           {vm_closed, "the VM closed its port without SHUT_DOWN"}, {vm_crash, "the VM crashed"},
                           {port_failed, "heart cannot read its port"}, {heart_silent, "heart is lost or silent"},
                           {never_came, "it never came within its boot deadline"}, {evidence, "evidence is stale"},
                           {requested, "asked for by uid 1000"}, {drill, "a drill by uid 1000"}]].

the_end_of_the_board_is_said_test_() ->
    [?_assertMatch({<<Words:6/binary, _/binary>>, End}, {text((news(verdict, requested))#{subject => <<>>, 'end' => End}),
                                                        maps:get('end', event((news(verdict, requested))#{'end' => End}))})
     || {End, Words} <- [{reboot, <<"reboot">>}, {poweroff, <<"power ">>}, {halt, <<"halt: ">>}]].

only_who_asked_is_named_test() ->
    ?assertMatch(#{uid := 1000}, event(news(snoozed, requested))),
    ?assertMatch(#{uid := 1000}, event(news(verdict, requested))),
    ?assertNot(is_map_key(uid, event(news(verdict, vm_silent)))),
    ?assertNot(is_map_key(uid, event(news(given_up, vm_silent)))).

without_a_clock_or_a_deadline_no_time_is_said_test() ->
    Without = vakt_news:event(news(recovered, none), #{now => ?NOW, clock => undefined}),
    ?assertMatch(#{reset_in_ms := undefined, text := <<"otp: beats again">>}, Without),
    ?assertMatch(#{reset_in_ms := undefined, text := <<"otp: does not count any more">>}, event((news(recovered, none))#{deadline => never})).

a_deadline_that_is_past_is_no_negative_time_in_words_test() ->
    ?assertMatch(#{reset_in_ms := -1000, text := <<"otp: given up: no beat from the VM; reset in 0 s at the latest">>},
                 event((news(given_up, vm_silent))#{deadline => 49000000000})).
