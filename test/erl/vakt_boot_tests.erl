%% SPDX-License-Identifier: Apache-2.0
-module(vakt_boot_tests).
-include_lib("eunit/include/eunit.hrl").

script(Lines) -> {script, {"Vakt", "1"}, Lines}.
heart() -> {kernelProcess, heart, {heart, start, []}}.
loader(Dir) -> {apply, {erl_ddll, try_load, [Dir, "heart", []]}}.

the_line_stands_right_before_heart_test() ->
    {ok, Script} = vakt_boot:inserted(script([{progress, init}, heart(), {progress, done}]), "/d"),
    ?assertEqual(script([{progress, init}, loader("/d"), heart(), {progress, done}]), Script).

inserting_again_changes_nothing_and_another_directory_takes_its_place_test() ->
    {ok, Once} = vakt_boot:inserted(script([heart()]), "/d"),
    ?assertEqual({ok, Once}, vakt_boot:inserted(Once, "/d")),
    ?assertEqual({ok, script([loader("/e"), heart()])}, vakt_boot:inserted(Once, "/e")).

removing_brings_back_what_was_test() ->
    Before = script([{progress, init}, heart()]),
    {ok, Script} = vakt_boot:inserted(Before, "/d"),
    ?assertEqual({ok, Before}, vakt_boot:removed(Script)),
    ?assertEqual({ok, Before}, vakt_boot:removed(Before)).

another_drivers_line_is_left_alone_test() ->
    Other = {apply, {erl_ddll, try_load, ["/d", "other", []]}},
    ?assertEqual({ok, script([Other])}, vakt_boot:removed(script([Other]))),
    ?assertEqual(none, vakt_boot:shown(script([Other]))).

what_cannot_be_is_refused_test() ->
    ?assertEqual({error, no_heart}, vakt_boot:inserted(script([{progress, init}]), "/d")),
    ?assertEqual({error, not_absolute}, vakt_boot:inserted(script([heart()]), "d")).

otps_own_file_takes_it_and_gives_it_back_test() ->
    {ok, Bytes} = file:read_file(filename:join([code:root_dir(), "bin", "start_sasl.boot"])),
    File = filename:join(os:getenv("TMPDIR", "/tmp"), "vakt_boot_tests." ++ os:getpid()),
    ok = file:write_file(File, Bytes),
    try
        ?assertEqual(ok, vakt_boot:insert(File, "/d")),
        ?assertEqual(unchanged, vakt_boot:insert(File, "/d")),
        ?assertEqual({ok, "/d"}, vakt_boot:show(File)),
        ?assertEqual(ok, vakt_boot:remove(File)),
        {ok, After} = file:read_file(File),
        ?assertEqual(binary_to_term(Bytes), binary_to_term(After)),
        ok = file:write_file(File, <<"no boot file">>),
        ?assertEqual({error, no_boot_file}, vakt_boot:insert(File, "/d")),
        ?assertEqual({ok, <<"no boot file">>}, file:read_file(File))
    after
        ok = file:delete(File)
    end,
    ?assertMatch({error, {File, enoent}}, vakt_boot:show(File)).
