%% SPDX-License-Identifier: Apache-2.0
%% @doc The real wd_keeper on the real soft_board, for a test: paths, configuration, start and end. The keeper's reboot is
%% soft_board's, so that a verdict resets the simulated board and nothing else.
-module(soft_board).

-export([missing/0, start/1, stop/1, dir/1, socket/1, log/1, boots/1, ended/1, otp_root/0, heart_vm/2]).

-type board() :: #{dir := file:filename(), port := port()}.

%% The programs that are not built yet.
-spec missing() -> [string()].
missing() -> [Name || Name <- ["soft_board", "wd_keeper", "heart", "vaktctl"], not filelib:is_regular(vakt_test:bin(Name))].

%% Boots: a keeper with one lease, otp, and one device. `acts': ended boots begin anew; else the verdict is only noted.
-spec start(#{resets => boolean(), rights => string(), uid => non_neg_integer()}) -> board().
start(Options) ->
    Dir = vakt_test:scratch(),
    ok = file:change_mode(Dir, 8#755),
    [ok = file:make_dir(filename:join(Dir, Name)) || Name <- ["st", "run", "ps"]],
    Device = filename:join(Dir, "w"),
    ok = file:write_file(filename:join(Dir, "k.conf"),
        io_lib:format("leases = ( { name = \"otp\"; user = ~b; beat_timeout = 11; boot_delay = 11; } );~n"
                      "devices = ( { driver = \"soft\"; path = \"~ts\"; timeout = 10; } );~n~ts~n"
                      "lock_memory = false;~nreal_time_priority = 0;~noom_exempt = false;~n",
                      [maps:get(uid, Options, uid()), Device, maps:get(rights, Options, "")])),
    End = filename:join(Dir, "end"),
    Acts = case maps:get(resets, Options, false) of
               true -> io_lib:format("exec '~ts' --end '~ts' \"$1\"\n", [vakt_test:bin("soft_board"), Device]);
               false -> ""
           end,
    ok = file:write_file(End, io_lib:format("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'~ts/ended'\n~ts", [Dir, Acts])),
    ok = file:change_mode(End, 8#755),
    In = fun(Name) -> filename:join(Dir, Name) end,
    Port = vakt_test:guarded(vakt_test:bin("soft_board"),
        ["--socket", Device, "--grace", "0", "--log", In("log"), "--boot-id", In("boot"), "--flags-file", In("flags"),
         "--pstore", In("ps"), "--pmsg", In("pmsg"), "--console", In("console"), "--",
         vakt_test:bin("wd_keeper"), "--foreground", "--config", In("k.conf"), "--state", In("st"), "--run", In("run"),
         "--pstore", In("ps"), "--pmsg", In("pmsg"), "--boot-id", In("boot"), "--end-command", End]),
    #{dir => Dir, port => Port}.

%% Its end, waited for.
-spec stop(board()) -> ok.
stop(#{port := Port}) -> vakt_test:end_daemon(Port).

-spec dir(board()) -> file:filename().
dir(#{dir := Dir}) -> Dir.

-spec socket(board()) -> file:filename().
socket(#{dir := Dir}) -> filename:join([Dir, "run", "keeper.sock"]).

-spec log(board()) -> [binary()].
log(#{dir := Dir}) -> vakt_test:lines(filename:join(Dir, "log")).

%% How many boots have begun.
-spec boots(board()) -> non_neg_integer().
boots(Board) -> length([Line || Line <- log(Board), [_, _, <<"on">> | _] <- [binary:split(Line, <<" ">>, [global])]]).

%% What the end command was told.
-spec ended(board()) -> [binary()].
ended(#{dir := Dir}) -> vakt_test:lines(filename:join(Dir, "ended")).

uid() -> list_to_integer(string:trim(os:cmd("id -u"))).

%% The machine's OTP with our heart in its place: a tree of links, made once in a run.
-spec otp_root() -> {Root :: file:filename(), Bin :: file:filename()}.
otp_root() ->
    Root = filename:join([vakt_test:top(), "build", "test-erl", "otp"]),
    Erts = "erts-" ++ erlang:system_info(version),
    Bin = filename:join([Root, Erts, "bin"]),
    _ = filelib:is_dir(Bin) orelse link(Root, Erts, Bin),
    {Root, Bin}.

link(Root, Erts, Bin) ->
    ok = filelib:ensure_path(Bin),
    Real = filename:join([code:root_dir(), Erts, "bin"]),
    [ok = file:make_symlink(Part, filename:join(Root, filename:basename(Part)))
     || Part <- filelib:wildcard(filename:join(code:root_dir(), "*")), filename:basename(Part) =/= Erts],
    [ok = file:make_symlink(Part, filename:join(Bin, filename:basename(Part)))
     || Part <- filelib:wildcard(filename:join(Real, "*")), filename:basename(Part) =/= "heart"],
    ok = file:make_symlink(vakt_test:bin("heart"), filename:join(Bin, "heart")).

%% A VM under our heart, with a lease at the board's keeper; `Command' is its HEART_COMMAND.
-spec heart_vm(board(), string()) -> pid().
heart_vm(Board, Command) ->
    {Root, Bin} = otp_root(),
    {ok, Peer, _} = peer:start(#{
        connection => standard_io, exec => filename:join(Bin, "erlexec"),
        args => ["-heart", "-pa", filename:dirname(code:which(vakt))],
        env => [{"ROOTDIR", Root}, {"BINDIR", Bin}, {"EMU", "beam"}, {"PROGNAME", "erl"}, {"HEART_BEAT_TIMEOUT", "11"},
                {"HEART_BEAT_BOOT_DELAY", "11"}, {"HEART_COMMAND", Command}, {"VAKT_LEASE", "otp"}, {"VAKT_KEEPER_SOCKET", socket(Board)}]}),
    Peer.
