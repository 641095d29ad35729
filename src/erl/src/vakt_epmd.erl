%% SPDX-License-Identifier: Apache-2.0
%% @doc Nodes reach each other without an epmd: `-epmd_module vakt_epmd -start_epmd false'.
%%
%% Where a node listens is known from its name, to all nodes that have this module; nobody is asked. The first of these that says a
%% port says it, alike on all nodes:
%%
%% <ol>
%% <li>the name itself: `cp1-4371' listens on 4371 (1024 to 65535 behind the last hyphen);</li>
%% <li>the flag `-vakt_epmd NAME PORT ...', where NAME is `cp1' or `cp1@host.domain', the latter first;</li>
%% <li>the flag `-erl_epmd_port PORT', which is OTP's;</li>
%% <li>4370.</li>
%% </ol>
%%
%% A node that should be reached by those of OTP's own `erl_epmd' has the port that these are given with `-erl_epmd_port'. A node that
%% has no name yet when it starts (`-sname undefined') listens on the port of the last two.
-module(vakt_epmd).

-export([start_link/0, register_node/2, register_node/3, listen_port_please/2]).
-export([address_please/3, port_please/2, port_please/3, names/0, names/1]).
-export([port/3]).
-export_type([name/0, flags/0]).

-define(VERSION, 6).
-define(DEFAULT, 4370).
-define(LEAST, 1024).
-define(MOST, 65535).

-type name() :: atom() | string().
-type flags() :: #{nodes => [string()], all => [string()]}.
%% The words of `-vakt_epmd' and of `-erl_epmd_port'.

%% @doc There is no process.
-spec start_link() -> ignore.
start_link() -> ignore.

%% @doc Nobody is told. The node makes its own creation, another one for each start.
-spec register_node(name(), inet:port_number()) -> {ok, -1}.
register_node(_Name, _Port) -> {ok, -1}.

%% @equiv register_node(Name, Port)
-spec register_node(name(), inet:port_number(), atom()) -> {ok, -1}.
register_node(_Name, _Port, _Family) -> {ok, -1}.

%% @doc Where this node is to listen.
-spec listen_port_please(name(), inet:hostname() | inet:ip_address()) -> {ok, inet:port_number()}.
listen_port_please(Name, Host) -> {ok, port(Name, Host, flags())}.

%% @doc The address of a node, with its port.
-spec address_please(name(), inet:hostname() | inet:ip_address(), inet | inet6) ->
    {ok, inet:ip_address(), inet:port_number(), pos_integer()} | {error, inet:posix()}.
address_please(Name, Host, Family) ->
    case inet:getaddr(Host, Family) of
        {ok, Address} -> {ok, Address, port(Name, Host, flags()), ?VERSION};
        {error, Reason} -> {error, Reason}
    end.

%% @equiv port_please(Name, Host, infinity)
-spec port_please(name(), inet:hostname() | inet:ip_address()) -> {port, inet:port_number(), pos_integer()}.
port_please(Name, Host) -> port_please(Name, Host, infinity).

%% @doc The port of a node.
-spec port_please(name(), inet:hostname() | inet:ip_address(), timeout()) -> {port, inet:port_number(), pos_integer()}.
port_please(Name, Host, _Timeout) -> {port, port(Name, Host, flags()), ?VERSION}.

%% @doc The nodes of this host, as far as they are known here: this one.
-spec names() -> {ok, [{string(), inet:port_number()}]} | {error, address}.
names() ->
    {ok, Host} = inet:gethostname(),
    names(Host).

%% @doc Of another host nobody knows.
-spec names(inet:hostname() | inet:ip_address()) -> {ok, [{string(), inet:port_number()}]} | {error, address}.
names(Host) ->
    {ok, Own} = inet:gethostname(),
    case string:split(atom_to_list(node()), "@") of
        [Name, Full] -> own(Name, Full, lists:member(label(Host), [label(Own), "localhost"]));
        [_] -> {error, address}
    end.

%% Named with its domain or without.
label(Host) -> hd(string:split(text(Host), ".")).

own(Name, Full, true) -> {ok, [{Name, port(Name, Full, flags())}]};
own(_, _, false) -> {error, address}.

%% @doc Where a node of this name on this host listens, by these flags.
-spec port(name(), inet:hostname() | inet:ip_address(), flags()) -> inet:port_number().
port(Name, Host, Flags) ->
    [Short | _] = string:split(text(Name), "@"),
    Nodes = pairs(maps:get(nodes, Flags, [])),
    first([number(behind_hyphen(Short)), number(proplists:get_value(Short ++ "@" ++ text(Host), Nodes, "")),
           number(proplists:get_value(Short, Nodes, "")), number(hd(maps:get(all, Flags, []) ++ [""]))]).

first([undefined | Rest]) -> first(Rest);
first([Port | _]) -> Port;
first([]) -> ?DEFAULT.

behind_hyphen(Name) ->
    case string:split(Name, "-", trailing) of
        [[_ | _], Port] -> Port;
        _ -> ""
    end.

pairs([Name, Port | Rest]) -> [{Name, Port} | pairs(Rest)];
pairs(_) -> [].

number(Text) ->
    case string:to_integer(Text) of
        {Port, []} when Port >= ?LEAST, Port =< ?MOST -> Port;
        _ -> undefined
    end.

flags() -> #{nodes => words(vakt_epmd), all => words(erl_epmd_port)}.

words(Flag) ->
    case init:get_argument(Flag) of
        {ok, Values} -> lists:append(Values);
        error -> []
    end.

text(Text) when is_list(Text) -> Text;
text(Atom) when is_atom(Atom) -> atom_to_list(Atom);
text(Address) -> inet:ntoa(Address).
