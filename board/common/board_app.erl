%% SPDX-License-Identifier: Apache-2.0
%% @doc The board's own application: it says on the console why the board was reset, that Erlang is up, and what memory is left;
%% and to whoever guards the start that it is a good one.
-module(board_app).
-behaviour(application).

-export([start/2, stop/1, dot_erlang/0]).

-spec start(application:start_type(), term()) -> {ok, pid()}.
start(_Type, _Arguments) ->
    {ok, proc_lib:spawn_link(fun up/0)}.

-spec stop(term()) -> ok.
stop(_State) -> ok.

%% @doc What the last step of a boot file does, `c:erlangrc/0': the user's `.erlang' is evaluated, where there is one. Without one the
%% modules that would do it are not loaded, a twentieth of all that a start loads.
-spec dot_erlang() -> term().
dot_erlang() ->
    Homes = [Home || {ok, [[Home]]} <- [init:get_argument(home)]],
    Files = [filename:join(Dir, ".erlang") || Home <- Homes, Dir <- [Home, filename:basedir(user_config, "erlang")]],
    case [File || File <- Files, not missing(file:read_file_info(File))] of
        [] -> ok;
        [_ | _] -> c:erlangrc()
    end.

missing({error, Reason}) -> Reason =:= enoent orelse Reason =:= enotdir;
missing({ok, _}) -> false.

%% Not in start/2: the node is healthy when all applications of its release have started, those behind this one, too.
up() ->
    started(init:get_status()),
    say(reset(vakt:last_reset())),
    say(["board: healthy ", case vakt:healthy() of ok -> "ok"; {error, Reason} -> io_lib:format("~0p", [Reason]) end]),
    say(["board: available ", available(file:read_file("/proc/meminfo")), " KB with erlang"]),
    say("board: ready"),
    erlang:hibernate(timer, sleep, [infinity]).

started({started, _}) ->
    ok;
started({_, _}) ->
    receive after 20 -> started(init:get_status()) end.

reset({ok, #{cause := Cause, confidence := Confidence, last_lines := Lines}}) ->
    [io_lib:format("board: reset cause=~s confidence=~s", [Cause, Confidence]) | [["\nboard: last: ", Line] || Line <- Lines]];
reset({error, Reason}) ->
    io_lib:format("board: reset cause=unknown confidence=~0p", [Reason]).

available({ok, Meminfo}) ->
    {match, [KiB]} = re:run(Meminfo, "MemAvailable: *([0-9]+)", [{capture, all_but_first, binary}]),
    KiB;
available({error, Reason}) ->
    io_lib:format("~0p", [Reason]).

%% The console is a device: not through the node's own terminal, which run_erl keeps.
say(Text) ->
    case file:open("/dev/console", [write, raw, device]) of
        {ok, Console} ->
            _ = file:write(Console, [Text, $\n]),
            file:close(Console);
        {error, _} ->
            io:put_chars([Text, $\n])
    end.
