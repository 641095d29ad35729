%% SPDX-License-Identifier: Apache-2.0
%% @doc The messages between this VM and the bridge, version 1: `src/wire/bridge_bytes.h'.
%%
%% Pure. A packet is a message without its size, which `{packet, 4}' takes off and puts before. Whatever the bytes are,
%% {@link decode/1} returns; what it refuses is the last word, and the connection is to be closed.
-module(vakt_bridge_bytes).

-export([encode/1, decode/1, decode_filter/1, decode_account/1]).
-export_type([place/0, from/0, message/0, answer/0, row/0]).

-type place() :: {vakt_record:boot_id(), Seq :: non_neg_integer()}.
-type from() :: now | oldest | {behind, place()} | acknowledged.

-type message() ::
    {hello, Name :: binary()}
    | {open, from(), vakt_filter:pushed()}
    | {credit, 1..16#FFFFFFFF}
    | {ack, place()}
    | {narrow, vakt_filter:pushed()}
    | account_asked.

-type answer() ::
    {welcome, #{boot_id := vakt_record:boot_id(), oldest := non_neg_integer(), next := non_neg_integer(),
                sources := [{vakt_record:source(), Name :: binary()}]}}
    | {refused, version | bad_bytes | not_allowed | full | leaving, Words :: binary()}
    | {batch, vakt_record:batch()}
    | {account, [row()]}.

-type row() :: #{row := binary(), name => binary(), atom() | binary() => integer() | binary()}.
%% A line of the account: `row' is its first word. The keys that are known here are atoms, others binaries: input makes no atoms.

-define(VERSION, 1).

%% @doc The packet of a message.
-spec encode(message()) -> iodata().
encode({hello, Name}) when byte_size(Name) =< 32 -> [1, ?VERSION, ?VERSION, byte_size(Name), Name];
encode({open, From, Filter}) -> [2, from(From), filter(Filter)];
encode({credit, More}) -> <<3, More:32>>;
encode({ack, {BootId, Seq}}) -> <<4, BootId:16/binary, Seq:64>>;
encode({narrow, Filter}) -> [5, filter(Filter)];
encode(account_asked) -> <<6>>.

from(now) -> <<0, 0:192>>;
from(oldest) -> <<1, 0:192>>;
from({behind, {BootId, Seq}}) -> <<2, BootId:16/binary, Seq:64>>;
from(acknowledged) -> <<3, 0:192>>.

filter({Strict, Conditions}) ->
    [case Strict of true -> 1; false -> 0 end, length(Conditions) | [condition(Condition) || Condition <- Conditions]].

condition({LeastSevere, Facilities, Sources, Apps, Units, Texts}) ->
    [<<LeastSevere, Facilities:32, Sources:16>>, words(Apps), words(Units), words(Texts)].

words(Words) -> [length(Words) | [[byte_size(Word), Word] || Word <- Words]].

%% @doc What a packet from the bridge says.
-spec decode(binary()) -> {ok, answer()} | {error, bad_bytes}.
decode(<<67, BootId:16/binary, Count:16, Records/binary>>) -> batch(vakt_record:batch(BootId, Records, Count));
decode(<<65, ?VERSION, BootId:16/binary, Oldest:64, Next:64, Count, Sources/binary>>) ->
    case sources(Count, Sources, []) of
        {ok, List} -> {ok, {welcome, #{boot_id => BootId, oldest => Oldest, next => Next, sources => List}}};
        error -> {error, bad_bytes}
    end;
decode(<<66, Reason, Size, Words:Size/binary>>) when Reason =< 4 ->
    {ok, {refused, element(Reason + 1, {version, bad_bytes, not_allowed, full, leaving}), Words}};
decode(<<68, Text/binary>>) -> {ok, {account, decode_account(Text)}};
decode(_) -> {error, bad_bytes}.

batch({ok, Batch}) -> {ok, {batch, Batch}};
batch(Error) -> Error.

sources(0, <<>>, List) ->
    {ok, lists:reverse(List)};
sources(N, <<_Origin, Source, Size, Name:Size/binary, Rest/binary>>, List) when N > 0, Source =< 6, Size =< 32 ->
    sources(N - 1, Rest, [{element(Source + 1, {bridge, fifo, kmsg, journal, socket, forward, udp}), Name} | List]);
sources(_, _, _) ->
    error.

%% @doc A filter's bytes back, for who stands in for a bridge.
-spec decode_filter(binary()) -> {ok, vakt_filter:pushed()} | {error, bad_bytes}.
decode_filter(<<Flags, Count, Bytes/binary>>) when Flags =< 1, Count =< 16 -> conditions(Count, Bytes, Flags =:= 1, []);
decode_filter(_) -> {error, bad_bytes}.

conditions(0, <<>>, Strict, Conditions) ->
    {ok, {Strict, lists:reverse(Conditions)}};
conditions(N, <<LeastSevere, Facilities:32, Sources:16, Bytes/binary>>, Strict, Conditions) when N > 0, LeastSevere =< 7 ->
    case lists(3, Bytes, []) of
        {[Apps, Units, Texts], Rest} ->
            conditions(N - 1, Rest, Strict, [{LeastSevere, Facilities, Sources, Apps, Units, Texts} | Conditions]);
        error ->
            {error, bad_bytes}
    end;
conditions(_, _, _, _) ->
    {error, bad_bytes}.

lists(0, Bytes, Lists) -> {lists:reverse(Lists), Bytes};
lists(N, <<Count, Bytes/binary>>, Lists) when Count =< 16 ->
    case texts(Count, Bytes, []) of
        {Texts, Rest} -> lists(N - 1, Rest, [Texts | Lists]);
        error -> error
    end;
lists(_, _, _) -> error.

texts(0, Bytes, Texts) -> {lists:reverse(Texts), Bytes};
texts(N, <<Size, Text:Size/binary, Rest/binary>>, Texts) when Size > 0 -> texts(N - 1, Rest, [Text | Texts]);
texts(_, _, _) -> error.

%% @doc The rows of the account's text: `WORD [NAME] KEY=VALUE ...' each.
-spec decode_account(binary()) -> [row()].
decode_account(Text) -> [row(Line) || Line <- binary:split(Text, <<"\n">>, [global, trim_all])].

row(Line) ->
    [Word | Rest] = binary:split(Line, <<" ">>, [global]),
    lists:foldl(fun cell/2, #{row => Word}, Rest).

cell(Cell, Row) ->
    case binary:split(Cell, <<"=">>) of
        [Key, Value] -> Row#{key(Key) => value(Value)};
        [<<>>] -> Row;
        [Name] -> Row#{name => Name}
    end.

%% Those of src/bridge/account.h and of the program's own rows.
key(Key) ->
    Known = [accepted, acked, 'begin', boot, bytes, credit, delivered, dropped, filtered, folded, gaps, granted, held_back, kept,
             kind, lost, malformed, name, next, offered, oldest, open, other, pid, queued, received, refused, repeats, segments,
             size, uid, unknown_gaps, urgent, went_on, withheld, written],
    case [Atom || Atom <- Known, atom_to_binary(Atom) =:= Key] of
        [Atom] -> Atom;
        [] -> Key
    end.

value(Value) ->
    try binary_to_integer(Value)
    catch error:badarg -> Value
    end.
