%% SPDX-License-Identifier: Apache-2.0
%% @doc The application of the releases that start_erl is tried with: what its parameter `way' says is what becomes of its VM.
-module(start_unit).
-behaviour(application).

-export([start/2, stop/1, make/1]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    {ok, Way} = application:get_env(start_unit, way),
    go(Way).

go(crash) ->
    {error, this_release_does_not_start};
go(hang) ->
    io:format("this release hangs~n"),
    receive never -> {error, never} after infinity -> {error, ever} end;
go(good) ->
    File = os:getenv("VAKT_START_HEALTHY"),
    ok = file:write_file(File ++ ".new", [os:getpid(), $\n]),
    ok = file:rename(File ++ ".new", File),
    {ok, spawn_link(fun() -> receive after infinity -> ok end end)}.

-spec stop(term()) -> ok.
stop(_State) -> ok.

%% @doc Makes release VSN below ROOT with systools, with more applications, its way in sys.config; with RELEASES when it is the first.
%% Arguments of `erl -run'.
-spec make([string()]) -> no_return().
make([Root, Vsn, Way | More]) ->
    Dir = filename:join([Root, "releases", Vsn]),
    Name = filename:join(Dir, "start"),
    ok = filelib:ensure_dir(Name),
    Apps = [{App, vsn(App)} || App <- [kernel, stdlib, sasl] ++ [list_to_atom(One) || One <- More]],
    Rel = {release, {"unit", Vsn}, {erts, erlang:system_info(version)}, Apps ++ [{start_unit, "1"}]},
    ok = file:write_file(Name ++ ".rel", io_lib:format("~p.~n", [Rel])),
    ok = systools:make_script(Name, [{path, [filename:join(Root, "lib/*/ebin")]}, no_warn_sasl]),
    ok = file:write_file(filename:join(Dir, "sys.config"),
                         io_lib:format("[{start_unit, [{way, ~s}]}, {sasl, [{sasl_error_logger, false}]}].~n", [Way])),
    Releases = filename:join(Root, "releases"),
    _ = filelib:is_file(filename:join(Releases, "RELEASES"))
        orelse (ok = release_handler:create_RELEASES(Releases, Name ++ ".rel", [{start_unit, "1", filename:join(Root, "lib")}])),
    halt(0).

vsn(App) ->
    _ = application:load(App),
    {ok, Vsn} = application:get_key(App, vsn),
    Vsn.
