%% SPDX-License-Identifier: Apache-2.0
%% A VM that goes the way inside, for test/prog/inside.sh: `-s inside_vm main -extra DIR WHAT'. DIR has the FIFOs, sockets and files of
%% the test. Everything that is sent has a number in its text, so it is known what came, came twice, or did not come. Says what it
%% found on standard output and ends with 0 if that is as it must be.
-module(inside_vm).

-export([main/0]).
-export([sources/1, flooded/1, refused/1, killed/1, upgraded/1, versions/1, descriptors/1, figures/1, short/1, called/1, run/4, line/3]).

-define(COUNT, 4000).

-define(MOST, 30000).

main() ->
    [Dir, What] = init:get_plain_arguments(),
    try apply(?MODULE, list_to_existing_atom(What), [Dir]) of
        ok -> halt(0)
    catch
        Class:Reason:Stack ->
            io:format("~p ~tp~n~tp~n", [Class, Reason, Stack]),
            halt(1)
    end.

%% All sources at once: what was sent is what came, and what was lost is counted.
sources(Dir) ->
    ok = started(Dir, [fifo, socket, kmsg, thread, udp]),
    Came = collector(),
    Sent = feed(Dir, [fifo, socket, kmsg, thread, udp], ?COUNT),
    ok = all_came(Sent, Came),
    ok = sums_hold(Sent),
    said(Came).

%% More than the system keeps while the process that reads is stopped: what had no room is counted, exactly.
flooded(Dir) ->
    ok = started(Dir, [thread, udp]),
    Came = collector(),
    true = erlang:suspend_process(whereis(vakt_inside)),
    Sent = feed(Dir, [thread, udp], ?COUNT),
    true = erlang:resume_process(whereis(vakt_inside)),
    ok = all_came(Sent, Came),
    [true = lost(Source, Came) > 0 || Source <- [socket, udp]],
    #{socket := {_, 0}, udp := {_, 0}} = maps:from_list(gaps(Came)),
    ok = sums_hold(Sent),
    said(Came).

%% The same with one line less than is expected: it must be noticed.
short(Dir) ->
    ok = started(Dir, [fifo]),
    Came = collector(),
    #{fifo := N} = feed(Dir, [fifo], ?COUNT),
    ok = eventually(fun() -> came(fifo, Came) =:= N end),
    try all_came(#{fifo => N + 1}, Came, 500) of
        ok -> error(it_was_not_noticed)
    catch
        error:{never_came_true, _} -> ok
    end.

%% The callback of os_sup is called with each line as it came, once, and its own arguments; there is neither a pipe nor a port program.
called(Dir) ->
    Called = ets:new(called, [public]),
    ok = started(Dir, [fifo, socket], [{start_os_sup, true}, {os_sup_mfa, {?MODULE, line, [Called, its_own]}}]),
    undefined = whereis(vakt_os_sup),
    Count = ?COUNT div 4,
    #{fifo := Count, socket := Count} = feed(Dir, [fifo, socket], Count),
    ok = eventually(fun() -> ets:info(Called, size) >= 2 * Count end),
    Wanted = [{lists:concat(["<30>app: ", Kind, " ", N]), 1} || Kind <- [fifo, socket], N <- lists:seq(1, Count)],
    [] = lists:sort(ets:tab2list(Called)) -- Wanted,
    [] = Wanted -- ets:tab2list(Called),
    io:format("called ~p times~n", [ets:info(Called, size)]).

line(Line, Called, its_own) -> ets:update_counter(Called, Line, 1, {Line, 0}).

%% What the system refuses is an error in words, and the others go on.
refused(Dir) ->
    ok = started(Dir, [fifo, socket, kmsg, thread, udp]),
    #{sources := Sources} = vakt_inside:status(),
    io:format("~tp~n", [Sources]),
    [false, false, false, true, true] = [IsOpen || #{open := IsOpen} <- Sources],
    Words = [{maps:get(source, Source), maps:get(words, Source, <<>>)} || Source <- Sources],
    [] = [Which || {Which, Expected} <- [{fifo, "Function not implemented"}, {socket, "Address family not supported"},
                                         {kmsg, "No such file or directory"}],
                   string:find(proplists:get_value(Which, Words), Expected) =:= nomatch],
    Came = collector(),
    Sent = feed(Dir, [thread, udp], ?COUNT),
    ok = all_came(Sent, Came),
    said(Came).

%% The process that reads is killed again and again while all is sent: nothing comes twice, and what is missing has a gap.
killed(Dir) ->
    Kinds = [fifo, socket, kmsg, thread, udp],
    ok = started(Dir, Kinds),
    Came = collector(),
    Killer = spawn_link(fun() -> killing(4) end),
    Monitor = monitor(process, Killer),
    Sent = feed(Dir, Kinds, ?COUNT),
    receive {'DOWN', Monitor, process, _, normal} -> ok after ?MOST -> error(not_killed) end,
    %% What is said last comes last.
    ok = eventually(fun() -> vakt_inside:status() =/= none andalso element(1, vakt_bridge:account()) =:= ok end),
    #{thread := Threads} = Sent,
    ok = eventually(fun() -> came(thread, Came) + lost(socket, Came) >= Threads end),
    _ = feed(Dir, [fifo, socket, udp], {?COUNT + 1, ?COUNT + 10}),
    ok = eventually(fun() -> lists:all(fun(Kind) -> has_come(Kind, ?COUNT + 10, Came) end, [fifo, socket, udp]) end),
    0 = twice(Came),
    %% Who is killed with the beginning of a line in his hand leaves its end to the next one.
    true = torn(Came) =< 4,
    Missing = [{Kind, maps:get(Kind, Sent) - came_up_to(?COUNT, Kind, Came)} || Kind <- [fifo, socket, kmsg, udp]],
    io:format("missing ~p, gaps ~p~n", [Missing, gaps(Came)]),
    %% Each has as many gaps of a restart as it was opened anew; a kernel's log numbers itself, and has none.
    [] = [Kind || {Kind, N} <- Missing, Kind =/= kmsg, N > 0, not lists:keymember(Kind, 1, gaps(Came))],
    said(Came).

killing(0) ->
    ok;
killing(N) ->
    timer:sleep(15 + rand:uniform(30)),
    case whereis(vakt_inside) of
        undefined -> killing(N);
        Pid ->
            Monitor = monitor(process, Pid),
            exit(Pid, kill),
            receive {'DOWN', Monitor, process, _, _} -> killing(N - 1) end
    end.

%% The library is upgraded again and again while all is sent: everything comes, once, without a gap, and the account holds.
upgraded(Dir) ->
    Kinds = [fifo, socket, kmsg, thread, udp],
    ok = started(Dir, Kinds),
    Came = collector(),
    Libraries = vakt_config:nif_dir(),
    Upgrader = spawn_link(fun() -> [upgrade(Dir, Libraries, N) || N <- lists:seq(1, 6)] end),
    Monitor = monitor(process, Upgrader),
    Sent = feed(Dir, Kinds, ?COUNT),
    receive {'DOWN', Monitor, process, _, normal} -> ok after ?MOST -> error(not_upgraded) end,
    ok = all_came(Sent, Came),
    {0, 0} = {twice(Came), torn(Came)},
    %% What has no room (threads, UDP) is counted; of the kernel's log every hundredth was overwritten; of the FIFO nothing is missing.
    #{fifo := {0, 0}, kmsg := {39, 0}, socket := {_, 0}, udp := {_, 0}}
        = maps:merge(maps:from_list([{Kind, {0, 0}} || Kind <- [fifo, kmsg, socket, udp]]), maps:from_list(gaps(Came))),
    ok = sums_hold(Sent),
    #{<<"upgrades">> := 6} = own_row(),
    said(Came).

%% Versions of the library with objects of other shapes take over from each other while all is sent, and one that what they leave each
%% other is no good to (VAKT_LATER/apart) is refused: nothing stops, nothing is lost.
versions(Dir) ->
    Kinds = [fifo, socket, kmsg, thread, udp],
    ok = started(Dir, Kinds),
    Came = collector(),
    This = vakt_config:nif_dir(),
    [Next, Apart] = [filename:join(os:getenv("VAKT_LATER"), Which) || Which <- ["next", "apart"]],
    #{<<"version">> := Version} = own_row(),
    Test = self(),
    Upgrader = spawn_link(fun() ->
        {module, _} = loaded_from(Next),
        Test ! {self(), version_soon()},
        {error, on_load_failure} = loaded_from(Apart),
        Test ! {self(), version_soon()},
        {module, _} = loaded_from(This),
        {error, on_load_failure} = loaded_from(Apart),
        Test ! {self(), version_soon()}
    end),
    Sent = feed(Dir, Kinds, ?COUNT),
    Versions = [receive {Upgrader, Its} -> Its after ?MOST -> error(not_upgraded) end || _ <- [1, 2, 3]],
    io:format("~p~n", [Versions]),
    [<<"9.9.9-next">>, <<"9.9.9-next">>, Version] = Versions,
    ok = all_came(Sent, Came),
    {0, 0} = {twice(Came), torn(Came)},
    [] = [Gap || {Source, {Known, Unknown}} = Gap <- gaps(Came), Unknown > 0 orelse Source =:= fifo orelse Source =:= kmsg andalso Known =/= 39],
    ok = sums_hold(Sent),
    #{<<"upgrades">> := 2} = own_row(),
    said(Came).

%% Of the library that is there when it answers: between two of them nobody does.
version_soon() ->
    try own_row() of
        #{<<"version">> := Version} -> Version
    catch
        error:_ -> timer:sleep(10), version_soon()
    end.

loaded_from(Dir) ->
    timer:sleep(20),
    ok = application:set_env(vakt, nif_dir, Dir),
    _ = code:purge(vakt_nif),
    Loaded = code:load_file(vakt_nif),
    eventually(fun() -> code:soft_purge(vakt_nif) end),
    Loaded.

upgrade(Dir, Libraries, N) ->
    timer:sleep(20 + rand:uniform(40)),
    To = filename:join(Dir, "v" ++ integer_to_list(N)),
    ok = file:make_dir(To),
    %% Another file is another library to the system's loader, with code and data of its own.
    {ok, _} = file:copy(filename:join(Libraries, "syslog_nif.so"), filename:join(To, "syslog_nif.so")),
    ok = application:set_env(vakt, nif_dir, To),
    _ = code:purge(vakt_nif),
    {module, vakt_nif} = code:load_file(vakt_nif),
    %% The process may be in the old one's code for a moment, opening.
    eventually(fun() -> code:soft_purge(vakt_nif) end).

%% A process that dies takes its descriptors with it; one that closes closes them.
descriptors(Dir) ->
    _ = application:load(vakt),
    {module, vakt_nif} = code:ensure_loaded(vakt_nif),
    Test = self(),
    Rows = [{fifo, <<"fifo">>, path(Dir, "fifo"), 8#600, true, false, 0, 0}, {socket, <<"socket">>, path(Dir, "log"), 8#600, true, false, 0, 0},
            {kmsg, <<"kmsg">>, path(Dir, "kmsg"), 0, true, false, 0, 0}],
    Open = fun() ->
        {ok, Handle, _} = vakt_nif:open(1048576),
        _ = [{ok, _} = vakt_nif:source(Handle, Row) || Row <- Rows],
        Test ! {self(), opened},
        receive close -> ok = vakt_nif:close(Handle), Test ! {self(), closed}, receive never -> ok end; never -> ok end
    end,
    ok = opened_and(Dir, Open, fun(Pid) -> exit(Pid, kill) end),
    ok = opened_and(Dir, Open, fun(Pid) -> Pid ! close, receive {Pid, closed} -> ok end end),
    ok.

opened_and(Dir, Open, Do) ->
    Before = length(of_dir(Dir)),
    0 = Before,
    {Pid, _} = spawn_monitor(Open),
    receive {Pid, opened} -> ok after ?MOST -> error(not_opened) end,
    {error, busy} = vakt_nif:open(1048576),
    Held = of_dir(Dir),
    io:format("held ~p~n", [Held]),
    true = length(Held) >= 3,
    _ = Do(Pid),
    ok = eventually(fun() -> of_dir(Dir) =:= [] end),
    true = exit(Pid, kill),
    eventually(fun() -> not is_process_alive(Pid) end).

%% Descriptors of this VM that are something below the directory; a socket is known by its number, so any socket of a datagram is.
of_dir(Dir) ->
    {ok, Names} = file:list_dir("/proc/self/fd"),
    Links = [Link || Name <- Names, {ok, Link} <- [file:read_link("/proc/self/fd/" ++ Name)]],
    Bound = [list_to_binary(["socket:[", Inode, "]"]) || Inode <- bound(Dir)],
    Own = filename:join(Dir, "said"),
    [Link || Link <- Links, lists:prefix(Dir, Link) andalso Link =/= Own orelse lists:member(list_to_binary(Link), Bound)].

bound(Dir) ->
    {ok, Text} = file:read_file("/proc/self/net/unix"),
    [lists:nth(7, Fields) || Line <- binary:split(Text, <<"\n">>, [global, trim_all]), Fields <- [string:lexemes(Line, " ")],
                             length(Fields) =:= 8, string:prefix(lists:last(Fields), Dir) =/= nomatch].

%% Memory and disks, with their alarms.
figures(_Dir) ->
    {ok, _} = application:ensure_all_started(sasl),
    ok = application:load(vakt),
    [ok = application:set_env(vakt, Key, Value)
     || {Key, Value} <- [{way, inside}, {inside_sources, []}, {keeper_socket, none}, {start_memsup, true}, {start_disksup, true},
                         {system_memory_high_watermark, 0.0}, {disk_almost_full_threshold, 0.0}, {process_memory_high_watermark, 0.0}]],
    {ok, _} = application:ensure_all_started(vakt),
    ok = eventually(fun() -> element(1, vakt_memsup:get_memory_data()) > 0 end),
    ok = eventually(fun() -> vakt_disksup:get_disk_data() =/= [{"none", 0, 0}] end),
    {Total, Used, {Largest, Bytes}} = vakt_memsup:get_memory_data(),
    true = Total > Used andalso Used > 0 andalso is_pid(Largest) andalso Bytes > 0,
    true = lists:keymember(total_memory, 1, vakt_memsup:get_system_memory_data()),
    {ok, {Total, _, _, _, _, _}} = vakt_nif:memory(),
    [true = is_list(Mount) andalso KiB >= 0 andalso Capacity =< 100 || {Mount, KiB, Capacity} <- vakt_disksup:get_disk_data()],
    [{"/", _, _, _}] = vakt_disksup:get_disk_info("/"),
    [{"none", 0, 0, 0}] = vakt_disksup:get_disk_info("/nowhere/at/all"),
    {error, _} = vakt_nif:disk(<<"/nowhere/at/all">>),
    Alarms = alarm_handler:get_alarms(),
    true = lists:member({system_memory_high_watermark, []}, Alarms),
    true = lists:keymember(process_memory_high_watermark, 1, Alarms),
    [_ | _] = [Mount || {{disk_almost_full, Mount}, []} <- Alarms],
    ok = vakt_memsup:set_sysmem_high_watermark(1.0),
    ok = vakt_memsup:set_procmem_high_watermark(1.0),
    ok = vakt_disksup:set_almost_full_threshold(1.0),
    vakt_memsup ! check,
    vakt_disksup ! look,
    ok = eventually(fun() -> alarm_handler:get_alarms() =:= [] end),
    io:format("memory ~p~ndisks ~p~n", [vakt_memsup:get_memory_data(), vakt_disksup:get_disk_data()]).

%% The application.

started(Dir, Kinds) -> started(Dir, Kinds, []).

started(Dir, Kinds, More) ->
    ok = application:load(vakt),
    Sources = [source(Kind, Dir) || Kind <- Kinds],
    [ok = application:set_env(vakt, Key, Value)
     || {Key, Value} <- [{way, inside}, {keeper_socket, none}, {keeper_retry, 100}, {inside_sources, Sources} | More]],
    {ok, _} = application:ensure_all_started(vakt),
    eventually(fun() -> maps:get(way, vakt:status()) =:= inside end).

source(fifo, Dir) -> {fifo, filename:join(Dir, "fifo"), #{fold_repeats => false}};
source(socket, Dir) -> {socket, filename:join(Dir, "log"), #{fold_repeats => false}};
source(kmsg, Dir) -> {kmsg, filename:join(Dir, "kmsg"), #{fold_repeats => false}};
source(thread, _) -> {thread, #{fold_repeats => false}};
source(udp, Dir) -> {udp, port(Dir), #{fold_repeats => false, address => {127, 0, 0, 1}}}.

port(Dir) ->
    {ok, Text} = file:read_file(filename:join(Dir, "port")),
    binary_to_integer(string:trim(Text)).

path(Dir, Name) -> list_to_binary(filename:join(Dir, Name)).

%% What comes, in a table: {Kind, N} of each text "KIND N", twice, torn (other texts), {gap, Source} => {Known, Unknown}.

collector() ->
    Table = ets:new(came, [public]),
    Test = self(),
    Pid = spawn_link(fun() ->
        {ok, Ref} = vakt:subscribe(#{batches => true, max_queue => 100000}),
        Test ! {self(), ready},
        collecting(Ref, Table)
    end),
    receive {Pid, ready} -> Table end.

collecting(Ref, Table) ->
    receive
        {vakt, Ref, {batch, Batch}} -> vakt_record:fold(fun(Event, _) -> noted(Event, Table) end, ok, Batch);
        {vakt, Ref, Event} -> noted(Event, Table)
    end,
    collecting(Ref, Table).

noted(#{gap := unknown, source := Source}, Table) ->
    ets:update_counter(Table, {gap, Source}, {3, 1}, {{gap, Source}, 0, 0});
noted(#{gap := N, source := Source}, Table) ->
    ets:update_counter(Table, {gap, Source}, {2, N}, {{gap, Source}, 0, 0});
noted(#{text := Text}, Table) ->
    case re:run(Text, "^(fifo|socket|kmsg|thread|udp) ([0-9]+)$", [{capture, all_but_first, binary}]) of
        {match, [Kind, N]} -> noted(Kind, binary_to_integer(N), Table);
        nomatch -> ets:update_counter(Table, torn, 1, {torn, 0})
    end.

noted(Kind, N, Table) ->
    case ets:insert_new(Table, {{binary_to_existing_atom(Kind), N}}) of
        true -> ets:update_counter(Table, {count, Kind}, 1, {{count, Kind}, 0});
        false -> ets:update_counter(Table, twice, 1, {twice, 0})
    end.

came(Kind, Table) -> counted(Table, {count, atom_to_binary(Kind)}).

has_come(Kind, N, Table) -> ets:member(Table, {Kind, N}).

came_up_to(Most, Kind, Table) -> length([N || N <- lists:seq(1, Most), has_come(Kind, N, Table)]).

twice(Table) -> counted(Table, twice).

torn(Table) -> counted(Table, torn).

counted(Table, Key) ->
    case ets:lookup(Table, Key) of
        [{_, N}] -> N;
        [] -> 0
    end.

lost(Source, Table) ->
    case ets:lookup(Table, {gap, Source}) of
        [{_, Known, _}] -> Known;
        [] -> 0
    end.

gaps(Table) -> [{Source, {Known, Unknown}} || [Source, Known, Unknown] <- ets:match(Table, {{gap, '$1'}, '$2', '$3'})].

%% Records and gaps that are counted, together, are what was sent. Threads have the sockets' source.
all_came(Sent, Came) -> all_came(Sent, Came, ?MOST).

all_came(Sent, Came, Most) ->
    Wanted = [{Source, lists:sum([maps:get(Kind, Sent, 0) || Kind <- Kinds])} || {Source, Kinds} <- by_source()],
    Found = fun() -> [{Source, lists:sum([came(Kind, Came) || Kind <- Kinds]) + lost(Source, Came)} || {Source, Kinds} <- by_source()] end,
    try eventually(fun() -> Found() =:= Wanted end, Most)
    catch
        error:{never_came_true, _} = Why ->
            io:format("wanted ~p~nfound ~p~ngaps ~p~n~p~n~p~n", [Wanted, Found(), gaps(Came), vakt_inside:status(), vakt:account()]),
            error(Why)
    end.

by_source() -> [{fifo, [fifo]}, {socket, [socket, thread]}, {kmsg, [kmsg]}, {udp, [udp]}].

%% The bridge's own account, of what was sent.
sums_hold(Sent) ->
    #{bridge := Rows, subscribers := [#{received := R, delivered := D, dropped := X}]} = vakt:account(),
    R = D + X,
    [true = Received =:= Accepted + Folded + Held + Withheld
     || #{row := <<"source">>, received := Received, accepted := Accepted, folded := Folded, held_back := Held, withheld := Withheld} <- Rows],
    Known = maps:from_list([{Name, Received + Lost} || #{row := <<"source">>, name := Name, received := Received, lost := Lost} <- Rows]),
    [{Kind, N} = {Kind, maps:get(atom_to_binary(Kind), Known)} || {Kind, N} <- maps:to_list(Sent)],
    [#{offered := Offered, delivered := Delivered, filtered := Filtered, dropped := Dropped, queued := Queued}]
        = [Row || #{row := <<"client">>} = Row <- Rows],
    Offered = Delivered + Filtered + Dropped + Queued,
    ok.

own_row() ->
    #{bridge := Rows} = vakt:account(),
    [Own] = [Row || #{row := <<"inside">>} = Row <- Rows],
    Own.

said(Came) ->
    io:format("~p~n~p~n", [gaps(Came), own_row()]).

%% What is sent: of each kind all numbers from 1 on; how many, and of threads those that had no room, too.

feed(Dir, Kinds, Count) when is_integer(Count) -> feed(Dir, Kinds, {1, Count});
feed(Dir, Kinds, {First, Last}) ->
    Feeders = [{Kind, spawn_monitor(?MODULE, run, [Kind, Dir, First, Last])} || Kind <- Kinds],
    maps:from_list([receive {'DOWN', Monitor, process, Pid, {sent, N}} -> {Kind, N};
                            {'DOWN', Monitor, process, Pid, Why} -> error({Kind, Why})
                    after ?MOST -> error({Kind, not_sent})
                    end || {Kind, {Pid, Monitor}} <- Feeders]).

run(Kind, Dir, First, Last) -> exit({sent, sent(Kind, Dir, First, Last)}).

sent(fifo, Dir, First, Last) ->
    piped(path(Dir, "fifo"), fun(N) -> ["<30>app: fifo ", integer_to_binary(N), $\n] end, First, Last);
sent(kmsg, Dir, First, Last) ->
    %% Every hundredth was overwritten: its number is missing.
    Written = piped(path(Dir, "kmsg"), fun(N) when N rem 100 =:= 0 -> []; (N) -> kernel_record(N) end, First, Last - 1),
    Written + piped(path(Dir, "kmsg"), fun kernel_record/1, Last, Last);
sent(thread, Dir, _, _) ->
    Go = path(Dir, "go"),
    ok = file:write_file(Go, <<>>),
    ok = eventually(fun() -> filelib:file_size(Go) > 0 end),
    {ok, Text} = file:read_file(Go),
    [Sent, Lost] = [binary_to_integer(N) || N <- string:lexemes(Text, " \n")],
    Sent + Lost;
sent(socket, Dir, First, Last) ->
    {ok, Socket} = gen_udp:open(0, [local]),
    _ = [told(Socket, {local, path(Dir, "log")}, 0, ["<30>app: socket ", integer_to_binary(N)]) || N <- lists:seq(First, Last)],
    Last - First + 1;
sent(udp, Dir, First, Last) ->
    {ok, Socket} = gen_udp:open(0, [{ip, {127, 0, 0, 1}}]),
    _ = [begin
             told(Socket, {127, 0, 0, 1}, port(Dir), ["<30>1 - host app - - - udp ", integer_to_binary(N)]),
             N rem 20 =/= 0 orelse timer:sleep(1)
         end || N <- lists:seq(First, Last)],
    Last - First + 1.

%% All of 32 bytes, of which a read takes whole ones only, however many wait: the device gives one record a read.
kernel_record(N) ->
    Text = io_lib:format(",-;kmsg ~b~n", [N]),
    Head = io_lib:format("6,~b,", [N - 1]),
    [Head, io_lib:format("~*..0b", [32 - iolist_size([Head, Text]), 1000]), Text].

%% Until it is taken: while nobody has the socket, or its queue is full, it is tried again.
told(Socket, Address, Port, Text) ->
    case gen_udp:send(Socket, Address, Port, Text) of
        ok -> ok;
        {error, _} -> timer:sleep(1), told(Socket, Address, Port, Text)
    end.

piped(Path, Line, First, Last) ->
    File = opened(Path),
    _ = lists:foldl(fun(N, Its) -> N rem 50 =/= 0 orelse timer:sleep(1), written(Its, Path, Line(N)) end, File, lists:seq(First, Last)),
    Last - First + 1.

written(File, _, []) ->
    File;
written(File, Path, Line) ->
    case file:write(File, Line) of
        ok -> File;
        %% Its reader was killed.
        {error, epipe} -> _ = file:close(File), written(opened(Path), Path, Line)
    end.

opened(Path) ->
    {ok, File} = file:open(Path, [raw, append]),
    File.


eventually(Condition) -> eventually(Condition, ?MOST).

eventually(Condition, Left) when Left > 0 ->
    case Condition() of
        true -> ok;
        _ -> timer:sleep(10), eventually(Condition, Left - 10)
    end;
eventually(Condition, _) ->
    error({never_came_true, erlang:fun_info(Condition, name)}).
