%% SPDX-License-Identifier: Apache-2.0
%% Whatever stands in mod_syslog's place, the caller gets ok or an error in words, in time, and nothing in its mailbox.
-module(vakt_helper_tests).
-include_lib("eunit/include/eunit.hrl").

%% A program that does what the shell text says.
with(Script, Test) ->
    Path = filename:join(vakt_test:scratch(), "mod syslog"),
    ok = file:write_file(Path, ["#!/bin/sh\n", Script]),
    ok = file:change_mode(Path, 8#755),
    with_program(Path, Test).

with_program(Path, Test) ->
    ok = application:set_env(vakt, mod_syslog, Path),
    try
        Test()
    after
        application:unset_env(vakt, mod_syslog),
        application:unset_env(vakt, mod_syslog_timeout),
        ?assertEqual({messages, []}, process_info(self(), messages))
    end.

zero_is_ok_and_the_arguments_arrive_as_they_are_test() ->
    Said = filename:join(vakt_test:scratch(), "said"),
    with(["printf '%s|' \"$@\" >'", Said, "'; printf 0"], fun() ->
        ?assertEqual(ok, vakt_helper:run(otp, "/a b/c'd", "/x;y $(z)")),
        ?assertEqual({ok, <<"otp|/a b/c'd|/x;y $(z)|">>}, file:read_file(Said)),
        ?assertEqual(ok, vakt_os_sup:disable("/o", "/c")),
        ?assertEqual({ok, <<"nootp|/o|/c|">>}, file:read_file(Said))
    end).

each_code_has_its_words_test_() ->
    [fun() ->
         with(["printf %s ", Code], fun() ->
             {error, {mod_syslog, {Code, Words}}} = vakt_helper:run(otp, "/o", "/c"),
             ?assertNotEqual(nomatch, string:find(Words, Word))
         end)
     end || {Code, Word} <- [{"-1", "refused"}, {"-2", "file"}, {"-3", "daemon"}]].

what_is_no_answer_is_an_error_test_() ->
    [{Script, fun() -> with(Script, fun() -> ?assertMatch({error, {mod_syslog, {Printed, _}}}, vakt_helper:run(otp, "/o", "/c")) end) end}
     || {Script, Printed} <- [{"printf '0\\n'", "0\n"}, {"printf 00", "00"}, {":", ""}, {"printf hello", "hello"}]].

an_exit_status_or_signal_is_an_error_test() ->
    with("printf 0; exit 3", fun() -> ?assertMatch({error, {mod_syslog, {{exit_status, 3}, "ended with status 3"}}}, vakt_helper:run(otp, "/o", "/c")) end),
    with("kill -KILL $$", fun() -> ?assertMatch({error, {mod_syslog, {{exit_status, 137}, "was ended by signal 9"}}}, vakt_helper:run(otp, "/o", "/c")) end).

%% What a killed server had begun ends first; what it had only asked for is not begun.
one_goes_after_the_other_test() ->
    Said = filename:join(vakt_test:scratch(), "said"),
    with(["echo \"begun $1\" >>'", Said, "'; [ $1 = nootp ] || until [ -e '", Said, ".go' ]; do sleep 0.01; done; echo \"done $1\" >>'", Said,
          "'; printf 0"], fun() ->
        {Server, Down} = spawn_monitor(fun() -> vakt_helper:run(otp, "/o", "/c") end),
        ok = vakt_test:eventually(fun() -> vakt_test:lines(Said) =:= [<<"begun otp">>] end),
        {Late, LateDown} = spawn_monitor(fun() -> vakt_helper:run(otp, "/o", "/c") end),
        ok = vakt_test:eventually(fun() -> process_info(Late, current_function) =:= {current_function, {vakt_helper, run, 3}} end),
        _ = [exit(Pid, kill) || Pid <- [Server, Late]],
        _ = [receive {'DOWN', Monitor, process, _, killed} -> ok end || Monitor <- [Down, LateDown]],
        {_, Monitor} = vakt_helper:start(nootp, "/o", "/c"),
        ?assertEqual([<<"begun otp">>], vakt_test:lines(Said)),
        ok = file:write_file([Said, ".go"], ""),
        ?assertEqual(ok, receive {'DOWN', Monitor, process, _, Reason} -> vakt_helper:result(Reason) end),
        ok = vakt_test:eventually(fun() -> whereis(vakt_helper) =:= undefined end),
        ?assertEqual([<<"begun otp">>, <<"done otp">>, <<"begun nootp">>, <<"done nootp">>], vakt_test:lines(Said))
    end).

one_that_hangs_is_left_test() ->
    with("exec sleep 60", fun() ->
        ok = application:set_env(vakt, mod_syslog_timeout, 50),
        ?assertMatch({error, {mod_syslog, {timeout, "did not end" ++ _}}}, vakt_helper:run(otp, "/o", "/c"))
    end).

one_that_talks_without_end_is_left_test() ->
    with("exec yes 2>/dev/null", fun() ->
        ok = application:set_env(vakt, mod_syslog_timeout, 50),
        ?assertMatch({error, {mod_syslog, {timeout, _}}}, vakt_helper:run(otp, "/o", "/c"))
    end).

a_missing_program_is_named_test() ->
    with_program("/nowhere/mod_syslog", fun() ->
        ?assertEqual({error, {mod_syslog, {enoent, "there is no such program: /nowhere/mod_syslog"}}}, vakt_helper:run(otp, "/o", "/c"))
    end).

a_program_that_may_not_be_executed_is_named_test() ->
    Path = filename:join(vakt_test:scratch(), "plain"),
    ok = file:write_file(Path, "x"),
    with_program(Path, fun() -> ?assertMatch({error, {mod_syslog, {eacces, "may not" ++ _}}}, vakt_helper:run(otp, "/o", "/c")) end).
