%% SPDX-License-Identifier: Apache-2.0
%% vakt with the real wd_keeper on a simulated board: the calls do what they say, and a hang is told of, acted on, and told of again
%% after the reset.
-module(vakt_wd_keeper_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([status_shows_lease_and_device/1, vaktctl_says_the_same/1, a_snooze_moves_the_deadline/1, who_may_not_is_refused/1, reboot_is_a_guarded_end/1,
         who_watches_early_hears_of_the_report/1, a_silent_lease_is_warned_of/1, a_hang_to_a_reset_and_its_report/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [status_shows_lease_and_device, vaktctl_says_the_same, a_snooze_moves_the_deadline, who_may_not_is_refused, reboot_is_a_guarded_end,
     who_watches_early_hears_of_the_report, a_silent_lease_is_warned_of, a_hang_to_a_reset_and_its_report].

init_per_testcase(Case, Config) ->
    case soft_board:missing() of
        [] ->
            Board = soft_board:start(options(Case)),
            _ = application:load(vakt),
            ok = application:set_env(vakt, keeper_socket, soft_board:socket(Board)),
            ok = application:set_env(vakt, keeper_retry, 100),
            true = os:putenv("VAKT_LEASE", "otp"),
            ok = vakt_test:eventually(fun() -> is_armed(vakt:keeper()) end),
            [{board, Board} | Config];
        Missing ->
            {skip, lists:flatten(["not built: ", lists:join(", ", Missing)])}
    end.

options(a_hang_to_a_reset_and_its_report) -> #{resets => true};
options(who_may_not_is_refused) -> #{rights => "rights = ( { user = 65533; may = [ \"reboot\" ]; } );"};
options(_) -> #{}.

end_per_testcase(_, Config) ->
    _ = application:stop(vakt),
    ok = soft_board:stop(proplists:get_value(board, Config)),
    true = os:unsetenv("VAKT_LEASE"),
    [ok = application:unset_env(vakt, Key) || Key <- [keeper_socket, keeper_retry]].

board(Config) -> proplists:get_value(board, Config).

is_armed({ok, #{devices := [#{state := armed}]}}) -> true;
is_armed(_) -> false.

lease() ->
    {ok, #{leases := [Lease]}} = vakt:keeper(),
    Lease.

started() ->
    {ok, _} = application:ensure_all_started(vakt),
    {ok, Ref} = vakt:subscribe(#{sources => [keeper, reset_report]}),
    ok = vakt_test:eventually(fun() -> persistent_term:get({vakt_keeper, watched}, false) end),
    Ref.

%% The next event of this kind; what comes before it is another's.
next(Ref, Kind) ->
    receive
        {vakt, Ref, #{kind := Kind} = Event} -> Event;
        {vakt, Ref, #{source := Kind} = Event} when not is_map_key(gap, Event) -> Event
    after 60000 ->
        error({never_came, Kind, process_info(self(), messages)})
    end.

%% What the hub and the watcher had before them has been dealt with.
all_is_said() ->
    _ = vakt:account(),
    _ = sys:get_state(vakt_keeper),
    _ = vakt:account(),
    ok.

%% A heart's side of lease otp, as far as the keeper needs one: it opens, beats once, and is then as silent as it is asked to be.
held(Config) ->
    {ok, Socket} = gen_tcp:connect({local, soft_board:socket(board(Config))}, 0, [binary, {packet, 2}, {active, false}]),
    ok = gen_tcp:send(Socket, <<1, 1, 3, "otp", 11000:32, 11000:32, 0:32, 0:64, 0, 0, 0:32>>),
    {ok, <<1, 65, 1, _/binary>>} = gen_tcp:recv(Socket, 0, 5000),
    beat(Socket),
    ok = vakt_test:eventually(fun() -> maps:get(presence, lease()) =:= held end),
    Socket.

%% As if heart had read it now.
beat(Socket) ->
    Source = erlang:system_info(os_monotonic_time_source),
    Now = erlang:convert_time_unit(proplists:get_value(time, Source), native, nanosecond),
    ok = gen_tcp:send(Socket, <<1, 2, Now:64>>).

status_shows_lease_and_device(Config) ->
    {ok, Board} = vakt:keeper(),
    ?assertMatch(#{version := 1, mode := running, verdict := undefined, oldest := undefined, deadline_in_ms := undefined, evidence := []}, Board),
    ?assertMatch(#{leases := [#{name := <<"otp">>, presence := absent, held := false, beat_timeout_ms := 11000, boot_delay_ms := 11000}],
                   devices := [#{driver := <<"soft">>, state := armed, granted_ms := 10000}]}, Board),
    Heart = held(Config),
    ?assertMatch(#{presence := held, held := true, phase := calm, deadline_in_ms := D} when D =< 22000, lease()),
    ?assertMatch({ok, #{oldest := #{name := <<"otp">>, is_evidence := false}}}, vakt:keeper()),
    ?assertEqual(ok, vakt:healthy()),
    ok = gen_tcp:close(Heart).

%% Key for key; what moves with time is a number, or null, here and there.
vaktctl_says_the_same(Config) ->
    Heart = held(Config),
    ok = same(Config),
    ?assertEqual(ok, vakt:reboot()),
    ok = vakt_test:eventually(fun() -> soft_board:ended(board(Config)) =:= [<<"reboot">>] end),
    ok = same(Config),
    ok = vakt_test:eventually(fun() -> element(1, vakt:last_reset()) =:= ok end),
    {ok, Report} = vakt:last_reset(),
    ?assertEqual(in_json(Report), vaktctl(Config, ["reset", "--json", "--run", filename:dirname(soft_board:socket(board(Config)))])),
    ok = gen_tcp:close(Heart).

%% Between two questions a rung, say, may have been climbed.
same(Config) ->
    vakt_test:eventually(fun() ->
        {ok, Board} = vakt:keeper(),
        still(in_json(Board)) =:= still(vaktctl(Config, ["status", "--json"]))
    end).

vaktctl(Config, Arguments) ->
    Port = open_port({spawn_executable, vakt_test:bin("vaktctl")},
                     [{args, Arguments ++ ["--socket", soft_board:socket(board(Config))]}, exit_status, binary]),
    {ok, Value} = vakt_json:decode(printed(Port, <<>>)),
    Value.

printed(Port, Bytes) ->
    receive
        {Port, {data, More}} -> printed(Port, <<Bytes/binary, More/binary>>);
        {Port, {exit_status, 0}} -> Bytes
    after 20000 ->
        error({vaktctl_stays, Bytes})
    end.

in_json(undefined) -> null;
in_json(Value) when is_boolean(Value) -> Value;
in_json(Value) when is_atom(Value) -> atom_to_binary(Value);
in_json(Map) when is_map(Map) -> maps:from_list([{atom_to_binary(Key), in_json(Value)} || {Key, Value} <- maps:to_list(Map)]);
in_json(List) when is_list(List) -> [in_json(Value) || Value <- List];
in_json(Value) -> Value.

still(Map) when is_map(Map) -> maps:map(fun still/2, Map);
still(List) when is_list(List) -> [still(Value) || Value <- List];
still(Value) -> Value.

still(<<"pets">>, N) when is_integer(N) -> number;
still(Key, N) when is_integer(N) ->
    case string:find(Key, <<"_in_ms">>) =:= nomatch andalso string:find(Key, <<"_ago_ms">>) =:= nomatch
         andalso string:find(Key, <<"_for_ms">>) =:= nomatch andalso Key =/= <<"time_left_ms">> of
        true -> N;
        false -> number
    end;
still(_, Value) ->
    still(Value).

a_snooze_moves_the_deadline(Config) ->
    _ = held(Config),
    Ref = started(),
    ?assertMatch(#{deadline_in_ms := D} when D =< 22000, lease()),
    ?assertEqual(ok, vakt:snooze(300)),
    ?assertMatch(#{deadline_in_ms := D, snoozed_for_ms := S} when D > 200000 andalso S > 200000, lease()),
    ?assertMatch(#{severity := notice, cause := requested, subject := <<"otp">>, uid := _}, next(Ref, snoozed)),
    ?assertMatch(#{keeper := {ok, #{leases := [#{name := <<"otp">>}]}}}, vakt:status()).

%% Another user than root and the lease's own, unless a row of the configuration says otherwise.
who_may_not_is_refused(Config) ->
    true = os:putenv("VAKT_LEASE", "nobody-s"),
    ?assertEqual({error, not_there}, vakt:snooze(1)),
    ?assertEqual({error, not_there}, vakt:drill(kill_vm)),
    true = os:putenv("VAKT_LEASE", "otp"),
    %% nobody holds it
    ?assertEqual({error, not_there}, vakt:snooze(1)),
    Heart = held(Config),
    ?assertEqual(ok, vakt:snooze(1)),
    case os:cmd("id -u") of
        "0\n" ->
            Calls = [{snooze, [1]}, {drill, [hang_vm]}, {poweroff, []}, {halt, []}, {reboot, []}],
            ?assertEqual(lists:duplicate(5, {error, not_allowed}), as_user(Config, 65534, Calls)),
            ?assertEqual([{error, not_allowed}, ok], as_user(Config, 65533, [{drill, [hang_vm]}, {reboot, []}]));
        _ ->
            ?assertEqual([{error, not_allowed}, {error, not_allowed}], [vakt:reboot(), vakt:drill(hang_vm)])
    end,
    ok = gen_tcp:close(Heart).

as_user(Config, Uid, Calls) ->
    User = integer_to_list(Uid),
    {ok, Peer, _} = peer:start(#{
        connection => standard_io, exec => {os:find_executable("setpriv"), ["--reuid=" ++ User, "--regid=" ++ User, "--clear-groups",
                                                                               os:find_executable("erl")]},
        args => ["-pa", filename:dirname(code:which(vakt))],
        env => [{"HOME", "/"}, {"VAKT_LEASE", "otp"}, {"VAKT_KEEPER_SOCKET", soft_board:socket(board(Config))}]}),
    Answers = [peer:call(Peer, vakt, Function, Arguments) || {Function, Arguments} <- Calls],
    ok = vakt_test:stop(Peer),
    Answers.

reboot_is_a_guarded_end(Config) ->
    Ref = started(),
    ?assertEqual(ok, vakt:reboot()),
    ?assertMatch(#{severity := emergency, cause := requested, 'end' := reboot, uid := _, reset_in_ms := Ms} when is_integer(Ms), next(Ref, verdict)),
    ?assertMatch({ok, #{verdict := #{'end' := reboot, cause := requested}}}, vakt:keeper()),
    ok = vakt_test:eventually(fun() -> soft_board:ended(board(Config)) =:= [<<"reboot">>] end),
    %% once it is decided nothing else is
    ?assertEqual([{error, ending}, {error, ending}, {error, ending}], [vakt:snooze(1), vakt:poweroff(), vakt:drill(stop_petting)]).

%% The report is made while the keeper already listens.
who_watches_early_hears_of_the_report(Config) ->
    Early = soft_board:start(#{}),
    Sockets = [connected(Early, 20000) || _ <- lists:seq(1, 3)],
    [ok = gen_tcp:send(Socket, vakt_lease:encode({watch, <<"otp">>})) || Socket <- Sockets],
    [ok = new_report(Socket) || Socket <- Sockets],
    ok = soft_board:stop(Early),
    %% and once it is taken it is old, which goes for this lease alone
    {ok, Socket} = gen_tcp:connect({local, soft_board:socket(board(Config))}, 0, [binary, {packet, 2}, {active, false}]),
    Say = fun(Request) ->
        ok = gen_tcp:send(Socket, vakt_lease:encode(Request)),
        {ok, Packet} = gen_tcp:recv(Socket, 0, 20000),
        {ok, Answer} = vakt_lease:decode(Packet),
        Answer
    end,
    ok = gen_tcp:send(Socket, vakt_lease:encode({watch, <<"otp">>})),
    ok = new_report(Socket),
    ?assertEqual({answer, done}, Say({report_taken, <<"otp">>})),
    ?assertEqual([{watching, false}, {watching, true}, {answer, not_there}],
                 [Say(Request) || Request <- [{watch, <<"otp">>}, {watch, <<"other">>}, {report_taken, <<"other">>}]]).

%% As soon as somebody listens.
connected(Board, Left) when Left > 0 ->
    case gen_tcp:connect({local, soft_board:socket(Board)}, 0, [binary, {packet, 2}, {active, false}]) of
        {ok, Socket} ->
            Socket;
        {error, _} ->
            timer:sleep(1),
            connected(Board, Left - 1)
    end.

new_report(Socket) ->
    case gen_tcp:recv(Socket, 0, 20000) of
        {ok, <<1, 76, 1>>} -> ok;
        {ok, <<1, 76, 0>>} -> new_report(Socket)
    end.

a_silent_lease_is_warned_of(Config) ->
    Ref = started(),
    Heart = held(Config),
    ?assertMatch(#{severity := warning, percent := 50, subject := <<"otp">>, reset_in_ms := Ms} when Ms > 0, next(Ref, warned)),
    beat(Heart),
    ?assertMatch(#{phase := calm}, lease()),
    ok = gen_tcp:close(Heart).

%% A VM under our heart is stopped: warned of, given up, ended, its HEART_COMMAND run, and as nothing comes of that the board is reset;
%% in the next boot the report says what became of it, once.
a_hang_to_a_reset_and_its_report(Config) ->
    Board = board(Config),
    Ref = started(),
    ?assertMatch(#{boots := 0}, next(Ref, reset_report)),
    Ran = filename:join(soft_board:dir(Board), "ran"),
    Peer = soft_board:heart_vm(Board, "echo ran >>'" ++ Ran ++ "'"),
    ok = vakt_test:eventually(fun() -> is_map(lease()) andalso maps:get(held, lease()) end),
    Pid = peer:call(Peer, os, getpid, []),
    ?assertEqual(list_to_integer(Pid), maps:get(vm_pid, lease())),
    Monitor = monitor(process, Peer),
    ?assertEqual(ok, vakt:drill(hang_vm)),
    ?assertMatch(#{severity := warning, cause := drill}, next(Ref, drill)),
    ?assertMatch(#{percent := 50}, next(Ref, warned)),
    ?assertMatch(#{percent := 75}, next(Ref, warned)),
    ?assertMatch(#{severity := critical, cause := vm_silent, subject := <<"otp">>}, next(Ref, given_up)),
    receive {'DOWN', Monitor, process, Peer, _} -> ok after 30000 -> error(vm_lives) end,
    ok = vakt_test:eventually(fun() -> vakt_test:lines(Ran) =:= [<<"ran">>] end),
    ?assertMatch(#{severity := emergency, 'end' := reboot, cause := vm_silent}, next(Ref, verdict)),
    Report = next(Ref, reset_report),
    ?assert(soft_board:boots(Board) >= 2),
    ?assertMatch(#{severity := error, cause := vm_hang, confidence := high, lease := <<"otp">>}, Report),
    ?assertEqual({ok, maps:without([source, severity, facility, time, host, app, pid], Report)}, vakt:last_reset()),
    %% once: not for this VM's next start in the same boot
    ok = all_is_said(),
    ok = application:stop(vakt),
    Again = started(),
    ok = all_is_said(),
    receive {vakt, Again, #{source := reset_report}} -> error(given_twice) after 0 -> ok end.
