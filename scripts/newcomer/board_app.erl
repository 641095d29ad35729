%% SPDX-License-Identifier: Apache-2.0
%% @doc The newcomer's application: release 1 says that it is up, release 2 cannot start. `make/3' has systools pack it.
-module(board_app).
-behaviour(application).

-export([make/1, start/2, stop/1]).

%% @doc Arguments: folder, version, the directory of Vakt's application. Leaves FOLDER/board-VERSION.tar.gz.
-spec make([string()]) -> ok.
make([Folder, Version, Vakt]) ->
    ok = file:set_cwd(Folder),
    Erts = erlang:system_info(version),
    Apps = [{App, vsn(App)} || App <- [kernel, stdlib, sasl]],
    Vsn = filename:basename(Vakt) -- "vakt-",
    ok = filelib:ensure_dir("board-" ++ Version ++ "/ebin/x"),
    Ebin = filename:absname("board-" ++ Version ++ "/ebin"),
    ok = file:write_file(filename:join(Ebin, "board.app"),
        io_lib:format("~p.~n", [{application, board, [{description, "the board's own"}, {vsn, Version}, {modules, [board_app]},
            {registered, []}, {applications, [kernel, stdlib, sasl]}, {mod, {board_app, Version}}]}])),
    {ok, _} = file:copy("board_app.beam", filename:join(Ebin, "board_app.beam")),
    Name = "board-" ++ Version,
    ok = file:write_file(Name ++ ".rel",
        io_lib:format("~p.~n", [{release, {"board", Version}, {erts, Erts}, Apps ++ [{vakt, Vsn}, {board, Version}]}])),
    ok = file:write_file("sys.config", "[{vakt, [{start_os_sup, true}]}].\n"),
    Path = {path, [Ebin, filename:join(Vakt, "ebin")]},
    ok = systools:make_script(Name, [no_warn_sasl, Path, {outdir, "."}]),
    ok = systools:make_tar(Name, [Path, {erts, code:root_dir()}]),
    halt(0).

vsn(App) ->
    ok = case application:load(App) of
        ok -> ok;
        {error, {already_loaded, App}} -> ok
    end,
    {ok, Vsn} = application:get_key(App, vsn),
    Vsn.

-spec start(application:start_type(), string()) -> {ok, pid()} | {error, atom()}.
start(_Type, "2") ->
    {error, this_release_is_bad};
start(_Type, _Version) ->
    _ = case code:ensure_loaded(vakt) of
        {module, vakt} -> vakt:healthy();
        {error, _} -> none
    end,
    {ok, spawn_link(fun() -> receive stop -> ok after infinity -> ok end end)}.

-spec stop(term()) -> ok.
stop(_State) -> ok.
