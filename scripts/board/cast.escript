#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%% usage: cast.escript FILE CAST
%% Follows FILE, to which a terminal's output is appended, and writes it as a recording (asciicast v2) until FILE is gone. Pauses are
%% shown as 2 s at the most.
-mode(compile).

main([File, Cast]) ->
    {ok, Out} = file:open(Cast, [write, raw]),
    ok = file:write(Out, "{\"version\": 2, \"width\": 100, \"height\": 30, \"idle_time_limit\": 2, \"title\": \"A board of Vakt\"}\n"),
    {ok, In} = file:open(File, [read, raw, binary]),
    follow(File, In, Out, erlang:monotonic_time(millisecond), <<>>).

follow(File, In, Out, Start, Rest) ->
    case file:read(In, 4096) of
        {ok, Bytes} ->
            {Text, Later} = whole(<<Rest/binary, Bytes/binary>>),
            Time = (erlang:monotonic_time(millisecond) - Start) / 1000,
            ok = file:write(Out, io_lib:format("[~.3f, \"o\", \"~ts\"]~n", [Time, escaped(Text)])),
            follow(File, In, Out, Start, Later);
        eof ->
            case filelib:is_file(File) of
                true -> timer:sleep(50), follow(File, In, Out, Start, Rest);
                false -> file:close(Out)
            end
    end.

%% Characters that are whole, and the bytes of one that is not yet; what is none is shown as such.
whole(Bytes) ->
    case unicode:characters_to_list(Bytes) of
        {incomplete, Text, Later} -> {Text, Later};
        {error, Text, <<_, Later/binary>>} -> {More, Last} = whole(Later), {Text ++ [16#fffd | More], Last};
        Text -> {Text, <<>>}
    end.

%% In ASCII alone; what lies beyond 16 bits no board says.
escaped(Text) -> lists:map(fun escape/1, Text).
escape($") -> "\\\"";
escape($\\) -> "\\\\";
escape(C) when C < 32; C > 126 -> io_lib:format("\\u~4.16.0b", [min(C, 16#fffd)]);
escape(C) -> C.
