%% SPDX-License-Identifier: Apache-2.0
%% A parameter is vakt's, else os_mon's, else the default of os_sup.
-module(vakt_config_tests).
-include_lib("eunit/include/eunit.hrl").

with(Set, Test) ->
    _ = application:load(os_mon),
    _ = application:load(vakt),
    [application:set_env(App, Key, Value) || {App, Key, Value} <- Set],
    try
        Test()
    after
        [application:unset_env(App, Key) || {App, Key, _} <- Set],
        application:set_env(os_mon, start_os_sup, false)
    end.

the_defaults_are_those_of_os_sup_test_() ->
    _ = application:load(os_mon),
    [?_assertEqual(os_sup:param_default(P), vakt_config:value(P)) || P <- [os_sup_own, os_sup_syslogconf, os_sup_enable, os_sup_errortag]] ++
    [?_assertEqual({vakt_os_sup, error_report, [std_error]}, vakt_config:mfa()), ?_assertEqual(false, vakt_config:start_os_sup())].

os_mon_s_parameters_are_used_test() ->
    with([{os_mon, start_os_sup, true}, {os_mon, os_sup_own, "/o"}, {os_mon, os_sup_mfa, {m, f, [a]}}, {os_mon, os_sup_enable, false}],
         fun() ->
             ?assertEqual(true, vakt_config:start_os_sup()),
             ?assertEqual("/o", vakt_config:value(os_sup_own)),
             ?assertEqual({m, f, [a]}, vakt_config:mfa()),
             ?assertEqual(false, vakt_config:value(os_sup_enable))
         end).

vakt_s_own_go_first_test() ->
    with([{os_mon, os_sup_own, "/o"}, {vakt, os_sup_own, "/v"}], fun() -> ?assertEqual("/v", vakt_config:value(os_sup_own)) end).

the_original_s_default_callback_is_ours_with_the_tag_test() ->
    with([{os_mon, os_sup_mfa, {os_sup, error_report, [std_error]}}, {os_mon, os_sup_errortag, my_tag}],
         fun() -> ?assertEqual({vakt_os_sup, error_report, [my_tag]}, vakt_config:mfa()) end),
    with([{vakt, os_sup_errortag, my_tag}], fun() -> ?assertEqual({vakt_os_sup, error_report, [my_tag]}, vakt_config:mfa()) end).

a_line_is_not_logged_twice_test() ->
    with([{vakt, forward_to_logger, true}], fun() -> ?assertEqual(none, vakt_config:mfa()) end),
    with([{vakt, forward_to_logger, true}, {vakt, os_sup_mfa, {m, f, []}}], fun() -> ?assertEqual({m, f, []}, vakt_config:mfa()) end).

a_bad_value_is_passed_over_test_() ->
    Bad = [{os_sup_own, ""}, {os_sup_own, <<"/etc">>}, {os_sup_own, 7}, {os_sup_enable, 1}, {os_sup_errortag, "tag"},
           {os_sup_syslogconf, etc}, {os_sup_mfa, {m, f}}, {max_queue, 1}, {port_queue, 1}, {mod_syslog_timeout, 0},
           {forward_to_logger, yes}, {logger_rate, 0}, {bin_dir, none}, {keeper_socket, <<"/s">>}, {keeper_timeout, 0}, {keeper_retry, 99},
           {reset_report, none}, {healthy_after, 0}, {healthy_after, infinity}],
    [fun() ->
         quietly(fun() -> with([{vakt, Key, Value}], fun() -> ?assertEqual(vakt_config:default(Key), vakt_config:value(Key)) end) end)
     end || {Key, Value} <- Bad].

quietly(Test) ->
    #{level := Level} = logger:get_primary_config(),
    ok = logger:set_primary_config(level, none),
    try Test() after ok = logger:set_primary_config(level, Level) end.

both_sides_of_the_limits_test_() ->
    [[?_assert(vakt_config:type(Key, Value)) || {Key, Value} <- [{max_queue, 2}, {port_queue, 2}, {mod_syslog_timeout, 1}, {logger_rate, 1},
                                                                {keeper_timeout, 1}, {keeper_retry, 100}, {keeper_socket, none},
                                                                {healthy_after, never}, {healthy_after, 1},
                                                                {bridge_wait, 1}, {bridge_socket, none}, {way, resident}, {ferrule_records, true}]],
     [?_assertNot(vakt_config:type(Key, Value)) || {Key, Value} <- [{healthy_after, 0}, {bridge_wait, 0}, {bridge_socket, ""}, {way, both}, {ferrule_records, 1}]]].

where_the_keeper_is_test() ->
    ?assertEqual({"/run/vakt/keeper.sock", "/run/vakt/reset_report.json"}, {vakt_config:keeper_socket(), vakt_config:reset_report()}),
    true = os:putenv("VAKT_KEEPER_SOCKET", "/e/k"),
    ?assertEqual({"/e/k", "/e/reset_report.json"}, {vakt_config:keeper_socket(), vakt_config:reset_report()}),
    with([{vakt, keeper_socket, "/p/k"}], fun() -> ?assertEqual({"/p/k", "/p/reset_report.json"}, {vakt_config:keeper_socket(), vakt_config:reset_report()}) end),
    with([{vakt, reset_report, "/r"}], fun() -> ?assertEqual("/r", vakt_config:reset_report()) end),
    with([{vakt, keeper_socket, none}], fun() -> ?assertEqual({none, "/run/vakt/reset_report.json"}, {vakt_config:keeper_socket(), vakt_config:reset_report()}) end),
    true = os:putenv("VAKT_KEEPER_SOCKET", ""),
    ?assertEqual("/run/vakt/keeper.sock", vakt_config:keeper_socket()),
    true = os:unsetenv("VAKT_KEEPER_SOCKET").

where_the_bridge_is_and_which_way_test() ->
    ?assertEqual({"/run/vakt/bridge.sock", auto}, {vakt_config:bridge_socket(), vakt_config:way()}),
    true = os:putenv("VAKT_BRIDGE_SOCKET", "/e/b"),
    ?assertEqual("/e/b", vakt_config:bridge_socket()),
    with([{vakt, bridge_socket, "/p/b"}, {vakt, way, resident}],
         fun() -> ?assertEqual({"/p/b", resident}, {vakt_config:bridge_socket(), vakt_config:way()}) end),
    with([{vakt, bridge_socket, none}, {vakt, way, resident}], fun() -> ?assertEqual({none, classic}, {vakt_config:bridge_socket(), vakt_config:way()}) end),
    true = os:unsetenv("VAKT_BRIDGE_SOCKET").

where_the_programs_are_test() ->
    ?assertEqual(filename:join([code:priv_dir(vakt), "bin", "ferrule"]), vakt_config:program(ferrule)),
    with([{vakt, bin_dir, "/b"}],
         fun() ->
             ?assertEqual("/b/mod_syslog", vakt_config:program(mod_syslog)),
             with([{vakt, ferrule, "/else/ferrule"}], fun() -> ?assertEqual("/else/ferrule", vakt_config:program(ferrule)) end)
         end).
