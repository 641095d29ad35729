%% SPDX-License-Identifier: Apache-2.0
-module(vakt_alone_tests).

-include_lib("eunit/include/eunit.hrl").

good() -> #{lookup => [file, dns], programs => [], os_mon => [], epmd => vakt_epmd, start_epmd => false}.

nothing_is_wrong_with_a_node_alone_test() -> ?assertEqual([], vakt_alone:findings(good())).

each_finding_has_its_cure_test() ->
    [?assertMatch({_, [_]}, {Change, [Words || Words <- vakt_alone:findings(maps:merge(good(), Change)), string:find(Words, Cure) =/= nomatch]})
     || {Change, Cure} <- [{#{lookup => [native]}, "{lookup, [file, dns]}"},
                           {#{programs => ["heart -pid 1"]}, "heart -pid 1"},
                           {#{os_mon => [memsup]}, "{start_memsup, false}"},
                           {#{epmd => erl_epmd, start_epmd => true}, "-epmd_module vakt_epmd"}]].

only_where_it_is_asked_for_test() ->
    os:unsetenv("VAKT_START_ALONE"),
    ?assertEqual(ok, vakt_alone:check()),
    os:putenv("VAKT_START_ALONE", "1"),
    Checked = vakt_alone:check(),
    os:unsetenv("VAKT_START_ALONE"),
    ?assertMatch({error, {needs_another_process, [_ | _]}}, Checked).

this_vm_looks_names_up_natively_test() -> ?assertMatch(#{lookup := [native | _]}, vakt_alone:look()).
