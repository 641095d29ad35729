%% SPDX-License-Identifier: Apache-2.0
%% That a start is good is told to whoever of the two is there, and the file of the starter is there whole or not at all.
-module(vakt_healthy_tests).
-include_lib("eunit/include/eunit.hrl").

with(Test) ->
    Dir = vakt_test:scratch(),
    Keeper = filename:join(Dir, "k"),
    _ = application:load(vakt),
    ok = application:set_env(vakt, keeper_socket, Keeper),
    try quietly(fun() -> Test(Keeper, filename:join(Dir, "start.healthy")) end)
    after
        true = os:unsetenv("VAKT_START_HEALTHY"),
        ok = application:unset_env(vakt, keeper_socket)
    end.

quietly(Test) ->
    #{level := Level} = logger:get_primary_config(),
    ok = logger:set_primary_config(level, none),
    try Test() after ok = logger:set_primary_config(level, Level) end.

named(File) -> true = os:putenv("VAKT_START_HEALTHY", File).

refused(_) -> [<<1, 66, 3, 0:32>>].

own_line() -> {ok, list_to_binary([os:getpid(), $\n])}.

nobody_to_tell_is_an_error_test() ->
    with(fun(_, File) ->
        ?assertEqual({error, nobody_to_tell}, vakt:healthy()),
        ?assertNot(filelib:is_file(File)),
        %% set, but to nothing
        named(""),
        ?assertEqual({error, nobody_to_tell}, vakt:healthy())
    end).

the_keeper_alone_is_told_test() ->
    with(fun(Socket, File) ->
        Keeper = fake_keeper:start(Socket),
        ?assertEqual(ok, vakt:healthy()),
        ?assertEqual([<<1, 17>>], fake_keeper:heard(Keeper)),
        ?assertNot(filelib:is_file(File))
    end).

the_file_holds_this_process_and_nothing_else_is_left_test() ->
    with(fun(_, File) ->
        named(File),
        [begin
             ?assertEqual(ok, vakt:healthy()),
             ?assertEqual(own_line(), file:read_file(File)),
             ?assertEqual({ok, [filename:basename(File)]}, file:list_dir(filename:dirname(File)))
         end || _ <- [once, again]]
    end).

%% A VM was killed between the two steps; the file of a start before is replaced whole.
what_others_left_is_replaced_test() ->
    with(fun(_, File) ->
        named(File),
        ok = file:write_file(File ++ ".new", "half of someth"),
        ok = file:write_file(File, lists:duplicate(1000, $1)),
        ?assertEqual(ok, vakt:healthy()),
        ?assertEqual(own_line(), file:read_file(File)),
        ?assertNot(filelib:is_file(File ++ ".new"))
    end).

a_file_that_cannot_be_is_its_error_test() ->
    with(fun(_, File) ->
        named(filename:join(File, "not_there")),
        ?assertEqual({error, enoent}, vakt:healthy()),
        ok = filelib:ensure_path(filename:join(File, "in")),
        named(File),
        ?assertMatch({error, Posix} when Posix =:= eisdir; Posix =:= eexist; Posix =:= enotempty, vakt:healthy())
    end).

both_are_told_test() ->
    with(fun(Socket, File) ->
        Keeper = fake_keeper:start(Socket),
        named(File),
        ?assertEqual(ok, vakt:healthy()),
        ?assertEqual({own_line(), [<<1, 17>>]}, {file:read_file(File), fake_keeper:heard(Keeper)})
    end).

one_that_was_told_is_enough_test() ->
    with(fun(Socket, File) ->
        Refusing = fake_keeper:start(Socket, fun refused/1),
        named(File),
        ?assertEqual(ok, vakt:healthy()),
        ?assertEqual(own_line(), file:read_file(File)),
        ok = fake_keeper:stop(Refusing),
        _ = fake_keeper:start(Socket),
        named(filename:join(File, "not_there")),
        ?assertEqual(ok, vakt:healthy())
    end).

the_keeper_s_refusal_is_an_error_where_nobody_else_was_told_test() ->
    with(fun(Socket, File) ->
        _ = fake_keeper:start(Socket, fun refused/1),
        ?assertEqual({error, not_allowed}, vakt:healthy()),
        named(filename:join(File, "not_there")),
        ?assertEqual({error, not_allowed}, vakt:healthy())
    end).
