%% SPDX-License-Identifier: Apache-2.0
%% @doc What a VM under `-heart' does in test/prog/heart_erl.sh. Each function says `ok' last, or what went wrong.
-module(heart_vm).

-export([idle/0, commands/0, stop/0, halt/0, crash/0, reboot/0, cycle/1, cycle_and_idle/1,
         schedulers/0, callback/0, bad_callback/0, well/0]).

-spec idle() -> ok.
idle() ->
    say(started).

-spec commands() -> ok.
commands() ->
    {ok, "from the environment"} = heart:get_cmd(),
    ok = heart:set_cmd("mine"),
    {ok, "mine"} = heart:get_cmd(),
    Longest = lists:duplicate(2046, $a),
    ok = heart:set_cmd(Longest),
    {ok, Longest} = heart:get_cmd(),
    TooLong = lists:duplicate(2047, $a),
    {error, {bad_cmd, TooLong}} = heart:set_cmd(TooLong),
    {error, {bad_cmd, wrong_atom}} = heart:set_cmd(wrong_atom),
    ok = heart:clear_cmd(),
    {ok, "from the environment"} = heart:get_cmd(),
    ok = heart:set_cmd("mine"),
    ok = heart:set_cmd(""),
    {ok, "from the environment"} = heart:get_cmd(),
    stop().

-spec stop() -> ok.
stop() ->
    say(ok),
    init:stop().

-spec halt() -> no_return().
halt() ->
    say(ok),
    erlang:halt().

-spec crash() -> no_return().
crash() ->
    say(ok),
    erlang:halt("crashed by the test").

-spec reboot() -> ok.
reboot() ->
    ok = heart:set_cmd(os:getenv("OTHER_COMMAND")),
    say(ok),
    init:reboot().

-spec cycle(pos_integer()) -> ok.
cycle(Times) ->
    ok = heart:set_cmd("kept over cycles"),
    _ = [ok = heart:cycle() || _ <- lists:seq(1, Times)],
    {ok, "kept over cycles"} = heart:get_cmd(),
    stop().

-spec cycle_and_idle(pos_integer()) -> ok.
cycle_and_idle(Times) ->
    _ = [ok = heart:cycle() || _ <- lists:seq(1, Times)],
    idle().

-spec schedulers() -> ok.
schedulers() ->
    ok = heart:set_options([check_schedulers]),
    {ok, [check_schedulers]} = heart:get_options(),
    timer:sleep(6000),
    stop().

-spec callback() -> ok.
callback() ->
    ok = heart:set_callback(?MODULE, well),
    {ok, {?MODULE, well}} = heart:get_callback(),
    timer:sleep(6000),
    true = get_calls() > 0,
    stop().

-spec bad_callback() -> ok.
bad_callback() ->
    say(ok),
    _ = heart:set_callback(?MODULE, missing),
    ok.

-spec well() -> ok.
well() ->
    persistent_term:put(?MODULE, get_calls() + 1),
    ok.

get_calls() ->
    persistent_term:get(?MODULE, 0).

say(What) ->
    file:write_file(os:getenv("SAID"), io_lib:format("~p~n", [What]), [append]).
