%% SPDX-License-Identifier: Apache-2.0
%% @doc The application's parameters: what they are called, what may stand in them, what they are when nobody says.
%%
%% The parameters of `os_sup' are taken from the application `vakt'; those it is not given, from `os_mon', so that a system
%% configuration file written for `os_mon' works as it is. A value of the wrong type is said in the log, and the default used.
-module(vakt_config).

-export([value/1, default/1, type/2, mfa/0, start_os_sup/0, program/1]).
-export([keeper_socket/0, reset_report/0, lease/0, bridge_socket/0, way/0, nif_dir/0, start_healthy/0]).
-export_type([parameter/0]).

-include_lib("kernel/include/file.hrl").
-include_lib("kernel/include/logger.hrl").

-type parameter() ::
    start_os_sup | os_sup_own | os_sup_syslogconf | os_sup_enable | os_sup_errortag | os_sup_mfa
    | bin_dir | mod_syslog | ferrule | mod_syslog_timeout | max_queue | port_queue | forward_to_logger | logger_rate
    | keeper_socket | keeper_timeout | keeper_retry | reset_report | healthy_after
    | way | bridge_socket | bridge_wait | ferrule_records | inside_sources | inside_ring | nif_dir
    | start_memsup | memory_check_interval | system_memory_high_watermark | process_memory_high_watermark | memsup_system_only
    | start_disksup | disk_space_check_interval | disk_almost_full_threshold.

%% @doc What the parameter is set to, else its default.
-spec value(parameter()) -> term().
value(Parameter) ->
    case configured(Parameter) of
        {ok, _Application, Value} -> Value;
        undefined -> default(Parameter)
    end.

%% @doc Whether `vakt' is to do `os_sup''s work. Where `os_mon' has an `os_sup' of its own (Solaris), what `os_mon' is told
%% is not for us, or two programs would share one pipe.
-spec start_os_sup() -> boolean().
start_os_sup() ->
    case configured(start_os_sup) of
        {ok, vakt, Value} -> Value;
        {ok, os_mon, Value} -> Value andalso os:type() =/= {unix, sunos};
        undefined -> default(start_os_sup)
    end.

%% @doc What to call with each line. `os_sup''s own default stands for ours, as it does there, with the tag of
%% `os_sup_errortag'. With `forward_to_logger' the default is none: one line is not to be logged twice.
-spec mfa() -> {module(), atom(), list()} | none.
mfa() ->
    case {configured(os_sup_mfa), value(forward_to_logger)} of
        {{ok, _, {os_sup, error_report, _}}, _} -> report();
        {{ok, _, {vakt_os_sup, error_report, _}}, _} -> report();
        {{ok, _, MFA}, _} -> MFA;
        {undefined, true} -> none;
        {undefined, false} -> report()
    end.

report() -> {vakt_os_sup, error_report, [value(os_sup_errortag)]}.

%% @doc Where a program of ours is: the parameter of its name, else in `bin_dir', else in `priv/bin'.
-spec program(mod_syslog | ferrule) -> file:filename().
program(Name) ->
    case {value(Name), value(bin_dir)} of
        {undefined, undefined} -> filename:join([priv_dir(), "bin", atom_to_list(Name)]);
        {undefined, Dir} -> filename:join(Dir, atom_to_list(Name));
        {Path, _} -> Path
    end.

priv_dir() ->
    case code:priv_dir(vakt) of
        {error, bad_name} -> filename:join(filename:dirname(filename:dirname(code:which(?MODULE))), "priv");
        Dir -> Dir
    end.

%% @doc Where the keeper is to be found: the parameter, else VAKT_KEEPER_SOCKET. `none': nowhere, by wish.
-spec keeper_socket() -> file:filename() | none.
keeper_socket() ->
    case value(keeper_socket) of
        undefined -> environment_or("VAKT_KEEPER_SOCKET", "/run/vakt/keeper.sock");
        Socket -> Socket
    end.

%% @doc The file of the reset report: the parameter, else beside the keeper's socket.
-spec reset_report() -> file:filename().
reset_report() ->
    case {value(reset_report), keeper_socket()} of
        {undefined, none} -> "/run/vakt/reset_report.json";
        {undefined, Socket} -> filename:join(filename:dirname(Socket), "reset_report.json");
        {Path, _} -> Path
    end.

%% @doc Where the bridge is to be found: the parameter, else VAKT_BRIDGE_SOCKET. `none': nowhere, by wish.
-spec bridge_socket() -> file:filename() | none.
bridge_socket() ->
    case value(bridge_socket) of
        undefined -> environment_or("VAKT_BRIDGE_SOCKET", "/run/vakt/bridge.sock");
        Socket -> Socket
    end.

%% @doc The file by which whoever started this VM is told that the start is a good one: VAKT_START_HEALTHY.
-spec start_healthy() -> file:filename() | none.
start_healthy() -> environment_or("VAKT_START_HEALTHY", none).

%% @doc Which way lines come. Without a bridge's socket there is only one, but for the one inside.
-spec way() -> auto | resident | classic | inside.
way() ->
    case {value(way), bridge_socket()} of
        {inside, _} -> inside;
        {_, none} -> classic;
        {Way, _} -> Way
    end.

%% @doc Where the libraries are that this VM loads.
-spec nif_dir() -> file:filename().
nif_dir() ->
    case value(nif_dir) of
        undefined -> filename:join(priv_dir(), "lib");
        Dir -> Dir
    end.

%% @doc The name of this VM's lease, as its heart takes it: VAKT_LEASE, else `uid-UID'.
-spec lease() -> vakt_lease:name().
lease() ->
    case environment_or("VAKT_LEASE", "") of
        "" -> list_to_binary("uid-" ++ uid());
        Name -> cut(unicode:characters_to_binary(Name, unicode, file:native_name_encoding()))
    end.

%% As heart does; no keeper knows such a lease.
cut(<<Name:32/binary, _/binary>>) -> Name;
cut(Name) when is_binary(Name) -> Name;
cut({_, Valid, _}) -> cut(Valid).

%% /proc/self is owned by who this process is; without it id(1) knows. Where no program can be started there are no users either.
uid() ->
    case {file:read_file_info("/proc/self"), way()} of
        {{ok, #file_info{uid = Uid}}, _} -> integer_to_list(Uid);
        {{error, _}, inside} -> "0";
        {{error, _}, _} -> string:trim(os:cmd("id -u"))
    end.

environment_or(Name, Default) ->
    case os:getenv(Name, "") of
        "" -> Default;
        Value -> Value
    end.

%% @doc The default of a parameter.
-spec default(parameter()) -> term().
default(start_os_sup) -> false;
default(os_sup_own) -> "/etc";
default(os_sup_syslogconf) -> "/etc/syslog.conf";
default(os_sup_enable) -> true;
default(os_sup_errortag) -> std_error;
default(os_sup_mfa) -> {vakt_os_sup, error_report, [std_error]};
default(mod_syslog_timeout) -> 10000;
default(max_queue) -> 10000;
default(port_queue) -> 20000;
default(forward_to_logger) -> false;
default(logger_rate) -> 500;
default(keeper_timeout) -> 5000;
default(keeper_retry) -> 30000;
default(healthy_after) -> never;
default(way) -> auto;
default(ferrule_records) -> false;
default(bridge_wait) -> 10000;
default(inside_sources) -> [kmsg, thread];
default(inside_ring) -> 4194304;
default(start_memsup) -> false;
default(memory_check_interval) -> 1;
default(system_memory_high_watermark) -> 0.80;
default(process_memory_high_watermark) -> 0.05;
default(memsup_system_only) -> false;
default(start_disksup) -> false;
default(disk_space_check_interval) -> 30;
default(disk_almost_full_threshold) -> 0.80;
default(_) -> undefined.

%% @doc Whether the value may stand in the parameter.
-spec type(parameter(), term()) -> boolean().
type(start_os_sup, Value) -> is_boolean(Value);
type(os_sup_own, Value) -> is_path(Value);
type(os_sup_syslogconf, Value) -> is_path(Value);
type(os_sup_enable, Value) -> is_boolean(Value);
type(os_sup_errortag, Value) -> is_atom(Value);
type(os_sup_mfa, {M, F, A}) -> is_atom(M) andalso is_atom(F) andalso is_list(A);
type(os_sup_mfa, Value) -> Value =:= none;
type(bin_dir, Value) -> is_path(Value);
type(mod_syslog, Value) -> is_path(Value);
type(ferrule, Value) -> is_path(Value);
type(mod_syslog_timeout, Value) -> is_integer(Value) andalso Value > 0;
type(max_queue, Value) -> is_integer(Value) andalso Value >= 2;
type(port_queue, Value) -> is_integer(Value) andalso Value >= 2;
type(forward_to_logger, Value) -> is_boolean(Value);
type(logger_rate, Value) -> is_integer(Value) andalso Value > 0;
type(keeper_socket, Value) -> Value =:= none orelse is_path(Value);
type(keeper_timeout, Value) -> is_integer(Value) andalso Value > 0;
type(keeper_retry, Value) -> is_integer(Value) andalso Value >= 100;
type(healthy_after, Value) -> Value =:= never orelse is_integer(Value) andalso Value > 0;
type(reset_report, Value) -> is_path(Value);
type(ferrule_records, Value) -> is_boolean(Value);
type(way, Value) -> Value =:= auto orelse Value =:= resident orelse Value =:= classic orelse Value =:= inside;
type(inside_sources, Value) -> vakt_inside_source:new(Value) =/= error;
type(inside_ring, Value) -> is_integer(Value) andalso Value >= 1048576 andalso Value =< 1073741824;
type(nif_dir, Value) -> is_path(Value);
type(Start, Value) when Start =:= start_memsup; Start =:= start_disksup; Start =:= memsup_system_only -> is_boolean(Value);
type(Interval, Value) when Interval =:= memory_check_interval; Interval =:= disk_space_check_interval ->
    is_integer(Value) andalso Value > 0;
type(Mark, Value) when
    Mark =:= system_memory_high_watermark; Mark =:= process_memory_high_watermark; Mark =:= disk_almost_full_threshold
->
    is_number(Value) andalso Value >= 0 andalso Value =< 1;
type(bridge_socket, Value) -> Value =:= none orelse is_path(Value);
type(bridge_wait, Value) -> is_integer(Value) andalso Value > 0;
type(_, _) -> false.

is_path([_ | _] = Value) -> io_lib:printable_unicode_list(Value);
is_path(_) -> false.

configured(Parameter) ->
    case first([fun() -> environment(vakt, Parameter) end, fun() -> os_mon(Parameter) end]) of
        {ok, Application, Value} -> checked(Application, Parameter, Value);
        undefined -> undefined
    end.

checked(Application, Parameter, Value) ->
    case type(Parameter, Value) of
        true ->
            {ok, Application, Value};
        false ->
            ?LOG_WARNING("~p: bad configuration parameter ~p = ~tp, using the default ~tp",
                         [Application, Parameter, Value, default(Parameter)], #{domain => [vakt]}),
            undefined
    end.

first([Look | More]) ->
    case Look() of
        undefined -> first(More);
        Found -> Found
    end;
first([]) ->
    undefined.

environment(Application, Parameter) ->
    case application:get_env(Application, Parameter) of
        {ok, Value} -> {ok, Application, Value};
        undefined -> undefined
    end.

os_mon(Parameter) when
    Parameter =:= start_os_sup; Parameter =:= os_sup_own; Parameter =:= os_sup_syslogconf; Parameter =:= os_sup_enable;
    Parameter =:= os_sup_errortag; Parameter =:= os_sup_mfa; Parameter =:= memory_check_interval;
    Parameter =:= system_memory_high_watermark; Parameter =:= process_memory_high_watermark; Parameter =:= memsup_system_only;
    Parameter =:= disk_space_check_interval; Parameter =:= disk_almost_full_threshold
->
    %% The configuration file's section is in the environment only once the application is loaded, and nobody else may do it.
    case application:load(os_mon) of
        ok -> environment(os_mon, Parameter);
        {error, {already_loaded, os_mon}} -> environment(os_mon, Parameter);
        {error, _} -> without_os_mon(Parameter)
    end;
os_mon(_) ->
    undefined.

%% A system without os_mon may still have its section: an application description of no content takes it in.
without_os_mon(Parameter) ->
    _ = application:load({application, os_mon, [{vsn, "0"}, {modules, []}, {applications, [kernel, stdlib]}]}),
    Found = environment(os_mon, Parameter),
    _ = application:unload(os_mon),
    Found.
