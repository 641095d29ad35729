%% SPDX-License-Identifier: Apache-2.0
%% @doc Calls `os_sup_mfa' with each line, as `os_sup' does: `apply(M, F, [Line | A])', the line a list of bytes without its
%% newline.
%%
%% A process of its own, and a subscriber like any other: a callback that is slow, hangs or fails costs its own lines only. A
%% gap comes as the line `vakt[SOURCE]: N lines lost'. What has no line of its own (kernel, journal) comes as a syslog daemon would
%% have written it. Failures of the callback are logged, one a second at most.
-module(vakt_callback).
-behaviour(gen_server).

-export([start_link/1, data/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-include_lib("kernel/include/logger.hrl").

-define(QUIET, 1000).

-record(state, {
    mfa :: {module(), atom(), list()},
    ref :: reference(),
    said = none :: none | integer(),
    unsaid = 0 :: non_neg_integer()
}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Started by the supervisor.
-spec start_link({module(), atom(), list()}) -> gen_server:start_ret().
start_link(MFA) -> gen_server:start_link({local, ?MODULE}, ?MODULE, MFA, []).

%% @doc What the callback is given for an event.
-spec data(vakt_hub:event()) -> string().
data(#{gap := N, dropped_by := ferrule}) -> lost("ferrule", N);
data(#{gap := N, source := Source}) -> lost(atom_to_list(Source), N);
data(#{raw := Raw}) -> binary_to_list(Raw);
data(#{time := Time, host := Host, app := App, pid := Pid, text := Text}) ->
    binary_to_list(iolist_to_binary([stamp(Time), $\s, host(Host), $\s, tag(App, Pid), Text])).

%% As RFC 3164 has it: local time, the day in two places.
stamp(Time) ->
    {{_, Month, Day}, {H, M, S}} = local(Time),
    Name = element(Month, {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}),
    io_lib:format("~s ~2b ~2..0b:~2..0b:~2..0b", [Name, Day, H, M, S]).

%% What is so long ago that the C library knows no local time has that of Greenwich.
local(Time) ->
    try calendar:system_time_to_local_time(Time, nanosecond)
    catch error:badarg -> calendar:system_time_to_universal_time(Time, nanosecond)
    end.

host(undefined) ->
    {ok, Name} = inet:gethostname(),
    Name;
host(Host) ->
    Host.

tag(undefined, _) -> [];
tag(App, undefined) -> [App, ": "];
tag(App, Pid) -> [App, $[, Pid, "]: "].

lost(Where, N) -> lists:flatten(io_lib:format("vakt[~s]: ~p lines lost", [Where, N])).

-spec init({module(), atom(), list()}) -> {ok, state()}.
init(MFA) ->
    _ = process_flag(message_queue_data, off_heap),
    {ok, Ref} = vakt:subscribe(#{sources => vakt_filter:sources() -- [keeper, reset_report]}),
    {ok, #state{mfa = MFA, ref = Ref}}.

-spec handle_call(term(), gen_server:from(), state()) -> {noreply, state()}.
handle_call(_, _From, State) -> {noreply, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()} | {stop, term(), state()}.
handle_info({vakt, Ref, Event}, #state{ref = Ref} = State) ->
    {noreply, called(data(Event), State)};
handle_info({'DOWN', Ref, process, _, Reason}, #state{ref = Ref} = State) ->
    {stop, {shutdown, Reason}, State};
handle_info(_, State) ->
    {noreply, State}.

called(Data, #state{mfa = {M, F, A}} = State) ->
    try apply(M, F, [Data | A]) of
        _ -> State
    catch
        Class:Reason:Stack -> failed({Class, Reason, Stack}, State)
    end.

failed(Failure, #state{mfa = MFA, said = Said, unsaid = Unsaid} = State) ->
    Now = erlang:monotonic_time(millisecond),
    case Said =:= none orelse Now - Said >= ?QUIET of
        true ->
            ?LOG_ERROR("vakt: os_sup_mfa ~tp failed (~b times more since the last such message): ~tp", [MFA, Unsaid, Failure],
                       #{domain => [vakt]}),
            State#state{said = Now, unsaid = 0};
        false ->
            State#state{unsaid = Unsaid + 1}
    end.
