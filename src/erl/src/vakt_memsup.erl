%% SPDX-License-Identifier: Apache-2.0
%% @doc `memsup' without its port program: the same calls, answers, parameters and alarms, by {@link vakt_nif}.
%%
%% Started with the parameter `start_memsup'. Each `memory_check_interval' it sets or clears the alarms
%% `{system_memory_high_watermark, []}' and `{process_memory_high_watermark, Pid}' (the largest process) at sasl's `alarm_handler'.
%% The parameters are vakt's, and those it is not given os_mon's. What the system does not answer is said in the log, once, and is as
%% `memsup' has it where it knows nothing: `{0, 0, undefined}' and `[]'.
-module(vakt_memsup).
-behaviour(gen_server).

-export([start_link/0, get_memory_data/0, get_system_memory_data/0]).
-export([get_check_interval/0, set_check_interval/1, get_sysmem_high_watermark/0, set_sysmem_high_watermark/1]).
-export([get_procmem_high_watermark/0, set_procmem_high_watermark/1]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export([alarm/3]).
-export_type([worst/0]).

-include_lib("kernel/include/logger.hrl").

-define(SYSTEM, system_memory_high_watermark).
-define(PROCESS, process_memory_high_watermark).

-type worst() :: undefined | {pid(), Allocated :: non_neg_integer()}.

-record(state, {
    interval :: pos_integer(),
    system :: number(),
    process :: number(),
    data = {0, 0, undefined} :: {non_neg_integer(), non_neg_integer(), worst()},
    alarms = [] :: [{term(), term()}],
    said = none :: none | binary()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc What the last check found, in bytes: all memory, what is allocated of it, and the largest process.
-spec get_memory_data() -> {Total :: non_neg_integer(), Allocated :: non_neg_integer(), worst()}.
get_memory_data() -> gen_server:call(?MODULE, get_memory_data).

%% @doc What the system says now, in bytes; asked in the caller's process, whether or not this one is there. `[]': nothing.
-spec get_system_memory_data() -> vakt_figures:memory().
get_system_memory_data() ->
    case asked() of
        {ok, Data} -> Data;
        {error, _} -> []
    end.

%% @doc Milliseconds.
-spec get_check_interval() -> pos_integer().
get_check_interval() -> gen_server:call(?MODULE, get_check_interval).

%% @doc Minutes; from the next check on.
-spec set_check_interval(pos_integer()) -> ok.
set_check_interval(Minutes) when is_integer(Minutes), Minutes > 0 -> gen_server:call(?MODULE, {set_interval, Minutes * 60000}).

%% @doc Percent.
-spec get_sysmem_high_watermark() -> non_neg_integer().
get_sysmem_high_watermark() -> gen_server:call(?MODULE, get_system).

%% @doc A part of 1; from the next check on.
-spec set_sysmem_high_watermark(number()) -> ok.
set_sysmem_high_watermark(Part) when is_number(Part), Part >= 0, Part =< 1 -> gen_server:call(?MODULE, {set_system, Part}).

%% @doc Percent.
-spec get_procmem_high_watermark() -> non_neg_integer().
get_procmem_high_watermark() -> gen_server:call(?MODULE, get_process).

%% @doc A part of 1; from the next check on.
-spec set_procmem_high_watermark(number()) -> ok.
set_procmem_high_watermark(Part) when is_number(Part), Part >= 0, Part =< 1 -> gen_server:call(?MODULE, {set_process, Part}).

-spec init([]) -> {ok, state(), {continue, check}}.
init([]) ->
    _ = process_flag(trap_exit, true),
    {ok, #state{interval = vakt_config:value(memory_check_interval) * 60000, system = vakt_config:value(?SYSTEM),
                process = vakt_config:value(?PROCESS)}, {continue, check}}.

-spec handle_continue(check, state()) -> {noreply, state()}.
handle_continue(check, State) -> {noreply, checked(State)}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call(get_memory_data, _From, #state{data = Data} = State) -> {reply, Data, State};
handle_call(get_check_interval, _From, #state{interval = Interval} = State) -> {reply, Interval, State};
handle_call({set_interval, Interval}, _From, State) -> {reply, ok, State#state{interval = Interval}};
handle_call(get_system, _From, #state{system = Part} = State) -> {reply, trunc(Part * 100), State};
handle_call({set_system, Part}, _From, State) -> {reply, ok, State#state{system = Part}};
handle_call(get_process, _From, #state{process = Part} = State) -> {reply, trunc(Part * 100), State};
handle_call({set_process, Part}, _From, State) -> {reply, ok, State#state{process = Part}}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info(check, State) -> {noreply, checked(State)};
handle_info(_, State) -> {noreply, State}.

%% Nobody would clear them.
-spec terminate(term(), state()) -> ok.
terminate(_, #state{alarms = Alarms}) -> lists:foreach(fun({Id, _}) -> alarm(false, {Id, []}, [{Id, []}]) end, Alarms).

checked(#state{interval = Interval} = State) ->
    _ = erlang:send_after(Interval, self(), check),
    case asked() of
        {ok, Data} -> judged(vakt_figures:memory(Data), State);
        {error, Words} -> refused(Words, State)
    end.

refused(Words, #state{said = Words} = State) ->
    State;
refused(Words, State) ->
    ?LOG_WARNING("vakt: no memory figures on this system: ~ts", [Words], #{domain => [vakt]}),
    State#state{said = Words}.

judged(none, State) ->
    refused(<<"it does not say how much there is">>, State);
judged({Total, Used}, #state{system = System, process = Part, alarms = Alarms} = State) ->
    Worst = worst(vakt_config:value(memsup_system_only)),
    First = alarm(Used > System * Total, {?SYSTEM, []}, Alarms),
    Large = case Worst of
                {Pid, Bytes} when Bytes > Part * Total -> {?PROCESS, Pid};
                _ -> none
            end,
    %% One at a time: another process is another alarm.
    Others = case lists:keyfind(?PROCESS, 1, First) of
                 Large -> First;
                 false -> First;
                 Before -> alarm(false, Before, First)
             end,
    Then = case Large of
               none -> Others;
               _ -> alarm(true, Large, Others)
           end,
    State#state{data = {Total, Used, Worst}, alarms = Then, said = none}.

%% The largest, as far as processes still are when they are looked at.
worst(true) ->
    undefined;
worst(false) ->
    lists:foldl(
        fun(Pid, So) ->
            case {process_info(Pid, memory), So} of
                {{memory, Bytes}, {_, Most}} when Bytes =< Most -> So;
                {{memory, Bytes}, _} -> {Pid, Bytes};
                {undefined, _} -> So
            end
        end, undefined, processes()).

%% /proc/meminfo says more, where it is.
asked() ->
    case file:read_file("/proc/meminfo") of
        {ok, Text} ->
            case vakt_figures:meminfo(Text) of
                [] -> of_nif();
                Data -> {ok, Data}
            end;
        {error, _} ->
            of_nif()
    end.

of_nif() ->
    try vakt_nif:memory() of
        {ok, Figures} -> {ok, vakt_figures:sysinfo(Figures)};
        {error, Words} -> {error, Words}
    catch
        error:Reason when Reason =:= undef; Reason =:= not_loaded -> {error, <<"the library syslog_nif cannot be loaded">>}
    end.

%% @doc Sets or clears an alarm, if that is a change; gives those that are set then. For {@link vakt_disksup}, too.
-spec alarm(boolean(), Alarm :: {Id :: term(), Description :: term()}, [{term(), term()}]) -> [{term(), term()}].
alarm(Is, {Id, _} = Alarm, Alarms) ->
    case {Is, lists:keymember(Id, 1, Alarms)} of
        {true, false} ->
            _ = whereis(alarm_handler) =:= undefined orelse alarm_handler:set_alarm(Alarm),
            [Alarm | Alarms];
        {false, true} ->
            _ = whereis(alarm_handler) =:= undefined orelse alarm_handler:clear_alarm(Id),
            lists:keydelete(Id, 1, Alarms);
        _ ->
            Alarms
    end.
