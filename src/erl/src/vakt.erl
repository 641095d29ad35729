%% SPDX-License-Identifier: Apache-2.0
%% @doc What the operating system and the keeper of the board's watchdogs say, as messages to any process; and what may be asked
%% of the keeper.
%%
%% ```
%% {ok, Ref} = vakt:subscribe(),
%% receive
%%     {vakt, Ref, #{severity := Severity, text := Text}} -> ...;
%%     {vakt, Ref, #{gap := N}} -> ...        % N lines were lost here
%% after ... end,
%% ok = vakt:unsubscribe(Ref)
%% '''
%% What is asked of the keeper (`wd_keeper') is asked in the caller's process and answered within the parameter
%% `keeper_timeout', whether or not the application is running. The keeper goes by the user that this VM runs as; which user may
%% do what is in keeper.conf(5).
-module(vakt).

-export([subscribe/0, subscribe/1, unsubscribe/1, unsubscribe/2, acknowledge/2, acknowledge/3, account/0, status/0]).
-export([keeper/0, last_reset/0, snooze/1, reboot/0, poweroff/0, halt/0, drill/1, healthy/0]).
-export_type([event/0, options/0, account/0, status/0]).

-type event() :: vakt_hub:event().
%% A line ({@link vakt_line}), a record of the bridge ({@link vakt_record}), a word of the keeper ({@link vakt_news}), the report on
%% the reset before ({@link vakt_reset_report}), or a gap where some were lost.

-type options() :: #{
    max_queue => pos_integer(),
    sources => [vakt_filter:source()],
    filter => vakt_filter:option(),
    batches => boolean(),
    acknowledges => boolean(),
    node => node()
}.
%% `max_queue': how many messages, of whomever, and of batches how many lines, may wait in the subscriber's queue before events are
%% dropped for it; 2 at least, the default is the application's parameter `max_queue' (10000). `sources', `filter': what is wanted;
%% the default is all. `batches': events come as `{vakt, Ref, {batch, Batch}}', to be gone through with {@link vakt_record:fold/3};
%% cheaper by far where there are many. `acknowledges': by {@link acknowledge/2} this process says itself what it has worked on, and
%% only that is acknowledged to the bridge; else what is in its queue is lost when the VM is killed. `node': the node on which
%% `vakt' runs, if it is another one; this node needs its modules only.

-type account() :: #{bridge => [vakt_bridge_bytes:row()], atom() => term()}.
%% That of {@link vakt_hub:account()}; `bridge': the rows of the bridge's own, while there is a connection to it.

-type status() :: #{
    version := 1,
    os_sup := stopped | vakt_os_sup:status(),
    account := vakt_hub:account(),
    way := vakt_way:way(),
    bridge := stopped | vakt_bridge:status(),
    keeper := {ok, vakt_status:board()} | {error, vakt_keeper_call:reason()}
}.

%% @doc Subscribes the calling process to all events from now on, each as `{vakt, Ref, Event}'.
%%
%% `Ref' is a monitor too: should the subscription end by itself, because `vakt' is stopped or its hub failed, the process
%% gets `{'DOWN', Ref, process, _, Reason}'.
-spec subscribe() -> {ok, reference()} | {error, not_running}.
subscribe() ->
    subscribe(#{}).

%% @doc The same with options. Fails with `badarg' for options that are none.
-spec subscribe(options()) -> {ok, reference()} | {error, not_running}.
subscribe(Options) ->
    Wanted = vakt_filter:new(sources(Options), maps:get(filter, Options, [])),
    Known = [max_queue, sources, filter, batches, acknowledges, node],
    case {maps:without(Known, Options), Wanted, maps:get(batches, Options, false), maps:get(acknowledges, Options, false)} of
        {Unknown, {ok, Wish}, Batches, Acks} when map_size(Unknown) =:= 0, is_boolean(Batches), is_boolean(Acks) ->
            subscribe_at(node_of(Options), max_queue(Options), #{wanted => Wish, batches => Batches, acknowledges => Acks});
        _ ->
            error(badarg, [Options])
    end.

sources(#{sources := all}) -> none;
sources(Options) -> maps:get(sources, Options, all).

node_of(#{node := Node}) when is_atom(Node) -> Node;
node_of(#{node := _} = Options) -> error(badarg, [Options]);
node_of(_) -> node().

max_queue(#{max_queue := N}) when is_integer(N), N >= 2 -> N;
max_queue(#{max_queue := _} = Options) -> error(badarg, [Options]);
max_queue(_) -> vakt_config:value(max_queue).

subscribe_at(Node, MaxQueue, Wish) when Node =:= node() ->
    case whereis(vakt_hub) of
        undefined -> {error, not_running};
        Hub -> subscribe_to(Hub, MaxQueue, Wish)
    end;
subscribe_at(Node, MaxQueue, Wish) ->
    subscribe_to({vakt_hub, Node}, MaxQueue, Wish).

subscribe_to(Hub, MaxQueue, Wish) ->
    Ref = monitor(process, Hub),
    try vakt_hub:subscribe(Hub, Ref, MaxQueue, Wish) of
        ok -> {ok, Ref}
    catch
        exit:_ ->
            true = demonitor(Ref, [flush]),
            {error, not_running}
    end.

%% @doc Ends the caller's subscription. When it returns, no message of it is in the queue and none will come. A `Ref' that is
%% no subscription (any more) is no error.
-spec unsubscribe(reference()) -> ok.
unsubscribe(Ref) -> unsubscribe(Ref, node()).

%% @doc The same for a subscription at another node.
-spec unsubscribe(reference(), node()) -> ok.
unsubscribe(Ref, Node) ->
    true = demonitor(Ref, [flush]),
    try vakt_hub:unsubscribe(Node, Ref) of
        ok -> flush(Ref)
    catch
        exit:_ -> flush(Ref)
    end.

flush(Ref) ->
    receive
        {vakt, Ref, _} -> flush(Ref)
    after 0 ->
        ok
    end.

%% @doc Says that this event, or the last of this batch, and all before it were worked on, for a subscription with `acknowledges'.
%% What was not when the VM ends comes again to the next one. Events that are not from the bridge are no matter.
-spec acknowledge(reference(), event() | vakt_record:batch()) -> ok.
acknowledge(Ref, What) -> acknowledge(Ref, What, node()).

%% @doc The same for a subscription at another node.
-spec acknowledge(reference(), event() | vakt_record:batch(), node()) -> ok.
acknowledge(Ref, What, Node) ->
    case vakt_record:place(What) of
        none -> ok;
        Place -> vakt_hub:acknowledge(Node, Ref, Place)
    end.

%% @doc What came and where it went, in lines: in all, and for each subscriber `received = delivered + dropped'; and the bridge's
%% own account, if there is one. Exits with `noproc' when `vakt' is not running.
-spec account() -> account().
account() ->
    Account = vakt_hub:account(),
    try vakt_bridge:account() of
        {ok, Rows} -> Account#{bridge => Rows};
        down -> Account
    catch
        exit:_ -> Account
    end.

%% @doc The account, and how the sources are: which way lines come, daemon enabled, port program up, restarts, the bridge; and
%% what {@link keeper/0} says. The keys of `version' 1 do not change. Exits with `noproc' when `vakt' is not running.
-spec status() -> status().
status() ->
    Account = vakt_hub:account(),
    #{version => 1, os_sup => os_sup(), account => Account, way => vakt_way:in_use(), bridge => bridge(), keeper => keeper()}.

bridge() ->
    try
        vakt_bridge:status()
    catch
        exit:_ -> stopped
    end.

os_sup() ->
    try
        vakt_os_sup:status()
    catch
        %% Not there; or it ends just now, or cannot start.
        exit:{Reason, _} when Reason =/= timeout -> stopped
    end.

%% @doc How the keeper is: devices, leases, evidence, who is about to reset the board. The keys of `version' 1 do not change;
%% they are those of `vaktctl status --json'.
-spec keeper() -> {ok, vakt_status:board()} | {error, vakt_keeper_call:reason()}.
keeper() ->
    vakt_keeper_call:board().

%% @doc Why the board last restarted. `no_report': nobody made one in this boot.
-spec last_reset() -> {ok, vakt_reset_report:report()} | {error, vakt_reset_report:reason()}.
last_reset() ->
    vakt_reset_report:read(vakt_config:reset_report()).

%% @doc Has this VM's lease counted as good for so many seconds from now, 900 at most, whatever its beats are: for what is known
%% to take long. Each call counts from its own instant.
-spec snooze(Seconds :: 1..900) -> ok | {error, vakt_keeper_call:reason()}.
snooze(Seconds) when is_integer(Seconds), Seconds >= 1, Seconds =< 900 ->
    vakt_keeper_call:ask({snooze, vakt_config:lease(), Seconds * 1000});
snooze(Seconds) ->
    error(badarg, [Seconds]).

%% @doc Restarts the board, guarded: the watchdogs are petted once more and never again, so that it is reset by hardware should
%% the system not manage. `ok' means that it is decided; the VM is stopped as the system is.
-spec reboot() -> ok | {error, vakt_keeper_call:reason()}.
reboot() -> vakt_keeper_call:ask({end_board, reboot, guarded}).

%% @doc The same, with the power switched off at the end.
-spec poweroff() -> ok | {error, vakt_keeper_call:reason()}.
poweroff() -> vakt_keeper_call:ask({end_board, poweroff, guarded}).

%% @doc The same, with the board halted at the end.
-spec halt() -> ok | {error, vakt_keeper_call:reason()}.
halt() -> vakt_keeper_call:ask({end_board, halt, guarded}).

%% @doc Proves a step of the chain on this VM: stops (`hang_') or kills it or its heart, or stops the petting. The board may be
%% reset by it, and nobody asks once more.
-spec drill(vakt_lease:drill()) -> ok | {error, vakt_keeper_call:reason()}.
drill(Kind) when
    Kind =:= hang_vm; Kind =:= kill_vm; Kind =:= hang_heart; Kind =:= kill_heart; Kind =:= stop_petting
->
    vakt_keeper_call:ask({drill, Kind, vakt_config:lease()});
drill(Kind) ->
    error(badarg, [Kind]).

%% @doc Says that this start is a good one: the keeper does not count this boot as a failed one, and whoever started this VM
%% (`start_erl') keeps its release. `ok' when one of them could be told. With the parameter `healthy_after' it is said by itself.
-spec healthy() -> ok | {error, vakt_healthy:reason()}.
healthy() -> vakt_healthy:say().
