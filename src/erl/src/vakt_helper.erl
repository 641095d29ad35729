%% SPDX-License-Identifier: Apache-2.0
%% @doc Calls `mod_syslog': once, without a shell, for a limited time.
%%
%% A process of its own owns the port, so the caller's mailbox sees one `DOWN' and nothing else. The helper is setuid: what
%% does not end in time cannot be killed by us; its pipes are closed and the caller goes on. Calls are made one at a time.
-module(vakt_helper).

-export([run/3, start/3, result/1, words/1]).
-export_type([mode/0, result/0, reason/0]).

-type mode() :: otp | nootp.
-type code() :: string() | timeout | file:posix() | {exit_status, pos_integer()}.
-type reason() :: {mod_syslog, {code(), Words :: string()}}.
%% What `mod_syslog' printed, or how it could not be run, and what that means.
-type result() :: ok | {error, reason()}.

-define(MAX_OUTPUT, 4096).

%% @doc Runs `mod_syslog Mode Own Conf' and waits for it, `mod_syslog_timeout' milliseconds at most.
-spec run(mode(), Own :: file:filename(), Conf :: file:filename()) -> result().
run(Mode, Own, Conf) ->
    {_, Monitor} = start(Mode, Own, Conf),
    receive
        {'DOWN', Monitor, process, _, Reason} -> result(Reason)
    after timeout() + 5000 ->
        true = demonitor(Monitor, [flush]),
        failed(timeout)
    end.

%% @doc The same without waiting: the monitored process ends with a reason that {@link result/1} reads.
-spec start(mode(), Own :: file:filename(), Conf :: file:filename()) -> {pid(), reference()}.
start(Mode, Own, Conf) ->
    Program = vakt_config:program(mod_syslog),
    Timeout = timeout(),
    Caller = self(),
    spawn_monitor(fun() ->
        ok = alone(),
        %% Nobody enables for one who is dead, and may be disabled already.
        Mode =:= nootp orelse is_process_alive(Caller) orelse exit(normal),
        exit({helper, call(Program, [atom_to_list(Mode), Own, Conf], Timeout)})
    end).

%% One after the other: what a killed server began, as enabling, ends before what is done about it. Each ends by its own limit.
alone() ->
    try register(?MODULE, self()) of
        true -> ok
    catch
        error:badarg ->
            Monitor = monitor(process, ?MODULE),
            receive
                {'DOWN', Monitor, process, _, _} -> alone()
            end
    end.

timeout() -> vakt_config:value(mod_syslog_timeout).

%% @doc What the process of {@link start/3} found out.
-spec result(ExitReason :: term()) -> result().
result({helper, {printed, <<"0">>}}) -> ok;
result({helper, {printed, Printed}}) -> failed(binary_to_list(Printed));
result({helper, Code}) -> failed(Code);
result(_) -> failed(timeout).

failed(Code) -> {error, {mod_syslog, {Code, words(Code)}}}.

call(Program, Arguments, Timeout) ->
    try open_port({spawn_executable, Program}, [{args, Arguments}, binary, exit_status, use_stdio, hide]) of
        Port -> collect(Port, <<>>, erlang:monotonic_time(millisecond) + Timeout)
    catch
        error:Posix -> Posix
    end.

collect(Port, Printed, Deadline) ->
    receive
        {Port, {data, Data}} when byte_size(Printed) < ?MAX_OUTPUT ->
            collect(Port, <<Printed/binary, Data/binary>>, Deadline);
        {Port, {data, _}} ->
            collect(Port, Printed, Deadline);
        {Port, {exit_status, 0}} ->
            {printed, Printed};
        {Port, {exit_status, Status}} ->
            {exit_status, Status}
    after max(0, Deadline - erlang:monotonic_time(millisecond)) ->
        true = port_close(Port),
        timeout
    end.

%% @doc What a code means and what to look at.
-spec words(code()) -> string().
words("-1") ->
    "refused: wrong arguments, not allowed by syslog.allow, or another node holds the pipe; "
    "'mod_syslog --check OWN CONF' says which";
words("-2") ->
    "a file is missing, empty, or not as it must be (owner, mode, kind); 'mod_syslog --check OWN CONF' says which";
words("-3") ->
    "the syslog daemon was not found, is not the one expected, or could not be told; 'mod_syslog --check OWN CONF' says more";
words(timeout) ->
    "did not end within mod_syslog_timeout; it may still be running";
words(enoent) ->
    "there is no such program: " ++ vakt_config:program(mod_syslog);
words(eacces) ->
    "may not be executed by this user (installed 4750: is the user in its group?): " ++ vakt_config:program(mod_syslog);
words({exit_status, Status}) when Status > 128 ->
    "was ended by signal " ++ integer_to_list(Status - 128);
words({exit_status, Status}) ->
    "ended with status " ++ integer_to_list(Status);
words(Code) when is_atom(Code) ->
    "could not be started: " ++ file:format_error(Code);
words(_) ->
    "printed what is no answer of mod_syslog; is this the right program? " ++ vakt_config:program(mod_syslog).
