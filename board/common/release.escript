#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%% usage: release.escript OUT VSN VAKT_EBIN BOARD_SRC OTP_LIB[:LIB...] APP...
%% Makes the board's release in OUT, as it lies in an installation directory: lib/APP-VSN, releases/VSN, start_erl.data. APP are the
%% applications that are wanted besides kernel, stdlib, sasl, os_mon, vakt and board; what they need comes with them. Modules are
%% stripped, and not compressed: the image is, and better.
-mode(compile).

main([Out, Vsn, VaktEbin, Source, Libs | Apps]) ->
    Erts = erlang:system_info(version),
    Board = filename:join([Out, "lib", "board-" ++ Vsn, "ebin"]),
    ok = filelib:ensure_dir(filename:join(Board, "x")),
    {ok, board_app} = compile:file(filename:join(Source, "board_app.erl"),
        [{outdir, Board}, deterministic, warnings_as_errors, warn_missing_spec, report]),
    AppFile = [{description, "The board's own"}, {vsn, Vsn}, {modules, [board_app]}, {registered, []},
        {applications, [kernel, stdlib, sasl, os_mon, vakt]}, {mod, {board_app, []}}],
    ok = file:write_file(filename:join(Board, "board.app"), io_lib:format("~p.~n", [{application, board, AppFile}])),
    Wanted = [kernel, stdlib, sasl, os_mon, vakt, board | lists:map(fun list_to_atom/1, Apps)],
    All = closure(Wanted, [{board, Board}, {vakt, VaktEbin}], string:split(Libs, ":", all), []),
    Rel = {release, {"board", Vsn}, {erts, Erts}, [{App, V} || {App, V, _} <- All]},
    Folder = filename:join([Out, "releases", Vsn]),
    ok = filelib:ensure_dir(filename:join(Folder, "x")),
    Name = filename:join(Folder, "board"),
    ok = file:write_file(Name ++ ".rel", io_lib:format("~p.~n", [Rel])),
    {ok, _, []} = systools:make_script(Name, [silent, no_warn_sasl, {path, [E || {_, _, E} <- All]}, {outdir, Folder}]),
    ok = boot(Name ++ ".boot", filename:join(Folder, "start.boot")),
    ok = file:delete(Name ++ ".boot"),
    ok = file:delete(Name ++ ".script"),
    lists:foreach(fun({App, V, Ebin}) -> copy(App, Ebin, filename:join([Out, "lib", atom_to_list(App) ++ "-" ++ V, "ebin"])) end, All),
    ok = file:write_file(filename:join(Out, "start_erl.data"), [Erts, " ", Vsn, "\n"]).

%% The boot file that systools made, with modules of stdlib in their own application's place that it has loaded before the code server is
%% there, though nothing of a start calls them: 130 kB, a tenth of all that a start loads. With -mode interactive they come when they
%% are first called, as the rest of stdlib does, and with -mode embedded as that does, too. board_app looks whether there is a .erlang before
%% what evaluates it is loaded.
boot(From, To) ->
    {ok, Bytes} = file:read_file(From),
    {script, Id, Steps} = binary_to_term(Bytes),
    Later = [erl_eval, erl_lint],
    {Before, [Loaded | After]} = lists:splitwith(fun(Step) -> Step =/= {kernel_load_completed} end, Steps),
    true = lists:all(fun(Module) -> lists:any(fun(Step) -> loads(Module, Step) end, Before) end, Later),
    Fewer = [case Step of {primLoad, Modules} -> {primLoad, Modules -- Later}; _ -> Step end || Step <- Before],
    More = [case loads(array, Step) of true -> {primLoad, Later ++ element(2, Step)}; false -> Step end || Step <- After],
    true = More =/= After,
    {Most, [_ | Last]} = lists:splitwith(fun(Step) -> Step =/= {apply, {c, erlangrc, []}} end, More),
    file:write_file(To, term_to_binary({script, Id, Fewer ++ [Loaded | Most] ++ [{apply, {board_app, dot_erlang, []}} | Last]})).

loads(Module, {primLoad, Modules}) -> lists:member(Module, Modules);
loads(_, _) -> false.

%% Applications with what they need, each behind what it needs.
closure([App | Apps], Own, Libs, Done) ->
    case lists:keymember(App, 1, Done) of
        true -> closure(Apps, Own, Libs, Done);
        false ->
            Ebin = case lists:keyfind(App, 1, Own) of {App, E} -> E; false -> ebin(App, Libs) end,
            {ok, [{application, App, Keys}]} = file:consult(filename:join(Ebin, atom_to_list(App) ++ ".app")),
            Optional = proplists:get_value(optional_applications, Keys, []),
            Needs = (proplists:get_value(applications, Keys, []) -- Optional) ++ proplists:get_value(included_applications, Keys, []),
            Before = closure(Needs, Own, Libs, Done),
            closure(Apps, Own, Libs, Before ++ [{App, proplists:get_value(vsn, Keys), Ebin}])
    end;
closure([], _, _, Done) ->
    Done.

ebin(App, [Lib | Libs]) ->
    Name = atom_to_list(App),
    case filelib:wildcard(filename:join(Lib, Name ++ "{,-[0-9]*}/ebin/" ++ Name ++ ".app")) of
        [] -> ebin(App, Libs);
        Found -> filename:dirname(lists:last(lists:sort(Found)))
    end;
ebin(App, []) ->
    io:format(standard_error, "release: there is no application ~s~n", [App]),
    halt(1).

copy(App, From, To) ->
    ok = filelib:ensure_dir(filename:join(To, "x")),
    Wanted = [F || F <- filelib:wildcard(filename:join(From, "*.{app,appup,beam}")), From =/= To],
    lists:foreach(fun(File) -> {ok, _} = file:copy(File, filename:join(To, filename:basename(File))) end, Wanted),
    programs(App, filename:join(filename:dirname(From), "priv"), filename:join(filename:dirname(To), "priv")),
    lists:foreach(fun strip/1, filelib:wildcard(filename:join(To, "*.beam"))).

%% Vakt's port programs are for the classic way; a board goes the resident one.
programs(vakt, _, _) ->
    ok;
programs(_, From, To) ->
    Files = [F || Sub <- ["bin", "lib"], F <- filelib:wildcard(filename:join([From, Sub, "*"])), filelib:is_regular(F)],
    lists:foreach(fun(File) ->
        Place = filename:join([To, filename:basename(filename:dirname(File)), filename:basename(File)]),
        ok = filelib:ensure_dir(Place),
        {ok, _} = file:copy(File, Place),
        ok = file:change_mode(Place, 8#755)
    end, Files).

strip(File) ->
    {ok, Beam} = file:read_file(File),
    {ok, {_, Stripped}} = beam_lib:strip(Beam),
    ok = file:write_file(File, try zlib:gunzip(Stripped) catch error:_ -> Stripped end).
