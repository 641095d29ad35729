%% SPDX-License-Identifier: Apache-2.0
-module(vakt_inside_source_tests).

-include_lib("eunit/include/eunit.hrl").

rows(Parameter) ->
    {ok, Sources} = vakt_inside_source:new(Parameter),
    [vakt_inside_source:row(Source) || Source <- Sources].

each_kind_has_its_defaults_test() ->
    ?assertEqual([{fifo, <<"fifo">>, <<"/run/f">>, 8#620, true, false, 0, 0},
                  {socket, <<"socket">>, <<"/dev/log">>, 8#666, true, false, 0, 0},
                  {kmsg, <<"kmsg">>, <<"/dev/kmsg">>, 8#620, true, false, 0, 0},
                  {thread, <<"thread">>, <<>>, 8#620, true, false, 0, 0},
                  {udp, <<"udp">>, <<>>, 8#620, true, false, 0, 0}],
                 rows([{fifo, "/run/f"}, {socket, "/dev/log"}, kmsg, thread, {udp, 514}])).

options_are_taken_test() ->
    ?assertEqual([{socket, <<"log">>, <<"/l">>, 8#600, false, true, 10, 20}],
                 rows([{socket, "/l", #{name => "log", mode => 8#600, fold_repeats => false, with_auth => true, rate => {10, 20}}}])).

where_udp_listens_test() ->
    {ok, [One, Other]} = vakt_inside_source:new([{udp, 514}, {udp, 515, #{name => "six", address => {0, 0, 0, 0, 0, 0, 0, 1}}}]),
    ?assertEqual({{0, 0, 0, 0}, 514}, vakt_inside_source:udp(One)),
    ?assertEqual({{0, 0, 0, 0, 0, 0, 0, 1}, 515}, vakt_inside_source:udp(Other)).

what_is_no_source_is_refused_test_() ->
    [?_assertEqual(error, vakt_inside_source:new(Value))
     || Value <- [kmsg, [nothing], [{fifo, "relative"}], [{fifo, ""}], [{fifo, "/f", #{unknown => 1}}], [{fifo, "/f", #{mode => 8#1000}}],
                  [{kmsg, "/k", #{mode => 8#600}}], [{udp, 65536}], [{udp, -1}], [{udp, 514, #{address => "0.0.0.0"}}],
                  [{socket, "/s", #{rate => {0, 1}}}], [{socket, "/s", #{name => ""}}], [{socket, "/s", #{name => "a b"}}],
                  [{socket, "/s", #{name => lists:duplicate(33, $a)}}], [{thread, 1}], [{fifo, "/f", []}]]].

the_longest_name_is_taken_test() ->
    Name = lists:duplicate(32, $a),
    ?assertMatch([{thread, _, <<>>, _, _, _, _, _}], rows([{thread, #{name => Name}}])).

two_of_one_name_are_refused_test() ->
    ?assertEqual(error, vakt_inside_source:new([{fifo, "/a"}, {fifo, "/b"}])),
    ?assertMatch({ok, [_, _]}, vakt_inside_source:new([{fifo, "/a"}, {fifo, "/b", #{name => "b"}}])).
