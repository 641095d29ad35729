%% SPDX-License-Identifier: Apache-2.0
%% @doc The loader's line in a boot file: the driver `heart' is loaded before OTP's heart asks for it.
%%
%% OTP starts heart before the kernel and its code server, so nothing on the command line is early enough: the boot file has to load
%% the driver. `erl_ddll:try_load/3' is one of the emulator's own functions, so this holds in interactive and in embedded mode, and a
%% driver that is loaded is taken before a program of its name is looked for. From the shell of a system:
%%
%% ```escript vakt_boot.beam insert FILE.boot DIR
%%    escript vakt_boot.beam remove FILE.boot
%%    escript vakt_boot.beam show FILE.boot'''
%%
%% `DIR', where `heart.so' is, is taken as it stands: nothing in it is replaced by the root of the system at the start, and it has to
%% be absolute. Each step may be done again and changes nothing then; a file that cannot be what it should be is left as it was.
-module(vakt_boot).
-export([insert/2, remove/1, show/1, inserted/2, removed/1, shown/1, main/1]).
-include_lib("kernel/include/file.hrl").
-export_type([script/0, reason/0]).

-type script() :: {script, {Name :: string(), Version :: string()}, [term()]}.
%% What a boot file holds, as `systools' makes it.

-type reason() :: no_boot_file | no_heart | not_absolute | {file:filename(), file:posix() | badarg | terminated | system_limit}.
%% `no_boot_file': the file holds something else. `no_heart': its script starts no heart. `not_absolute': the directory.

%% @doc Puts the line into the file, or another directory into the line that is there. `unchanged': all was as wanted.
-spec insert(file:filename(), file:filename()) -> ok | unchanged | {error, reason()}.
insert(File, Dir) -> change(File, fun(Script) -> inserted(Script, Dir) end).

%% @doc Takes the line out of the file.
-spec remove(file:filename()) -> ok | unchanged | {error, reason()}.
remove(File) -> change(File, fun removed/1).

%% @doc Where the driver is loaded from, by this file.
-spec show(file:filename()) -> {ok, none | file:filename()} | {error, reason()}.
show(File) ->
    case read(File) of
        {ok, Script} -> {ok, shown(Script)};
        {error, _} = Error -> Error
    end.

%% @doc The script with the line, right before heart.
-spec inserted(script(), file:filename()) -> {ok, script()} | {error, reason()}.
inserted({script, _, _} = Script, Dir) ->
    {ok, {script, Id, Lines}} = removed(Script),
    case {filename:pathtype(Dir), lists:splitwith(fun is_no_heart/1, Lines)} of
        {absolute, {Before, [_ | _] = After}} ->
            {ok, {script, Id, Before ++ [{apply, {erl_ddll, try_load, [Dir, "heart", []]}} | After]}};
        {absolute, {_, []}} ->
            {error, no_heart};
        {_, _} ->
            {error, not_absolute}
    end.

%% @doc The script without the line.
-spec removed(script()) -> {ok, script()}.
removed({script, Id, Lines}) -> {ok, {script, Id, [Line || Line <- Lines, not is_loader(Line)]}}.

%% @doc Where the driver is loaded from, by this script.
-spec shown(script()) -> none | file:filename().
shown({script, _, Lines}) ->
    case [Dir || {apply, {erl_ddll, try_load, [Dir, "heart" | _]}} <- Lines] of
        [] -> none;
        [Dir | _] -> Dir
    end.

%% @doc The words of a command line; ends the emulator, with status 0, 1 where it failed, or 2 where the words are wrong.
-spec main([string()]) -> no_return().
main(["insert", File, Dir]) -> answer(File, insert(File, Dir));
main(["remove", File]) -> answer(File, remove(File));
main(["show", File]) -> answer(File, show(File));
main(_) ->
    io:put_chars(standard_error, "usage: vakt_boot insert FILE.boot DIR | remove FILE.boot | show FILE.boot\n"),
    halt(2).

-spec answer(file:filename(), ok | unchanged | {ok, none | file:filename()} | {error, reason()}) -> no_return().
answer(File, ok) ->
    io:format("~ts: changed~n", [File]),
    halt(0);
answer(File, unchanged) ->
    io:format("~ts: nothing to change~n", [File]),
    halt(0);
answer(File, {ok, none}) ->
    io:format("~ts: loads no driver for heart~n", [File]),
    halt(0);
answer(File, {ok, Dir}) ->
    io:format("~ts: loads heart from ~ts~n", [File, Dir]),
    halt(0);
answer(File, {error, Reason}) ->
    io:format(standard_error, "vakt_boot: ~ts: ~ts~n", [File, words(Reason)]),
    halt(1).

-spec words(reason()) -> iodata().
words(no_boot_file) -> "this is no boot file";
words(no_heart) -> "its script starts no heart: there is nothing to load the driver for";
words(not_absolute) -> "the driver's directory has to be absolute";
words({Path, Why}) -> [Path, ": ", file:format_error(Why)].

%% A line as it is in OTP 25 to 27: {kernelProcess, heart, {heart, start, []}}.
is_no_heart({kernelProcess, heart, _}) -> false;
is_no_heart(_) -> true.

is_loader({apply, {erl_ddll, try_load, [_, "heart" | _]}}) -> true;
is_loader(_) -> false.

change(File, How) ->
    case read(File) of
        {ok, Script} -> change(File, Script, How(Script));
        {error, _} = Error -> Error
    end.

change(_, Script, {ok, Script}) -> unchanged;
change(File, _, {ok, Changed}) -> write(File, Changed);
change(_, _, {error, _} = Error) -> Error.

read(File) ->
    case file:read_file(File) of
        {ok, Bytes} -> script(Bytes);
        {error, Why} -> {error, {File, Why}}
    end.

%% A boot file names modules this emulator has never heard of, so not [safe]; it is whoever calls that owns it.
script(Bytes) ->
    try binary_to_term(Bytes) of
        {script, {_, _}, Lines} = Script when is_list(Lines) -> {ok, Script};
        _ -> {error, no_boot_file}
    catch
        error:badarg -> {error, no_boot_file}
    end.

%% By a new file and a rename: a power cut leaves the one or the other, and either boots.
write(File, Script) ->
    New = File ++ ".vakt-new",
    case write_new(File, New, term_to_binary(Script)) of
        ok ->
            ok;
        {error, Why} ->
            _ = file:delete(New),
            {error, {New, Why}}
    end.

write_new(File, New, Bytes) ->
    {ok, #file_info{mode = Mode}} = file:read_file_info(File),
    case file:open(New, [write, raw, binary]) of
        {ok, Io} ->
            Done = first_error([
                fun() -> file:write(Io, Bytes) end,
                fun() -> file:change_mode(New, Mode band 8#7777) end,
                fun() -> file:sync(Io) end
            ]),
            _ = file:close(Io),
            first_error([fun() -> Done end, fun() -> file:rename(New, File) end]);
        {error, _} = Error ->
            Error
    end.

first_error([]) ->
    ok;
first_error([Step | Steps]) ->
    case Step() of
        ok -> first_error(Steps);
        {error, _} = Error -> Error
    end.
