%% SPDX-License-Identifier: Apache-2.0
%% @doc A batch of the bridge's records (`src/wire/record_bytes.h', version 1), and the events in it.
%%
%% Pure. A batch is what a subscriber with `batches => true' gets, `{vakt, Ref, {batch, Batch}}', and goes through with
%% {@link fold/3} in its own process:
%% ```
%% receive
%%     {vakt, Ref, {batch, Batch}} ->
%%         vakt_record:fold(fun(#{severity := error, app := App, text := Text}, N) -> ..., N + 1;
%%                             (_, N) -> N
%%                          end, 0, Batch)
%% after ... end
%% '''
%% Its bytes are those that came from the bridge, shared and not copied, and so are all binaries of its events: who keeps one for
%% long keeps the batch, up to 64 KiB, unless he keeps `binary:copy/1' of it.
%%
%% The representation is the fastest that was measured with whole maps. CPU for one event of 120 bytes whose severity, app and text
%% a function matches, OTP 25 with its JIT, as ratios to what is here (0.19 us on a 3 GHz core; 0.06 us for looking whether the
%% bytes are whole):
%% ```
%% 1.0   all keys in one match of the whole record, a map of one shape (keys not known: undefined); with rare keys added to the
%%       map only where they are known, as here: 1.05
%% 1.25  the same with binary:part/3 for each field
%% 0.82  a tuple (record) of the same fields
%% 0.57  no map: the record's bytes, and a function for each field that is asked for; 0.55: a map of the three fields only
%% 2.6   external term format of tuples, made by the bridge, and binary_to_term/1; it is 1.6 times as long
%% 4.8   external term format of maps; it is twice as long
%% '''
%% What a map of known shape costs beyond the least is less than what receiving the bytes does, so there are no fields by function.
-module(vakt_record).

-export([batch/2, batch/3, of_events/1, later/2, fold/3, narrow/2, account/1, weight/1, place/1]).
-export_type([batch/0, boot_id/0, event/0, gap/0, source/0, loss/0, account/0]).

-type boot_id() :: <<_:128>>.
-type source() :: bridge | fifo | kmsg | journal | socket | forward | udp.

-type event() :: #{
    facility := vakt_priority:facility() | undefined,
    severity := vakt_priority:severity() | undefined,
    time := integer(),
    host := binary() | undefined,
    app := binary() | undefined,
    pid := binary() | undefined,
    text := binary(),
    source := source(),
    seq := non_neg_integer(),
    boot_id := boot_id(),
    raw => binary(),
    mono => pos_integer(),
    msgid => binary(),
    structured => binary(),
    unit => binary(),
    uid => non_neg_integer(),
    sender_pid => non_neg_integer(),
    claimed_pid => binary(),
    repeats => pos_integer(),
    malformed => true,
    cut => true
}.
%% The keys of {@link vakt_line:event()}, and what only the bridge knows; keys with `=>' are there only where that is known.
%% `time': nanoseconds since 1970, when it was read where the message has none. `mono': CLOCK_MONOTONIC's at the sender. `uid',
%% `sender_pid': of the sender, as the kernel or journald says. `pid' is that too where it is known, else what the message says;
%% `claimed_pid': what the message says, where that is another.
%% `(boot_id, source, seq)' is the event's name, which no other event has. `repeats': it stands for so many more that were alike.

-type loss() :: overrun | source | rate_guard | restart | too_long.
-type gap() :: #{
    gap := non_neg_integer() | unknown,
    source := source(),
    dropped_by := bridge | source,
    reason := loss(),
    boot_id := boot_id(),
    seq => pos_integer(),
    from => pos_integer(),
    to => pos_integer(),
    words => binary()
}.
%% `dropped_by': `bridge', or `source' where it was lost before the bridge could read it (`reason' is `source' or `restart').
%% `seq': it has a name as an event has; without one it is for this VM alone. `from', `to': the `seq' of the first and the last
%% lost, where they had one.

-type account() :: #{
    records := non_neg_integer(),
    gaps := non_neg_integer(),
    lost := non_neg_integer(),
    malformed := non_neg_integer()
}.
%% `lost': how many records the gaps stand for, an unknown number being one.

-define(UNKNOWN, 16#FFFFFFFFFFFFFFFF).

-record(batch, {
    boot_id :: boot_id() | none,
    content :: binary() | [vakt_hub:event()],
    account :: account(),
    %% The least and the largest number of its records; none: 2^64 and 0.
    first = ?UNKNOWN + 1 :: pos_integer(),
    last = 0 :: non_neg_integer(),
    wanted = all :: vakt_filter:wanted()
}).
-opaque batch() :: #batch{}.

-define(NO_PRI, 255).
%% Flags of a record.
-define(MALFORMED, 1).
-define(SENDER, 8).
-define(CUT, 16).
-define(COMPOSED, 32).
-define(NO_FLAGS, 16#F8C0).
-define(RARE, (?MALFORMED bor ?CUT bor ?COMPOSED)).
-define(IS(Flag, Flags), (Flags band Flag =/= 0)).

%% @doc A batch without a boot's name (a port program's).
-spec batch(binary(), Count :: non_neg_integer()) -> {ok, batch()} | {error, bad_bytes}.
batch(Bytes, Count) -> batch(<<0:128>>, Bytes, Count).

%% @doc The batch of these bytes, once they are seen to be `Count' whole records and gaps.
-spec batch(boot_id(), binary(), Count :: non_neg_integer()) -> {ok, batch()} | {error, bad_bytes}.
batch(BootId, Bytes, Count) ->
    case look(Bytes, 0, 0, 0, 0, ?UNKNOWN + 1, 0) of
        {Account, First, Last} when map_get(records, Account) + map_get(gaps, Account) =:= Count ->
            {ok, #batch{boot_id = BootId, content = Bytes, account = Account, first = First, last = Last}};
        _ ->
            {error, bad_bytes}
    end.

%% @doc The same for events that came otherwise, so that they can be handed over alike.
-spec of_events([vakt_hub:event()]) -> batch().
of_events(Events) ->
    #batch{boot_id = none, content = Events, account = counted(Events, 0, 0, 0, 0)}.

%% @doc What in a batch comes after `Seq', for one that may begin with what was there before. A gap that is this client's own
%% has no number and no place, and stays.
-spec later(Seq :: non_neg_integer(), batch()) -> batch().
later(Seq, #batch{first = First} = Batch) when First > Seq -> Batch;
later(Seq, #batch{boot_id = BootId, content = Bytes, wanted = Wanted}) ->
    Entries = [Entry || <<Size:32, Entry:Size/binary>> <= Bytes, is_later(Seq, Entry)],
    Kept = << <<(byte_size(Entry)):32, Entry/binary>> || Entry <- Entries >>,
    {ok, Later} = batch(BootId, Kept, length(Entries)),
    Later#batch{wanted = Wanted}.

is_later(Seq, <<_:32, Its:64, _/binary>>) -> Its =:= 0 orelse Its > Seq.

%% @doc Goes through the events and gaps of a batch in their order, as `lists:foldl/3' does.
-spec fold(fun((vakt_hub:event(), Acc) -> Acc), Acc, batch()) -> Acc.
fold(Fun, Acc, #batch{content = Bytes, boot_id = BootId, wanted = all}) when is_binary(Bytes) -> events(Bytes, BootId, Fun, Acc);
fold(Fun, Acc, #batch{content = Events, wanted = all}) -> lists:foldl(Fun, Acc, Events);
fold(Fun, Acc, #batch{wanted = Wanted} = Batch) ->
    Chosen = fun(Event, So) ->
        case vakt_filter:wants(Wanted, Event) of
            true -> Fun(Event, So);
            false -> So
        end
    end,
    fold(Chosen, Acc, Batch#batch{wanted = all}).

%% @doc A batch of which {@link fold/3} gives only what is wanted; the looking is left to who folds it.
-spec narrow(vakt_filter:wanted(), batch()) -> batch().
narrow(Wanted, Batch) -> Batch#batch{wanted = Wanted}.

%% @doc What is in it, whatever it was narrowed to.
-spec account(batch()) -> account().
account(#batch{account = Account}) -> Account.

%% @doc How many records and gaps there are in it.
-spec weight(batch()) -> non_neg_integer().
weight(#batch{account = #{records := Records, gaps := Gaps}}) -> Records + Gaps.

%% @doc The place of an event, or of the last one of a batch; none where it has no number.
-spec place(batch() | vakt_hub:event()) -> {boot_id(), Seq :: non_neg_integer()} | none.
place(#batch{last = 0}) -> none;
place(#batch{boot_id = BootId, last = Last}) -> {BootId, Last};
place(#{boot_id := BootId, seq := Seq}) -> {BootId, Seq};
place(#{}) -> none.

%% What decoding relies on; what is left out is for the bridge alone (that there is one way to write an entry).
look(<<Size:32, 0, Source, _, Pri, Seq:64, _:28/binary, Flags:16, Unit:16, _:8/binary,
       S1:16, N1:16, S2:16, N2:16, S3:16, N3:16, S4:16, N4:16, S5:16, N5:16, S6:16, N6:16,
       Bytes:16, _:Bytes/binary, _:Unit/binary, Rest/binary>>, Records, Gaps, Lost, Malformed, First, Last) when
    Size =:= 78 + Bytes + Unit, Source =< 6, (Pri =< 191 orelse Pri =:= ?NO_PRI), Unit =< 255,
    Flags band ?NO_FLAGS =:= 0, Flags < 16#500,
    S1 + N1 + S2 + N2 + S3 + N3 + S4 + N4 + S5 + N5 + S6 + N6 =< Bytes
->
    look(Rest, Records + 1, Gaps, Lost, Malformed + Flags band ?MALFORMED, min(Seq, First), max(Seq, Last));
look(<<Size:32, 1, Source, _, Loss, Seq:64, Count:64, _:16/binary, Rest/binary>>, Records, Gaps, Lost, Malformed, First, Last) when
    Size >= 36, Size =< 36 + 255, Source =< 6, Loss =< 4
->
    Words = Size - 36,
    case Rest of
        <<_:Words/binary, More/binary>> when Seq =:= 0 ->
            look(More, Records, Gaps + 1, Lost + at_least(Count), Malformed, First, Last);
        <<_:Words/binary, More/binary>> ->
            look(More, Records, Gaps + 1, Lost + at_least(Count), Malformed, min(Seq, First), max(Seq, Last));
        _ ->
            error
    end;
look(<<>>, Records, Gaps, Lost, Malformed, First, Last) ->
    {#{records => Records, gaps => Gaps, lost => Lost, malformed => Malformed}, First, Last};
look(_, _, _, _, _, _, _) ->
    error.

at_least(?UNKNOWN) -> 1;
at_least(Count) -> Count.

counted([#{gap := unknown} | Events], Records, Gaps, Lost, Malformed) -> counted(Events, Records, Gaps + 1, Lost + 1, Malformed);
counted([#{gap := N} | Events], Records, Gaps, Lost, Malformed) -> counted(Events, Records, Gaps + 1, Lost + N, Malformed);
counted([#{malformed := true} | Events], Records, Gaps, Lost, Malformed) -> counted(Events, Records + 1, Gaps, Lost, Malformed + 1);
counted([_ | Events], Records, Gaps, Lost, Malformed) -> counted(Events, Records + 1, Gaps, Lost, Malformed);
counted([], Records, Gaps, Lost, Malformed) -> #{records => Records, gaps => Gaps, lost => Lost, malformed => Malformed}.

%% The whole of a record in one match: the bytes are gone through once, and the parts are made as it goes; what is rare costs
%% only where it is.
events(<<_:32, 0, Source, _, Pri, Seq:64, Time:64/signed, Mono:64, _:64, Repeats:32, Flags:16, UnitSize:16, SenderPid:32, Uid:32,
         HostSkip:16, HostSize:16, AppSkip:16, AppSize:16, PidSkip:16, PidSize:16, MsgSkip:16, MsgSize:16,
         DataSkip:16, DataSize:16, TextSkip:16, TextSize:16, Size:16, Bytes:(Size + UnitSize)/binary, Rest/binary>>,
       BootId, Fun, Acc) ->
    Between = MsgSkip + MsgSize + DataSkip + DataSize + TextSkip,
    <<_:HostSkip/binary, Host:HostSize/binary, _:AppSkip/binary, App:AppSize/binary, _:PidSkip/binary, Pid:PidSize/binary,
      _:Between/binary, Text:TextSize/binary, _/binary>> = Bytes,
    Event = case Flags band ?SENDER of
                0 ->
                    #{facility => facility(Pri), severity => severity(Pri), time => Time, host => known(Host), app => known(App),
                      pid => known(Pid), text => Text, source => source(Source), seq => Seq, boot_id => BootId, raw => Bytes};
                _ ->
                    claimed(Pid,
                            #{facility => facility(Pri), severity => severity(Pri), time => Time, host => known(Host), app => known(App),
                              pid => integer_to_binary(SenderPid), text => Text, source => source(Source), seq => Seq,
                              boot_id => BootId, raw => Bytes, uid => Uid, sender_pid => SenderPid})
            end,
    case Mono bor Repeats bor MsgSize bor DataSize bor UnitSize bor (Flags band ?RARE) of
        0 ->
            events(Rest, BootId, Fun, Fun(Event, Acc));
        _ ->
            MsgAt = HostSkip + HostSize + AppSkip + AppSize + PidSkip + PidSize + MsgSkip,
            MsgId = binary:part(Bytes, MsgAt, MsgSize),
            Data = binary:part(Bytes, MsgAt + MsgSize + DataSkip, DataSize),
            Whole = msgid(MsgId, structured(Data, unit(Bytes, Size, UnitSize, mono(Mono, repeats(Repeats, Event))))),
            events(Rest, BootId, Fun, Fun(marked(Flags band ?RARE, Whole), Acc))
    end;
events(<<Size:32, 1, Source, _, Loss, Seq:64, Count:64, From:64, To:64, Rest/binary>>, BootId, Fun, Acc) ->
    WordsSize = Size - 36,
    <<Words:WordsSize/binary, More/binary>> = Rest,
    Reason = loss(Loss),
    Gap = #{gap => count(Count), source => source(Source), dropped_by => dropper(Reason), reason => Reason, boot_id => BootId},
    events(More, BootId, Fun, Fun(words(Words, range(From, To, numbered(Seq, Gap))), Acc));
events(<<>>, _BootId, _Fun, Acc) ->
    Acc.

known(<<>>) -> undefined;
known(Bytes) -> Bytes.

claimed(<<>>, Event) -> Event;
claimed(Pid, #{pid := Pid} = Event) -> Event;
claimed(Said, Event) -> Event#{claimed_pid => Said}.

facility(?NO_PRI) -> undefined;
facility(Pri) -> vakt_priority:facility(Pri bsr 3).

severity(?NO_PRI) -> undefined;
severity(Pri) -> vakt_priority:severity(Pri band 7).

source(0) -> bridge;
source(1) -> fifo;
source(2) -> kmsg;
source(3) -> journal;
source(4) -> socket;
source(5) -> forward;
source(6) -> udp.

repeats(0, Event) -> Event;
repeats(N, Event) -> Event#{repeats => N}.

mono(0, Event) -> Event;
mono(Mono, Event) -> Event#{mono => Mono}.

unit(_, _, 0, Event) -> Event;
unit(Bytes, At, Size, Event) -> Event#{raw := binary:part(Bytes, 0, At), unit => binary:part(Bytes, At, Size)}.

structured(<<>>, Event) -> Event;
structured(Data, Event) -> Event#{structured => Data}.

msgid(<<>>, Event) -> Event;
msgid(MsgId, Event) -> Event#{msgid => MsgId}.

marked(0, Event) -> Event;
marked(Flags, Event) when ?IS(?COMPOSED, Flags) -> marked(Flags bxor ?COMPOSED, maps:remove(raw, Event));
marked(Flags, Event) when ?IS(?MALFORMED, Flags) -> marked(Flags bxor ?MALFORMED, Event#{malformed => true});
marked(?CUT, Event) -> Event#{cut => true}.

count(?UNKNOWN) -> unknown;
count(N) -> N.

loss(0) -> overrun;
loss(1) -> source;
loss(2) -> rate_guard;
loss(3) -> restart;
loss(4) -> too_long.

dropper(source) -> source;
dropper(restart) -> source;
dropper(_) -> bridge.

numbered(0, Gap) -> Gap;
numbered(Seq, Gap) -> Gap#{seq => Seq}.

range(0, 0, Gap) -> Gap;
range(From, To, Gap) -> Gap#{from => From, to => To}.

words(<<>>, Gap) -> Gap;
words(Words, Gap) -> Gap#{words => Words}.
