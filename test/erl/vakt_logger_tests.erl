%% SPDX-License-Identifier: Apache-2.0
%% What logger is given for an event.
-module(vakt_logger_tests).
-include_lib("eunit/include/eunit.hrl").

event(Line) -> vakt_line:event(Line, #{now => 1795287600000000000, utc_offset => 0}).

the_text_says_who_test() ->
    ?assertEqual(<<"sshd[8]: in">>, vakt_logger:message(event(<<"<3>Nov 21 18:04:15 h sshd[8]: in">>))),
    ?assertEqual(<<"sshd: in">>, vakt_logger:message(event(<<"<3>Nov 21 18:04:15 h sshd: in">>))),
    ?assertEqual(<<"what">>, vakt_logger:message(event(<<"what">>))).

control_characters_are_escaped_test() ->
    ?assertEqual(<<"t: #033[31m#177#000 a\tb">>, vakt_logger:message(event(<<"Nov 21 18:04:15 h t: ", 27, "[31m", 127, 0, " a\tb">>))),
    %% U+009B is ESC [ in one character
    ?assertEqual(<<"t: #2331m">>, vakt_logger:message(event(<<"Nov 21 18:04:15 h t: ", 16#9B/utf8, "1m">>))).

bytes_that_are_no_utf8_are_taken_as_latin1_test() ->
    ?assertEqual(<<"t: caf", 233/utf8>>, vakt_logger:message(event(<<"Nov 21 18:04:15 h t: caf", 233>>))),
    ?assertEqual(<<"t: caf", 233/utf8>>, vakt_logger:message(event(<<"Nov 21 18:04:15 h t: caf", 233/utf8>>))).

any_bytes_become_utf8_test() ->
    [?assert(is_list(unicode:characters_to_list(vakt_logger:message(event(rand:bytes(rand:uniform(60))))))) || _ <- lists:seq(1, 5000)].

level_and_metadata_test() ->
    Event = event(<<"<11>2026-11-21T18:04:03.962539Z h sshd[8]: in">>),
    ?assertEqual(error, vakt_logger:level(Event)),
    ?assertEqual(#{domain => [vakt, syslog], facility => user, host => <<"h">>, app => <<"sshd">>, os_pid => <<"8">>, source => fifo,
                   time => 1795284243962539},
                 vakt_logger:metadata(Event)),
    ?assertEqual(#{domain => [vakt, syslog], source => fifo}, vakt_logger:metadata(event(<<"x">>))),
    ?assertEqual(notice, vakt_logger:level(event(<<"x">>))).

a_gap_is_a_warning_test() ->
    Gap = #{gap => 7, source => subscriber},
    ?assertEqual(warning, vakt_logger:level(Gap)),
    ?assertEqual(<<"vakt: 7 lines lost (subscriber)">>, vakt_logger:message(Gap)),
    ?assertEqual(<<"vakt: unknown lines lost (fifo)">>, vakt_logger:message(#{gap => unknown, source => fifo})).
