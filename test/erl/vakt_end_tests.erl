%% SPDX-License-Identifier: Apache-2.0
-module(vakt_end_tests).

-include_lib("eunit/include/eunit.hrl").

%% What a VM that ends says is tried with whole VMs: test/prog/start_erl_releases.sh.
a_vm_that_goes_on_says_nothing_test() ->
    File = "vakt_end_tests." ++ os:getpid(),
    true = os:putenv("VAKT_START_HEALTHY", File),
    ok = vakt_end:note(),
    true = os:unsetenv("VAKT_START_HEALTHY"),
    ?assertEqual([], filelib:wildcard(File ++ "*")).

without_a_starter_nothing_is_asked_test() ->
    _ = os:unsetenv("VAKT_START_HEALTHY"),
    ?assertEqual(ok, vakt_end:note()).
