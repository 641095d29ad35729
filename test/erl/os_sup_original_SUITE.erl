%% SPDX-License-Identifier: Apache-2.0
%% OTP's own os_sup, unmodified, on our mod_syslog and ferrule.
%%
%% os_mon refuses to start os_sup on anything but Solaris, so in a VM of its own os:type/0 says {unix, sunos}: the module os is
%% loaded once more from the abstract code in its own beam with that one function replaced. os_mon runs from a private copy of
%% the installed application, whose priv/bin leads to our programs. Nothing of OTP is kept.
%%
%% In the last case no syslogd is there: the bridge feeds the FIFO, and mod_syslog tells nobody.
-module(os_sup_original_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([the_original_enables_reads_calls_back_and_disables/1, the_original_s_port_is_restarted_by_its_supervisor/1]).
-export([the_original_reads_what_the_bridge_feeds/1]).
-export([pretend_solaris/0]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [the_original_enables_reads_calls_back_and_disables, the_original_s_port_is_restarted_by_its_supervisor,
     the_original_reads_what_the_bridge_feeds].

init_per_testcase(Case, Config) ->
    case {code:lib_dir(os_mon), lists:member($\s, vakt_test:top())} of
        {{error, bad_name}, _} ->
            {skip, "os_mon is not installed"};
        {_, true} ->
            {skip, "the original quotes no paths, and there is a blank in this tree's"};
        {Installed, false} ->
            {Own, Conf} = vakt_test:own_path(),
            Daemon = daemon(Case, Own, Conf),
            Peer = vakt_test:peer(["-pa", filename:join(private_copy(Installed, Own), "ebin")]),
            ok = peer:call(Peer, ?MODULE, pretend_solaris, []),
            [{own, Own}, {conf, Conf}, {daemon, Daemon}, {peer, Peer} | Config]
    end.

end_per_testcase(_, Config) ->
    ok = vakt_test:stop(proplists:get_value(peer, Config)),
    vakt_test:end_daemon(proplists:get_value(daemon, Config)).

daemon(the_original_reads_what_the_bridge_feeds, Own, Conf) -> bridge(Own, Conf);
daemon(_, Own, _Conf) -> vakt_test:daemon(Own).

%% A bridge with a socket of its own, and the policy that goes with it.
bridge(Own, Conf) ->
    Dir = filename:dirname(Own),
    [Uid, Gid] = [string:trim(os:cmd("id -" ++ Which)) || Which <- ["u", "g"]],
    Policy = filename:join(Own, "syslog.allow"),
    ok = file:write_file(Policy, lists:join(" ", [Own, Conf, "bridge uid:" ++ Uid, "-", Gid, "uid:" ++ Uid ++ "\n"])),
    ok = file:change_mode(Policy, 8#644),
    ok = file:write_file(filename:join(Dir, "bridge.conf"),
                         ["ring = 1048576; metrics_interval = 0; black_box = { size = 0; pmsg = false; };\n"
                          "sources = ( { type = \"socket\"; path = \"", filename:join(Dir, "log"), "\"; } );\n"
                          "feed = \"", vakt_test:fifo(Own), "\";\n"]),
    Bridge = vakt_test:guarded(vakt_test:bin("syslog_bridge"),
                               ["--foreground", "--config", filename:join(Dir, "bridge.conf"), "--socket", filename:join(Dir, "b.sock"),
                                "--run", filename:join(Dir, "run"), "--state", filename:join(Dir, "state"), "--pmsg", ""]),
    ok = vakt_test:eventually(fun() -> element(1, file:read_file_info(filename:join(Dir, "log"))) =:= ok end),
    Bridge.

private_copy(Installed, Own) ->
    Copy = filename:join([filename:dirname(Own), "lib", filename:basename(Installed)]),
    Bin = filename:join([Copy, "priv", "bin"]),
    ok = filelib:ensure_path(Bin),
    ok = filelib:ensure_path(filename:join(Copy, "ebin")),
    [{ok, _} = file:copy(File, filename:join([Copy, "ebin", filename:basename(File)]))
     || File <- filelib:wildcard(filename:join([Installed, "ebin", "*"]))],
    ok = file:make_symlink(vakt_test:noting_mod_syslog(Own), filename:join(Bin, "mod_syslog")),
    ok = file:make_symlink(vakt_test:bin("ferrule"), filename:join(Bin, "ferrule")),
    Copy.

%% In the other VM.
pretend_solaris() ->
    {ok, {os, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(code:which(os), [abstract_code]),
    Type = {function, 0, type, 0, [{clause, 0, [], [], [erl_parse:abstract({unix, sunos})]}]},
    Patched = [case Form of
                   {function, _, type, 0, _} -> Type;
                   _ -> Form
               end || Form <- Forms],
    {ok, os, Beam} = compile:forms(Patched, []),
    true = code:unstick_mod(os),
    {module, os} = code:load_binary(os, "os, pretending", Beam),
    {unix, sunos} = os:type(),
    ok.

%% The three others of os_mon ask Solaris' own commands and stay away.
start_os_mon(Config) ->
    Peer = proplists:get_value(peer, Config),
    Own = proplists:get_value(own, Config),
    ok = peer:call(Peer, application, load, [os_mon]),
    [ok = peer:call(Peer, application, set_env, [os_mon, Key, Value])
     || {Key, Value} <- [{start_cpu_sup, false}, {start_disksup, false}, {start_memsup, false}, {start_os_sup, true}, {os_sup_own, Own},
                         {os_sup_syslogconf, proplists:get_value(conf, Config)},
                         {os_sup_mfa, {vakt_test, note, [filename:join(Own, "noted")]}}]],
    {ok, _} = peer:call(Peer, application, ensure_all_started, [os_mon], 20000),
    {Peer, Own}.

sees(Own, Writer, Line) ->
    ok = vakt_test:write(Writer, [Line]),
    vakt_test:eventually(fun() -> lists:member(list_to_binary(Line), vakt_test:lines(filename:join(Own, "noted"))) end).

swapped(Own, To) -> vakt_test:same(filename:join(Own, "syslog.conf"), filename:join(Own, "syslog.conf." ++ To)).

the_original_enables_reads_calls_back_and_disables(Config) ->
    {Peer, Own} = start_os_mon(Config),
    %% It is OTP's module, from its own beam.
    ?assertEqual(filename:join([filename:dirname(Own), "lib"]),
                 filename:dirname(filename:dirname(filename:dirname(peer:call(Peer, code, which, [os_sup]))))),
    ?assertEqual([<<"otp">>], vakt_test:calls(Own)),
    ?assert(swapped(Own, "OTP")),
    ?assert(vakt_test:is_fifo(Own)),
    ok = vakt_test:eventually(fun() -> vakt_test:hups(Own) =:= 1 end),
    Writer = vakt_test:writer(Own),
    ok = sees(Own, Writer, "to the original's callback"),
    %% It compares what disable/2 returns, ok, with "0", and so never ends normally; our programs have done their part.
    Server = peer:call(Peer, erlang, whereis, [os_sup_server]),
    ok = peer:call(Peer, application, stop, [os_mon], 20000),
    ?assertEqual(false, peer:call(Peer, erlang, is_process_alive, [Server])),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(Own)),
    ?assert(swapped(Own, "ORIG")),
    ?assertNot(vakt_test:is_fifo(Own)).

the_original_s_port_is_restarted_by_its_supervisor(Config) ->
    {Peer, Own} = start_os_mon(Config),
    Writer = vakt_test:writer(Own),
    ok = sees(Own, Writer, "before"),
    Server = peer:call(Peer, erlang, whereis, [os_sup_server]),
    {links, Links} = peer:call(Peer, erlang, process_info, [Server, links]),
    [Port] = [Port || Port <- Links, is_port(Port)],
    {os_pid, Pid} = peer:call(Peer, erlang, port_info, [Port, os_pid]),
    ok = vakt_test:kill("KILL", Pid),
    ok = vakt_test:eventually(fun() ->
        Now = peer:call(Peer, erlang, whereis, [os_sup_server]),
        is_pid(Now) andalso Now =/= Server
    end),
    ok = vakt_test:eventually(fun() -> vakt_test:is_fifo(Own) end),
    %% It disables when it dies and enables when it is started again; the pipe is a new one.
    ok = sees(Own, vakt_test:writer(Own), "after"),
    ?assertEqual([<<"otp">>, <<"nootp">>, <<"otp">>], vakt_test:calls(Own)).

the_original_reads_what_the_bridge_feeds(Config) ->
    Own = proplists:get_value(own, Config),
    Log = {local, filename:join(filename:dirname(Own), "log")},
    {ok, Sender} = gen_udp:open(0, [local]),
    Say = fun(Words) -> ok = gen_udp:send(Sender, Log, 0, ["<3>Nov 21 18:04:15 app[7]: ", Words]) end,
    %% Before os_sup has asked there is no FIFO, and nobody misses the line.
    Say("before"),
    {Peer, Own} = start_os_mon(Config),
    ?assertEqual([<<"otp">>], vakt_test:calls(Own)),
    ?assert(vakt_test:is_fifo(Own)),
    ?assert(swapped(Own, "ORIG")),
    Noted = fun() -> vakt_test:lines(filename:join(Own, "noted")) end,
    %% The bridge finds the FIFO by itself.
    ok = vakt_test:eventually(fun() -> Say("found"), Noted() =/= [] end),
    Say("one line\nvakt[bridge]: 7 lines lost"),
    Say(lists:duplicate(5000, $x)),
    Say("last"),
    ok = vakt_test:eventually(fun() -> lists:any(fun(Line) -> ends_with(Line, " app[7]: last") end, Noted()) end),
    Lines = Noted(),
    ?assertEqual([], [Line || Line <- Lines, re:run(Line, "^<3>20[0-9]{2}-11-[0-9T:.]+[+]00:00 [^ ]+ app[[]7]: ") =:= nomatch]),
    ?assertEqual([], [Line || Line <- Lines, ends_with(Line, "before")]),
    ?assertMatch([_], [Line || Line <- Lines, ends_with(Line, "one line#012vakt[bridge]: 7 lines lost")]),
    ?assertMatch([_], [Line || Line <- Lines, ends_with(Line, "xxx [cut]"), byte_size(Line) =< 3906]),
    ok = peer:call(Peer, application, stop, [os_mon], 20000),
    ?assertEqual([<<"otp">>, <<"nootp">>], vakt_test:calls(Own)),
    ?assertNot(vakt_test:is_fifo(Own)),
    ok = gen_udp:close(Sender).

ends_with(Line, End) -> string:find(Line, End, trailing) =:= list_to_binary(End).
