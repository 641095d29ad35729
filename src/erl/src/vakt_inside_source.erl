%% SPDX-License-Identifier: Apache-2.0
%% @doc The parameter `inside_sources': what this VM reads itself when it goes the way `inside'.
%%
%% Pure.
-module(vakt_inside_source).

-export([new/1, row/1, name/1, kind/1, udp/1]).
-export_type([source/0, parameter/0, option/0]).

-type parameter() ::
    {fifo, file:filename()} | {fifo, file:filename(), option()}
    | {socket, file:filename()} | {socket, file:filename(), option()}
    | kmsg | {kmsg, file:filename()} | {kmsg, file:filename(), option()}
    | thread | {thread, option()}
    | {udp, inet:port_number()} | {udp, inet:port_number(), option()}.
%% `fifo': made if it is not there. `socket': a datagram socket, as /dev/log is one. `kmsg': the kernel's log, /dev/kmsg. `thread':
%% what other threads of this process say by `vakt_syslog.h'. `udp': RFC 5426.

-type option() :: #{
    name => string(),
    mode => 0..8#777,
    fold_repeats => boolean(),
    with_auth => boolean(),
    rate => {PerSecond :: pos_integer(), Burst :: pos_integer()},
    address => inet:ip_address()
}.
%% As in bridge.conf(5), with its defaults: `name' the kind, `mode' 8#620 of a FIFO and 8#666 of a socket, `fold_repeats' true,
%% `with_auth' false, no `rate', `address' {0,0,0,0}.

-record(source, {
    kind :: fifo | socket | kmsg | thread | udp,
    path :: binary(),
    port = 0 :: inet:port_number(),
    options :: option()
}).
-opaque source() :: #source{}.

%% @doc The sources of the parameter's value; `error' when it is none: also where two have one name.
-spec new(term()) -> {ok, [source()]} | error.
new(Value) when is_list(Value) ->
    Sources = [one(Parameter) || Parameter <- Value],
    Names = [name(Source) || Source <- Sources, Source =/= error],
    case lists:member(error, Sources) orelse lists:usort(Names) =/= lists:sort(Names) of
        true -> error;
        false -> {ok, Sources}
    end;
new(_) ->
    error.

one(kmsg) -> one({kmsg, "/dev/kmsg", #{}});
one(thread) -> one({thread, #{}});
one({thread, Options}) when is_map(Options) -> checked(#source{kind = thread, path = <<>>, options = Options});
one({Kind, What}) -> one({Kind, What, #{}});
one({Kind, Path, Options}) when Kind =:= fifo; Kind =:= socket; Kind =:= kmsg ->
    case is_path(Path) of
        true -> checked(#source{kind = Kind, path = unicode:characters_to_binary(Path), options = Options});
        false -> error
    end;
one({udp, Port, Options}) when is_integer(Port), Port >= 0, Port =< 65535 ->
    checked(#source{kind = udp, path = <<>>, port = Port, options = Options});
one(_) ->
    error.

is_path([$/ | _] = Path) -> io_lib:printable_unicode_list(Path);
is_path(_) -> false.

checked(#source{options = Options, kind = Kind} = Source) when is_map(Options) ->
    case lists:all(fun(Option) -> is_option(Kind, Option) end, maps:to_list(Options)) of
        true -> Source;
        false -> error
    end;
checked(_) ->
    error.

is_option(_, {name, Name}) -> is_name(Name);
is_option(Kind, {mode, Mode}) -> (Kind =:= fifo orelse Kind =:= socket) andalso is_integer(Mode) andalso Mode >= 0 andalso Mode =< 8#777;
is_option(_, {fold_repeats, Value}) -> is_boolean(Value);
is_option(_, {with_auth, Value}) -> is_boolean(Value);
is_option(_, {rate, {PerSecond, Burst}}) -> is_count(PerSecond) andalso is_count(Burst);
is_option(udp, {address, Address}) -> inet:is_ip_address(Address);
is_option(_, _) -> false.

is_count(N) -> is_integer(N) andalso N > 0 andalso N =< 16#FFFFFFFF.

%% A word of the account.
is_name([_ | _] = Name) -> length(Name) =< 32 andalso lists:all(fun(C) -> is_integer(C) andalso C > $\s andalso C < 127 end, Name);
is_name(_) -> false.

%% @doc For {@link vakt_nif:source/2}.
-spec row(source()) -> vakt_nif:row().
row(#source{kind = Kind, path = Path, options = Options} = Source) ->
    {PerSecond, Burst} = maps:get(rate, Options, {0, 0}),
    {Kind, name(Source), Path, maps:get(mode, Options, mode(Kind)), maps:get(fold_repeats, Options, true),
     maps:get(with_auth, Options, false), PerSecond, Burst}.

mode(socket) -> 8#666;
mode(_) -> 8#620.

%% @doc Its name in accounts.
-spec name(source()) -> binary().
name(#source{kind = Kind, options = Options}) -> list_to_binary(maps:get(name, Options, atom_to_list(Kind))).

%% @doc What kind it is.
-spec kind(source()) -> fifo | socket | kmsg | thread | udp.
kind(#source{kind = Kind}) -> Kind.

%% @doc Where a source `udp' listens.
-spec udp(source()) -> {inet:ip_address(), inet:port_number()}.
udp(#source{kind = udp, port = Port, options = Options}) -> {maps:get(address, Options, {0, 0, 0, 0}), Port}.
