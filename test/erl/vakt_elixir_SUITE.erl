%% SPDX-License-Identifier: Apache-2.0
%% The README's Elixir, run by the real elixir.
-module(vakt_elixir_SUITE).

-export([all/0, init_per_testcase/2, end_per_testcase/2]).
-export([a_line_arrives_in_elixir/1]).

-include_lib("stdlib/include/assert.hrl").

all() -> [a_line_arrives_in_elixir].

init_per_testcase(_, Config) ->
    case os:find_executable("elixir") of
        false ->
            {skip, "elixir is not installed"};
        Elixir ->
            {Own, _} = vakt_test:own_path(),
            [{elixir, Elixir}, {own, Own}, {daemon, vakt_test:daemon(Own)} | Config]
    end.

end_per_testcase(_, Config) ->
    vakt_test:end_daemon(proplists:get_value(daemon, Config)).

script() ->
    "own = System.fetch_env!(\"OWN\")\n"
    "for {key, value} <- [start_os_sup: true, os_sup_own: to_charlist(own),\n"
    "                     os_sup_syslogconf: to_charlist(own <> \"/syslog.conf\"), os_sup_mfa: :none] do\n"
    "  Application.put_env(:vakt, key, value)\n"
    "end\n"
    "\n"
    "{:ok, _} = Application.ensure_all_started(:vakt)\n"
    "{:ok, ref} = :vakt.subscribe()\n"
    "IO.puts(\"ready\")\n"
    "\n"
    "receive do\n"
    "  {:vakt, ^ref, %{severity: severity, app: app, text: text}} -> IO.puts(\"#{severity} from #{app}: #{text}\")\n"
    "after\n"
    "  20_000 -> IO.puts(\"nothing\")\n"
    "end\n"
    "\n"
    ":ok = :vakt.unsubscribe(ref)\n"
    "\n"
    "case :vakt.last_reset() do\n"
    "  {:ok, %{cause: cause, confidence: confidence}} -> IO.puts(\"last reset: #{cause}, #{confidence}\")\n"
    "  {:error, reason} -> IO.puts(\"last reset: #{reason}\")\n"
    "end\n"
    "\n"
    "{:error, :no_keeper} = :vakt.snooze(60)\n"
    "%{keeper: {:error, :no_keeper}} = :vakt.status()\n"
    ":ok = Application.stop(:vakt)\n".

a_line_arrives_in_elixir(Config) ->
    Own = proplists:get_value(own, Config),
    Script = filename:join(filename:dirname(Own), "vakt.exs"),
    ok = file:write_file(Script, script()),
    {ok, _} = file:copy(filename:join([vakt_test:top(), "test", "data", "report", "reset_report.json"]), filename:join(Own, "reset_report.json")),
    Port = open_port({spawn_executable, proplists:get_value(elixir, Config)},
                     [{args, ["-pa", filename:dirname(code:which(vakt)), Script]}, {env, [{"OWN", Own}, {"LC_ALL", "C.UTF-8"}, {"VAKT_KEEPER_SOCKET", filename:join(Own, "keeper.sock")}]},
                      {line, 1000}, exit_status, binary]),
    ?assertEqual(<<"ready">>, line(Port)),
    ok = vakt_test:write(vakt_test:writer(Own), ["<11>Nov 21 18:04:15 board sensor[7]: too hot"]),
    ?assertEqual(<<"error from sensor: too hot">>, line(Port)),
    ?assertEqual(<<"last reset: vm_hang, high">>, line(Port)),
    receive
        {Port, {exit_status, Status}} -> ?assertEqual(0, Status)
    after 30000 ->
        error(elixir_stays)
    end,
    ?assert(vakt_test:same(filename:join(Own, "syslog.conf"), filename:join(Own, "syslog.conf.ORIG"))).

%% What it says before is not ours (a warning about the release of Erlang or the locale, say).
line(Port) ->
    receive
        {Port, {data, {eol, Line}}} ->
            case Line of
                <<"ready">> -> Line;
                <<"error from ", _/binary>> -> Line;
                <<"last reset: ", _/binary>> -> Line;
                <<"nothing">> -> Line;
                _ -> line(Port)
            end
    after 30000 ->
        timeout
    end.
