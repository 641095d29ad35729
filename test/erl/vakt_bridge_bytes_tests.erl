%% SPDX-License-Identifier: Apache-2.0
%% The messages are those of the C++ side, golden row for golden row.
-module(vakt_bridge_bytes_tests).
-include_lib("eunit/include/eunit.hrl").

-define(BOOT, <<16#01, 16#23, 16#45, 16#67, 16#89, 16#ab, 16#cd, 16#ef, 16#fe, 16#dc, 16#ba, 16#98, 16#76, 16#54, 16#32, 16#10>>).

packet(Name) ->
    {_, <<Size:32, Packet:Size/binary>>, _, _} = vakt_golden:row(Name),
    Packet.

text(N) -> binary:copy(<<"x">>, N).

conditions() ->
    {_, _, _, Fields} = vakt_golden:row(<<"narrow">>),
    Texts = proplists:get_all_values(text, Fields),
    [{3, 0, 0, [], [], []}, {7, 2155872257, 66, [<<"sshd">>, <<"su">>], [<<"dbus.service">>], Texts}].

sent() ->
    [{<<"hello">>, {hello, <<"vakt@board">>}}, {<<"open-now">>, {open, now, {false, []}}}, {<<"open-oldest">>, {open, oldest, {true, []}}},
     {<<"open-after">>, {open, {behind, {?BOOT, 72623859706101765}}, {true, conditions()}}},
     {<<"open-acknowledged">>, {open, acknowledged, {false, [{4, 0, 0, [], [], []}]}}}, {<<"credit">>, {credit, 4294967294}},
     {<<"ack">>, {ack, {?BOOT, 72623859706101765}}}, {<<"narrow">>, {narrow, {true, conditions()}}},
     {<<"narrow-to-everything">>, {narrow, {false, []}}}, {<<"account-asked">>, account_asked}].

a_message_has_the_golden_bytes_test_() ->
    [{Name, ?_assertEqual(packet(Name), iolist_to_binary(vakt_bridge_bytes:encode(Message)))} || {Name, Message} <- sent()].

a_filter_is_read_back_test() ->
    [?assertEqual({ok, Filter}, vakt_bridge_bytes:decode_filter(binary:part(Bytes, Skip, byte_size(Bytes) - Skip)))
     || {Name, Skip, Filter} <- [{<<"narrow">>, 1, {true, conditions()}}, {<<"open-after">>, 26, {true, conditions()}}], Bytes <- [packet(Name)]].

an_answer_is_read_from_the_golden_bytes_test() ->
    ?assertEqual({ok, {welcome, #{boot_id => ?BOOT, oldest => 72623859706101760, next => 72623859706101826,
                                  sources => [{bridge, <<"bridge">>}, {fifo, <<"fifo">>}, {udp, <<>>}]}}},
                 vakt_bridge_bytes:decode(packet(<<"welcome">>))),
    ?assertMatch({ok, {welcome, #{sources := []}}}, vakt_bridge_bytes:decode(packet(<<"welcome-sourceless">>))),
    ?assertEqual({ok, {refused, not_allowed, <<"uid 1000 is not of group vakt">>}}, vakt_bridge_bytes:decode(packet(<<"refused">>))),
    ?assertEqual({ok, {refused, leaving, <<>>}}, vakt_bridge_bytes:decode(packet(<<"refused-wordless">>))),
    ?assertMatch({ok, {batch, _}}, vakt_bridge_bytes:decode(packet(<<"batch-one">>))),
    ?assertMatch({ok, {batch, _}}, vakt_bridge_bytes:decode(packet(<<"batch-empty">>))),
    ?assertEqual({ok, {account, []}}, vakt_bridge_bytes:decode(packet(<<"account-empty">>))),
    ?assertEqual({ok, {account, [#{row => <<"ring">>, size => 4194304},
                                 #{row => <<"source">>, name => <<"fifo">>, kind => <<"fifo">>, received => 2}]}},
                 vakt_bridge_bytes:decode(packet(<<"account">>))).

what_is_no_message_is_refused_test() ->
    [?assertEqual({error, bad_bytes}, vakt_bridge_bytes:decode(Bytes))
     || Bytes <- [<<>>, <<1>>, <<64>>, <<69>>, <<(packet(<<"welcome">>))/binary, 0>>, <<(packet(<<"refused">>))/binary, 0>>,
                  <<(packet(<<"batch-one">>))/binary, 0>>]],
    [?assertEqual({error, bad_bytes}, vakt_bridge_bytes:decode(binary:part(Bytes, 0, N)))
     || Name <- [<<"welcome">>, <<"refused">>, <<"batch-one">>], Bytes <- [packet(Name)], N <- lists:seq(0, byte_size(Bytes) - 1)].

random_bytes_are_refused_or_read_test() ->
    _ = rand:seed(exsss, {1, 2, 3}),
    [case vakt_bridge_bytes:decode(<<Kind, (rand:bytes(rand:uniform(60)))/binary>>) of
         {ok, _} -> ok;
         Error -> ?assertEqual({error, bad_bytes}, Error)
     end || _ <- lists:seq(1, 3000), Kind <- [65, 66, 67, 68]].

%% Input makes no atoms: a key that is not known stays a binary.
an_account_with_new_keys_is_read_test() ->
    ?assertEqual([#{row => <<"source">>, name => <<"a\\x20b">>, <<"brand_new">> => 5, lost => <<"x=y">>}],
                 vakt_bridge_bytes:decode_account(<<"source a\\x20b brand_new=5 lost=x=y\n">>)).

a_name_of_33_bytes_is_no_hello_test() ->
    ?assertMatch([1 | _], vakt_bridge_bytes:encode({hello, text(32)})),
    ?assertError(function_clause, vakt_bridge_bytes:encode({hello, text(33)})).
