%% SPDX-License-Identifier: Apache-2.0
%% @doc `disksup' without `df': the same calls, answers, parameters and alarms, by {@link vakt_nif}.
%%
%% Started with the parameter `start_disksup'. Each `disk_space_check_interval' it sets or clears the alarm
%% `{{disk_almost_full, Mount}, []}' at sasl's `alarm_handler'. The parameters are vakt's, and those it is not given os_mon's. It looks
%% in a process of its own, since a file system may not answer for long; what does not answer is said in the log, once, and the others
%% are looked at. Where nothing answers the data are `[{"none", 0, 0}]', as `disksup' has them.
-module(vakt_disksup).
-behaviour(gen_server).

-export([start_link/0, get_disk_data/0, get_disk_info/0, get_disk_info/1]).
-export([get_check_interval/0, set_check_interval/1, get_almost_full_threshold/0, set_almost_full_threshold/1]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([disk/0, info/0]).

-include_lib("kernel/include/logger.hrl").

-type disk() :: {Mount :: string(), TotalKiB :: non_neg_integer(), Capacity :: 0..100}.
-type info() :: {Mount :: string(), TotalKiB :: non_neg_integer(), AvailableKiB :: non_neg_integer(), Capacity :: 0..100}.
%% `Capacity': percent, as df(1) has it.

-record(state, {
    interval :: pos_integer(),
    threshold :: number(),
    data = [{"none", 0, 0}] :: [disk()],
    looking = none :: none | {pid(), reference()},
    alarms = [] :: [{term(), term()}],
    said = #{} :: #{string() => binary()}
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc What the last look found.
-spec get_disk_data() -> [disk()].
get_disk_data() -> gen_server:call(?MODULE, get_disk_data).

%% @doc What the system says now, of all mounts; asked in the caller's process, whether or not this one is there.
-spec get_disk_info() -> [info()].
get_disk_info() -> none_or([Info || Mount <- mounts(), {ok, Info} <- [asked(Mount)]]).

%% @doc The same for the file system that a path is on.
-spec get_disk_info(Path :: string()) -> [info()].
get_disk_info(Path) -> none_or([Info || {ok, Info} <- [asked(Path)]]).

none_or([]) -> [{"none", 0, 0, 0}];
none_or(Found) -> Found.

%% @doc Milliseconds.
-spec get_check_interval() -> pos_integer().
get_check_interval() -> gen_server:call(?MODULE, get_check_interval).

%% @doc Minutes; from the next look on.
-spec set_check_interval(pos_integer()) -> ok.
set_check_interval(Minutes) when is_integer(Minutes), Minutes > 0 -> gen_server:call(?MODULE, {set_interval, Minutes * 60000}).

%% @doc Percent.
-spec get_almost_full_threshold() -> non_neg_integer().
get_almost_full_threshold() -> gen_server:call(?MODULE, get_threshold).

%% @doc A part of 1; from the next look on.
-spec set_almost_full_threshold(number()) -> ok.
set_almost_full_threshold(Part) when is_number(Part), Part >= 0, Part =< 1 -> gen_server:call(?MODULE, {set_threshold, Part}).

-spec init([]) -> {ok, state(), {continue, look}}.
init([]) ->
    _ = process_flag(trap_exit, true),
    {ok, #state{interval = vakt_config:value(disk_space_check_interval) * 60000, threshold = vakt_config:value(disk_almost_full_threshold)},
     {continue, look}}.

-spec handle_continue(look, state()) -> {noreply, state()}.
handle_continue(look, State) -> {noreply, looking(State)}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call(get_disk_data, _From, #state{data = Data} = State) -> {reply, Data, State};
handle_call(get_check_interval, _From, #state{interval = Interval} = State) -> {reply, Interval, State};
handle_call({set_interval, Interval}, _From, State) -> {reply, ok, State#state{interval = Interval}};
handle_call(get_threshold, _From, #state{threshold = Part} = State) -> {reply, trunc(Part * 100), State};
handle_call({set_threshold, Part}, _From, State) -> {reply, ok, State#state{threshold = Part}}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info(look, State) -> {noreply, looking(State)};
handle_info({'DOWN', Monitor, process, Pid, {looked, Found}}, #state{looking = {Pid, Monitor}} = State) ->
    {noreply, looked(Found, State#state{looking = none})};
handle_info({'DOWN', Monitor, process, Pid, Why}, #state{looking = {Pid, Monitor}} = State) ->
    Words = iolist_to_binary(io_lib:format("~tp", [Why])),
    {noreply, State#state{looking = none, said = refused("disks", Words, State#state.said)}};
handle_info(_, State) -> {noreply, State}.

%% Nobody would clear them.
-spec terminate(term(), state()) -> ok.
terminate(_, #state{alarms = Alarms}) -> lists:foreach(fun(Alarm) -> vakt_memsup:alarm(false, Alarm, [Alarm]) end, Alarms).

%% One look at a time, however long it takes.
looking(#state{interval = Interval, looking = none} = State) ->
    _ = erlang:send_after(Interval, self(), look),
    State#state{looking = spawn_monitor(fun() -> exit({looked, [{Mount, asked(Mount)} || Mount <- mounts()]}) end)};
looking(#state{interval = Interval} = State) ->
    _ = erlang:send_after(Interval, self(), look),
    State.

looked(Found, #state{threshold = Threshold, alarms = Before, said = Said} = State) ->
    Disks = [{Mount, Total, Capacity} || {_, {ok, {Mount, Total, _, Capacity}}} <- Found],
    Gone = [Alarm || {{disk_almost_full, Mount}, _} = Alarm <- Before, not lists:keymember(Mount, 1, Disks)],
    Kept = lists:foldl(fun(Alarm, So) -> vakt_memsup:alarm(false, Alarm, So) end, Before, Gone),
    Alarms = lists:foldl(
        fun({Mount, _, Capacity}, So) -> vakt_memsup:alarm(Capacity > Threshold * 100, {{disk_almost_full, Mount}, []}, So) end,
        Kept, Disks),
    Data = case Disks of
               [] -> [{"none", 0, 0}];
               _ -> Disks
           end,
    Now = lists:foldl(fun({Mount, Words}, So) -> refused(Mount, Words, So) end, Said, [{Mount, Words} || {Mount, {error, Words}} <- Found]),
    State#state{data = Data, alarms = Alarms, said = Now}.

refused(Mount, Words, Said) ->
    case Said of
        #{Mount := Words} ->
            Said;
        #{} ->
            ?LOG_WARNING("vakt: no disk figures for ~ts: ~ts", [Mount, Words], #{domain => [vakt]}),
            Said#{Mount => Words}
    end.

%% Where the system has no list of mounts there is one all the same.
mounts() ->
    case file:read_file("/proc/mounts") of
        {ok, Text} -> lists:usort(["/" | vakt_figures:mounts(Text)]);
        {error, _} -> ["/"]
    end.

asked(Mount) ->
    try vakt_nif:disk(unicode:characters_to_binary(Mount)) of
        {ok, {Total, Free, Available}} ->
            {ok, {Mount, Total div 1024, Available div 1024, vakt_figures:capacity(Total, Free, Available)}};
        {error, Words} ->
            {error, Words}
    catch
        error:Reason when Reason =:= undef; Reason =:= not_loaded -> {error, <<"the library syslog_nif cannot be loaded">>}
    end.
