%% SPDX-License-Identifier: Apache-2.0
%% Real syslog daemons, private copies: what logger(1) says is the event it should be, through every program on the way.
-module(vakt_daemon_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([rsyslog/1, syslog_ng/1, inetutils/1, busybox_is_refused_in_words/1]).

-include_lib("stdlib/include/assert.hrl").

all() -> [rsyslog, syslog_ng, inetutils, busybox_is_refused_in_words].

name(rsyslog) -> "rsyslog";
name(syslog_ng) -> "syslog-ng";
name(inetutils) -> "inetutils";
name(busybox_is_refused_in_words) -> "busybox".

init_per_testcase(Case, Config) ->
    Name = name(Case),
    case {filelib:is_dir(filename:join([vakt_test:top(), "build", "daemons", Name])), os:find_executable("logger")} of
        {false, _} -> {skip, "no private " ++ Name ++ " (scripts/get-daemons.sh test fetches it)"};
        {_, false} -> {skip, "there is no logger(1)"};
        {true, Logger} -> [{logger, Logger} | with_daemon(Name, Config)]
    end.

with_daemon(Name, Config) ->
    Own = filename:join(vakt_test:scratch(), "d"),
    ok = filelib:ensure_path(Own),
    Script = filename:join([vakt_test:top(), "scripts", "private-syslogd.sh"]),
    0 = status(open_port({spawn_executable, Script}, [{args, ["--prepare", Name, Own]}, exit_status, stderr_to_stdout, binary])),
    Daemon = vakt_test:guarded(Script, [Name, Own]),
    ok = vakt_test:eventually(fun() -> vakt_test:lines(filename:join(Own, "syslog.pid")) =/= [] end),
    _ = application:load(vakt),
    Set = [{start_os_sup, true}, {os_sup_own, Own}, {os_sup_syslogconf, filename:join(Own, "syslog.conf")}, {os_sup_mfa, none}],
    _ = [ok = application:set_env(vakt, Key, Value) || {Key, Value} <- Set],
    [{own, Own}, {daemon, Daemon} | Config].

status(Port) ->
    receive
        {Port, {exit_status, Status}} -> Status
    after 20000 ->
        error(never_ends)
    end.

end_per_testcase(_, Config) ->
    _ = application:stop(vakt),
    _ = application:unload(vakt),
    vakt_test:end_daemon(proplists:get_value(daemon, Config)).

%% The socket by the daemon's own folder: a socket's path has 107 bytes.
log(Config, Priority, Text) ->
    Port = open_port({spawn_executable, proplists:get_value(logger, Config)},
                     [{args, ["-u", "log", "-p", Priority, "-t", "vakt-test", "--id=4711", "--", Text]}, {cd, proplists:get_value(own, Config)},
                      exit_status, stderr_to_stdout, binary]),
    0 = status(Port).

%% A daemon takes its hangup when it comes to it: the first line goes round until it arrives.
start(Config) ->
    {ok, _} = application:ensure_all_started(vakt),
    {ok, Ref} = vakt:subscribe(),
    ok = vakt_test:eventually(fun() ->
        log(Config, "user.notice", "is the way open?"),
        receive
            {vakt, Ref, #{text := <<"is the way open?">>}} -> true
        after 200 ->
            false
        end
    end),
    Ref.

event(Ref, Text) ->
    receive
        {vakt, Ref, #{text := Text} = Event} -> Event
    after 20000 ->
        error(no_event)
    end.

arrives(Config, Named) ->
    Own = proplists:get_value(own, Config),
    Ref = start(Config),
    Text = <<"disk 7 is hot: 80 C [really] ", 16#e9/utf8>>,
    log(Config, "local3.err", Text),
    Event = event(Ref, Text),
    ?assertMatch(#{app := <<"vakt-test">>, pid := <<"4711">>, source := fifo}, Event),
    ?assertNot(maps:is_key(malformed, Event)),
    ?assertEqual(Named, maps:with([facility, severity], Event)),
    #{time := Time, host := Host} = Event,
    ?assert(is_binary(Host)),
    ?assert(abs(erlang:system_time(nanosecond) - Time) < 60 * 1000000000),
    ok = application:stop(vakt),
    ?assertNot(vakt_test:is_fifo(Own)),
    ?assert(vakt_test:same(filename:join(Own, "syslog.conf"), filename:join(Own, "syslog.conf.ORIG"))).

rsyslog(Config) -> arrives(Config, #{facility => local3, severity => error}).

syslog_ng(Config) -> arrives(Config, #{facility => local3, severity => error}).

%% It writes no priority.
inetutils(Config) -> arrives(Config, #{facility => undefined, severity => undefined}).

busybox_is_refused_in_words(Config) ->
    {error, {vakt, {{shutdown, {failed_to_start_child, vakt_os_sup, {mod_syslog, {"-" ++ _, Words}}}}, _}}} =
        application:ensure_all_started(vakt),
    ?assertNotEqual(nomatch, string:find(Words, "--check")),
    ?assertNot(vakt_test:is_fifo(proplists:get_value(own, Config))).
