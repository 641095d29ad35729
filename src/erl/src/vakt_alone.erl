%% SPDX-License-Identifier: Apache-2.0
%% @doc What in this VM would start another process, or has one, where the system has but one (`start_erl' with VAKT_START_ALONE).
%%
%% `start_erl' has refused what the release's files and flags say; here is what only a running VM knows. The application `vakt' does
%% not start where something is found.
-module(vakt_alone).

-export([check/0, findings/1, look/0]).
-export_type([seen/0]).

-type seen() :: #{lookup := [atom()], programs := [string()], os_mon := [atom()], epmd := module(), start_epmd := boolean()}.
%% How names are looked up; the external programs that run as ports; what of os_mon runs that has one; who finds other nodes.

%% @doc `ok', also where processes can be had.
-spec check() -> ok | {error, {needs_another_process, [string()]}}.
check() ->
    case os:getenv("VAKT_START_ALONE") of
        "1" -> checked(findings(look()));
        _ -> ok
    end.

checked([]) -> ok;
checked(Findings) -> {error, {needs_another_process, Findings}}.

%% @doc What is wrong, each with its cure.
-spec findings(seen()) -> [string()].
findings(#{lookup := Lookup, programs := Programs, os_mon := OsMon, epmd := Epmd, start_epmd := Start}) ->
    ["names are looked up natively: say {lookup, [file, dns]}. in the file of kernel's inetrc or ERL_INETRC"
     || lists:member(native, Lookup)]
    ++ ["the program runs: " ++ Program || Program <- Programs]
    ++ [lists:concat([Name, " of os_mon runs: say {start_", Name, ", false}"]) || Name <- OsMon]
    ++ ["a node of erl_epmd wants an epmd: say -start_epmd false -epmd_module vakt_epmd" || Epmd =:= erl_epmd, Start].

%% @doc What is so in this VM.
-spec look() -> seen().
look() ->
    #{lookup => inet_db:res_option(lookup),
      programs => [Name || Port <- erlang:ports(), {os_pid, Pid} <- [erlang:port_info(Port, os_pid)], is_integer(Pid),
                           {name, Name} <- [erlang:port_info(Port, name)]],
      os_mon => [Name || Name <- [cpu_sup, memsup, disksup], is_of_os_mon(whereis(Name))],
      epmd => net_kernel:epmd_module(),
      start_epmd => is_alive() andalso init:get_argument(start_epmd) =/= {ok, [["false"]]} andalso init:get_argument(no_epmd) =:= error}.

is_of_os_mon(undefined) -> false;
is_of_os_mon(Pid) -> application:get_application(Pid) =:= {ok, os_mon}.
