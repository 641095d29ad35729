%% SPDX-License-Identifier: Apache-2.0
%% Runs EUnit and Common Test and prints each test in a line, failures in full, and the sum as "erl: N passed, N failed,
%% N skipped". An EUnit listener and a Common Test hook: both add to the same counters.
-module(vakt_report).

-export([main/0]).
-export([start/1, init/1, handle_begin/3, handle_end/3, handle_cancel/3, terminate/2]).
-export([id/1, init/2, post_end_per_testcase/5, on_tc_fail/4, on_tc_skip/4]).

-define(COUNTERS, {?MODULE, counters}).
-define(PLACES, #{ok => 1, fail => 2, skip => 3}).

%% usage: erl ... -s vakt_report main -extra DIR [NAME ...]: the beams are in DIR; named modules only, else all.
-spec main() -> no_return().
main() ->
    [Dir | Wanted] = init:get_plain_arguments(),
    persistent_term:put(?COUNTERS, counters:new(3, [])),
    {Tests, Suites} = modules(Dir, Wanted),
    _ = eunit:test(Tests, [no_tty, {report, {?MODULE, []}}]),
    _ = Suites =:= [] orelse common_test(Dir, Suites),
    [Passed, Failed, Skipped] = [counters:get(persistent_term:get(?COUNTERS), N) || N <- [1, 2, 3]],
    io:format("erl: ~b passed, ~b failed, ~b skipped~n", [Passed, Failed, Skipped]),
    halt(case {Failed, Passed} of
             {0, P} when P > 0 -> 0;
             _ -> 1
         end).

modules(Dir, Wanted) ->
    Names = [filename:basename(File, ".beam") || File <- lists:sort(filelib:wildcard(filename:join(Dir, "*.beam")))],
    Chosen = [Name || Name <- Names, Wanted =:= [] orelse lists:member(Name, Wanted)],
    {[list_to_atom(Name) || Name <- Chosen, lists:suffix("_tests", Name)], [list_to_atom(Name) || Name <- Chosen, lists:suffix("_SUITE", Name)]}.

common_test(Dir, Suites) ->
    Logs = filename:join(Dir, "logs"),
    ok = filelib:ensure_path(Logs),
    %% What it says itself is in the logs; a suite that could not run at all is a failure here.
    case ct:run_test([{dir, Dir}, {suite, Suites}, {auto_compile, false}, {logdir, Logs}, {ct_hooks, [?MODULE]}, {verbosity, 0},
                      {silent_connections, all}]) of
        {_, _, _} -> ok;
        Error -> count(fail, "common test", Error)
    end.

count(What, Name, Why) ->
    counters:add(persistent_term:get(?COUNTERS), maps:get(What, ?PLACES), 1),
    say(What, Name, Why).

say(ok, Name, _) ->
    %% A generator's many cases are one sentence; each counts.
    case put(?MODULE, lists:flatten(Name)) =:= lists:flatten(Name) of
        true -> ok;
        false -> io:format(user, "  ok    ~ts~n", [Name])
    end;
say(skip, Name, Why) -> io:format(user, "  skip  ~ts: ~ts~n", [Name, text(Why)]);
say(fail, Name, Why) -> io:format(user, "  FAIL  ~ts~n~ts~n", [Name, indented(text(Why))]).

text(Why) ->
    case io_lib:printable_unicode_list(Why) of
        true -> Why;
        false -> io_lib:format("~tP", [Why, 40])
    end.

indented(Text) -> ["        | " ++ Line ++ "\n" || Line <- string:split(unicode:characters_to_list(Text), "\n", all)].

%% EUnit.

-spec start(list()) -> pid().
start(Options) -> eunit_listener:start(?MODULE, Options).

-spec init(list()) -> [].
init(_Options) -> [].

-spec handle_begin(group | test, list(), list()) -> list().
handle_begin(_, _, State) -> State.

-spec handle_end(group | test, list(), list()) -> list().
handle_end(test, Data, State) ->
    case proplists:get_value(status, Data) of
        ok -> count(ok, eunit_name(Data, short), none);
        {error, Why} -> count(fail, eunit_name(Data, long), Why);
        {skipped, Why} -> count(skip, eunit_name(Data, long), Why)
    end,
    State;
handle_end(group, _, State) ->
    State.

%% A cancelled group or test did not run: that is a failure.
-spec handle_cancel(group | test, list(), list()) -> list().
handle_cancel(_, Data, State) ->
    count(fail, eunit_name(Data, long), {cancelled, proplists:get_value(reason, Data)}),
    State.

-spec terminate(term(), list()) -> ok.
terminate({ok, _}, _) -> ok;
terminate(Error, _) -> count(fail, "eunit", Error).

eunit_name(Data, Form) ->
    case {proplists:get_value(source, Data), proplists:get_value(desc, Data)} of
        {{Module, Function, _}, _} when Form =:= short -> [sentence(Module), ": ", sentence(Function)];
        {{Module, Function, _}, Text} -> [sentence(Module), ": ", sentence(Function), more(Text), line(Data)];
        {_, Text} -> ["eunit ", io_lib:format("~tp", [Text])]
    end.

more(Text) when Text =:= undefined; Text =:= <<>>; Text =:= "" -> "";
more(Text) -> [" (", string:trim(Text), ")"].

line(Data) ->
    case proplists:get_value(line, Data) of
        N when is_integer(N), N > 0 -> [" :", integer_to_list(N)];
        _ -> ""
    end.

%% a_slow_one_is_told_test -> "a slow one is told"; a generator's fun is named after the generator.
sentence(Atom) ->
    [Name | _] = string:lexemes(atom_to_list(Atom), "-/"),
    Words = string:lexemes(Name, "_"),
    lists:join(" ", [Word || Word <- Words, not lists:member(Word, ["test", "tests", "SUITE"])]).

%% Common Test.

-spec id(term()) -> module().
id(_) -> ?MODULE.

-spec init(term(), term()) -> {ok, none}.
init(_Id, _Options) -> {ok, none}.

-spec post_end_per_testcase(module(), atom(), term(), term(), none) -> {term(), none}.
post_end_per_testcase(Suite, Case, Config, Return, State) ->
    case {Return, proplists:get_value(tc_status, Config)} of
        {ok, ok} -> count(ok, case_name(Suite, Case), none);
        %% Common Test itself only warns of it.
        {_, ok} -> count(fail, [case_name(Suite, Case), ", its end"], Return);
        _ -> ok
    end,
    {Return, State}.

-spec on_tc_fail(module(), term(), term(), none) -> none.
on_tc_fail(Suite, Case, Why, State) ->
    count(fail, case_name(Suite, Case), Why),
    State.

-spec on_tc_skip(module(), term(), term(), none) -> none.
on_tc_skip(Suite, Case, {_, Why}, State) ->
    count(skip, case_name(Suite, Case), Why),
    State.

case_name(Suite, {Case, _Group}) -> case_name(Suite, Case);
case_name(Suite, Case) -> [sentence(Suite), ": ", sentence(Case)].
