#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%% usage: xref.escript APPLICATION_DIR
%% Fails on a call to a function that is not there, or that is deprecated.
-mode(compile).

main([Dir]) ->
    {ok, _} = xref:start(vakt_xref),
    ok = xref:set_library_path(vakt_xref, code_path),
    {ok, _} = xref:add_application(vakt_xref, Dir),
    Findings = [{What, Found} || What <- [undefined_function_calls, deprecated_function_calls, locals_not_used],
                                 {ok, Found} <- [xref:analyze(vakt_xref, What)], Found =/= []],
    report(Findings).

report([]) ->
    halt(0);
report(Findings) ->
    io:format("~p~n", [Findings]),
    halt(1).
