%% SPDX-License-Identifier: Apache-2.0
%% @doc What `os_sup' of `os_mon' does, on any Unix: has the syslog daemon write into a pipe (`mod_syslog'), reads the pipe
%% through a port program (`ferrule'), and gives each line to the hub, and so to subscribers and to the `os_sup_mfa'.
%%
%% Parameters, defaults and results are those of `os_sup'; {@link vakt_config} says where they are looked up. Differences,
%% all meant: paths may hold blanks, since no shell is between; `mod_syslog' has a time limit; an orderly stop ends normally;
%% a port program that dies is started again after a pause, and this process lives on.
%%
%% Between two port programs the pipe itself keeps what is written, as long as somebody has it open: the syslog daemons of
%% Linux open it for reading and writing, so nothing is lost but what exceeds the pipe's capacity. Solaris' daemon gives the
%% pipe up when its reader leaves; there `mod_syslog' is called again before the port program is. Lost without a count is only
%% what a port program that is killed had read and not yet handed over.
-module(vakt_os_sup).
-behaviour(gen_server).

-export([start_link/0, start_link/1, start/0, stop/0, error_report/2]).
-export([enable/0, enable/2, disable/0, disable/2, disable_left_behind/0]).
-export([param_type/2, param_default/1, status/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([status/0]).

-include_lib("kernel/include/logger.hrl").

-define(FIRST_PAUSE, 100).
-define(LONGEST_PAUSE, 10000).
%% A port program that lived so long (ms) is taken to have worked; the next pause is the first one again.
-define(PROVEN, 30000).
%% How long (ms) a port program may take to leave after "die".
-define(LEAVE, 2000).
%% A port program that has handed over nothing for so long (ms) has nothing more.
-define(SILENCE, 50).
-define(ENABLED, {?MODULE, enabled}).
-define(HERE, #{domain => [vakt]}).

-type status() :: #{
    own := string(),
    conf := string(),
    enabled := boolean(),
    port := up | down,
    os_pid := non_neg_integer() | undefined,
    restarts := non_neg_integer(),
    last_exit := undefined | term(),
    lines := non_neg_integer(),
    shed := non_neg_integer()
}.
%% `enabled': `mod_syslog otp' was called and said ok; `lines': taken from the port, `shed' of them dropped because the hub was
%% slower than the port for longer than `port_queue' lines.

-record(state, {
    own :: string(),
    conf :: string(),
    enable :: boolean(),
    program :: string(),
    mode :: vakt_ferrule:mode(),
    port = none :: none | port(),
    since = 0 :: integer(),
    pause = ?FIRST_PAUSE :: pos_integer(),
    restarts = 0 :: non_neg_integer(),
    last_exit = undefined :: term(),
    port_queue :: pos_integer(),
    lines = 0 :: non_neg_integer(),
    shed = 0 :: non_neg_integer()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor. Fails with `{mod_syslog, {Code, Words}}' when the daemon cannot be made to write, and with
%% `{ferrule, {Posix, Path}}' when there is no port program.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc As `os_sup:start_link/1', which is given what `os:type/0' returns. Any system will do.
-spec start_link(OsType :: term()) -> gen_server:start_ret().
start_link(_OsType) -> start_link().

%% @doc Starts it again after {@link stop/0}, under the supervisor. `resident': lines come the resident way ({@link vakt_way}).
-spec start() -> {ok, pid()} | {error, term()}.
start() -> vakt_way:restart_os_sup().

%% @doc Stops in order, for good: the syslog daemon gets its configuration back.
-spec stop() -> ok.
stop() -> gen_server:call(?MODULE, stop, infinity).

%% @doc The default of `os_sup_mfa': an error report of type `Tag'.
-spec error_report(LogData :: term(), Tag :: term()) -> ok.
error_report(LogData, Tag) -> error_logger:error_report(Tag, LogData).

%% @doc Has the daemon write into the pipe of `os_sup_own'. Asks `mod_syslog' directly; no server is needed.
-spec enable() -> vakt_helper:result().
enable() -> enable(vakt_config:value(os_sup_own), vakt_config:value(os_sup_syslogconf)).

%% @doc Has the daemon whose configuration file is `Conf' write into the pipe in the directory `Path'.
-spec enable(Path :: file:filename(), Conf :: file:filename()) -> vakt_helper:result().
enable(Path, Conf) -> vakt_helper:run(otp, Path, Conf).

%% @doc Gives the daemon its own configuration back and removes the pipe.
-spec disable() -> vakt_helper:result().
disable() -> disable(vakt_config:value(os_sup_own), vakt_config:value(os_sup_syslogconf)).

%% @doc The same, for the directory and the file named.
-spec disable(Path :: file:filename(), Conf :: file:filename()) -> vakt_helper:result().
disable(Path, Conf) -> vakt_helper:run(nootp, Path, Conf).

%% @doc Disables what a server that could not stop in order (killed, given up by its supervisor) left enabled.
-spec disable_left_behind() -> vakt_helper:result().
disable_left_behind() ->
    case persistent_term:get(?ENABLED, none) of
        none ->
            ok;
        {Own, Conf} ->
            _ = persistent_term:erase(?ENABLED),
            logged(disable(Own, Conf), "disable")
    end.

%% @doc Whether the value may stand in the parameter.
-spec param_type(vakt_config:parameter(), term()) -> boolean().
param_type(Parameter, Value) -> vakt_config:type(Parameter, Value).

%% @doc The default of a parameter.
-spec param_default(vakt_config:parameter()) -> term().
param_default(Parameter) -> vakt_config:default(Parameter).

%% @doc How it is; exits with `noproc' when it is not running. While `mod_syslog' runs the answer waits for it.
-spec status() -> status().
status() -> gen_server:call(?MODULE, status, vakt_config:value(mod_syslog_timeout) + 5000).

-spec init([]) -> {ok, state()} | {stop, vakt_helper:reason() | {ferrule, {file:posix(), file:filename()}}}.
init([]) ->
    _ = process_flag(trap_exit, true),
    _ = process_flag(message_queue_data, off_heap),
    State = #state{
        own = vakt_config:value(os_sup_own),
        conf = vakt_config:value(os_sup_syslogconf),
        enable = vakt_config:value(os_sup_enable),
        program = vakt_config:program(ferrule),
        mode = case vakt_config:value(ferrule_records) of true -> records; false -> lines end,
        port_queue = vakt_config:value(port_queue)
    },
    %% The port program is looked for first: nothing is enabled that nobody could read.
    case {vakt_ferrule:find(State#state.program), State#state.enable} of
        {ok, true} -> enabled(enable_and_note(State), State);
        {ok, false} -> {ok, opened(State)};
        {{error, Posix}, _} -> {stop, {ferrule, {Posix, State#state.program}}}
    end.

enabled(ok, State) ->
    {ok, opened(State)};
enabled({error, Reason} = Error, _State) ->
    _ = logged(Error, "enable"),
    {stop, Reason}.

enable_and_note(#state{own = Own, conf = Conf}) ->
    %% Before it is: a server that is killed meanwhile leaves a mod_syslog that enables all the same.
    Left = persistent_term:get(?ENABLED, none),
    ok = persistent_term:put(?ENABLED, {Own, Conf}),
    case enable(Own, Conf) of
        {error, {mod_syslog, {Code, _}}} = Error when Left =:= none, Code =/= timeout ->
            _ = persistent_term:erase(?ENABLED),
            Error;
        Result ->
            Result
    end.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()} | {stop, normal, ok, state()}.
handle_call(status, _From, State) ->
    {reply, status(State), State};
handle_call(stop, _From, State) ->
    ok = vakt_way:stopped(),
    {stop, normal, ok, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()} | {stop, term(), state()}.
handle_info({Port, {data, Line}}, #state{port = Port} = State) ->
    {noreply, published(Line, State)};
handle_info({Port, {exit_status, Status}}, #state{port = Port} = State) ->
    {noreply, port_died({exit_status, Status}, State)};
handle_info({'EXIT', Port, Reason}, #state{port = Port} = State) ->
    {noreply, port_died(Reason, State)};
handle_info({'EXIT', Pid, Reason}, State) when is_pid(Pid) ->
    {stop, Reason, State};
handle_info(open, #state{port = none} = State) ->
    {noreply, opened(repaired(State))};
handle_info(_, State) ->
    {noreply, State}.

-spec terminate(term(), state()) -> ok.
terminate(normal, State) -> disabled(State);
terminate(shutdown, State) -> disabled(State);
terminate({shutdown, _}, State) -> disabled(State);
%% The supervisor starts it again, and then all is as it was. Does it give up, disable_left_behind/0 is called.
terminate(_, _) -> ok.

%% The port.

opened(#state{program = Program, own = Own, mode = Mode} = State) ->
    case vakt_ferrule:open(Mode, Program, Own) of
        {ok, Port} -> State#state{port = Port, since = now_ms()};
        {error, Posix} -> port_died(Posix, State#state{since = now_ms()})
    end.

port_died(Why, #state{own = Own, since = Since, pause = Pause, restarts = Restarts} = State) ->
    Wait = case now_ms() - Since of
               Lived when Lived >= ?PROVEN -> ?FIRST_PAUSE;
               _ -> Pause
           end,
    ?LOG_WARNING("vakt: ferrule ~ts ended (~tp), starting it again in ~b ms", [Own, Why, Wait], ?HERE),
    _ = erlang:send_after(Wait, self(), open),
    State#state{port = none, last_exit = Why, restarts = Restarts + 1, pause = min(?LONGEST_PAUSE, Wait * 2)}.

%% A pipe that somebody took away is made again, before a port program waits for it in vain.
repaired(#state{enable = true, own = Own} = State) ->
    case {os:type(), file:read_file_info(filename:join(Own, "syslog.otp"))} of
        {{unix, sunos}, _} -> enabled_again(State);
        {_, {error, enoent}} -> enabled_again(State);
        _ -> State
    end;
repaired(State) ->
    State.

enabled_again(State) ->
    _ = logged(enable_and_note(State), "enable again"),
    State.

%% All lines that are there go to the hub at once.
published(Packet, #state{port = Port, mode = Mode, lines = Taken} = State) ->
    Events = vakt_ferrule:events(Mode, vakt_ferrule:batch(Mode, Port, Packet)),
    ok = vakt_hub:publish(Events),
    bounded(State#state{lines = Taken + length(Events)}).

%% A port cannot be told to wait, so what is too much for us is dropped here, oldest first, and told of.
bounded(#state{port = Port, mode = Mode, lines = Taken, shed = Shed} = State) ->
    Most = most(State),
    case process_info(self(), message_queue_len) of
        {message_queue_len, Length} when Length > Most ->
            {Lines, Lost} = vakt_ferrule:shed(Mode, Port, Length - Most div 2),
            ok = vakt_hub:publish([#{gap => Lost, source => fifo, dropped_by => vm}]),
            State#state{lines = Taken + Lines, shed = Shed + Lines};
        _ ->
            State
    end.

%% As many packets; one of records has up to a thousand, when there are many.
most(#state{mode = lines, port_queue = Most}) -> Most;
most(#state{mode = records, port_queue = Most}) -> max(2, Most div 500).

%% Stopping. The pipe is read until it is gone, so that what was logged before the stop still arrives.

disabled(#state{enable = true, own = Own, conf = Conf} = State) ->
    case persistent_term:erase(?ENABLED) of
        true ->
            {Pid, Monitor} = vakt_helper:start(nootp, Own, Conf),
            {Reason, Left} = served_until({helper, Pid, Monitor}, infinity, State),
            _ = logged(vakt_helper:result(Reason), "disable"),
            closed(Left);
        false ->
            closed(State)
    end;
disabled(State) ->
    closed(State).

closed(#state{port = none}) ->
    ok;
closed(#state{port = Port} = State) ->
    %% It reads no more, hands over what it has, and is let go once it is silent.
    ok = vakt_ferrule:command(Port, <<"only_stdin">>),
    {_, Silent} = served_until(silence, silence, State),
    ok = vakt_ferrule:command(Port, <<"die">>),
    _ = served_until(port, now_ms() + ?LEAVE, Silent),
    vakt_ferrule:close(Port).

served_until(What, Deadline, #state{port = Port} = State) ->
    receive
        {Port, {data, Line}} -> served_until(What, Deadline, published_if_possible(Line, State));
        {Port, {exit_status, _}} when What =:= port -> {exited, State#state{port = none}};
        {'DOWN', Monitor, process, Pid, Reason} when What =:= {helper, Pid, Monitor} -> {Reason, State}
    after left(Deadline) ->
        {timeout, State}
    end.

%% If it is the hub's end that ends this process too, there is nobody to give the last lines to; the rest is done all the same.
published_if_possible(Line, State) ->
    try published(Line, State) catch exit:_ -> State end.

left(silence) -> ?SILENCE;
left(infinity) -> vakt_config:value(mod_syslog_timeout) + 5000;
left(Deadline) -> max(0, Deadline - now_ms()).

logged(ok, _What) ->
    ok;
logged({error, {mod_syslog, {Code, Words}}} = Error, What) ->
    ?LOG_ERROR("vakt: cannot ~ts: mod_syslog: ~tp: ~ts", [What, Code, Words], ?HERE),
    Error.

status(#state{port = Port} = State) ->
    #{own => State#state.own, conf => State#state.conf, enabled => persistent_term:get(?ENABLED, none) =/= none,
      port => up_or_down(Port), os_pid => vakt_ferrule:os_pid(Port), restarts => State#state.restarts,
      last_exit => State#state.last_exit, lines => State#state.lines, shed => State#state.shed}.

up_or_down(none) -> down;
up_or_down(_) -> up.

now_ms() -> erlang:monotonic_time(millisecond).
