%% SPDX-License-Identifier: Apache-2.0
%% @doc A word of this VM's to whoever started it (`start_erl'): a file that is there or not, with the VM's process id in it.
-module(vakt_start_word).

-export([write/1]).

%% @doc Whole or not at all, whenever the VM or the board is killed; and when this is ok a power cut takes it back no more.
%% `start_erl' has left a file of the same name with `.new' behind it, and room for the word: so it can be said on a full disk, too.
-spec write(File :: file:name_all()) -> ok | {error, file:posix() | badarg | system_limit | terminated}.
write(File) ->
    New = [File, ".new"],
    case file:open(New, [read, write, raw]) of
        {ok, Device} -> renamed(written(Device), New, File);
        Error -> Error
    end.

written(Device) ->
    Done = case file:write(Device, [os:getpid(), $\n]) of
        ok -> cut_here(Device);
        Error -> Error
    end,
    _ = file:close(Device),
    Done.

%% What is left behind the word, of the room or of half a word before it, is none of it.
cut_here(Device) ->
    case file:truncate(Device) of
        ok -> file:sync(Device);
        Error -> Error
    end.

renamed(ok, New, File) ->
    case file:rename(New, File) of
        ok -> on_disk(filename:dirname(File));
        Error -> Error
    end;
renamed(Error, _, _) ->
    Error.

%% A name is on the disk when its directory is. Where a directory cannot be opened the system brings it there in its own time.
on_disk(Dir) ->
    case file:open(Dir, [read, raw, directory]) of
        {ok, Device} ->
            _ = file:sync(Device),
            file:close(Device);
        {error, _} ->
            ok
    end.
