%% SPDX-License-Identifier: Apache-2.0
%% The application's description says what is there.
-module(vakt_app_tests).
-include_lib("eunit/include/eunit.hrl").

every_module_is_named_test() ->
    _ = application:load(vakt),
    {ok, Named} = application:get_key(vakt, modules),
    Beams = filelib:wildcard(filename:join(filename:dirname(code:which(vakt_app)), "*.beam")),
    ?assertEqual(lists:sort([list_to_atom(filename:basename(Beam, ".beam")) || Beam <- Beams]), lists:sort(Named)).

every_registered_name_is_a_module_test() ->
    _ = application:load(vakt),
    {ok, Registered} = application:get_key(vakt, registered),
    {ok, Named} = application:get_key(vakt, modules),
    ?assertEqual([], Registered -- Named).

%% A parameter with a default in the description would hide what os_mon is told.
no_parameter_has_its_default_in_the_description_test() ->
    _ = application:load(vakt),
    ?assertEqual([], [Key || {Key, _} <- application:get_all_env(vakt), Key =/= included_applications]).

%% Nothing that OTP has deprecated or that elvis forbids; every function of another module exists.
xref_test_() ->
    {timeout, 60, fun() ->
        {ok, _} = xref:start(?MODULE),
        ok = xref:set_default(?MODULE, [{warnings, false}, {verbose, false}]),
        ok = xref:set_library_path(?MODULE, code_path),
        {ok, _} = xref:add_application(?MODULE, filename:dirname(filename:dirname(code:which(vakt_app)))),
        Found = [{What, Calls} || What <- [undefined_function_calls, deprecated_function_calls, locals_not_used],
                                  {ok, Calls} <- [xref:analyze(?MODULE, What)], Calls =/= []],
        stopped = xref:stop(?MODULE),
        ?assertEqual([], Found)
    end}.
