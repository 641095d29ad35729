%% SPDX-License-Identifier: Apache-2.0
%% @doc What the operating system says, as messages to any process.
%%
%% ```
%% {ok, Ref} = vakt:subscribe(),
%% receive
%%     {vakt, Ref, #{severity := Severity, text := Text}} -> ...;
%%     {vakt, Ref, #{gap := N}} -> ...        % N lines were lost here
%% after ... end,
%% ok = vakt:unsubscribe(Ref)
%% '''
-module(vakt).

-export([subscribe/0, subscribe/1, unsubscribe/1, account/0, status/0]).
-export_type([event/0, options/0, status/0]).

-type event() :: vakt_line:event() | vakt_line:gap().
%% One line, or a gap where lines were lost; see {@link vakt_line}.

-type options() :: #{max_queue => pos_integer()}.
%% `max_queue': how many messages, of whomever, may wait in the subscriber's queue before lines are dropped for it; 2 at least,
%% the default is the application's parameter `max_queue' (10000).

-type status() :: #{version := 1, os_sup := stopped | vakt_os_sup:status(), account := vakt_hub:account()}.

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
    MaxQueue = max_queue(Options),
    case whereis(vakt_hub) of
        undefined -> {error, not_running};
        Hub -> subscribe(Hub, MaxQueue)
    end.

max_queue(Options) when map_size(Options) =:= 0 -> vakt_config:value(max_queue);
max_queue(#{max_queue := N} = Options) when map_size(Options) =:= 1, is_integer(N), N >= 2 -> N;
max_queue(Options) -> error(badarg, [Options]).

subscribe(Hub, MaxQueue) ->
    Ref = monitor(process, Hub),
    try vakt_hub:subscribe(Hub, Ref, MaxQueue) of
        ok -> {ok, Ref}
    catch
        exit:_ ->
            true = demonitor(Ref, [flush]),
            {error, not_running}
    end.

%% @doc Ends the caller's subscription. When it returns, no message of it is in the queue and none will come. A `Ref' that is
%% no subscription (any more) is no error.
-spec unsubscribe(reference()) -> ok.
unsubscribe(Ref) ->
    true = demonitor(Ref, [flush]),
    try vakt_hub:unsubscribe(Ref) of
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

%% @doc What came and where it went, in lines: in all, and for each subscriber `received = delivered + dropped'. Exits with
%% `noproc' when `vakt' is not running.
-spec account() -> vakt_hub:account().
account() ->
    vakt_hub:account().

%% @doc The account, and how the source is: daemon enabled, port program up, restarts. The keys of `version' 1 do not change.
%% Exits with `noproc' when `vakt' is not running.
-spec status() -> status().
status() ->
    Account = vakt_hub:account(),
    #{version => 1, os_sup => os_sup(), account => Account}.

os_sup() ->
    try
        vakt_os_sup:status()
    catch
        exit:{noproc, _} -> stopped
    end.
