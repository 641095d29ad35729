%% SPDX-License-Identifier: Apache-2.0
%% @doc What the keeper tells of itself, as a map with the keys of `vaktctl status --json'.
%%
%% Pure. Every time is relative, in milliseconds, since nobody else has the keeper's clock: `..._in_ms' until then, negative
%% when it is past; `..._ago_ms' since then. What is never, or not known, is `undefined' (null in JSON).
-module(vakt_status).

-export([board/1]).
-export_type([board/0, lease/0, device/0, evidence/0]).

-type ms() :: integer() | undefined.

-type board() :: #{
    version := 1,
    keeper_version := binary(),
    mode := running | handing_over | restarting | leaving | gone,
    deadline_in_ms := ms(),
    verdict := undefined
        | #{rung := atom(), 'end' := vakt_lease:end_kind(), cause := vakt_lease:cause(), subject := vakt_lease:name()},
    oldest := undefined | #{name := vakt_lease:name(), is_evidence := boolean(), silent_for_ms := ms(), deadline_in_ms := ms()},
    started_ago_ms := ms(),
    beats := non_neg_integer(),
    pets := non_neg_integer(),
    pet_failures := non_neg_integer(),
    refused := non_neg_integer(),
    boots := non_neg_integer(),
    failed_boots := non_neg_integer(),
    beat_intervals := [non_neg_integer()],
    reload_error := binary() | undefined,
    holds_back := boolean(),
    memory_locked := boolean(),
    real_time := boolean(),
    oom_exempt := boolean(),
    hands := boolean(),
    systemd_owns := boolean(),
    scribe_lost := boolean(),
    prober_lost := boolean(),
    reader_lost := boolean(),
    leases := [lease()],
    devices := [device()],
    evidence := [evidence()]
}.
%% `oldest' is who is about to reset the board; `verdict' is there once the board's end is decided.

-type lease() :: #{
    name := vakt_lease:name(),
    uid := non_neg_integer(),
    required := boolean(),
    presence := absent | awaited | held | retired,
    phase := atom(),
    cause := vakt_lease:cause(),
    held := boolean(),
    beat_timeout_ms := non_neg_integer(),
    boot_delay_ms := non_neg_integer(),
    last_good_beat_ago_ms := ms(),
    deadline_in_ms := ms(),
    snoozed_for_ms := non_neg_integer(),
    vm_pid := pos_integer() | undefined
}.

-type device() :: #{
    number := byte(),
    name := binary(),
    driver := binary(),
    identity := binary(),
    state := idle | arming | armed | refused | disarmed,
    granted_ms := non_neg_integer(),
    petted_ago_ms := ms(),
    time_left_ms := ms(),
    boot_status := non_neg_integer(),
    can_disarm := boolean() | undefined,
    closing_disarms := boolean(),
    has_pretimeout := boolean(),
    alarm_only := boolean()
}.

-type evidence() :: #{
    name := vakt_lease:name(),
    good_ago_ms := ms(),
    freshness_ms := non_neg_integer(),
    grace_ms := non_neg_integer(),
    deadline_in_ms := ms(),
    asking := boolean()
}.

%% @doc The keeper's answer in one map: what stands between the question and `status_end', in its order.
-spec board([vakt_lease:message()]) -> {ok, board()} | {error, bad_bytes}.
board([{status_board, #{now := Now} = Board} | Rows]) when is_integer(Now) ->
    Known = [Row || {Kind, _} = Row <- Rows, Kind =:= status_lease orelse Kind =:= status_device orelse Kind =:= status_evidence],
    case length(Known) =:= length(Rows) of
        true ->
            {ok, (board(Now, Board))#{leases => [lease(Now, Lease) || {status_lease, Lease} <- Rows],
                                      devices => [device(Now, Device) || {status_device, Device} <- Rows],
                                      evidence => [evidence(Now, Evidence) || {status_evidence, Evidence} <- Rows]}};
        false ->
            {error, bad_bytes}
    end;
board(_) ->
    {error, bad_bytes}.

board(Now, #{flags := Flags, version := Version, deadline := Deadline, started := Started, error := Error} = Board) ->
    Counts = maps:with([mode, beats, pets, pet_failures, refused, boots, failed_boots, beat_intervals], Board),
    maps:merge(Counts,
        #{version => 1, keeper_version => Version, deadline_in_ms => in(Deadline, Now), started_ago_ms => ago(Started, Now),
          verdict => verdict(Board), oldest => oldest(Now, Board), reload_error => given(Error, <<>>),
          holds_back => bit(Flags, 1), memory_locked => bit(Flags, 2), real_time => bit(Flags, 4), oom_exempt => bit(Flags, 8),
          hands => bit(Flags, 16), systemd_owns => bit(Flags, 32), scribe_lost => bit(Flags, 128), prober_lost => bit(Flags, 256),
          reader_lost => bit(Flags, 512)}).

verdict(#{rung := none}) -> undefined;
verdict(Board) -> maps:with([rung, 'end', cause, subject], Board).

oldest(_, #{oldest := <<>>}) ->
    undefined;
oldest(Now, #{oldest := Name, oldest_is_evidence := IsEvidence, oldest_silent_from := From, oldest_deadline := Deadline}) ->
    #{name => Name, is_evidence => IsEvidence, silent_for_ms => ago(From, Now), deadline_in_ms => in(Deadline, Now)}.

lease(Now, #{beat_timeout := Timeout, boot_delay := Delay, last_good_beat := Beat, deadline := Deadline, snoozed_until := Snoozed,
             vm_pid := Pid} = Lease) ->
    (maps:with([name, uid, required, presence, phase, cause, held], Lease))
        #{beat_timeout_ms => Timeout, boot_delay_ms => Delay, last_good_beat_ago_ms => ago(Beat, Now),
          deadline_in_ms => in(Deadline, Now), snoozed_for_ms => left(in(Snoozed, Now)), vm_pid => given(Pid, 0)}.

device(Now, #{granted := Granted, petted := Petted, time_left := Left, abilities := Abilities} = Device) ->
    (maps:with([number, name, driver, identity, state, boot_status], Device))
        #{granted_ms => Granted, petted_ago_ms => since_zero(Petted, Now), time_left_ms => given(Left, -1),
          can_disarm => can_disarm(Abilities band 3), closing_disarms => bit(Abilities, 4), has_pretimeout => bit(Abilities, 8),
          alarm_only => bit(Abilities, 16)}.

evidence(Now, #{name := Name, good := Good, freshness := Freshness, grace := Grace, deadline := Deadline, asking := Asking}) ->
    #{name => Name, good_ago_ms => ago(Good, Now), freshness_ms => Freshness, grace_ms => Grace,
      deadline_in_ms => in(Deadline, Now), asking => Asking}.

can_disarm(1) -> true;
can_disarm(2) -> false;
can_disarm(_) -> undefined.

bit(Bits, Bit) -> Bits band Bit =/= 0.

given(None, None) -> undefined;
given(Value, _) -> Value.

in(never, _) -> undefined;
in(Instant, Now) -> (Instant - Now) div 1000000.

ago(never, _) -> undefined;
ago(Instant, Now) -> (Now - Instant) div 1000000.

%% The clock's zero stands for "not yet".
since_zero(0, _) -> undefined;
since_zero(Instant, Now) -> ago(Instant, Now).

left(Ms) when is_integer(Ms), Ms > 0 -> Ms;
left(_) -> 0.
