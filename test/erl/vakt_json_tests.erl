%% SPDX-License-Identifier: Apache-2.0
%% What is JSON is read as what it means; what is none is refused, with its place.
-module(vakt_json_tests).
-include_lib("eunit/include/eunit.hrl").

what_is_json_is_read_test_() ->
    [?_assertEqual({ok, Value}, vakt_json:decode(Text)) || {Text, Value} <- [
        {<<"{}">>, #{}}, {<<" [ ] ">>, []}, {<<"true">>, true}, {<<"false">>, false}, {<<"\tnull\r\n">>, null},
        {<<"0">>, 0}, {<<"-0">>, 0}, {<<"-17">>, -17}, {<<"1.5">>, 1.5}, {<<"-0.25">>, -0.25}, {<<"1e3">>, 1.0e3}, {<<"1E+3">>, 1.0e3},
        {<<"25e-1">>, 2.5}, {<<"1.5e2">>, 150.0}, {<<"18446744073709551615">>, 18446744073709551615},
        {<<"\"\"">>, <<>>}, {<<"\"a\\n\\t\\b\\f\\r\\\"\\\\\\/\"">>, <<"a\n\t\b\f\r\"\\/">>},
        {<<"\"\\u0041\\u00e5\\u00E5\"">>, <<"A", 16#E5/utf8, 16#E5/utf8>>}, {<<"\"\\ud83d\\ude00\"">>, <<16#1F600/utf8>>},
        {<<"\"", 16#E5/utf8, 127, "\"">>, <<16#E5/utf8, 127>>}, {<<"\"\\u0000\"">>, <<0>>},
        {<<"[1,[2,{\"a\":[]}],\"b\"]">>, [1, [2, #{<<"a">> => []}], <<"b">>]},
        {<<"{ \"a\" : 1 , \"b\" : { \"a\" : null } }">>, #{<<"a">> => 1, <<"b">> => #{<<"a">> => null}}}]].

what_is_none_is_refused_with_its_place_test_() ->
    [?_assertEqual({error, Fault}, vakt_json:decode(Text)) || {Text, Fault} <- [
        {<<>>, {syntax, 0}}, {<<"  ">>, {syntax, 2}}, {<<"tru">>, {syntax, 0}}, {<<"True">>, {syntax, 0}}, {<<"nullx">>, {trailing, 4}},
        {<<"{} {}">>, {trailing, 3}}, {<<"[1,]">>, {syntax, 3}}, {<<"[1">>, {syntax, 2}}, {<<"[1 2]">>, {syntax, 3}}, {<<"{\"a\"}">>, {syntax, 4}},
        {<<"{\"a\":1,}">>, {syntax, 7}}, {<<"{a:1}">>, {syntax, 1}}, {<<"{\"a\":1,\"a\":2}">>, {twice, 7}}, {<<"{\"a\":1">>, {syntax, 6}},
        {<<"01">>, {number, 0}}, {<<"-">>, {number, 0}}, {<<"+1">>, {syntax, 0}}, {<<"1.">>, {number, 0}}, {<<".5">>, {syntax, 0}},
        {<<"1e">>, {number, 0}}, {<<"1e+">>, {number, 0}}, {<<"1e999">>, {number, 0}}, {<<"-01">>, {number, 0}}, {<<"0x1">>, {trailing, 1}},
        {<<"\"a">>, {string, 2}}, {<<"\"a\nb\"">>, {string, 2}}, {<<"\"\\x\"">>, {string, 2}}, {<<"\"\\u12\"">>, {string, 2}},
        {<<"\"\\u12g4\"">>, {string, 2}}, {<<"\"\\ud83d\"">>, {string, 2}}, {<<"\"\\ud83d\\u0041\"">>, {string, 2}},
        {<<"\"\\ude00\"">>, {string, 2}}, {<<"\"", 255, "\"">>, {string, 1}}, {<<"\"", 16#C0, 16#80, "\"">>, {string, 1}},
        {<<16#FEFF/utf8, "{}">>, {syntax, 0}}, {<<"// {}">>, {syntax, 0}}, {<<"'a'">>, {syntax, 0}}]].

nested(Depth) -> iolist_to_binary([lists:duplicate(Depth, $[), lists:duplicate(Depth, $])]).

nesting_is_bounded_test_() ->
    {timeout, 60, fun() ->
        ?assertMatch({ok, _}, vakt_json:decode(nested(32))),
        ?assertEqual({error, {deep, 32}}, vakt_json:decode(nested(33))),
        ?assertEqual({error, {deep, 32}}, vakt_json:decode(binary:copy(<<"[">>, 1000000))),
        ?assertEqual({error, {deep, 32 * 5}}, vakt_json:decode(binary:copy(<<"{\"a\":">>, 100000)))
    end}.

digits_are_bounded_test_() ->
    {timeout, 60, fun() ->
        ?assertMatch({ok, N} when N > 1.0e39, vakt_json:decode(binary:copy(<<"9">>, 40))),
        ?assertEqual({error, {number, 0}}, vakt_json:decode(binary:copy(<<"9">>, 41))),
        ?assertEqual({error, {number, 0}}, vakt_json:decode(binary:copy(<<"9">>, 1000000)))
    end}.

no_atom_is_made_test_() ->
    {timeout, 60, fun() ->
        _ = vakt_json:decode(<<"{}">>),
        Before = erlang:system_info(atom_count),
        _ = [{ok, _} = vakt_json:decode(<<"{\"key", (integer_to_binary(N))/binary, "\":\"value", (integer_to_binary(N))/binary, "\"}">>)
             || N <- lists:seq(1, 1000)],
        ?assertEqual(Before, erlang:system_info(atom_count))
    end}.

%% Any cut and any changed byte of a good text is read or refused, and nothing else.

text() ->
    <<"{\"version\":1,\"boot\":null,\"cause\":\"vm_hang\",\"beat_age_ms\":-12.5e1,\"evidence\":[\"a \\u00e5 \\ud83d\\ude00\",\"\\\\\"],",
      "\"x\":[true,false,{\"y\":[]}]}">>.

any_cut_is_refused_test_() ->
    {timeout, 60, fun() ->
        Text = text(),
        ?assertMatch({ok, _}, vakt_json:decode(Text)),
        [?assertMatch({error, {_, At}} when At =< N, vakt_json:decode(binary:part(Text, 0, N))) || N <- lists:seq(0, byte_size(Text) - 1)]
    end}.

any_changed_byte_is_read_or_refused_test_() ->
    {timeout, 60, fun() ->
        Text = text(),
        [begin
             <<Before:At/binary, _, After/binary>> = Text,
             ?assert(is_answer(vakt_json:decode(<<Before/binary, Byte, After/binary>>)))
         end || At <- lists:seq(0, byte_size(Text) - 1), Byte <- [0, 10, 127, 128, 255 | " \"#+,-.059:AE[\\]aefnrtu{}"]]
    end}.

any_bytes_are_read_or_refused_test_() ->
    {timeout, 60, fun() ->
        Alphabet = <<"{}[]\",:\\ue+-.0123456789tfn \n", 255, 0, 16#C3, 16#A5>>,
        [begin
             Bytes = << <<(binary:at(Alphabet, rand:uniform(byte_size(Alphabet)) - 1))>> || _ <- lists:seq(1, rand:uniform(40)) >>,
             ?assert(is_answer(vakt_json:decode(Bytes)))
         end || _ <- lists:seq(1, 10000)]
    end}.

is_answer({ok, _}) -> true;
is_answer({error, {Reason, At}}) -> is_atom(Reason) andalso is_integer(At) andalso At >= 0;
is_answer(_) -> false.

%% What is written comes back: values of every shape, written by the test.
what_is_written_comes_back_test_() ->
    {timeout, 60, fun() ->
        [begin
             Value = random(4),
             ?assertEqual({ok, Value}, vakt_json:decode(iolist_to_binary(written(Value))))
         end || _ <- lists:seq(1, 3000)]
    end}.

random(0) -> lists:nth(rand:uniform(5), [null, true, rand:uniform(1 bsl 60) - (1 bsl 59), rand:uniform(), text_of(rand:uniform(8))]);
random(Depth) ->
    case rand:uniform(4) of
        1 -> [random(Depth - 1) || _ <- lists:seq(1, rand:uniform(4) - 1)];
        2 -> maps:from_list([{text_of(rand:uniform(6)), random(Depth - 1)} || _ <- lists:seq(1, rand:uniform(4) - 1)]);
        _ -> random(0)
    end.

text_of(N) -> << <<(lists:nth(rand:uniform(9), [$a, $", $\\, 0, 10, 16#E5, 16#1F600, 16#FFFF, $/]))/utf8>> || _ <- lists:seq(1, N) >>.

written(Map) when is_map(Map) ->
    [${, lists:join($,, [[written(Key), " : ", written(Value)] || {Key, Value} <- maps:to_list(Map)]), $}];
written(List) when is_list(List) -> [$[, lists:join($,, [written(Value) || Value <- List]), $]];
written(Text) when is_binary(Text) -> [$", [written_char(C) || <<C/utf8>> <= Text], $"];
written(Number) when is_integer(Number) -> integer_to_binary(Number);
written(Number) when is_float(Number) -> float_to_binary(Number, [short]);
written(Atom) -> atom_to_binary(Atom).

written_char(C) when C < 32; C =:= $"; C =:= $\\ -> io_lib:format("\\u~4.16.0b", [C]);
written_char(C) -> <<C/utf8>>.
