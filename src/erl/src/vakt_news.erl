%% SPDX-License-Identifier: Apache-2.0
%% @doc What the keeper tells its watchers, as events with the keys that every event has.
%%
%% Pure.
-module(vakt_news).

-export([event/2]).
-export_type([event/0, context/0]).

-type event() :: #{
    source := keeper,
    kind := vakt_lease:note_kind(),
    severity := vakt_priority:severity(),
    facility := daemon,
    time := integer(),
    host := undefined,
    app := binary(),
    pid := undefined,
    text := binary(),
    subject := vakt_lease:name(),
    cause := vakt_lease:cause(),
    reset_in_ms := integer() | undefined,
    percent => byte(),
    'end' => vakt_lease:end_kind(),
    uid => non_neg_integer()
}.
%% `subject': the lease or the evidence it is about, empty for the board; `reset_in_ms': how far off the hard deadline is,
%% where there is one; `percent' (kind `warned'): how much of the beat timeout has gone in silence; `end' (kind `verdict'): what
%% becomes of the board; `uid' (kinds `snoozed', `drill', `disarmed', and a `verdict' that was asked for): who asked.

-type context() :: #{now := integer(), clock := integer() | undefined}.
%% `now' in nanoseconds since 1970-01-01T00:00:00Z, `clock' the same instant of CLOCK_MONOTONIC, if that can be had.

%% @doc The event of some news.
-spec event(vakt_lease:news(), context()) -> event().
event(#{kind := Kind, cause := Cause, subject := Subject, deadline := Deadline} = News, #{now := Now, clock := Clock}) ->
    ResetIn = reset_in(Deadline, Clock),
    maps:merge(more(News),
        #{source => keeper, kind => Kind, severity => severity(Kind), facility => daemon, time => Now, host => undefined,
          app => <<"wd_keeper">>, pid => undefined, text => iolist_to_binary([words(Kind, News), time_left(ResetIn)]),
          subject => Subject, cause => Cause, reset_in_ms => ResetIn}).

more(#{kind := warned, percent := Percent}) -> #{percent => Percent};
more(#{kind := verdict, cause := requested, 'end' := End, by := Uid}) -> #{'end' => End, uid => Uid};
more(#{kind := verdict, 'end' := End}) -> #{'end' => End};
more(#{kind := Kind, by := Uid}) when Kind =:= snoozed; Kind =:= drill; Kind =:= disarmed -> #{uid => Uid};
more(_) -> #{}.

severity(verdict) -> emergency;
severity(given_up) -> critical;
severity(stale) -> critical;
severity(command) -> error;
severity(warned) -> warning;
severity(drill) -> warning;
severity(disarmed) -> warning;
severity(_) -> notice.

reset_in(never, _) -> undefined;
reset_in(_, undefined) -> undefined;
reset_in(Deadline, Clock) -> (Deadline - Clock) div 1000000.

%% The words are those of the ledger (src/report/keeper_note.cpp), and like there the time is rounded up: nobody is told that
%% none is left while some is.
time_left(undefined) -> "";
time_left(Ms) -> io_lib:format("; reset in ~b s at the latest", [(max(Ms, 0) + 999) div 1000]).

words(warned, #{percent := Percent} = News) -> [who(News), io_lib:format("silent for ~b % of its beat timeout", [Percent])];
words(given_up, News) -> [who(News), "given up: ", why(News)];
words(command, News) -> [who(News), "HEART_COMMAND did not help: none, failed or too long; at first ", why(News)];
words(recovered, #{deadline := never} = News) -> [who(News), "does not count any more"];
words(recovered, News) -> [who(News), "beats again"];
words(retired, News) -> [who(News), "its VM left in order"];
words(snoozed, News) -> [who(News), "snooze ", why(News)];
words(verdict, #{'end' := End} = News) -> [who(News), end_words(End), ": ", why(News)];
words(drill, News) -> [who(News), why(News)];
words(disarmed, News) -> ["a watchdog is to be disarmed: ", why(News)];
words(stale, News) -> [who(News), why(News)];
words(clean, _) -> "the system is going down";
words(left, _) -> "the keeper leaves; the hardware goes on counting".

who(#{subject := <<>>}) -> "";
who(#{subject := Name}) -> [Name, ": "].

end_words(reboot) -> "reboot";
end_words(poweroff) -> "power off";
end_words(halt) -> "halt".

why(#{cause := none}) -> "no cause was given";
why(#{cause := vm_silent}) -> "no beat from the VM";
why(#{cause := vm_closed}) -> "the VM closed its port without SHUT_DOWN";
why(#{cause := vm_crash}) -> "the VM crashed";
why(#{cause := port_failed}) -> "heart cannot read its port";
why(#{cause := heart_silent}) -> "heart is lost or silent";
why(#{cause := never_came}) -> "it never came within its boot deadline";
why(#{cause := evidence}) -> "evidence is stale";
why(#{cause := requested, by := Uid}) -> io_lib:format("asked for by uid ~b", [Uid]);
why(#{cause := drill, by := Uid}) -> io_lib:format("a drill by uid ~b", [Uid]).
