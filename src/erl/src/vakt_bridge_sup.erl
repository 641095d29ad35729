%% SPDX-License-Identifier: Apache-2.0
%% @doc Keeps a failure in what we make of the bridge's words away from everything else: should {@link vakt_bridge} fail again and
%% again, this supervisor gives it up, in a way that the one above does not mind.
-module(vakt_bridge_sup).
-behaviour(supervisor).

-export([start_link/0]).
-export([init/1]).

%% @doc Started by the supervisor.
-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    {ok, {#{strategy => one_for_one, intensity => 5, period => 60},
          inside(vakt_config:way()) ++
          [#{id => vakt_bridge, start => {vakt_bridge, start_link, []}, shutdown => 5000, modules => [vakt_bridge]}]}}.

%% The bridge itself, if it is in this VM. One who dies of it is not taken along: it connects again.
inside(inside) -> [#{id => vakt_inside, start => {vakt_inside, start_link, []}, shutdown => 5000, modules => [vakt_inside]}];
inside(_) -> [].
