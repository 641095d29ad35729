%% SPDX-License-Identifier: Apache-2.0
%% @doc Says that this start is a good one: to the keeper, and to whoever started this VM (`start_erl'), who counts starts and takes
%% another release after too many bad ones.
%%
%% `start_erl' names a file in VAKT_START_HEALTHY; this VM's start is good once the file is there, with the VM's process id in it.
%% {@link say/0} needs no server of ours. The process here says it by itself after `healthy_after' seconds, and ends.
-module(vakt_healthy).
-behaviour(gen_server).

-export([say/0, start_link/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([reason/0]).

-include_lib("kernel/include/logger.hrl").

-define(HERE, #{domain => [vakt]}).

-type reason() :: nobody_to_tell | vakt_keeper_call:reason() | file:posix().
%% `nobody_to_tell': there is no keeper, and VAKT_START_HEALTHY is not set. A file's error is there only without a keeper.

-type told() :: ok | nobody | {error, reason()}.

-record(state, {said = none :: none | reason()}).
-opaque state() :: #state{}.
-export_type([state/0]).

%% @doc Tells both; `ok' when one of them heard it. If the other one is there and did not, that is in the log: it will count this
%% start as a bad one.
-spec say() -> ok | {error, reason()}.
say() -> said(tell_starter(vakt_config:start_healthy()), tell_keeper()).

-spec said(Starter :: told(), Keeper :: told()) -> ok | {error, reason()}.
said(nobody, nobody) -> {error, nobody_to_tell};
said(nobody, Keeper) -> Keeper;
said(Starter, nobody) -> Starter;
said(ok, Keeper) -> half(Keeper, "the keeper");
said(Starter, ok) -> half(Starter, "who started this VM");
said(_, Keeper) -> Keeper.

half(ok, _) ->
    ok;
half({error, Reason}, Whom) ->
    ?LOG_WARNING("vakt: this start is good, but ~ts could not be told (~tp)", [Whom, Reason], ?HERE),
    ok.

tell_keeper() ->
    case vakt_keeper_call:ask(healthy) of
        {error, no_keeper} -> nobody;
        Told -> Told
    end.

tell_starter(none) -> nobody;
tell_starter(File) -> vakt_start_word:write(File).

%% @doc Started by the supervisor.
-spec start_link(Seconds :: pos_integer()) -> gen_server:start_ret().
start_link(Seconds) -> gen_server:start_link(?MODULE, Seconds, []).

-spec init(pos_integer()) -> {ok, state()}.
init(Seconds) ->
    _ = erlang:send_after(Seconds * 1000, self(), say),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {noreply, state()}.
handle_call(_, _From, State) -> {noreply, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

%% A keeper that is not there, or cannot answer, may be there later.
-spec handle_info(term(), state()) -> {noreply, state()} | {stop, normal, state()}.
handle_info(say, #state{said = Said} = State) ->
    case say() of
        ok ->
            {stop, normal, State};
        {error, Reason} ->
            _ = Reason =:= Said orelse
                ?LOG_WARNING("vakt: nobody could be told that this start is good (~tp), trying again", [Reason], ?HERE),
            _ = erlang:send_after(vakt_config:value(keeper_retry), self(), say),
            {noreply, State#state{said = Reason}}
    end;
handle_info(_, State) ->
    {noreply, State}.
