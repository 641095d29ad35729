%% SPDX-License-Identifier: Apache-2.0
%% @doc The hub, those that live on it, and the sources: in this order, so that no line comes before its readers and a stop
%% still delivers the last ones. If one dies, those behind it start again with it. What watches the keeper is last: its failure
%% hurts nobody.
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
    [Hub | Forwarding ++ source(vakt_config:start_os_sup()) ++ keeper(vakt_config:keeper_socket())].

%% transient: when vakt_keeper_sup gives up, it ends with `shutdown', and that is then all.
keeper(none) -> [];
keeper(_) -> [(child(vakt_keeper_sup, start_link, [], infinity))#{restart => transient, type => supervisor}].

source(false) -> [];
source(true) -> callback(vakt_config:mfa()) ++ [os_sup()].

callback(none) -> [];
callback(MFA) -> [child(vakt_callback, start_link, [MFA], 5000)].

%% transient: vakt_os_sup:stop/0 is for good. It may take as long as mod_syslog, and then as its port program.
os_sup() ->
    (child(vakt_os_sup, start_link, [], vakt_config:value(mod_syslog_timeout) + 10000))#{restart => transient}.

child(Module, Function, Arguments, Shutdown) ->
    #{id => Module, start => {Module, Function, Arguments}, shutdown => Shutdown, modules => [Module]}.
