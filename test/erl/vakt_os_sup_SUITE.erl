%% SPDX-License-Identifier: Apache-2.0
%% vakt_os_sup against the real mod_syslog and ferrule, in a private folder with a stand-in daemon.
-module(vakt_os_sup_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([enable_events_and_disable/1, the_callback_gets_lists_and_its_arguments/1, the_default_callback_reports_with_the_tag/1,
         a_killed_port_program_is_started_again_and_nothing_is_lost/1, many_deaths_of_the_port_do_not_stop_the_application/1,
         a_burst_arrives_whole/1, of_a_flood_each_line_arrives_or_is_counted/1, an_orderly_stop_disables_exactly_once/1, stop_is_for_good_until_start/1,
         the_application_may_be_started_again/1, what_was_written_just_before_the_stop_arrives/1,
         not_enabled_calls_nothing_and_reads/1, a_refusal_is_an_error_in_words/1, a_hanging_helper_is_an_error_in_time/1,
         a_missing_helper_is_named/1, without_port_program_nothing_is_enabled/1, a_directory_is_no_port_program/1,
         paths_with_blanks_and_quotes/1, a_killed_server_is_started_again_and_nothing_is_lost/1,
         after_the_hub_was_killed_one_may_subscribe_again/1, one_given_up_by_its_supervisor_is_disabled/1, a_pipe_taken_away_is_made_again/1,
         a_loss_in_ferrule_is_a_gap/1, what_is_too_much_for_the_hub_is_dropped_and_told/1, a_hanging_callback_hurts_nobody/1,
         a_failing_callback_hurts_nobody/1, lines_go_to_logger/1, logger_is_not_flooded/1, our_own_lines_do_not_come_round/1, a_handler_may_leave_our_lines_out/1,
         status_says_how_it_is/1, ferrule_reads_the_lines_itself/1]).

-include_lib("stdlib/include/assert.hrl").

-export([log/2, told/2, hang/1, fail/2]).

all() ->
    [enable_events_and_disable, the_callback_gets_lists_and_its_arguments, the_default_callback_reports_with_the_tag,
     a_killed_port_program_is_started_again_and_nothing_is_lost, many_deaths_of_the_port_do_not_stop_the_application,
     a_burst_arrives_whole, of_a_flood_each_line_arrives_or_is_counted, an_orderly_stop_disables_exactly_once, stop_is_for_good_until_start, the_application_may_be_started_again,
     what_was_written_just_before_the_stop_arrives, not_enabled_calls_nothing_and_reads, a_refusal_is_an_error_in_words,
     a_hanging_helper_is_an_error_in_time, a_missing_helper_is_named, without_port_program_nothing_is_enabled,
     a_directory_is_no_port_program, paths_with_blanks_and_quotes, a_killed_server_is_started_again_and_nothing_is_lost,
     after_the_hub_was_killed_one_may_subscribe_again, one_given_up_by_its_supervisor_is_disabled, a_pipe_taken_away_is_made_again, a_loss_in_ferrule_is_a_gap,
     what_is_too_much_for_the_hub_is_dropped_and_told, a_hanging_callback_hurts_nobody, a_failing_callback_hurts_nobody,
     lines_go_to_logger, logger_is_not_flooded, our_own_lines_do_not_come_round, a_handler_may_leave_our_lines_out, status_says_how_it_is,
     ferrule_reads_the_lines_itself].

init_per_testcase(Case, Config) ->
    Name = case Case of
               paths_with_blanks_and_quotes -> "own path; $(x)";
               _ -> "own"
           end,
    {Own, Conf} = vakt_test:own_path(Name),
    Daemon = vakt_test:daemon(Own),
    _ = application:load(vakt),
    [{own, Own}, {conf, Conf}, {daemon, Daemon} | Config].

end_per_testcase(_, Config) ->
    _ = application:stop(vakt),
    _ = application:unload(vakt),
    vakt_test:end_daemon(own(daemon, Config)).

own(Key, Config) -> proplists:get_value(Key, Config).

%% Starts vakt on the test's folder; more parameters, or other values, as given.
configure(Config, More) ->
    Own = own(own, Config),
    Set = [{start_os_sup, true}, {os_sup_own, Own}, {os_sup_syslogconf, own(conf, Config)}, {os_sup_mfa, none},
           {mod_syslog, vakt_test:noting_mod_syslog(Own)}],
    _ = [ok = application:set_env(vakt, Key, Value) || {Key, Value} <- Set ++ More],
    Own.

start(Config, More) ->
    Own = configure(Config, More),
    {ok, _} = application:ensure_all_started(vakt),
    Own.

start_and_subscribe(Config, More) ->
    Own = start(Config, More),
    {ok, Ref} = vakt:subscribe(#{max_queue => 1000000}),
    {Own, Ref, vakt_test:writer(Own)}.

%% The next N things for Ref: lines as binaries, gaps as {gap, N}.
next(_Ref, 0) ->
    [];
next(Ref, N) ->
    receive
        {vakt, Ref, #{gap := Lost} = Gap} -> [{gap, Lost, maps:get(dropped_by, Gap, none)} | next(Ref, N - 1)];
        {vakt, Ref, #{raw := Raw}} -> [Raw | next(Ref, N - 1)]
    after 20000 ->
        [timeout]
    end.

numbered(From, To) -> [<<"line ", (integer_to_binary(N))/binary>> || N <- lists:seq(From, To)].

lasting(Own) -> filename:join(Own, "syslog.conf").

ferrule() ->
    #{os_sup := #{os_pid := Pid, port := up}} = vakt:status(),
    Pid.

restarts() ->
    #{os_sup := #{restarts := N}} = vakt:status(),
    N.

is_up() ->
    #{os_sup := #{port := Port}} = vakt:status(),
    Port =:= up.

enable_events_and_disable(Config) ->
    {Own, Ref, Writer} = start_and_subscribe(Config, []),
    ?assert(vakt_test:same(lasting(Own), lasting(Own) ++ ".OTP")),
    ?assert(vakt_test:is_fifo(Own)),
    ok = vakt_test:eventually(fun() -> vakt_test:hups(Own) =:= 1 end),
    ok = vakt_test:write(Writer, ["<3>2026-11-21T18:04:03.5Z board kernel: disk on fire", "", "no syslog line"]),
    receive
        {vakt, Ref, #{facility := kern, severity := error, time := 1795284243500000000, host := <<"board">>, app := <<"kernel">>,
                      text := <<"disk on fire">>, source := fifo}} -> ok
    after 20000 ->
        error(no_event)
    end,
    receive
        {vakt, Ref, #{malformed := true, text := <<"no syslog line">>}} -> ok
    after 20000 ->
        error(no_event)
    end,
    ok = application:stop(vakt),
    ?assert(vakt_test:same(lasting(Own), lasting(Own) ++ ".ORIG")),
    ?assertNot(vakt_test:is_fifo(Own)),
    ok = vakt_test:eventually(fun() -> vakt_test:hups(Own) =:= 2 end).

the_callback_gets_lists_and_its_arguments(Config) ->
    Own = start(Config, [{os_sup_mfa, {?MODULE, told, [self()]}}]),
    Writer = vakt_test:writer(Own),
    ok = vakt_test:write(Writer, [<<"one ", 255, 0, 9>>, "", "two"]),
    ?assertEqual([[$o, $n, $e, $\s, 255, 0, 9], "two"], [callback(), callback()]).

told(Data, Pid) -> Pid ! {told, Data}.

callback() ->
    receive
        {told, Data} -> Data
    after 20000 ->
        timeout
    end.

%% A handler that hands over what logger was given.
log(#{meta := #{domain := [vakt | _]}} = Event, #{config := Pid}) -> Pid ! {log, Event};
log(#{meta := #{error_logger := _}} = Event, #{config := Pid}) -> Pid ! {log, Event};
log(_, _) -> ok.

with_logger(Test) ->
    ok = logger:add_handler(?MODULE, ?MODULE, #{config => self()}),
    try
        Test()
    after
        logger:remove_handler(?MODULE)
    end.

logged() ->
    receive
        {log, Event} -> Event
    after 20000 ->
        error(nothing_logged)
    end.

the_default_callback_reports_with_the_tag(Config) ->
    with_logger(fun() ->
        Own = configure(Config, [{os_sup_errortag, board_tag}]),
        ok = application:unset_env(vakt, os_sup_mfa),
        {ok, _} = application:ensure_all_started(vakt),
        ok = vakt_test:write(vakt_test:writer(Own), ["kernel: hot"]),
        ?assertMatch(#{level := error, msg := {report, #{report := "kernel: hot"}}, meta := #{error_logger := #{type := board_tag}}}, logged())
    end).

a_killed_port_program_is_started_again_and_nothing_is_lost(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, []),
    ok = vakt_test:write(Writer, numbered(1, 10)),
    ?assertEqual(numbered(1, 10), next(Ref, 10)),
    Old = ferrule(),
    ok = vakt_test:kill("KILL", Old),
    ok = vakt_test:eventually(fun() -> restarts() =:= 1 end),
    %% less than a pipe's 64 KiB
    ok = vakt_test:write(Writer, numbered(11, 3000)),
    ?assertEqual(numbered(11, 3000), next(Ref, 2990)),
    ?assertNotEqual(Old, ferrule()),
    ?assertMatch(#{os_sup := #{restarts := 1, last_exit := {exit_status, 137}}}, vakt:status()).

many_deaths_of_the_port_do_not_stop_the_application(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, []),
    Server = whereis(vakt_os_sup),
    _ = [begin
             ok = vakt_test:eventually(fun is_up/0),
             ok = vakt_test:kill("KILL", ferrule()),
             ok = vakt_test:eventually(fun() -> restarts() =:= N end)
         end || N <- lists:seq(1, 6)],
    ok = vakt_test:write(Writer, numbered(1, 3)),
    ?assertEqual(numbered(1, 3), next(Ref, 3)),
    ?assertEqual(Server, whereis(vakt_os_sup)).

%% As many as fit port_queue, whatever the machine is doing meanwhile.
a_burst_arrives_whole(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, []),
    ok = vakt_test:write(Writer, numbered(1, 20000)),
    ?assertEqual(numbered(1, 20000), next(Ref, 20000)),
    ?assertMatch(#{received := 20000, lost := 0}, vakt:account()).

of_a_flood_each_line_arrives_or_is_counted(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, [{port_queue, 1000}]),
    ok = vakt_test:write(Writer, numbered(1, 200000)),
    Got = until(<<"line 200000">>, Ref),
    %% Going through what came, each gap leads exactly to the next line.
    ?assertEqual(200001, lists:foldl(fun follows/2, 1, Got)),
    #{received := Received, lost := Lost} = vakt:account(),
    ?assertEqual(200000, Received + Lost).

follows({gap, N, _}, Next) -> Next + N;
follows(<<"line ", Number/binary>>, Next) when Next > 0 ->
    case binary_to_integer(Number) of
        Next -> Next + 1;
        Other -> error({expected, Next, came, Other})
    end.

an_orderly_stop_disables_exactly_once(Config) ->
    Own = start(Config, []),
    ?assertEqual([<<"otp">>], vakt_test:calls(Own)),
    ok = application:stop(vakt),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(Own)).

stop_is_for_good_until_start(Config) ->
    Own = start(Config, []),
    Monitor = monitor(process, vakt_os_sup),
    ok = vakt_os_sup:stop(),
    receive
        {'DOWN', Monitor, process, _, normal} -> ok
    after 20000 ->
        error(still_there)
    end,
    ?assertMatch(#{os_sup := stopped}, vakt:status()),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(Own)),
    {ok, _} = vakt_os_sup:start(),
    ?assertEqual({error, running}, vakt_os_sup:start()),
    ok = vakt_os_sup:stop(),
    ok = application:stop(vakt),
    ?assertEqual([<<"otp">>, <<"nootp">>, <<"otp">>, <<"nootp">>], vakt_test:calls(Own)).

the_application_may_be_started_again(Config) ->
    Own = start(Config, []),
    ok = application:stop(vakt),
    {Own, Ref, Writer} = start_and_subscribe(Config, []),
    ok = vakt_test:write(Writer, numbered(1, 2)),
    ?assertEqual(numbered(1, 2), next(Ref, 2)),
    ok = application:stop(vakt),
    ?assertEqual([<<"otp">>, <<"nootp">>, <<"otp">>, <<"nootp">>], vakt_test:calls(Own)).

what_was_written_just_before_the_stop_arrives(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, []),
    ok = vakt_test:write(Writer, numbered(1, 1)),
    ?assertEqual(numbered(1, 1), next(Ref, 1)),
    ok = vakt_test:write(Writer, numbered(2, 2000)),
    ok = application:stop(vakt),
    ?assertEqual(numbered(2, 2000), next(Ref, 1999)).

not_enabled_calls_nothing_and_reads(Config) ->
    Own = configure(Config, [{os_sup_enable, false}]),
    [] = os:cmd("mkfifo '" ++ vakt_test:fifo(Own) ++ "'"),
    {Own, Ref, Writer} = start_and_subscribe(Config, [{os_sup_enable, false}]),
    ok = vakt_test:write(Writer, numbered(1, 2)),
    ?assertEqual(numbered(1, 2), next(Ref, 2)),
    ?assertMatch(#{os_sup := #{enabled := false}}, vakt:status()),
    ok = application:stop(vakt),
    ?assertEqual([], vakt_test:calls(Own)),
    ?assertEqual(0, vakt_test:hups(Own)).

start_error(Config, More) ->
    _ = configure(Config, More),
    {error, {vakt, {{shutdown, {failed_to_start_child, vakt_os_sup, Reason}}, _}}} = application:ensure_all_started(vakt),
    ?assertEqual(undefined, whereis(vakt_hub)),
    Reason.

script(Config, Text) ->
    Program = filename:join(filename:dirname(own(own, Config)), "script"),
    ok = file:write_file(Program, ["#!/bin/sh\n", Text, "\n"]),
    ok = file:change_mode(Program, 8#755),
    Program.

%% The real one refuses: the OTP file is not there.
a_refusal_is_an_error_in_words(Config) ->
    Own = own(own, Config),
    ok = file:delete(lasting(Own) ++ ".OTP"),
    {mod_syslog, {"-2", Words}} = start_error(Config, []),
    ?assertNotEqual(nomatch, string:find(Words, "--check")),
    ?assertEqual([<<"otp">>], vakt_test:calls(Own)),
    ?assertNot(vakt_test:is_fifo(Own)).

a_hanging_helper_is_an_error_in_time(Config) ->
    ?assertMatch({mod_syslog, {timeout, _}},
                 start_error(Config, [{mod_syslog, script(Config, "exec sleep 20")}, {mod_syslog_timeout, 100}])).

a_missing_helper_is_named(Config) ->
    {mod_syslog, {enoent, Words}} = start_error(Config, [{mod_syslog, "/nowhere/mod_syslog"}]),
    ?assertNotEqual(nomatch, string:find(Words, "/nowhere/mod_syslog")).

without_port_program_nothing_is_enabled(Config) ->
    ?assertEqual({ferrule, {enoent, "/nowhere/ferrule"}}, start_error(Config, [{ferrule, "/nowhere/ferrule"}])),
    ?assertEqual([], vakt_test:calls(own(own, Config))).

a_directory_is_no_port_program(Config) ->
    ?assertMatch({ferrule, {eacces, "/tmp"}}, start_error(Config, [{ferrule, "/tmp"}])),
    ?assertEqual([], vakt_test:calls(own(own, Config))).

paths_with_blanks_and_quotes(Config) ->
    {Own, Ref, Writer} = start_and_subscribe(Config, []),
    ok = vakt_test:write(Writer, numbered(1, 2)),
    ?assertEqual(numbered(1, 2), next(Ref, 2)),
    ok = application:stop(vakt),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(Own)),
    ?assertNot(vakt_test:is_fifo(Own)).

a_killed_server_is_started_again_and_nothing_is_lost(Config) ->
    {Own, Ref, Writer} = start_and_subscribe(Config, []),
    ok = vakt_test:write(Writer, numbered(1, 2)),
    ?assertEqual(numbered(1, 2), next(Ref, 2)),
    Old = whereis(vakt_os_sup),
    Reader = ferrule(),
    exit(Old, kill),
    %% what its port program takes out of the pipe before it sees the end of its port is lost with it
    ok = vakt_test:eventually(fun() -> not filelib:is_dir("/proc/" ++ integer_to_list(Reader)) end),
    ok = vakt_test:write(Writer, numbered(3, 500)),
    ?assertEqual(numbered(3, 500), next(Ref, 498)),
    ?assertNotEqual(Old, whereis(vakt_os_sup)),
    ok = application:stop(vakt),
    ?assertEqual([<<"otp">>, <<"otp">>, <<"nootp">>], vakt_test:calls(Own)).

after_the_hub_was_killed_one_may_subscribe_again(Config) ->
    Own = start(Config, []),
    {ok, Ref} = vakt:subscribe(),
    Old = whereis(vakt_os_sup),
    exit(whereis(vakt_hub), kill),
    receive
        {'DOWN', Ref, process, _, killed} -> ok
    after 20000 ->
        error(not_seen)
    end,
    ok = vakt_test:eventually(fun() ->
        case whereis(vakt_os_sup) of
            undefined -> false;
            Now -> Now =/= Old andalso maps:get(os_sup, vakt:status()) =/= stopped
        end
    end),
    {ok, Again} = vakt:subscribe(),
    ok = vakt_test:write(vakt_test:writer(Own), numbered(1, 3)),
    ?assertEqual(numbered(1, 3), next(Again, 3)),
    ok = application:stop(vakt),
    ?assertEqual(<<"nootp">>, lists:last(vakt_test:calls(Own))).

one_given_up_by_its_supervisor_is_disabled(Config) ->
    Own = start(Config, []),
    Supervisor = monitor(process, vakt_sup),
    ok = kill_until_down(Supervisor, 100),
    ok = vakt_test:eventually(fun() -> lists:last(vakt_test:calls(Own)) =:= <<"nootp">> end),
    ok = vakt_test:eventually(fun() -> not vakt_test:is_fifo(Own) end),
    ?assert(vakt_test:same(lasting(Own), lasting(Own) ++ ".ORIG")),
    ?assertEqual(1, length([Call || Call <- vakt_test:calls(Own), Call =:= <<"nootp">>])).

kill_until_down(_Supervisor, 0) ->
    error(never_gives_up);
kill_until_down(Supervisor, N) ->
    case whereis(vakt_os_sup) of
        undefined -> ok;
        Pid -> exit(Pid, kill)
    end,
    receive
        {'DOWN', Supervisor, process, _, _} -> ok
    after 50 ->
        kill_until_down(Supervisor, N - 1)
    end.

a_pipe_taken_away_is_made_again(Config) ->
    Own = start(Config, []),
    {ok, Ref} = vakt:subscribe(),
    ok = file:delete(vakt_test:fifo(Own)),
    ok = vakt_test:kill("KILL", ferrule()),
    ok = vakt_test:eventually(fun() -> vakt_test:is_fifo(Own) end),
    ok = vakt_test:write(vakt_test:writer(Own), numbered(1, 2)),
    ?assertEqual(numbered(1, 2), next(Ref, 2)).

%% A stand-in port program, since the real one says it only under a load that a test cannot promise.
a_loss_in_ferrule_is_a_gap(Config) ->
    Program = script(Config, "printf '\\0\\001a\\0\\033vakt[ferrule]: 7 lines lost\\0\\001b'; exec cat >/dev/null"),
    Own = configure(Config, [{os_sup_mfa, {?MODULE, told, [self()]}}, {ferrule, Program}]),
    {ok, _} = application:ensure_all_started(vakt),
    ?assertEqual(["a", "vakt[ferrule]: 7 lines lost", "b"], [callback(), callback(), callback()]),
    ?assertMatch(#{received := 2, lost := 7}, vakt:account()),
    ?assert(vakt_test:is_fifo(Own)).

what_is_too_much_for_the_hub_is_dropped_and_told(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, [{port_queue, 100}]),
    ok = vakt_test:write(Writer, numbered(1, 1)),
    ?assertEqual(numbered(1, 1), next(Ref, 1)),
    ok = sys:suspend(vakt_hub),
    ok = vakt_test:write(Writer, numbered(2, 5000)),
    Server = whereis(vakt_os_sup),
    ok = vakt_test:eventually(fun() -> {message_queue_len, N} = process_info(Server, message_queue_len), N > 3500 end),
    ok = sys:resume(vakt_hub),
    Got = until(<<"line 5000">>, Ref),
    Gaps = [N || {gap, N, vm} <- Got],
    Lines = [Line || Line <- Got, is_binary(Line)],
    ?assert(Gaps =/= []),
    ?assertEqual(4999, lists:sum(Gaps) + length(Lines)),
    Shed = lists:sum(Gaps),
    ?assertMatch(#{os_sup := #{lines := 5000, shed := Shed}, account := #{lost := Shed}}, vakt:status()).

until(Last, Ref) ->
    case next(Ref, 1) of
        [Last] -> [Last];
        [timeout] -> error(never_came);
        [Other] -> [Other | until(Last, Ref)]
    end.

a_hanging_callback_hurts_nobody(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, [{os_sup_mfa, {?MODULE, hang, []}}, {max_queue, 10}]),
    ok = vakt_test:write(Writer, numbered(1, 3000)),
    ?assertEqual(numbered(1, 3000), next(Ref, 3000)),
    {message_queue_len, Waiting} = process_info(whereis(vakt_callback), message_queue_len),
    ?assert(Waiting =< 10),
    ok = application:stop(vakt).

hang(_) -> receive never -> ok after 60000 -> ok end.

a_failing_callback_hurts_nobody(Config) ->
    with_logger(fun() ->
        {_, Ref, Writer} = start_and_subscribe(Config, [{os_sup_mfa, {?MODULE, fail, [self()]}}]),
        Callback = whereis(vakt_callback),
        ok = vakt_test:write(Writer, numbered(1, 1000)),
        ?assertEqual(numbered(1, 1000), next(Ref, 1000)),
        ?assertMatch(#{level := error}, logged()),
        ?assertEqual(["line 1", "line 2", "line 3"], [callback(), callback(), callback()]),
        ?assertEqual(Callback, whereis(vakt_callback))
    end).

fail(Line, Pid) ->
    Pid ! {told, Line},
    exit({cannot_stand, Line}).

lines_go_to_logger(Config) ->
    with_logger(fun() ->
        Own = start(Config, [{forward_to_logger, true}]),
        ok = vakt_test:write(vakt_test:writer(Own), [<<"<11>2026-11-21T18:04:03.962539Z board sshd[8]: in ", 27, "x">>]),
        #{level := error, msg := {"~ts", [Text]}, meta := Meta} = logged(),
        ?assertEqual(<<"sshd[8]: in #033x">>, Text),
        ?assertMatch(#{domain := [vakt, syslog], time := 1795284243962539, facility := user, host := <<"board">>, app := <<"sshd">>,
                       os_pid := <<"8">>, source := fifo},
                     Meta)
    end).

logger_is_not_flooded(Config) ->
    with_logger(fun() ->
        Own = start(Config, [{forward_to_logger, true}, {logger_rate, 5}]),
        ok = vakt_test:write(vakt_test:writer(Own), numbered(1, 1000)),
        All = logged_until_held_back(),
        %% the lines of two seconds at most, if one began in between
        ?assert(length(All) =< 11)
    end).

logged_until_held_back() ->
    case logged() of
        #{msg := {"vakt: ~b syslog lines not forwarded" ++ _, [N, 5]}} when N >= 990 -> [];
        #{msg := {"~ts", [<<"line ", _/binary>>]}} = Event -> [Event | logged_until_held_back()]
    end.

our_own_lines_do_not_come_round(Config) ->
    with_logger(fun() ->
        Own = start(Config, [{forward_to_logger, true}]),
        ok = vakt_test:write(vakt_test:writer(Own), ["Nov 21 18:04:15 h beam[" ++ os:getpid() ++ "]: mine", "Nov 21 18:04:15 h beam[1]: other's"]),
        ?assertMatch(#{msg := {"~ts", [<<"beam[1]: other's">>]}}, logged())
    end).

%% As the manual says it.
a_handler_may_leave_our_lines_out(Config) ->
    with_logger(fun() ->
        ok = logger:add_handler(leaves_out, ?MODULE, #{config => self()}),
        ok = logger:add_handler_filter(leaves_out, vakt, {fun logger_filters:domain/2, {stop, sub, [vakt, syslog]}}),
        Own = start(Config, [{forward_to_logger, true}]),
        ok = vakt_test:write(vakt_test:writer(Own), numbered(1, 2)),
        ?assertMatch([#{msg := {_, [<<"line 1">>]}}, #{msg := {_, [<<"line 2">>]}}], [logged(), logged()]),
        %% what is logged by vakt itself still passes, to both
        _ = logger:log(error, "of vakt itself", #{domain => [vakt]}),
        ?assertMatch([#{msg := {string, "of vakt itself"}}, #{msg := {string, "of vakt itself"}}], [logged(), logged()]),
        ok = logger:remove_handler(leaves_out)
    end).

status_says_how_it_is(Config) ->
    Own = start(Config, []),
    Conf = own(conf, Config),
    #{version := 1, os_sup := #{own := Own, conf := Conf, enabled := true, port := up, os_pid := Pid, restarts := 0,
                                last_exit := undefined, lines := 0, shed := 0}} = vakt:status(),
    %% a new child of the VM has the VM's own name until it is the program
    ok = vakt_test:eventually(fun() -> lists:prefix("ferrule", os:cmd("cat /proc/" ++ integer_to_list(Pid) ++ "/comm")) end).

%% ferrule --records: RFC 5424 too, and all of a burst, across a killed port program.
ferrule_reads_the_lines_itself(Config) ->
    {_, Ref, Writer} = start_and_subscribe(Config, [{ferrule_records, true}]),
    ok = vakt_test:write(Writer, ["<165>1 2026-11-21T18:04:14.962539Z host app 77 ID47 [sd@1 k=\"v\"] text"]),
    receive
        {vakt, Ref, Event} ->
            ?assertMatch(#{facility := local4, severity := notice, host := <<"host">>, app := <<"app">>, pid := <<"77">>, msgid := <<"ID47">>,
                           structured := <<"[sd@1 k=\"v\"]">>, text := <<"text">>, source := fifo, time := 1795284254962539000}, Event),
            ?assertEqual([], [Key || Key <- [seq, boot_id], is_map_key(Key, Event)])
    after 20000 -> error(no_event)
    end,
    ok = vakt_test:write(Writer, numbered(1, 2000)),
    ?assertEqual(numbered(1, 2000), next(Ref, 2000)),
    Before = restarts(),
    ok = vakt_test:kill("KILL", ferrule()),
    ok = vakt_test:eventually(fun() -> restarts() > Before andalso is_up() end),
    ok = vakt_test:write(Writer, numbered(2001, 2010)),
    ?assertEqual(numbered(2001, 2010), next(Ref, 10)),
    ?assertMatch(#{os_sup := #{lines := 2011}}, vakt:status()),
    ok = application:stop(vakt).
