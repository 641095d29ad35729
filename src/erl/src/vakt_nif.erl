%% SPDX-License-Identifier: Apache-2.0
%% @doc The library `syslog_nif': the bridge's own parsers, ring and account, and the sources it reads, inside this VM.
%%
%% {@link vakt_inside} is the process that uses it; {@link vakt_memsup} and {@link vakt_disksup} ask it for figures. Opening, and
%% looking at disks, is done in dirty schedulers; all else is bounded so that no scheduler is held up for a millisecond, and takes
%% part of its caller's time slice. The descriptors belong to the process that opened: when it dies they are closed.
%%
%% When another version of this module is loaded, the library that was takes its sources and clients apart and leaves the ring, its
%% numbers and the descriptors to the new one; the process that opened gets `vakt_nif_upgraded' and opens anew.
-module(vakt_nif).

-export([open/1, close/1, source/2, datagram/4, lost/4, connect/1, tell/3, disconnect/2, turn/2, memory/0, disk/1]).
-export_type([handle/0, row/0, client/0, selected/0, turned/0]).
-on_load(loaded/0).

-opaque handle() :: reference().
-type client() :: pos_integer().
-type selected() :: term().
%% What a message `{select, Selected, undefined, ready_input}' brings.

-type row() ::
    {Kind :: fifo | socket | kmsg | udp | thread, Name :: binary(), Path :: binary(), Mode :: non_neg_integer(), FoldRepeats :: boolean(),
     WithAuth :: boolean(), PerSecond :: non_neg_integer(), Burst :: non_neg_integer()}.
%% `Name': 1 to 32 bytes; `PerSecond' 0: no bound for one sender.

-type turned() ::
    {Wake :: non_neg_integer() | infinity, [{client(), Packet :: binary()}], [{Name :: binary(), Words :: binary()}]}.
%% In how many milliseconds the next turn is wanted; what clients are to be given ({@link vakt_bridge_bytes}); what is wrong with a
%% source.

%% The library is in `priv/lib', or where the parameter `nif_dir' says. A release may be without it: in embedded mode the system
%% loads every module and would not boot; its functions then fail with `not_loaded'. Over a version that has it none without comes.
-spec loaded() -> ok | {error, term()}.
loaded() ->
    Loaded = erlang:load_nif(filename:join(vakt_config:nif_dir(), "syslog_nif"), 0),
    case {Loaded, erlang:module_loaded(?MODULE)} of
        {{error, {load_failed, _}}, false} -> ok;
        _ -> Loaded
    end.

%% @doc The caller is the process that reads; the ring has so many bytes, 1 MiB at least. `WentOn': it is the one that was left by
%% another process or an elder library, with all that was in it. `busy': another process has it; `upgrading': a newer library is
%% being loaded.
-spec open(Ring :: pos_integer()) -> {ok, handle(), WentOn :: boolean()} | {error, busy | upgrading | Words :: binary()}.
open(_Ring) -> erlang:nif_error(not_loaded).

%% @doc Closes all its sources. The ring stays.
-spec close(handle()) -> ok.
close(_Handle) -> erlang:nif_error(not_loaded).

%% @doc Opens a source, or opens it anew. Of `udp' it makes only the name known: the caller has the socket.
-spec source(handle(), row()) -> {ok, Origin :: byte()} | {error, Words :: binary()} | closed.
source(_Handle, _Row) -> erlang:nif_error(not_loaded).

%% @doc One datagram came for a source `udp'. `Host': its sender's address.
-spec datagram(handle(), Origin :: byte(), Bytes :: binary(), Host :: binary()) -> ok | closed.
datagram(_Handle, _Origin, _Bytes, _Host) -> erlang:nif_error(not_loaded).

%% @doc So many datagrams were lost before they could be read.
-spec lost(handle(), Origin :: byte(), pos_integer() | unknown, Words :: binary()) -> ok | closed.
lost(_Handle, _Origin, _Count, _Words) -> erlang:nif_error(not_loaded).

%% @doc A client of the bridge.
-spec connect(handle()) -> client() | full | closed.
connect(_Handle) -> erlang:nif_error(not_loaded).

%% @doc What a client says ({@link vakt_bridge_bytes:encode/1}). `over': it was refused, and what comes for it now is the last.
-spec tell(handle(), client(), Message :: binary()) -> ok | over | closed.
tell(_Handle, _Client, _Message) -> erlang:nif_error(not_loaded).

%% @doc A client is gone.
-spec disconnect(handle(), client()) -> ok | closed.
disconnect(_Handle, _Client) -> erlang:nif_error(not_loaded).

%% @doc Reads what is ready, within half a millisecond, and says what is to be done.
-spec turn(handle(), selected() | none) -> turned() | closed.
turn(_Handle, _Selected) -> erlang:nif_error(not_loaded).

%% @doc The system's memory in bytes (sysinfo(2)).
-spec memory() ->
    {ok, {Total :: non_neg_integer(), Free :: non_neg_integer(), Shared :: non_neg_integer(), Buffers :: non_neg_integer(),
          TotalSwap :: non_neg_integer(), FreeSwap :: non_neg_integer()}}
    | {error, Words :: binary()}.
memory() -> erlang:nif_error(not_loaded).

%% @doc The file system that a path is on, in bytes (statvfs(3)). `Available': to users other than root.
-spec disk(Path :: binary()) ->
    {ok, {Total :: non_neg_integer(), Free :: non_neg_integer(), Available :: non_neg_integer()}} | {error, Words :: binary()}.
disk(_Path) -> erlang:nif_error(not_loaded).
