%% SPDX-License-Identifier: Apache-2.0
%% @doc The hub, those that live on it, and the sources: in this order, so that no line comes before its readers and a stop
%% still delivers the last ones. If one dies, those behind it start again with it. What talks with the bridge and what watches the
%% keeper is last: their failure hurts nobody.
-module(vakt_sup).
-behaviour(supervisor).

-export([start_link/0]).
-export([init/1]).

%% @doc Started by the application.
-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    {ok, {#{strategy => rest_for_one, intensity => 5, period => 60}, children()}}.

children() ->
    Hub = child(vakt_hub, start_link, [], 5000),
    Forwarding = [child(vakt_logger, start_link, [], 5000) || vakt_config:value(forward_to_logger)],
    Way = vakt_config:way(),
    healthy(vakt_config:value(healthy_after)) ++
    [Hub | Forwarding ++ callback(vakt_config:start_os_sup()) ++ classic(Way, vakt_config:start_os_sup()) ++ resident(Way)
        ++ keeper(vakt_config:keeper_socket()) ++ figures(vakt_memsup, start_memsup) ++ figures(vakt_disksup, start_disksup)].

%% Before all others, so that its time runs on whichever of them fails; and it takes nobody with it.
healthy(never) -> [];
healthy(Seconds) -> [(child(vakt_healthy, start_link, [Seconds], brutal_kill))#{restart => temporary}].

%% transient: when one of these gives up, it ends with `shutdown', and that is then all.
keeper(none) -> [];
keeper(_) -> [supervisor(vakt_keeper_sup)].

%% And the way inside, which is the resident one with a bridge of our own.
resident(classic) -> [];
resident(_) -> [supervisor(vakt_bridge_sup)].

figures(Module, Parameter) -> [child(Module, start_link, [], 5000) || vakt_config:value(Parameter)].

supervisor(Module) -> (child(Module, start_link, [], infinity))#{restart => transient, type => supervisor}.

%% Whichever way the lines come.
callback(false) -> [];
callback(true) -> callback_of(vakt_config:mfa()).

callback_of(none) -> [];
callback_of(MFA) -> [child(vakt_callback, start_link, [MFA], 5000)].

%% transient: vakt_os_sup:stop/0 is for good. It may take as long as mod_syslog, and then as its port program.
classic(Way, Start) when Way =:= resident; Way =:= inside; not Start -> [];
classic(_, true) ->
    Child = child(vakt_os_sup, start_link, [], vakt_config:value(mod_syslog_timeout) + 10000),
    [Child#{start => {vakt_way, start_os_sup, []}, restart => transient}].

child(Module, Function, Arguments, Shutdown) ->
    #{id => Module, start => {Module, Function, Arguments}, shutdown => Shutdown, modules => [Module]}.
