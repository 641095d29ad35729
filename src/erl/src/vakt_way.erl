%% SPDX-License-Identifier: Apache-2.0
%% @doc Which way lines come: the resident one ({@link vakt_bridge}) or the classic one ({@link vakt_os_sup}); parameter `way'.
%%
%% `resident', `classic': that one only. `inside': what the bridge is elsewhere is in this VM ({@link vakt_inside}), and no program is
%% started; os_sup's callback gets its lines from there. `auto', the default:
%% ```
%% At the start         classic if the bridge does not answer at its socket, else resident.
%% Resident, and away   the connection is lost and does not come back for `bridge_wait' (10 s): classic, if start_os_sup says so.
%% Classic, and back    once the bridge has welcomed us: the classic way is ended in order, its last lines delivered; then
%%                      the bridge is asked for all behind what it had given before.
%% '''
%% So the two are never read at the same time. What a syslog daemon gave by the classic way while the bridge was away comes a second
%% time where the bridge had it from a source that keeps what it says (kmsg, journal); a line of the classic way has no `seq' to
%% know that by, and losing it instead would be worse.
%%
%% A classic way that somebody stopped by {@link vakt_os_sup:stop/0} is not started here. Both changes run in a process of their
%% own, as `mod_syslog' may take its time.
-module(vakt_way).

-export([start_os_sup/0, stopped/0, restart_os_sup/0, forget/0, in_use/0]).
-export([new/0, bridge_is_away/1, bridge_is_there/1, is_classic/1, heard/2]).
-export_type([state/0, way/0]).

-include_lib("kernel/include/logger.hrl").

-define(HERE, #{domain => [vakt]}).
%% What vakt_os_sup is to be when its supervisor starts it; none: nobody has decided. As long as it is resident, it is we who
%% keep the classic way down; when it is stopped, somebody asked for that.
-define(CHOSEN, {?MODULE, chosen}).

-type way() :: resident | classic | inside | none.

-record(way, {
    %% Whether there is a classic way to fall back to.
    auto :: boolean(),
    %% The process that changes over, and what to.
    change = none :: none | {pid(), reference(), classic | resident},
    %% Of the time without a bridge; and whether it has come to its end.
    timer = none :: none | reference(),
    there = false :: boolean()
}).
-opaque state() :: #way{}.

%% @doc In the supervisor's place: `ignore' while the resident way is used.
-spec start_os_sup() -> gen_server:start_ret().
start_os_sup() ->
    case chosen() of
        classic -> vakt_os_sup:start_link();
        _ -> ignore
    end.

chosen() ->
    case {vakt_config:way(), persistent_term:get(?CHOSEN, none)} of
        {_, stopped} -> stopped;
        {classic, _} -> classic;
        {_, none} -> asked();
        {_, Chosen} -> Chosen
    end.

asked() ->
    Way = case vakt_bridge_call:is_up() of
              true -> resident;
              false -> classic
          end,
    ok = persistent_term:put(?CHOSEN, Way),
    Way.

%% @doc The classic way was stopped for good: its supervisor, which starts it again with whatever fails before it, is not to.
-spec stopped() -> ok.
stopped() -> persistent_term:put(?CHOSEN, stopped).

%% @doc Starts the classic way again, under the supervisor, unless lines come the resident way.
-spec restart_os_sup() -> {ok, pid()} | {error, term()}.
restart_os_sup() ->
    case {in_use(), persistent_term:get(?CHOSEN, none)} of
        {Way, _} when Way =:= resident; Way =:= inside -> {error, Way};
        {_, stopped} -> restarted_or_stopped();
        _ -> restarted()
    end.

restarted_or_stopped() ->
    ok = persistent_term:put(?CHOSEN, classic),
    Restarted = restarted(),
    _ = element(1, Restarted) =:= ok orelse stopped(),
    Restarted.

restarted() ->
    case supervisor:restart_child(vakt_sup, vakt_os_sup) of
        {ok, Pid} when is_pid(Pid) -> {ok, Pid};
        {ok, undefined} -> {error, resident};
        {error, Reason} -> {error, Reason}
    end.

%% @doc The application has ended: the next one asks anew.
-spec forget() -> ok.
forget() ->
    _ = persistent_term:erase(?CHOSEN),
    ok.

%% @doc The way in use.
-spec in_use() -> way().
in_use() ->
    case {whereis(vakt_os_sup), is_connected()} of
        {Pid, _} when is_pid(Pid) -> classic;
        {_, true} -> connected_way();
        _ -> none
    end.

connected_way() ->
    case vakt_config:way() of
        inside -> inside;
        _ -> resident
    end.

is_connected() ->
    try vakt_bridge:status() of
        #{connected := Connected} -> Connected
    catch
        exit:_ -> false
    end.

%% What follows is part of vakt_bridge's process.

%% @doc At its start.
-spec new() -> state().
new() -> #way{auto = vakt_config:way() =:= auto andalso vakt_config:start_os_sup()}.

%% @doc There is no connection. The time runs from the first such word on.
-spec bridge_is_away(state()) -> state().
bridge_is_away(#way{auto = true, timer = none, change = none} = Way) ->
    case persistent_term:get(?CHOSEN, none) of
        resident -> Way#way{there = false, timer = erlang:start_timer(vakt_config:value(bridge_wait), self(), ?MODULE)};
        _ -> Way#way{there = false}
    end;
bridge_is_away(Way) ->
    Way#way{there = false}.

%% @doc The bridge has welcomed us.
-spec bridge_is_there(state()) -> state().
bridge_is_there(#way{timer = Timer, change = Change} = Way) ->
    _ = Timer =:= none orelse erlang:cancel_timer(Timer),
    There = Way#way{there = true, timer = none},
    case {Change, whereis(vakt_os_sup)} of
        {none, Pid} when is_pid(Pid), Way#way.auto -> change(resident, There);
        _ -> There
    end.

%% @doc Whether the classic way is used, or not yet ended.
-spec is_classic(state()) -> boolean().
is_classic(#way{change = Change, auto = Auto}) -> Change =/= none orelse Auto andalso whereis(vakt_os_sup) =/= undefined.

%% @doc A message of the process that may be ours.
-spec heard(term(), state()) -> state().
heard({timeout, Timer, ?MODULE}, #way{timer = Timer, change = none} = Way) ->
    change(classic, Way#way{timer = none});
heard({'DOWN', Monitor, process, Pid, Why}, #way{change = {Pid, Monitor, To}, there = There} = Way) ->
    _ = Why =:= normal orelse ?LOG_ERROR("vakt: cannot change to the ~p way: ~tp", [To, Why], ?HERE),
    settled(There, Way#way{change = none});
heard(_, Way) ->
    Way.

settled(true, Way) -> bridge_is_there(Way);
settled(false, Way) -> bridge_is_away(Way).

change(To, Way) ->
    {Pid, Monitor} = spawn_monitor(fun() -> changed(To) end),
    Way#way{change = {Pid, Monitor, To}}.

changed(classic) ->
    ?LOG_WARNING("vakt: the bridge is away: reading the pipe", ?HERE),
    ok = persistent_term:put(?CHOSEN, classic),
    case supervisor:restart_child(vakt_sup, vakt_os_sup) of
        {ok, _} ->
            ok;
        {error, running} ->
            ok;
        {error, Reason} ->
            ok = persistent_term:put(?CHOSEN, resident),
            exit(Reason)
    end;
changed(resident) ->
    ?LOG_NOTICE("vakt: the bridge is back", ?HERE),
    ok = persistent_term:put(?CHOSEN, resident),
    ok = supervisor:terminate_child(vakt_sup, vakt_os_sup).
