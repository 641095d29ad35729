%% SPDX-License-Identifier: Apache-2.0
%% @doc The bytes between this VM and the keeper, version 1: the kinds that a client needs of `src/wire/lease_bytes.h' and
%% `src/wire/status_bytes.h'.
%%
%% Pure. A packet is a message without its size, which `{packet, 2}' takes off and puts before. Whatever the bytes are,
%% {@link decode/1} returns; what it refuses is the last word, and the connection is to be closed.
-module(vakt_lease).

-export([encode/1, decode/1]).
-export_type([name/0, end_kind/0, drill/0, request/0, refusal/0, cause/0, note_kind/0, news/0, instant/0, message/0, fault/0]).
-export_type([board/0, lease/0, device/0, evidence/0]).

-type name() :: binary().
%% A lease's or an evidence's name: at most 32 bytes.
-type end_kind() :: reboot | poweroff | halt.
-type drill() :: hang_vm | kill_vm | hang_heart | kill_heart | stop_petting.

-type request() ::
    {snooze, name(), Milliseconds :: non_neg_integer()}
    | {end_board, end_kind(), guarded | immediate}
    | {drill, drill(), name()}
    | status_asked
    | {watch, name()}
    | {report_taken, name()}
    | healthy.

-type refusal() :: unknown_lease | timing | not_allowed | too_late | not_there | ending | nowayout.
%% Why the keeper does not do what it is asked for.

-type cause() ::
    none | vm_silent | vm_closed | vm_crash | port_failed | heart_silent | never_came | evidence | requested | drill.

-type note_kind() ::
    warned | given_up | command | recovered | retired | snoozed | verdict | drill | disarmed | stale | clean | left.

-type instant() :: never | non_neg_integer().
%% Nanoseconds of the keeper's CLOCK_MONOTONIC.

-type news() :: #{
    kind := note_kind(), cause := cause(), 'end' := end_kind(), percent := byte(), subject := name(), deadline := instant(),
    by := non_neg_integer()
}.

-type board() :: #{atom() => term()}.
-type lease() :: #{atom() => term()}.
-type device() :: #{atom() => term()}.
-type evidence() :: #{atom() => term()}.
%% The fields of the four kinds of status, as {@link vakt_status} reads them.

-type message() ::
    {answer, done | refusal()}
    | {status_board, board()}
    | {status_lease, lease()}
    | {status_device, device()}
    | {status_evidence, evidence()}
    | status_end
    | {watching, ReportIsNew :: boolean()}
    | {news, news()}
    | not_for_us.

-type fault() :: size | version | kind | content.

-define(VERSION, 1).
-define(LONGEST, 2302).
-define(NAME, 32).
-define(NEVER, 16#7FFFFFFFFFFFFFFF).

%% @doc The packet of a request. A name of more than 32 bytes is `badarg'.
-spec encode(request()) -> binary().
encode({snooze, Lease, Length}) -> packet(7, [name(Lease), <<(min(Length, 16#7FFFFFFF)):32>>]);
encode({end_board, Kind, How}) -> packet(8, <<(place(Kind, end_kinds())), (place(How, {guarded, immediate}))>>);
encode({drill, Kind, Lease}) -> packet(9, [place(Kind, drills()), name(Lease)]);
encode(status_asked) -> packet(12, []);
encode({watch, Lease}) -> packet(13, name(Lease));
encode({report_taken, Lease}) -> packet(14, name(Lease));
encode(healthy) -> packet(17, []).

packet(Kind, Content) -> iolist_to_binary([?VERSION, Kind, Content]).

name(Name) when byte_size(Name) =< ?NAME -> [byte_size(Name), Name];
name(Name) -> error(badarg, [Name]).

place(Atom, Names) -> place(Atom, tuple_to_list(Names), 0).

place(Atom, [Atom | _], N) -> N;
place(Atom, [_ | More], N) -> place(Atom, More, N + 1).

%% @doc What a packet from the keeper says.
-spec decode(binary()) -> {ok, message()} | {error, fault()}.
decode(Packet) when byte_size(Packet) < 2; byte_size(Packet) > ?LONGEST -> {error, size};
decode(<<?VERSION, Kind, Content/binary>>) -> content(Kind, Content);
decode(_) -> {error, version}.

%% Granted, Warn, Proceed, Verdict, HandOver, AskEnd, Snoozed: for hearts, successors, wd_bus.
content(Kind, _) when Kind =:= 65; Kind >= 67, Kind =< 70; Kind =:= 78; Kind =:= 79 -> {ok, not_for_us};
content(Kind, Content) ->
    case fields(Kind) of
        none -> {error, kind};
        Fields -> read(Fields, Content, #{}, Kind)
    end.

read([{Key, Type} | Fields], Bytes, Read, Kind) ->
    case field(Type, Bytes) of
        {Value, Rest} -> read(Fields, Rest, Read#{Key => Value}, Kind);
        none -> {error, content}
    end;
read([], <<>>, Read, Kind) ->
    {ok, message(Kind, Read)};
read([], _, _, _) ->
    {error, content}.

message(66, #{refusal := Refusal}) -> {answer, Refusal};
message(71, Board) -> {status_board, Board};
message(72, Lease) -> {status_lease, Lease};
message(73, Device) -> {status_device, Device};
message(74, Evidence) -> {status_evidence, Evidence};
message(75, _) -> status_end;
message(76, #{report_is_new := New}) -> {watching, New};
message(77, News) -> {news, News}.

%% A field's bytes: text of at most N bytes, point in time, length of time in ms (limited as the keeper's own reader limits
%% it), one of the names.
field(byte, <<N, Rest/binary>>) -> {N, Rest};
field(u16, <<N:16, Rest/binary>>) -> {N, Rest};
field(u32, <<N:32, Rest/binary>>) -> {N, Rest};
field(u64, <<N:64, Rest/binary>>) -> {N, Rest};
field(flag, <<0, Rest/binary>>) -> {false, Rest};
field(flag, <<1, Rest/binary>>) -> {true, Rest};
field(instant, <<N:64, Rest/binary>>) when N >= ?NEVER -> {never, Rest};
field(instant, <<N:64, Rest/binary>>) -> {N, Rest};
field(length, <<N:32, Rest/binary>>) -> {min(N, 16#7FFFFFFF), Rest};
field(signed_length, <<N:32/signed, Rest/binary>>) -> {max(N, -1), Rest};
field({text, Most}, <<N, Text:N/binary, Rest/binary>>) when N =< Most -> {Text, Rest};
field({numbers, N}, Bytes) when byte_size(Bytes) >= N * 4 ->
    {Numbers, Rest} = split_binary(Bytes, N * 4),
    {[Number || <<Number:32>> <= Numbers], Rest};
field({one_of, Names}, <<N, Rest/binary>>) when N < tuple_size(Names) -> {element(N + 1, Names), Rest};
field(_, _) -> none.

fields(66) -> [{refusal, {one_of, refusals()}}, {longest, length}];
fields(71) ->
    [{now, instant}, {deadline, instant}, {mode, {one_of, {running, handing_over, restarting, leaving, gone}}},
     {rung, {one_of, {none, noting, login1, systemd1, syscall, hardware}}}, {'end', {one_of, end_kinds()}},
     {cause, {one_of, causes()}}, {subject, {text, ?NAME}},
     {flags, u16}, {oldest, {text, ?NAME}}, {oldest_is_evidence, flag}, {oldest_silent_from, instant}, {oldest_deadline, instant},
     {started, instant}, {beats, u64}, {pets, u64}, {pet_failures, u32}, {refused, u32}, {boots, u32}, {failed_boots, u32},
     {beat_intervals, {numbers, 12}}, {error, {text, 160}}, {version, {text, 16}}];
fields(72) ->
    [{name, {text, ?NAME}}, {uid, u32}, {required, flag}, {presence, {one_of, {absent, awaited, held, retired}}},
     {phase, {one_of, {calm, warned, warned_again, noting, hearts_hands, dumping, ending, killing, spent}}},
     {cause, {one_of, causes()}}, {held, flag}, {beat_timeout, length}, {boot_delay, length}, {last_good_beat, instant},
     {deadline, instant}, {snoozed_until, instant}, {vm_pid, u32}];
fields(73) ->
    [{number, byte}, {name, {text, 64}}, {driver, {text, 16}}, {identity, {text, 64}},
     {state, {one_of, {idle, arming, armed, refused, disarmed}}}, {granted, length}, {petted, instant}, {time_left, signed_length},
     {boot_status, u32}, {abilities, byte}];
fields(74) ->
    [{name, {text, ?NAME}}, {good, instant}, {freshness, length}, {grace, length}, {deadline, instant}, {asking, flag}];
fields(75) -> [];
fields(76) -> [{report_is_new, flag}];
fields(77) ->
    [{kind, {one_of, note_kinds()}}, {cause, {one_of, causes()}}, {'end', {one_of, end_kinds()}}, {percent, byte},
     {subject, {text, ?NAME}}, {deadline, instant}, {by, u32}];
fields(_) -> none.

end_kinds() -> {reboot, poweroff, halt}.

drills() -> {hang_vm, kill_vm, hang_heart, kill_heart, stop_petting}.

refusals() -> {done, unknown_lease, timing, not_allowed, too_late, not_there, ending, nowayout}.

causes() -> {none, vm_silent, vm_closed, vm_crash, port_failed, heart_silent, never_came, evidence, requested, drill}.

note_kinds() -> {warned, given_up, command, recovered, retired, snoozed, verdict, drill, disarmed, stale, clean, left}.
