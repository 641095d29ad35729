%% SPDX-License-Identifier: Apache-2.0
%% A handler of logger that sends each event to a test.
-module(vakt_test_log).

-export([log/2]).

log(Event, #{config := #{test := Test}}) -> Test ! {log, Event}.
