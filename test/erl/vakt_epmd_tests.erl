%% SPDX-License-Identifier: Apache-2.0
-module(vakt_epmd_tests).

-include_lib("eunit/include/eunit.hrl").

the_name_says_the_port_test() ->
    ?assertEqual(4371, vakt_epmd:port("cp1-4371", "h", #{})),
    ?assertEqual(65535, vakt_epmd:port('a-b-65535@h', "h", #{})),
    [?assertEqual(4370, vakt_epmd:port(Name, "h", #{})) || Name <- ["cp1", "cp-1023", "cp-65536", "-4371", "cp-4371x", "cp-", "4371"]].

the_flags_say_it_in_their_order_test() ->
    Flags = #{nodes => ["cp1", "5001", "cp1@h", "5002", "cp2-6000", "5003"], all => ["5004"]},
    ?assertEqual(5002, vakt_epmd:port(cp1, "h", Flags)),
    ?assertEqual(5001, vakt_epmd:port(cp1, {127, 0, 0, 1}, Flags)),
    ?assertEqual(6000, vakt_epmd:port("cp2-6000", h, Flags)),
    ?assertEqual(5004, vakt_epmd:port("cp3", "h", Flags)).

a_word_that_is_no_port_is_passed_over_test() ->
    ?assertEqual(4370, vakt_epmd:port("cp1", "h", #{nodes => ["cp1", "x", "odd"], all => ["80"]})).

an_address_comes_with_its_port_test() ->
    ?assertMatch({ok, {127, 0, 0, 1}, 4371, _}, vakt_epmd:address_please("cp1-4371", {127, 0, 0, 1}, inet)),
    ?assertMatch({port, 4371, _}, vakt_epmd:port_please("cp1-4371", "h")),
    ?assertEqual({ok, 4371}, vakt_epmd:listen_port_please("cp1-4371", "h")).

nobody_is_told_test() ->
    ?assertEqual(ignore, vakt_epmd:start_link()),
    ?assertEqual({ok, -1}, vakt_epmd:register_node("cp1", 4370)),
    ?assertEqual({ok, -1}, vakt_epmd:register_node("cp1", 4370, inet)).

of_another_host_no_names_are_known_test() -> ?assertEqual({error, address}, vakt_epmd:names("no-such-host")).
