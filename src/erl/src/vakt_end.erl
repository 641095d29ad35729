%% SPDX-License-Identifier: Apache-2.0
%% @doc Says to whoever started this VM (`start_erl') that it ends in order, so that the start does not count as a bad one.
%%
%% `start_erl' names a file in VAKT_START_HEALTHY; beside it, with `.stopped' behind its name, is the word of a VM that ends in order.
-module(vakt_end).

-export([note/0]).

%% How long `init' may take to answer before it is taken to be busy with the end, in milliseconds.
-define(PATIENCE, 500).

%% @doc For an application that is being stopped: nothing is said when the VM goes on, or when it is a crash that stops it.
-spec note() -> ok.
note() ->
    case os:getenv("VAKT_START_HEALTHY", "") of
        "" ->
            ok;
        File ->
            _ = is_stopping() andalso vakt_start_word:write(File ++ ".stopped"),
            ok
    end.

%% While `init' stops the system it answers nobody. When an application ends the system by its crash, init is as it was.
is_stopping() ->
    {Asking, Monitor} = spawn_monitor(fun() -> exit({status, init:get_status()}) end),
    receive
        {'DOWN', Monitor, process, Asking, {status, {Status, _}}} -> Status =:= stopping;
        {'DOWN', Monitor, process, Asking, _} -> false
    after ?PATIENCE ->
        _ = erlang:demonitor(Monitor, [flush]),
        exit(Asking, kill)
    end.
