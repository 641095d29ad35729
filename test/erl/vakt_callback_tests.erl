%% SPDX-License-Identifier: Apache-2.0
%% What the callback is given: the line, or what a syslog daemon would have written.
-module(vakt_callback_tests).
-include_lib("eunit/include/eunit.hrl").

event() -> #{time => 1795284255000000000, host => <<"board">>, app => <<"app">>, pid => <<"7">>, text => <<"text">>}.

after_the_stamp(Event) -> string:slice(vakt_callback:data(Event), 16).

the_line_as_it_came_test() -> ?assertEqual("<30>a line", vakt_callback:data((event())#{raw => <<"<30>a line">>})).

what_has_no_line_is_written_as_one_test_() ->
    {ok, Host} = inet:gethostname(),
    [?_assertEqual("board app[7]: text", after_the_stamp(event())), ?_assertEqual("board app: text", after_the_stamp((event())#{pid => undefined})),
     ?_assertEqual("board text", after_the_stamp((event())#{app => undefined})),
     ?_assertEqual(Host ++ " app[7]: text", after_the_stamp((event())#{host => undefined}))].

a_gap_is_a_line_test_() ->
    [?_assertEqual("vakt[ferrule]: 12 lines lost", vakt_callback:data(#{gap => 12, source => fifo, dropped_by => ferrule})),
     ?_assertEqual("vakt[fifo]: 3 lines lost", vakt_callback:data(#{gap => 3, source => fifo, dropped_by => vm})),
     ?_assertEqual("vakt[kmsg]: unknown lines lost", vakt_callback:data(#{gap => unknown, source => kmsg}))].

%% All that 64 bits of nanoseconds can say.
no_time_is_too_early_or_too_late_test_() ->
    [?_assertMatch([_, _, _, $\s, _, _, $\s, _, _, $:, _, _, $:, _, _, $\s | "board app[7]: text"], vakt_callback:data((event())#{time => Time}))
     || Time <- [-(1 bsl 63), -1, 0, (1 bsl 63) - 1]].
