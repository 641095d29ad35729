%% SPDX-License-Identifier: Apache-2.0
%% What the tests share: scratch folders, waiting for a condition, an own path with its daemon, a writer that holds the pipe.
-module(vakt_test).

-export([top/0, bin/1, scratch/0, eventually/1, eventually/2, lines/1]).
-export([far_subscriber/2, noting_subscriber/1, spawned_subscriber/0, asked/1, keeping/1, noting_mod_syslog/1, calls/1, note/2, fifo/1, is_fifo/1, same/2]).
-export([own_path/0, own_path/1, writer/1, write/2, close/1, kill/2, daemon/1, guarded/2, hups/1, end_daemon/1, peer/1, stop/1]).

%% The top of the tree.
top() -> os:getenv("VAKT_TOP").

bin(Name) -> filename:join([top(), "build", "bin", Name]).

%% A fresh folder under build/test-erl/tmp, with a short name.
scratch() ->
    Dir = filename:join([top(), "build", "test-erl", "tmp", integer_to_list(erlang:unique_integer([positive])) ++ "-" ++ os:getpid()]),
    ok = filelib:ensure_path(Dir),
    Dir.

eventually(Condition) -> eventually(Condition, 20000).

%% Waits until the condition is true and fails when it has not become so in so many milliseconds.
eventually(Condition, Left) when Left > 0 ->
    case Condition() of
        true ->
            ok;
        _ ->
            timer:sleep(10),
            eventually(Condition, Left - 10)
    end;
eventually(Condition, _) ->
    error({never_came_true, Condition}).

lines(Path) ->
    case file:read_file(Path) of
        {ok, Bytes} -> binary:split(Bytes, <<"\n">>, [global, trim_all]);
        {error, enoent} -> []
    end.

%% An own path as an installation has it: ORIG, OTP, policy, and a stand-in daemon that answers to SIGHUP.
own_path() -> own_path("own").

own_path(Name) ->
    Own = filename:join(scratch(), Name),
    ok = filelib:ensure_path(Own),
    Fifo = filename:join(Own, "syslog.otp"),
    Orig = "*.* -/var/log/messages\n",
    Conf = filename:join(Own, "syslog.conf"),
    [ok = file:write_file(File, Text)
     || {File, Text} <- [{Conf, Orig}, {Conf ++ ".ORIG", Orig}, {Conf ++ ".OTP", [Orig, "kern.*\t|", Fifo, "\n"]}]],
    [ok = file:change_mode(File, 8#644) || File <- [Conf, Conf ++ ".ORIG", Conf ++ ".OTP"]],
    {Own, Conf}.

%% The stand-in daemon of that folder; hups/1 says how many hangups it was sent. Its program is called syslogd, so that
%% mod_syslog finds its flavour by itself.
daemon(Own) ->
    Program = filename:join(filename:dirname(Own), "syslogd"),
    {ok, _} = file:copy(filename:join([top(), "build", "test", "prog", "standin_syslogd"]), Program),
    ok = file:change_mode(Program, 8#755),
    Port = guarded(Program, [Own, filename:join(Own, "syslog.conf")]),
    ok = eventually(fun() -> lines(filename:join(Own, "syslog.pid")) =/= [] end),
    Port.

%% Runs a program that ends when the port is closed, be it by end_daemon/1 or by the end of this VM.
guarded(Program, Arguments) ->
    Script = "\"$@\" & pid=$!; while read -r _; do :; done; kill \"$pid\"; wait \"$pid\"; exit 0",
    open_port({spawn_executable, "/bin/sh"}, [{args, ["-c", Script, "guard", Program | Arguments]}, exit_status, binary]).

hups(Own) ->
    [N] = lines(filename:join(Own, "hups")),
    binary_to_integer(N).

end_daemon(Port) ->
    {os_pid, Guard} = erlang:port_info(Port, os_pid),
    true = port_close(Port),
    eventually(fun() -> not filelib:is_dir("/proc/" ++ integer_to_list(Guard)) end).

%% A mod_syslog that notes each call in OWN/calls before it is the real one.
noting_mod_syslog(Own) ->
    Program = filename:join(filename:dirname(Own), "mod_syslog"),
    ok = file:write_file(Program, ["#!/bin/sh\nprintf '%s\\n' \"$1\" >>'", filename:join(Own, "calls"), "'\nexec '", bin("mod_syslog"),
                                   "' \"$@\"\n"]),
    ok = file:change_mode(Program, 8#755),
    Program.

calls(Own) -> lines(filename:join(Own, "calls")).

%% A callback that a test can look at.
note(Line, File) -> file:write_file(File, [Line, $\n], [append]).

%% A process of another node that subscribes and never reads.
far_subscriber(Hub, Test) ->
    ok = vakt_hub:subscribe(Hub, monitor(process, Hub), 250),
    Test ! {self(), subscribed},
    receive never -> ok after 60000 -> ok end.

%% The work of a VM that a test may kill: keeps the name and text of each event in a file, and then says that it has.
keeping(Path) ->
    {ok, File} = file:open(Path, [append, raw, binary]),
    {ok, _} = application:ensure_all_started(vakt),
    {ok, Ref} = vakt:subscribe(#{batches => true, acknowledges => true}),
    keeping(File, Ref).

keeping(File, Ref) ->
    receive
        {vakt, Ref, {batch, Batch}} ->
            vakt_record:fold(fun(Event, _) -> ok = file:write(File, kept(Event)) end, ok, Batch),
            ok = vakt:acknowledge(Ref, Batch),
            keeping(File, Ref)
    after 60000 -> halt()
    end.

kept(#{source := Source, seq := Seq, text := Text}) -> [atom_to_binary(Source), $\s, integer_to_binary(Seq), $\s, Text, $\n];
kept(#{gap := N}) -> io_lib:format("gap ~p~n", [N]).

%% A process that notes numbers and gaps of what comes, subscribes again whenever its subscription has ended, and notes why it had.
noting_subscriber(Options) ->
    spawn(fun() -> subscribing(Options, []) end).

spawned_subscriber() -> noting_subscriber(#{}).

subscribing(Options, Noted) ->
    case vakt:subscribe(Options) of
        {ok, Ref} -> noting(Ref, Options, Noted);
        {error, not_running} -> waiting(Options, Noted)
    end.

noting(Ref, Options, Noted) ->
    receive
        {vakt, Ref, {batch, Batch}} -> noting(Ref, Options, vakt_record:fold(fun(Event, Acc) -> [noted(Event) | Acc] end, Noted, Batch));
        {vakt, Ref, Event} -> noting(Ref, Options, [noted(Event) | Noted]);
        {'DOWN', Ref, process, _, Why} -> subscribing(Options, [Why | Noted]);
        {asked, From} -> From ! {self(), lists:reverse(Noted)}, noting(Ref, Options, Noted)
    after 60000 -> ok
    end.

waiting(Options, Noted) ->
    receive
        {asked, From} -> From ! {self(), lists:reverse(Noted)}, subscribing(Options, Noted)
    after 50 -> subscribing(Options, Noted)
    end.

noted(#{gap := N}) -> {gap, N};
noted(#{seq := Seq}) -> Seq.

%% What such a process has noted.
asked(Pid) ->
    Pid ! {asked, self()},
    receive {Pid, Noted} -> Noted after 5000 -> error(no_answer) end.

fifo(Own) -> filename:join(Own, "syslog.otp").

is_fifo(Own) ->
    case file:read_file_info(fifo(Own)) of
        {ok, Info} -> element(3, Info) =:= other;
        {error, enoent} -> false
    end.

same(One, Two) -> file:read_file(One) =:= file:read_file(Two).

%% Writes lines into the pipe and holds it open for reading and writing, as the syslog daemons of Linux do.
writer(Own) ->
    open_port({spawn_executable, "/bin/sh"},
              [out, {args, ["-c", "exec cat 1<>\"$0\"", fifo(Own)]}]).

write(Writer, Lines) ->
    true = port_command(Writer, [[Line, $\n] || Line <- Lines]),
    ok.

close(Port) ->
    true = port_close(Port),
    ok.

kill(Signal, Pid) when is_integer(Pid) ->
    [] = os:cmd("kill -" ++ Signal ++ " " ++ integer_to_list(Pid)),
    ok.

%% Another VM, undistributed, with vakt in its path.
peer(Arguments) ->
    Paths = [filename:absname(Path) || Path <- code:get_path(), string:find(Path, top()) =/= nomatch],
    {ok, Peer, _} = peer:start(#{connection => standard_io, args => lists:append([["-pa", Path] || Path <- Paths]) ++ Arguments}),
    Peer.

%% In order, and waits for it. (peer:stop/1 with a time for an orderly stop stops the wrong VM in OTP 25.)
stop(Peer) ->
    Monitor = monitor(process, Peer),
    ok = peer:cast(Peer, init, stop, []),
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    after 30000 ->
        error(peer_stays)
    end.
