%% SPDX-License-Identifier: Apache-2.0
%% @doc What systems say of their memory and mounts, as text, taken apart.
%%
%% Pure.
-module(vakt_figures).

-export([meminfo/1, sysinfo/1, memory/1, mounts/1, capacity/3]).
-export_type([memory/0]).

-type memory() :: [{atom(), non_neg_integer()}].
%% As `memsup:get_system_memory_data/0' has it, in bytes.

%% @doc The text of /proc/meminfo (proc(5)). What it does not say is left out.
-spec meminfo(binary()) -> memory().
meminfo(Text) ->
    Lines = [string:lexemes(Line, ": ") || Line <- binary:split(Text, <<"\n">>, [global, trim_all])],
    Known = maps:from_list([{Name, binary_to_integer(N) * unit(Unit)} || [Name, N | Unit] <- Lines, is_number_text(N)]),
    [{Tag, maps:get(Name, Known)} || {Tag, Name} <- names(), is_map_key(Name, Known)].

names() ->
    [{system_total_memory, <<"MemTotal">>}, {free_swap, <<"SwapFree">>}, {total_swap, <<"SwapTotal">>}, {cached_memory, <<"Cached">>},
     {buffered_memory, <<"Buffers">>}, {available_memory, <<"MemAvailable">>}, {free_memory, <<"MemFree">>},
     {total_memory, <<"MemTotal">>}].

unit([<<"kB">>]) -> 1024;
unit(_) -> 1.

is_number_text(Text) -> Text =/= <<>> andalso lists:all(fun(C) -> C >= $0 andalso C =< $9 end, binary_to_list(Text)).

%% @doc What {@link vakt_nif:memory/0} says.
-spec sysinfo({non_neg_integer(), non_neg_integer(), non_neg_integer(), non_neg_integer(), non_neg_integer(), non_neg_integer()}) ->
    memory().
sysinfo({Total, Free, _Shared, Buffers, TotalSwap, FreeSwap}) ->
    [{system_total_memory, Total}, {free_swap, FreeSwap}, {total_swap, TotalSwap}, {buffered_memory, Buffers}, {free_memory, Free},
     {total_memory, Total}].

%% @doc Of it, how much there is and how much is used: what programs could not have. `none' where that is not known.
-spec memory(memory()) -> {Total :: pos_integer(), Used :: non_neg_integer()} | none.
memory(Data) ->
    case {proplists:get_value(total_memory, Data, 0), proplists:get_value(available_memory, Data)} of
        {0, _} -> none;
        {Total, undefined} -> {Total, max(0, Total - lists:sum([N || {Tag, N} <- Data, is_free(Tag)]))};
        {Total, Available} -> {Total, max(0, Total - Available)}
    end.

is_free(Tag) -> Tag =:= free_memory orelse Tag =:= buffered_memory orelse Tag =:= cached_memory.

%% @doc The mount points in the text of /proc/mounts (fstab(5)) that have a disk of this machine behind them, each device once; those
%% that can only be full (squashfs, iso9660) are left out.
-spec mounts(binary()) -> [file:filename()].
mounts(Text) ->
    Fields = [binary:split(Line, <<" ">>, [global]) || Line <- binary:split(Text, <<"\n">>, [global, trim_all])],
    mounts([{Device, unescaped(Mount)} || [Device, Mount, Kind | _] <- Fields, is_disk(Device, Kind)], [], []).

mounts([{Device, Mount} | More], Devices, Mounts) ->
    case lists:member(Device, Devices) orelse lists:member(Mount, Mounts) of
        true -> mounts(More, Devices, Mounts);
        false -> mounts(More, [Device | Devices], [Mount | Mounts])
    end;
mounts([], _, Mounts) ->
    [text(Mount) || Mount <- lists:reverse(Mounts)].

is_disk(_, <<"squashfs">>) -> false;
is_disk(_, <<"iso9660">>) -> false;
is_disk(<<"/dev/", _/binary>>, _) -> true;
is_disk(_, Kind) -> lists:member(Kind, [<<"ubifs">>, <<"jffs2">>, <<"zfs">>, <<"rofs">>, <<"virtiofs">>]).

text(Bytes) ->
    case unicode:characters_to_list(Bytes) of
        List when is_list(List) -> List;
        _ -> binary_to_list(Bytes)
    end.

%% Blank, tab, newline and backslash are octal there.
unescaped(<<$\\, A, B, C, Rest/binary>>) when A >= $0, A =< $3, B >= $0, B =< $7, C >= $0, C =< $7 ->
    <<((A - $0) * 64 + (B - $0) * 8 + C - $0), (unescaped(Rest))/binary>>;
unescaped(<<C, Rest/binary>>) -> <<C, (unescaped(Rest))/binary>>;
unescaped(<<>>) -> <<>>.

%% @doc How full a file system is, in percent, as df(1) has it: rounded up, and without what is kept for root.
-spec capacity(Total :: non_neg_integer(), Free :: non_neg_integer(), Available :: non_neg_integer()) -> 0..100.
capacity(Total, Free, Available) ->
    Used = max(0, Total - Free),
    case Used + Available of
        0 -> 0;
        All -> (Used * 100 + All - 1) div All
    end.
