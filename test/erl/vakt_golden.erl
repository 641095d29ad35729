%% SPDX-License-Identifier: Apache-2.0
%% The rows of test/data/bridge_bytes/v1.txt, and records as bytes: what a bridge would send.
-module(vakt_golden).

-export([rows/0, row/1, event/2, record/2, gap/2, batch/2]).

%% [{Name, Bytes, Kind, Fields}], Fields as [{Key, Value} | Key].
rows() ->
    {ok, Text} = file:read_file(filename:join([vakt_test:top(), "test", "data", "bridge_bytes", "v1.txt"])),
    [parsed(Line) || <<C, _/binary>> = Line <- binary:split(Text, <<"\n">>, [global]), C =/= $#].

row(Name) -> lists:keyfind(Name, 1, rows()).

parsed(Line) ->
    [Name, Rest] = binary:split(Line, <<" ">>),
    [Digits, Meaning] = binary:split(Rest, <<" ">>),
    [Kind | Fields] = fields(Meaning, <<>>, []),
    {Name, binary:decode_hex(Digits), Kind, [field(Field) || Field <- Fields]}.

%% Words; in quotes, blanks and escapes.
fields(<<" ", Rest/binary>>, <<>>, Words) -> fields(Rest, <<>>, Words);
fields(<<" ", Rest/binary>>, Word, Words) -> fields(Rest, <<>>, [Word | Words]);
fields(<<"\"", Rest/binary>>, Word, Words) -> quoted(Rest, Word, Words);
fields(<<C, Rest/binary>>, Word, Words) -> fields(Rest, <<Word/binary, C>>, Words);
fields(<<>>, <<>>, Words) -> lists:reverse(Words);
fields(<<>>, Word, Words) -> lists:reverse([Word | Words]).

quoted(<<"\\x", Hex:2/binary, Rest/binary>>, Word, Words) -> quoted(Rest, <<Word/binary, (binary:decode_hex(Hex))/binary>>, Words);
quoted(<<"\\", C, Rest/binary>>, Word, Words) -> quoted(Rest, <<Word/binary, C>>, Words);
quoted(<<"\"", Rest/binary>>, Word, Words) -> fields(Rest, <<>>, [Word | Words]);
quoted(<<C, Rest/binary>>, Word, Words) -> quoted(Rest, <<Word/binary, C>>, Words).

field(Word) ->
    case binary:split(Word, <<"=">>) of
        [Key, Value] -> {binary_to_atom(Key), Value};
        [Key] -> binary_to_atom(Key)
    end.

%% The event that a row's meaning stands for.
event(Fields, BootId) ->
    {Facility, Severity} = names(proplists:get_value(pri, Fields)),
    Base = #{facility => Facility, severity => Severity, boot_id => BootId, host => undefined, app => undefined, pid => undefined,
             text => <<>>},
    Event = lists:foldl(fun add/2, Base, Fields),
    case Event of
        #{pid := Said, sender_pid := Number} ->
            Pid = integer_to_binary(Number),
            case Said =:= undefined orelse Said =:= Pid of
                true -> Event#{pid := Pid};
                false -> Event#{pid := Pid, claimed_pid => Said}
            end;
        _ -> Event
    end.

names(undefined) -> {undefined, undefined};
names(Pri) ->
    N = binary_to_integer(Pri),
    {vakt_priority:facility(N div 8), vakt_priority:severity(N rem 8)}.

add({sender_uid, Value}, Event) -> Event#{uid => binary_to_integer(Value)};
add({source, Value}, Event) -> Event#{source => binary_to_atom(Value)};
add({Key, Value}, Event) when Key =:= seq; Key =:= time; Key =:= mono; Key =:= repeats; Key =:= sender_pid ->
    Event#{Key => binary_to_integer(Value)};
add({Key, Value}, Event) when
    Key =:= host; Key =:= app; Key =:= pid; Key =:= msgid; Key =:= structured; Key =:= text; Key =:= raw; Key =:= unit
->
    Event#{Key => Value};
add(Key, Event) when Key =:= malformed; Key =:= cut -> Event#{Key => true};
add(_, Event) -> Event.

%% A record as a socket source makes it, of `app[7]: Text'; options: pri (30), source (4), uid (none), app, unit.
record(Seq, Options) ->
    App = maps:get(app, Options, <<"app">>),
    Text = maps:get(text, Options, integer_to_binary(Seq)),
    Unit = maps:get(unit, Options, <<>>),
    Pri = maps:get(pri, Options, 30),
    Head = <<$<, (integer_to_binary(Pri))/binary, ">Nov 21 18:04:15 host ">>,
    Raw = <<Head/binary, App/binary, "[7]: ", Text/binary>>,
    {Flags, Uid} = case Options of
                       #{uid := Known} -> {8, Known};
                       _ -> {0, 0}
                   end,
    Host = byte_size(Head) - 5,
    sized(<<0, (maps:get(source, Options, 4)), 1, Pri, Seq:64, 1795284255000000000:64, 0:64, 0:64, 0:32, (Flags + 16#100):16,
            (byte_size(Unit)):16, (case Flags of 8 -> 4711; 0 -> 0 end):32, Uid:32, Host:16, 4:16, 1:16, (byte_size(App)):16, 1:16, 1:16,
            0:64, 3:16, (byte_size(Text)):16, (byte_size(Raw)):16, Raw/binary, Unit/binary>>).

%% options: count (unknown), reason (1), source (4), from, to.
gap(Seq, Options) ->
    sized(<<1, (maps:get(source, Options, 4)), 1, (maps:get(reason, Options, 1)), Seq:64,
            (maps:get(count, Options, 16#FFFFFFFFFFFFFFFF)):64, (maps:get(from, Options, 0)):64, (maps:get(to, Options, 0)):64>>).

sized(Bytes) -> <<(byte_size(Bytes)):32, Bytes/binary>>.

%% A Batch message without its size.
batch(BootId, Records) -> <<67, BootId:16/binary, (length(Records)):16, (iolist_to_binary(Records))/binary>>.
