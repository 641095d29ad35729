%% SPDX-License-Identifier: Apache-2.0
%% @doc How much may still be sent to one process, so that its message queue stays within a bound.
%%
%% Pure. The length of the queue is looked at seldom: one look gives a credit, and each message sent takes one off it. What
%% was sent since the look was asked for counts as still queued, so the bound holds whenever the answer comes.
%%
%% ```
%%   state    | spend               sampled
%%   open     | credit - 1          credit = bound - length - sent since asked; closed when that is none
%%   closed   | (nothing is sent)   open again once the queue is half empty
%% '''
%% Being closed lasts until the queue is half empty, so that a slow process gets long runs of lines and few gaps.
%%
%% The bound is one of lines. Who gets them in batches has what each batch weighs kept, so that a queue of so many messages is
%% known to be one of at most so many lines.
-module(vakt_window).

-export([new/1, credit/1, has_room/1, fits/2, spend/2, spend_batch/2, miss/2, missed/1, told/1]).
-export([wants_look/1, looking/1, is_looking/1, sampled/2]).
-export_type([window/0]).

-record(window, {
    bound :: pos_integer(),
    credit :: non_neg_integer(),
    %% Messages sent since the look was asked for; none when no look is under way.
    sent = none :: none | non_neg_integer(),
    closed = false :: boolean(),
    missed = 0 :: non_neg_integer(),
    %% What the batches weigh that may be in the queue, the latest first: those sent since the look was asked for, and the others.
    sent_batches = [] :: [pos_integer()],
    batches = [] :: [pos_integer()]
}).
-opaque window() :: #window{}.

%% @doc A window over an empty or unknown queue; the first look is wanted at once.
-spec new(Bound :: pos_integer()) -> window().
new(Bound) when Bound >= 2 -> #window{bound = Bound, credit = 0}.

%% @doc How many messages may be sent now.
-spec credit(window()) -> non_neg_integer().
credit(#window{credit = Credit}) -> Credit.

%% @doc Whether a good part of the queue is free, so that it is worth being sent more.
-spec has_room(window()) -> boolean().
has_room(#window{credit = Credit, bound = Bound}) -> Credit * 4 >= Bound.

%% @doc Whether a batch of so many lines may be sent. One that is more than the bound may if the queue is empty.
-spec fits(Weight :: non_neg_integer(), window()) -> boolean().
fits(Weight, #window{credit = Credit, bound = Bound}) -> Weight =< Credit orelse Credit =:= Bound.

%% @doc One message with so many lines was sent.
-spec spend_batch(Weight :: pos_integer(), window()) -> window().
spend_batch(Weight, #window{credit = Credit, sent_batches = Batches} = Window) ->
    spend(min(Weight, Credit), Window#window{sent_batches = [Weight | Batches]}).

%% @doc `N' messages were sent, at most as many as the credit.
-spec spend(N :: non_neg_integer(), window()) -> window().
spend(N, #window{credit = Credit, sent = none} = Window) when N =< Credit -> Window#window{credit = Credit - N};
spend(N, #window{credit = Credit, sent = Sent} = Window) when N =< Credit -> Window#window{credit = Credit - N, sent = Sent + N}.

%% @doc `N' lines were not sent; nothing is, until the queue is half empty.
-spec miss(N :: non_neg_integer(), window()) -> window().
miss(0, Window) -> Window;
miss(N, #window{missed = Missed} = Window) -> Window#window{missed = Missed + N, closed = true, credit = 0}.

%% @doc How many lines were missed and not yet told of.
-spec missed(window()) -> non_neg_integer().
missed(#window{missed = Missed}) -> Missed.

%% @doc The missed lines were told of.
-spec told(window()) -> window().
told(Window) -> Window#window{missed = 0}.

%% @doc Whether the queue should be looked at: half the credit is gone, and nobody is looking.
-spec wants_look(window()) -> boolean().
wants_look(#window{sent = none, credit = Credit, bound = Bound}) -> Credit * 2 =< Bound;
wants_look(_) -> false.

%% @doc Somebody begins to look.
-spec looking(window()) -> window().
looking(#window{sent = none, sent_batches = Sent, batches = Batches} = Window) ->
    Window#window{sent = 0, sent_batches = [], batches = Sent ++ Batches}.

%% @doc Whether somebody is looking.
-spec is_looking(window()) -> boolean().
is_looking(#window{sent = Sent}) -> Sent =/= none.

%% @doc The look found so many messages in the queue; `unknown' when it failed.
-spec sampled(Length :: non_neg_integer() | unknown, window()) -> window().
sampled(_, #window{sent = none} = Window) ->
    Window;
sampled(unknown, Window) ->
    Window#window{sent = none};
sampled(Length, #window{batches = [], sent_batches = []} = Window) ->
    opened(Length, Window);
sampled(Length, #window{batches = Batches} = Window) ->
    %% Those of before that are still there are the latest of them; what is not ours weighs one each.
    Queued = lists:sublist(Batches, Length),
    opened(lists:sum(Queued) + Length - length(Queued), Window#window{batches = Queued}).

opened(Queued, #window{bound = Bound, closed = true} = Window) when Queued > Bound div 2 ->
    Window#window{sent = none, credit = 0};
opened(Queued, #window{bound = Bound, sent = Sent} = Window) ->
    Window#window{sent = none, closed = false, credit = max(0, Bound - Queued - Sent)}.
