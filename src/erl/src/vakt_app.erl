%% SPDX-License-Identifier: Apache-2.0
%% @doc The application `vakt'.
-module(vakt_app).
-behaviour(application).

-export([start/2, prep_stop/1, stop/1]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    case vakt_alone:check() of
        ok -> started(vakt_sup:start_link());
        {error, Reason} -> {error, Reason}
    end.

started({ok, Pid}) -> {ok, Pid};
started(ignore) -> {error, ignore};
started({error, Reason}) -> {error, Reason}.

%% While all of it still runs.
-spec prep_stop(State) -> State.
prep_stop(State) ->
    ok = vakt_end:note(),
    State.

%% However the application came to its end, the syslog daemon does not go on writing for nobody.
-spec stop(term()) -> ok.
stop(_State) ->
    _ = vakt_os_sup:disable_left_behind(),
    ok = vakt_way:forget(),
    vakt_keeper:forget().
