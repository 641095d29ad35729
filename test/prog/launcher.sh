#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# start_erl where no other process can be made (VAKT_START_ALONE): what it executes beside what erlexec does; real releases on
# no-process Linux, plain and strict, with what must fail there; what it refuses, and that the cure cures; nodes without epmd; one
# release with many seeds; Elixir and a shell on a real terminal. OSV_KERNEL=FILE: a release on an OSv kernel too.
. test/prog/lib.sh
suite launcher
. test/prog/lib-console.sh

otp=$otp_root
erts=$(find "$otp" -maxdepth 1 -name 'erts-*' 2>/dev/null | sort | tail -n 1) || :
[ -n "$erts" ] || { printf '  skip  all: there is no Erlang/OTP\n'; finish; exit 0; }
[ "$(id -u)" -eq 0 ] || { printf '  skip  all: a host name of its own needs root\n'; finish; exit 0; }
vsn=${erts##*/erts-}
no_process=$top/build/test/prog/no_process
root=$suite_tmp/otp
data=$root/releases/start_erl.data
VAKT_START_ALONE=1 VAKT_START_HEALTHY_AFTER=0 VAKT_KEEPER_SOCKET='' VAKT_START_TRIES=100 ERL_CRASH_DUMP_SECONDS=0 HOME=$suite_tmp
export VAKT_START_ALONE VAKT_START_HEALTHY_AFTER VAKT_KEEPER_SOCKET VAKT_START_TRIES ERL_CRASH_DUMP_SECONDS HOME
unset VAKT_START_STATE VAKT_START_HEALTHY VAKT_START_STATIC VAKT_START_SEED RELDIR ROOTDIR ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS ERL_EPMD_PORT
ERL_INETRC=$suite_tmp/inetrc
export ERL_INETRC
printf '{lookup, [file, dns]}.\n{host, {127,0,0,1}, ["vakt.local", "vakt"]}.\n' >"$ERL_INETRC"

mkdir -p "$root/lib/start_unit-1/ebin" "$root/bin" "$root/log"
ln -s "$erts" "$root/erts-$vsn"
for library in "$otp"/lib/*-* "$top"/build/lib/vakt-*; do
    ln -s "$library" "$root/lib/"
done
erlc -o "$root/lib/start_unit-1/ebin" test/erl/start_unit.erl
printf '{application, start_unit, [{vsn, "1"}, {modules, [start_unit]}, {registered, []}, {applications, [kernel, stdlib, sasl]},\n{mod, {start_unit, []}}, {description, "d"}, {env, []}]}.\n' \
    >"$root/lib/start_unit-1/ebin/start_unit.app"
# release VSN [APPLICATION ...]
release() {
    vsn_made=$1
    shift
    erl -noshell -pa "$root/lib/start_unit-1/ebin" -pa "$top"/build/lib/vakt-*/ebin -run start_unit make "$root" "$vsn_made" good "$@"
}
use() { printf '%s %s' "$vsn" "$1" >"$data"; }
# alone [WORD-FOR-NO_PROCESS ...] -- [FLAG ...]: what it says is in $tmp/out
alone() {
    given=''
    while [ "$1" != -- ]; do given="$given $1"; shift; done
    shift
    code=0
    # No pause because of the starts before.
    rm -f "$root/log"/*
    # shellcheck disable=SC2086 # words
    timeout 60 "$no_process" $given "$bin/start_erl" "$root" "$root/releases" "$data" "$@" >"$tmp/out" 2>&1 || code=$?
}
out_has() { grep -qF -- "$1" "$tmp/out" || fail "not there: $1; but: $(cat "$tmp/out")"; }
comes_up() {
    alone "$@" -noinput -eval 'io:format("~s is up~n", [node()]), init:stop().'
    equal 0 "$code" "$(cat "$tmp/out"); exit status"
    out_has ' is up'
}

# ---- beside erlexec --------------------------------------------------------------------------------------------------------------

# An emulator that says its words and its environment.
fake_root() {
    fake=$tmp/r
    mkdir -p "$fake/erts-$vsn/bin" "$fake/releases/1.0" "$fake/log"
    cp "$erts/bin/erlexec" "$fake/erts-$vsn/bin/"
    # shellcheck disable=SC2016 # for the emulator
    printf '#!/bin/sh\nprintf "<%%s>\\n" "$0" "$@" >"$SAID"\nexec /usr/bin/env >"$SAID.env"\n' >"$fake/erts-$vsn/bin/beam.smp"
    chmod 755 "$fake/erts-$vsn/bin/beam.smp"
    ln "$fake/erts-$vsn/bin/beam.smp" "$fake/erts-$vsn/bin/beam.debug.smp"
    ln "$fake/erts-$vsn/bin/beam.smp" "$fake/erts-$vsn/bin/beam.emu"
    cp "$otp/bin/start_clean.boot" "$fake/releases/1.0/start.boot"
    printf '[{kernel, [{a, 1.5}, {b, #{c => <<"d">>}}]}].\n' >"$fake/releases/1.0/sys.config"
    printf '%s 1.0\n' "$vsn" >"$fake/releases/start_erl.data"
}
# said PROGRAM WORDS: "refused", or the emulator's words and environment; PROGRAM and WORDS are for a shell
said() {
    rm -f "$tmp/said" "$tmp/said.env" "$fake/log"/*
    SAID=$tmp/said sh -c "exec $1 '$fake' '$fake/releases' '$fake/releases/start_erl.data' $2" >"$tmp/words" 2>&1 || :
    if [ -f "$tmp/said.env" ]; then
        cat "$tmp/said"
        LC_ALL=C sort "$tmp/said.env" | grep -v -e '^_=' -e '^PWD=' -e '^OLDPWD=' -e '^SHLVL=' -e '^VAKT_START_HEALTHY='
    else
        printf 'refused\n'
    fi
}
compare() {
    said "$otp/bin/start_erl" "$*" >"$tmp/otp"
    said "$no_process $bin/start_erl" "$*" >"$tmp/ours"
    diff "$tmp/otp" "$tmp/ours" || fail "other than erlexec's for $*: $(cat "$tmp/words")"
}

words_of_erlexec() {
    fake_root
    while read -r words; do compare "$words"; done <<'END'
-noinput -s a b -eval 'io:format("x").'
-sname cp1 -start_epmd false -erl_epmd_port 4370 -setcookie c
-env X 'y z' -env PATH /none -env ERL_CRASH_DUMP /d -env X again
-start_epmd maybe
-version -compile a b
-make a +P 3
-noinput -nohup -keep_window -emu_args x -instr -- a -- b
-emu_type debug
-emu_type opt -emu_flavor smp
-emu_type nope
-emu_type
-emu_flavor emu
-smp auto -smpenable -smp foo
-smp disable
-no_epmd
-no_epmd -proto_dist inet_tcp
-epmd prog
-name
-env A
-extra -env A B +P 3 -boot x
+P 1000 +Q 2000 +A 3 +a 4 +e 5 +t 6 +T 7 +W w +K true +R 25 +n x +i foo +C single_time_warp
+P -x
+P
+P1000 x
+S 1:1 +S2:2 +SP 50 +SP50 +SDcpu 1 +SDPcpu 50 +SDio 3 +SDio3 x
+SDx 1
+B x
+B i x
+Bi +Bd +Bc +B -x
+Bx
+c true +c false +c maybe +ctrue
+MBas aobf +Muas gf +MYe true +MMscs 20 +MIscs 3 +MXscs 3 +Mxx y +Mea min +MHlmbcs 3 +Mulmbcs
+sbt db +sbwt none +sss 3 +ssdcpu 40 +ssdio 40 +scl false +sfwi 1 +spp true +sub true +sx y +swt low +swtdio low +secio true
+sbt
+hms 3 +h 4 +hmbs 5 +hpds 6 +hmax 7 +hmaxk true +hmaxel true +hmqd off_heap +hmaxib true +hx y
+rg 64 +r x +zdbbl 1024 +zdntgc 3 +zebwt low +zosrl 3 +zhft 2 +pc unicode +pcx y
+JPperf true +J x +IOt 4 +IOp 4 +IOPt 4 +IOPp 4 +IOs true +dcg 4 +l +V +v +O x +d +L
+J
+IOx 3
+I
-x a b -c + - 'two words' '' 'q"uote' '*'
-sys other -boot_var A b -heart#x -kernel net_ticktime 3 -pa x y
-a -S m f -- +P 5 -extra b
-extra -a -S b -- c
+MMlp on +Mdai max +Mumadtn 3 +pad x +Di 3 ++x +D +Dx
END
}
check 'words and environment are those of OTP with its shell and erlexec, for every kind of flag' words_of_erlexec

surroundings_of_erlexec() {
    fake_root
    printf -- "-setcookie 'a b' # one\n-args_file %s/inner\n-env X \"y z\" -extra e\\\\ f\n" "$tmp" >"$tmp/outer"
    printf '# nothing but\n+P 1000 -heartless#off\n+sbt db\n' >"$tmp/inner"
    compare -b -args_file "$tmp/outer" -c
    compare -args_file "$tmp/none"
    # shellcheck disable=SC2089,SC2090 # quotes for erlexec
    export ERL_ZFLAGS="-z 'last one' +Q 3" ERL_AFLAGS='-a -env Y 1' ERL_FLAGS='-extra more' ERL_EPMD_PORT=4444
    compare -b -args_file "$tmp/outer" -c
    unset ERL_ZFLAGS ERL_AFLAGS ERL_FLAGS
    compare
    own=$PATH
    for PATH in "$own:$fake/erts-$vsn/bin:/x" "$fake/erts-$vsn/bin:$fake/erts-$vsn/bin:$own:$fake/erts-$vsn/bin"; do compare -x; done
    PATH=$own
    (unset HOME && compare -x)
    (export ROOTDIR=/other EMU=other BINDIR=/other PROGNAME=other && compare -x)
}
check 'and with argument files in argument files, ERL_AFLAGS, ERL_FLAGS, ERL_ZFLAGS, ERL_EPMD_PORT, PATH and HOME' surroundings_of_erlexec

needs_no_erlexec() {
    fake_root
    rm "$fake/erts-$vsn/bin/erlexec"
    equal "<$fake/erts-$vsn/bin/beam.smp>" "$(said "$no_process --strict $bin/start_erl" '' | head -n 1)"
    for word in -detached -man -emu_args_exit; do
        equal refused "$(said "$no_process $bin/start_erl" "$word")" "$word"
        grep -qF -- "$word" "$tmp/words" || fail "$(cat "$tmp/words")"
    done
}
check 'erlexec need not be there; what it alone could do is refused' needs_no_erlexec

# ---- real releases ---------------------------------------------------------------------------------------------------------------

release 1.0 vakt
release 2.0 os_mon vakt
# So that none stands in for another.
rm "$root/releases/RELEASES"
use 1.0

is_good() { grep -qsx "$spawned" "$tmp"/start-*.healthy; }
boots() {
    comes_up --
    comes_up --strict --
    comes_up --strict -- -mode embedded
    # In its place, with its process id.
    use 1.0
    VAKT_START_STATE=$tmp
    export VAKT_START_STATE
    spawn "$no_process" --strict "$bin/start_erl" "$root" "$root/releases" "$data" -noinput
    eventually 60 is_good
    equal beam.smp "$(cat "/proc/$spawned/comm")"
    grep -q '^Seccomp:.*2$' "/proc/$spawned/status"
}
check 'a real release comes up, interactive and embedded, where no process can be made' boots

# Each must fail, or what passes here says nothing.
controls() {
    code=0
    timeout 60 "$no_process" "$otp/bin/erl" -noinput -eval 'init:stop().' >"$tmp/out" 2>&1 || code=$?
    [ "$code" -ne 0 ] || fail 'the shell script starts an emulator'
    VAKT_START_ALONE=0
    alone -- -noinput -sname cp1 -eval 'init:stop().'
    [ "$code" -ne 0 ] || fail "erlexec starts a node: $(cat "$tmp/out")"
    VAKT_START_ALONE=1
    alone -- -noinput -eval "ok = file:write_file(\"$tmp/before\", []), io:format(\"~s\", [os:cmd(\"echo lives\")]), init:stop()."
    [ -e "$tmp/before" ] || fail "it never came to that: $(cat "$tmp/out")"
    out_has 'erl_child_setup'
    [ "$code" -ne 0 ] || fail "a program was started: $(cat "$tmp/out")"
    printf '{lookup, [native]}.\n' >"$tmp/native"
    # What start_erl would have refused, past it.
    code=0
    ERL_INETRC=$tmp/native ROOTDIR=$root BINDIR=$root/erts-$vsn/bin EMU=beam timeout 60 "$no_process" "$erts/bin/beam.smp" -- -root "$root" \
        -bindir "$erts/bin" -progname erl -- -home "$tmp" -- -boot "$root/bin/start_clean" -noinput -eval \
        'inet:getaddr("no.such", inet), init:stop().' >"$tmp/out" 2>&1 || code=$?
    [ "$code" -ne 0 ] || fail "a native look-up did not end it: $(cat "$tmp/out")"
}
cp "$otp/bin/start_clean.boot" "$root/bin/"
check 'the shell script, erlexec with a name, os:cmd and a native look-up fail here' controls
rm "$root/bin/start_clean.boot"

# refuses WORDS: start_erl says them and starts nothing
refuses() {
    equal 1 "$code" "$(cat "$tmp/out"); exit status"
    out_has "$1"
    if grep -q 'is up' "$tmp/out"; then fail 'it was started'; fi
}
refused_and_cured() {
    alone --host vakt -- -noinput
    refuses 'give it a name with a dot, such as vakt.local'
    alone -- -heart
    refuses 'have the boot file load the driver heart (vakt_boot) in its place'
    alone -- -sname cp1
    refuses 'say -start_epmd false -epmd_module vakt_epmd'
    alone -- -name cp1@vakt.local -start_epmd false
    refuses 'leaves the node without its port'
    comes_up --strict -- -sname cp1 -start_epmd false -dist_listen false
    comes_up --strict -- -name cp1@vakt.local -start_epmd false -erl_epmd_port "$(free_port)"
    comes_up --strict -- -sname "cp1-$(free_port)" -start_epmd false -epmd_module vakt_epmd
    out_has '@vakt is up'
    use 2.0
    alone -- -noinput
    refuses 'os_mon would start the port programs of cpu_sup, memsup, disksup: say {os_mon, [{start_cpu_sup, false}, {start_memsup, false}, {start_disksup, false}]}'
    alone -- -os_mon start_cpu_sup false start_memsup false
    refuses 'say {os_mon, [{start_disksup, false}]}'
    printf '[{os_mon, [{start_cpu_sup, false}]}, "more"].\n' >"$tmp/sys.config"
    printf '[{os_mon, [{start_memsup, false}, {start_disksup, false}]}, {start_unit, [{way, good}]}].\n' >"$tmp/more.config"
    comes_up --strict -- -config "$tmp/sys"
    printf '[{os_mon, [{start_cpu_sup, false\n' >"$tmp/sys.config"
    alone -- -config "$tmp/sys"
    refuses "sys.config:2: "
    use 1.0
    printf '{lookup, [file, native]}.\n' >"$tmp/inetrc"
    alone -- -env ERL_INETRC "$tmp/inetrc"
    refuses 'has native in its lookup: host names would be looked up by another process; say {lookup, [file, dns]}.'
    (unset ERL_INETRC && alone -- && refuses "let ERL_INETRC or kernel's inetrc name a file that says {lookup, [file, dns]}.")
    (unset ERL_INETRC && comes_up -- -kernel inetrc "\"$suite_tmp/inetrc\"")
}
free_port() {
    erl -noinput -boot start_clean -eval '{ok, S} = gen_tcp:listen(0, []), {ok, P} = inet:port(S), io:format("~b", [P]), halt().'
}
check 'what would start a process is refused with its cure, and the cure cures' refused_and_cured

a_linked_in_heart() {
    app=$(echo "$top"/build/lib/vakt-*)
    [ -f "$app/priv/lib/heart.so" ] || skip "the linked-in heart is not built here"
    cp "$root/releases/1.0/start.boot" "$tmp/plain.boot"
    escript "$app/ebin/vakt_boot.beam" insert "$root/releases/1.0/start.boot" "$app/priv/lib"
    HW_WD_DISABLE=1
    export HW_WD_DISABLE
    alone --strict -- -heart -noinput -eval 'true = is_pid(whereis(heart)), io:format("~s is up~n", [node()]), init:stop().'
    cp "$tmp/plain.boot" "$root/releases/1.0/start.boot"
    equal 0 "$code" "$(cat "$tmp/out"); exit status"
    out_has ' is up'
}
check 'with the driver in the boot file, -heart is started alone' a_linked_in_heart

safe_one() {
    cp "$otp/bin/start_clean.boot" "$root/bin/"
    printf 'io:format("the answer is ~b~n", [6 * 7]), init:stop().\n' >"$tmp/in"
    VAKT_START_STATE=$tmp
    export VAKT_START_STATE
    (exec <"$tmp/in" && alone --strict -- -heart -noshell && equal 0 "$code")
    rm "$root/bin/start_clean.boot"
    out_has 'the safe release, a console alone: 1.0'
}
check 'a refused release ends on the safe one, which is started alone too' safe_one

seen_inside() {
    unset ERL_INETRC
    timeout 60 erl -noinput -pa "$top"/build/lib/vakt-*/ebin -eval '
        {error, Why} = application:ensure_all_started(vakt), io:format("~p~n", [Why]), halt(0).' >"$tmp/out" 2>&1 || :
    out_has needs_another_process
    out_has 'names are looked up natively'
}
check 'what only the running VM knows, the application vakt finds: it does not start' seen_inside

# ---- nodes without epmd ----------------------------------------------------------------------------------------------------------

two_nodes() {
    one=$(free_port)
    two=$(free_port)
    printf '#!/bin/sh\nexit 1\n' >"$tmp/epmd"
    start_node "one-$one" "$tmp/one"
    alone --strict -- -noinput -sname "two-$two" -setcookie c -start_epmd false -epmd_module vakt_epmd -eval "
        One = 'one-$one@vakt',
        Creation = fun Creation(0) -> halt(3);
                       Creation(N) ->
                           case net_adm:ping(One) =:= pong andalso rpc:call(One, erlang, system_info, [creation]) of
                               Found when is_integer(Found) -> Found;
                               _ -> timer:sleep(100), Creation(N - 1)
                           end
                   end,
        First = Creation(600),
        {ok, [{\"two-$two\", $two}]} = net_adm:names(),
        ok = net_kernel:monitor_nodes(true),
        ok = file:write_file(\"$tmp/linked\", []),
        receive {nodedown, One} -> ok after 60000 -> halt(2) end,
        Second = Creation(600),
        true = First =/= Second,
        io:format(\"linked again~n\"), rpc:cast(One, init, stop, []), init:stop()." &
    other=$!
    eventually 60 test -e "$tmp/linked"
    kill -KILL "$spawned"
    wait "$spawned" || :
    start_node "one-$one" "$tmp/again"
    wait "$other" || :
    out_has 'linked again'
}
start_node() {
    mkdir "$2.state"
    spawn env VAKT_START_STATE="$2.state" "$no_process" --strict "$bin/start_erl" "$root" "$root/releases" "$data" -noinput -sname "$1" -setcookie c -start_epmd false \
        -epmd_module vakt_epmd >"$2" 2>&1
}
check 'two nodes without epmd: ping, rpc, and again after one was killed' two_nodes

# ---- one release, many machines --------------------------------------------------------------------------------------------------

# seed NAME PORT: a seed directory of a machine, and the launcher's words for it in $VAKT_START_SEED
seed() {
    mkdir -p "$tmp/$1"
    printf 'instance-id: i-%s\nlocal-hostname: %s.machines.test\n' "$1" "$1" >"$tmp/$1/meta-data"
    printf '#cloud-config\nvakt:\n  node: %s-%s@%s.machines.test\n  cookie: c-%s\n  args: "-env WHO %s -start_epmd false -epmd_module vakt_epmd"\n' \
        "$1" "$2" "$1" "$1" "$1" >"$tmp/$1/user-data"
    VAKT_START_SEED="--seed $tmp/$1 --etc $tmp/$1.etc --allow $tmp/$1.etc --state $tmp/$1.state --user root"
    HOME=$tmp/$1.home
    mkdir "$HOME"
    export VAKT_START_SEED HOME
}
many_machines() {
    printf '{lookup, [file, dns]}.\n{host, {127,0,0,1}, ["a.machines.test", "a"]}.\n{host, {127,0,0,1}, ["b.machines.test", "b"]}.\n' >"$tmp/inetrc"
    ERL_INETRC=$tmp/inetrc
    for machine in a b; do
        seed "$machine" "$(free_port)"
        # Without a dot until the seed has given it its name.
        alone --strict --host nobody -- -noinput -eval 'io:format("~s ~s ~s~n", [node(), os:getenv("WHO"), erlang:get_cookie()]), init:stop().'
        equal 0 "$code" "$(cat "$tmp/out"); exit status"
        grep -q "^$machine-[0-9]*@$machine.machines.test $machine c-$machine\$" "$tmp/out" || fail "$(cat "$tmp/out")"
        out_has "instance i-$machine: "
    done
    # The second start of a machine, whose seed is gone.
    rm -r "$tmp/b"
    mkdir "$tmp/b"
    alone --strict --host b.machines.test -- -noinput -eval 'io:format("~s~n", [node()]), init:stop().'
    grep -q '^b-[0-9]*@b.machines.test$' "$tmp/out" || fail "$(cat "$tmp/out")"
    out_has 'start_erl: seed: '
    printf 'instance-id: i-2\n' >"$tmp/b/meta-data"
    printf '#cloud-config\nruncmd: [ls]\n' >"$tmp/b/user-data"
    alone --strict --host b.machines.test -- -noinput -eval 'io:format("~s~n", [node()]), init:stop().'
    out_has 'is refused; nothing was changed'
    grep -q '^b-[0-9]*@b.machines.test$' "$tmp/out" || fail "$(cat "$tmp/out")"
}
[ -x "$bin/seed_config" ] && check 'one release, two seeds: two machines with their own names, cookies and arguments' many_machines

# ---- shells ----------------------------------------------------------------------------------------------------------------------

elixir=/usr/lib/elixir/lib
an_expression() {
    [ -d "$elixir" ] || skip 'Elixir is not installed'
    # shellcheck disable=SC2016 # for Elixir
    alone --strict -- -noinput -pa "$elixir/elixir/ebin" -s elixir start_cli -extra -e 'IO.puts("sum #{Enum.sum(1..4)} of #{node()}")'
    equal 0 "$code" "$(cat "$tmp/out"); exit status"
    out_has 'sum 10 of nonode@nohost'
}
check 'an expression of Elixir' an_expression

# shell_on_terminal NAME FLAGS ...: on a real terminal that is what TERM says
shell_on_terminal() {
    name=$1
    shift
    rm -f "$root/log"/*
    terminal "$name" 80 24 "env TERM=screen $no_process --strict $bin/start_erl $root $root/releases $data $*"
}
# From erts 14 on a terminal needs the driver, which brings it back.
terminal_needs_driver() { [ "${vsn%%.*}" -ge 14 ]; }
without_input() {
    # shellcheck disable=SC2016 # for the shell there
    shell_on_terminal quiet '-noinput -eval "io:format(\"~s is up~n\", [node()])."'
    eventually 60 shows quiet '^nonode@nohost is up'
}
check 'on a real terminal a node without input comes up' without_input

terminal_refused() {
    terminal_needs_driver || skip "erts $vsn hands no terminal over"
    shell_on_terminal erl ''
    eventually 60 shows erl 'have the boot file load the'
    cp "$root/releases/1.0/start.boot" "$suite_tmp/plain.boot"
    app=$(echo "$top"/build/lib/vakt-*)
    escript "$app/ebin/vakt_boot.beam" insert "$root/releases/1.0/start.boot" "$app/priv/lib"
}
check 'a shell on it is refused where another process would be needed for that' terminal_refused

line_editing() {
    shell_on_terminal erl ''
    eventually 60 shows erl '1> *$'
    # Ctrl-A, arrows, Backspace, Ctrl-K, and the line before: what is not understood stays on the line as text.
    keys erl -l 'ists:sum([40,3]).'
    keys erl C-a
    keys erl -l 'l'
    keys erl C-e
    keys erl Left Left Left BSpace
    keys erl -l '2'
    keys erl Enter
    eventually 60 shows erl '^1> lists:sum(\[40,2\])\.$'
    eventually 60 shows erl '^42$'
    eventually 60 shows erl '^2> *$'
    keys erl Up
    eventually 60 shows erl '^2> lists:sum(\[40,2\])\.$'
    keys erl Enter
    eventually 60 shows erl '^3> *$'
    keys erl -l 'os:getenv("TERM").'
    keys erl Enter
    eventually 60 shows erl '^"screen"$'
}
check 'a shell on a real terminal edits its line' line_editing

iex_editing() {
    [ -d "$elixir" ] || skip 'Elixir is not installed'
    # It tries erts 13's driver of terminals, which is then looked for as a program.
    if terminal_needs_driver && grep -q '{vsn,"1\.14' "$elixir/elixir/ebin/elixir.app"; then skip "Elixir 1.14 needs a process on erts $vsn"; fi
    shell_on_terminal iex "-pa $elixir/elixir/ebin $elixir/iex/ebin $elixir/logger/ebin -noshell -user Elixir.IEx.CLI -extra --no-halt +iex"
    eventually 60 shows iex 'iex(1)>'
    keys iex -l 'num.sum([40, 2])'
    keys iex C-a
    keys iex -l 'E'
    keys iex Enter
    eventually 60 shows iex 'iex(1)> Enum.sum(\[40, 2\])$'
    eventually 60 shows iex '42'
}
check "and so does Elixir's" iex_editing

# ---- a system that calls programs as functions -------------------------------------------------------------------------------------

entered() {
    fake_root
    cp "$erts/bin/beam.smp" "$fake/erts-$vsn/bin/beam.smp"
    code=0
    LD_PRELOAD=$top/build/test/preload/no_exec.so "$no_process" "$bin/start_erl" "$fake" "$fake/releases" "$fake/releases/start_erl.data" \
        >"$tmp/out" 2>&1 || code=$?
    equal 126 "$code"
    grep -q 'beam.smp: Exec format error; load: .*beam.smp: cannot dynamically load position-independent executable' "$tmp/out" ||
        fail "$(cat "$tmp/out")"
}
entered_and_left() {
    fake_root
    cp "$top/build/test/preload/no_exec.so" "$fake/erts-$vsn/bin/beam.smp"
    code=0
    LD_PRELOAD=$top/build/test/preload/no_exec.so "$no_process" "$bin/start_erl" "$fake" "$fake/releases" "$fake/releases/start_erl.data" \
        +P 1000 -sname a -start_epmd false -dist_listen false >"$tmp/out" 2>&1 || code=$?
    equal 7 "$code" "$(cat "$tmp/out"); exit status"
    out_has "<-P> <1000> <--> <-root> <$fake>"
    out_has "BINDIR=$fake/erts-$vsn/bin"
}
check 'where execve is not there the emulator is loaded and entered, in this process' entered_and_left
check "glibc's loader refuses that for a program, which is said" entered

# ---- another kernel ----------------------------------------------------------------------------------------------------------------

# The release's tree and the libraries that its programs name, as an OSv machine's root by virtio-fs; VIRTIOFSD names the server.
osv() {
    [ -n "${OSV_KERNEL:-}" ] || skip 'no OSV_KERNEL: all above is no-process Linux'
    virtiofsd=${VIRTIOFSD:-/usr/lib/qemu/virtiofsd}
    command -v qemu-system-x86_64 >/dev/null 2>&1 || skip 'OSV_KERNEL needs qemu-system-x86_64'
    [ -x "$virtiofsd" ] || skip 'OSV_KERNEL needs virtiofsd'
    mkdir -p "$tmp/root/bin" "$tmp/root/etc"
    cp -RL "$root" "$tmp/root/otp"
    cp "$bin/start_erl" "$tmp/root/bin/"
    cp "$ERL_INETRC" "$tmp/root/etc/inetrc"
    ldd "$bin/start_erl" "$erts/bin/beam.smp" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
        mkdir -p "$tmp/root$(dirname "$library")"
        cp -L "$library" "$tmp/root$library"
    done
    spawn "$virtiofsd" --socket-path="$tmp/fs" -o source="$tmp/root" -o sandbox=none
    eventually 20 test -S "$tmp/fs"
    words='--rootfs=virtiofs --env=VAKT_START_ALONE=1 --env=VAKT_KEEPER_SOCKET= --env=ERL_INETRC=/etc/inetrc --env=HOME=/ --env=TERM=vt100-qemu'
    timeout 300 qemu-system-x86_64 -accel tcg -m 512 -smp 1 -nographic -no-reboot -kernel "$OSV_KERNEL" \
        -object memory-backend-memfd,id=m,size=512M,share=on -numa node,memdev=m \
        -chardev "socket,id=c,path=$tmp/fs" -device vhost-user-fs-pci,chardev=c,tag=osv \
        -append "$words /bin/start_erl /otp /otp/releases /otp/releases/start_erl.data -noinput -s init stop -start_unit way good" \
        >"$tmp/out" 2>&1 || :
    if grep -q -e 'start_erl: ' -e 'Aborted' -e 'Assertion' "$tmp/out"; then fail "$(tail -n 20 "$tmp/out")"; fi
    find "$tmp/root/otp/log" -name '*.healthy' | grep -q . || fail "the node never said that it is healthy: $(tail -n 20 "$tmp/out")"
}
check 'a release comes up on the OSv kernel of OSV_KERNEL' osv

finish
