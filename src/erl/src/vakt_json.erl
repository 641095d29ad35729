%% SPDX-License-Identifier: Apache-2.0
%% @doc A strict and bounded reader of JSON (RFC 8259), since OTP has none before 27.
%%
%% Pure; never fails, never makes an atom. An object is a map whose keys are binaries, an array a list, a string a binary in
%% UTF-8, a number an integer or a float; `true', `false' and `null' are atoms. Refused is, beyond what the RFC refuses: a
%% key that is there twice, nesting deeper than 32, an integer of more than 40 digits, a lone surrogate.
-module(vakt_json).

-export([decode/1]).
-export_type([value/0, fault/0]).

-type value() :: #{binary() => value()} | [value()] | binary() | number() | boolean() | null.
-type fault() :: {Reason :: syntax | string | number | twice | deep | trailing, Offset :: non_neg_integer()}.
%% What is wrong, and how many bytes stand before it.

-define(DEEPEST, 32).
-define(MOST_DIGITS, 40).
-define(BLANK(C), (C =:= $\s orelse C =:= $\t orelse C =:= $\n orelse C =:= $\r)).
-define(DIGIT(C), (C >= $0 andalso C =< $9)).

%% @doc The one value that the bytes are.
-spec decode(binary()) -> {ok, value()} | {error, fault()}.
decode(Bytes) ->
    try
        {Value, Rest} = value(blank(Bytes), ?DEEPEST),
        {ok, ended(Value, blank(Rest))}
    catch
        throw:{Reason, At} -> {error, {Reason, byte_size(Bytes) - byte_size(At)}}
    end.

ended(Value, <<>>) -> Value;
ended(_, Rest) -> throw({trailing, Rest}).

blank(<<C, Rest/binary>>) when ?BLANK(C) -> blank(Rest);
blank(Bytes) -> Bytes.

value(<<$", Rest/binary>>, _) -> string(Rest, <<>>);
value(<<${, _/binary>> = Bytes, 0) -> throw({deep, Bytes});
value(<<$[, _/binary>> = Bytes, 0) -> throw({deep, Bytes});
value(<<${, Rest/binary>>, Depth) -> object(blank(Rest), Depth - 1);
value(<<$[, Rest/binary>>, Depth) -> array(blank(Rest), Depth - 1);
value(<<"true", Rest/binary>>, _) -> {true, Rest};
value(<<"false", Rest/binary>>, _) -> {false, Rest};
value(<<"null", Rest/binary>>, _) -> {null, Rest};
value(<<C, _/binary>> = Bytes, _) when C =:= $-; ?DIGIT(C) -> number(Bytes);
value(Bytes, _) -> throw({syntax, Bytes}).

object(<<$}, Rest/binary>>, _) -> {#{}, Rest};
object(Bytes, Depth) -> members(Bytes, Depth, #{}).

members(<<$", Rest/binary>> = Bytes, Depth, Read) ->
    case string(Rest, <<>>) of
        {Key, _} when is_map_key(Key, Read) ->
            throw({twice, Bytes});
        {Key, AfterKey} ->
            {Value, AfterValue} = value(blank(colon(blank(AfterKey))), Depth),
            more_members(blank(AfterValue), Depth, Read#{Key => Value})
    end;
members(Bytes, _, _) ->
    throw({syntax, Bytes}).

colon(<<$:, Rest/binary>>) -> Rest;
colon(Bytes) -> throw({syntax, Bytes}).

more_members(<<$,, Rest/binary>>, Depth, Read) -> members(blank(Rest), Depth, Read);
more_members(<<$}, Rest/binary>>, _, Read) -> {Read, Rest};
more_members(Bytes, _, _) -> throw({syntax, Bytes}).

array(<<$], Rest/binary>>, _) -> {[], Rest};
array(Bytes, Depth) -> elements(Bytes, Depth, []).

elements(Bytes, Depth, Read) ->
    {Value, Rest} = value(Bytes, Depth),
    more_elements(blank(Rest), Depth, [Value | Read]).

more_elements(<<$,, Rest/binary>>, Depth, Read) -> elements(blank(Rest), Depth, Read);
more_elements(<<$], Rest/binary>>, _, Read) -> {lists:reverse(Read), Rest};
more_elements(Bytes, _, _) -> throw({syntax, Bytes}).

string(<<$", Rest/binary>>, Read) -> {Read, Rest};
string(<<$\\, Rest/binary>>, Read) -> escaped(Rest, Read);
string(<<C/utf8, Rest/binary>>, Read) when C >= $\s -> string(Rest, <<Read/binary, C/utf8>>);
string(Bytes, _) -> throw({string, Bytes}).

escaped(<<C, Rest/binary>>, Read) when C =:= $"; C =:= $\\; C =:= $/ -> string(Rest, <<Read/binary, C>>);
escaped(<<$b, Rest/binary>>, Read) -> string(Rest, <<Read/binary, $\b>>);
escaped(<<$f, Rest/binary>>, Read) -> string(Rest, <<Read/binary, $\f>>);
escaped(<<$n, Rest/binary>>, Read) -> string(Rest, <<Read/binary, $\n>>);
escaped(<<$r, Rest/binary>>, Read) -> string(Rest, <<Read/binary, $\r>>);
escaped(<<$t, Rest/binary>>, Read) -> string(Rest, <<Read/binary, $\t>>);
escaped(<<$u, Rest/binary>> = Bytes, Read) ->
    case hex4(Rest) of
        {High, <<$\\, $u, Low4/binary>>} when High >= 16#D800, High =< 16#DBFF -> pair(High, hex4(Low4), Bytes, Read);
        {C, After} when C < 16#D800; C > 16#DFFF -> string(After, <<Read/binary, C/utf8>>);
        _ -> throw({string, Bytes})
    end;
escaped(Bytes, _) ->
    throw({string, Bytes}).

pair(High, {Low, Rest}, _, Read) when Low >= 16#DC00, Low =< 16#DFFF ->
    C = 16#10000 + (High - 16#D800) * 16#400 + Low - 16#DC00,
    string(Rest, <<Read/binary, C/utf8>>);
pair(_, _, Bytes, _) ->
    throw({string, Bytes}).

hex4(<<A, B, C, D, Rest/binary>>) -> hex([A, B, C, D], 0, Rest);
hex4(_) -> none.

hex([C | More], N, Rest) when ?DIGIT(C) -> hex(More, N * 16 + C - $0, Rest);
hex([C | More], N, Rest) when C >= $a, C =< $f -> hex(More, N * 16 + C - $a + 10, Rest);
hex([C | More], N, Rest) when C >= $A, C =< $F -> hex(More, N * 16 + C - $A + 10, Rest);
hex([], N, Rest) -> {N, Rest};
hex(_, _, _) -> none.

%% -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?

number(Bytes) ->
    {Whole, AfterWhole} = whole(Bytes),
    case fraction(AfterWhole, Bytes) of
        {<<>>, AfterWhole} -> exponent_of_integer(Whole, AfterWhole, Bytes);
        {Fraction, Rest} -> float_of(Whole, Fraction, exponent(Rest, Bytes), Bytes)
    end.

whole(<<$-, Rest/binary>> = Bytes) ->
    {Digits, After} = unsigned(Rest, Bytes),
    {<<$-, Digits/binary>>, After};
whole(Bytes) ->
    unsigned(Bytes, Bytes).

unsigned(<<$0, C, _/binary>>, Bytes) when ?DIGIT(C) -> throw({number, Bytes});
unsigned(From, Bytes) -> some_digits(From, Bytes).

some_digits(From, Bytes) ->
    case digits(From, 0) of
        N when N > 0, N =< ?MOST_DIGITS ->
            <<Digits:N/binary, Rest/binary>> = From,
            {Digits, Rest};
        _ ->
            throw({number, Bytes})
    end.

digits(<<C, Rest/binary>>, N) when ?DIGIT(C) -> digits(Rest, N + 1);
digits(_, N) -> N.

fraction(<<$., Rest/binary>>, Bytes) -> some_digits(Rest, Bytes);
fraction(Rest, _) -> {<<>>, Rest}.

exponent(<<E, Sign, Rest/binary>>, Bytes) when (E =:= $e orelse E =:= $E), (Sign =:= $+ orelse Sign =:= $-) ->
    {Digits, After} = some_digits(Rest, Bytes),
    {<<$e, Sign, Digits/binary>>, After};
exponent(<<E, Rest/binary>>, Bytes) when E =:= $e; E =:= $E ->
    {Digits, After} = some_digits(Rest, Bytes),
    {<<$e, Digits/binary>>, After};
exponent(Rest, _) ->
    {<<>>, Rest}.

exponent_of_integer(Whole, AfterWhole, Bytes) ->
    case exponent(AfterWhole, Bytes) of
        {<<>>, Rest} -> {binary_to_integer(Whole), Rest};
        Exponent -> float_of(Whole, <<"0">>, Exponent, Bytes)
    end.

%% One that no float can hold is refused.
float_of(Whole, Fraction, {Exponent, Rest}, Bytes) ->
    try binary_to_float(<<Whole/binary, $., Fraction/binary, Exponent/binary>>) of
        Float -> {Float, Rest}
    catch
        error:badarg -> throw({number, Bytes})
    end.
