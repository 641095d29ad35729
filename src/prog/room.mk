# Programs: wiring only. P_ROOMS are the rooms a program links; packages follow from the rooms.
PROGS := mod_syslog ferrule heart wd_keeper vaktctl $(if $(filter linux,$(TARGET_OS)),soft_board) syslog_bridge run_erl to_erl

mod_syslog_SRCS := src/prog/mod_syslog.cpp src/prog/mod_syslog_look.cpp src/prog/mod_syslog_daemon.cpp src/prog/mod_syslog_check.cpp src/prog/mod_syslog_holder.cpp
mod_syslog_ROOMS := swap sys
mod_syslog_LDFLAGS := -static-pie

ferrule_ROOMS := bridge inside source wire relay report notes
ferrule_MAIN := src/prog/ferrule.cpp src/prog/ferrule_records.cpp
ferrule_LACKS := systemd

# Dynamically linked to libc alone: people put their own calls in libc's place (LD_PRELOAD), and libstdc++ in one piece
# costs less memory than the whole of it shared with nobody.
heart_ROOMS := heart wire sys guard drivers
heart_MAIN := src/prog/heart.cpp src/prog/heart_otp.cpp src/prog/heart_lease.cpp src/prog/heart_solo.cpp src/prog/heart_nerves_linux.cpp src/prog/heart_nerves_solaris.cpp src/prog/heart_port.cpp
heart_SMALL := yes
# A throw, of which there is none but for memory that has run out, is abort: what would unwind it is half as large as heart.
heart_THROWS := __gxx_personality_v0 _Unwind_Resume __cxa_begin_catch __cxa_end_catch __cxa_rethrow __cxa_throw \
	__cxa_allocate_exception __cxa_free_exception _ZSt20__throw_length_errorPKc _ZSt24__throw_out_of_range_fmtPKcz \
	_ZSt19__throw_logic_errorPKc _ZSt17__throw_bad_allocv _ZSt28__throw_bad_array_new_lengthv _ZSt25__throw_bad_function_callv \
	_ZSt9terminatev _ZN9__gnu_cxx27__verbose_terminate_handlerEv
heart_LDFLAGS := -static-libstdc++ -static-libgcc -Wl,-z,noseparate-code $(heart_THROWS:%=-Wl,--defsym=%=vakt_throws)

# Static: it must not need a library from a disk that is gone, and what it locks in memory is what it uses.
wd_keeper_ROOMS := keeper wire report notes wdt drivers settings sys
wd_keeper_MAIN := $(wildcard src/prog/wd_keeper*.cpp src/prog/keeper_*.cpp) src/prog/daemon_log.cpp src/prog/word_options.cpp
wd_keeper_SMALL := yes
wd_keeper_LDFLAGS := -static-pie -Wl,--defsym=_ZN9__gnu_cxx27__verbose_terminate_handlerEv=abort

# The simulator holds all processes of a board together as only Linux can (PR_SET_CHILD_SUBREAPER).
soft_board_ROOMS := drivers report sys
soft_board_MAIN := $(wildcard src/prog/soft_board*.cpp)

# What a board starts on its way up. Looking up the five thousand names by which libstdc++ as a library calls itself takes each of them
# eight times as long as the rest of its start, and leaves 80 kB of memory of its own in those that stay. libc stays shared.
lean_LDFLAGS := -static-libstdc++ -static-libgcc -Wl,--as-needed
vaktctl_LDFLAGS := $(lean_LDFLAGS)
to_erl_LDFLAGS := $(lean_LDFLAGS)
run_erl_LDFLAGS := $(lean_LDFLAGS)
seed_config_LDFLAGS := $(lean_LDFLAGS)
syslog_bridge_small_LDFLAGS := $(lean_LDFLAGS)

vaktctl_ROOMS := ctl doctor keeper report settings swap wire sys
vaktctl_MAIN := $(wildcard src/prog/vaktctl*.cpp)

syslog_bridge_ROOMS := bridge inside settings show source wire relay report notes sys
bridge_FILES := $(wildcard src/prog/syslog_bridge*.cpp) src/prog/daemon_log.cpp src/prog/word_options.cpp
syslog_bridge_MAIN = $(filter-out $(if $(systemd_SRCS),%_no_journal.cpp,%_bridge_journal.cpp),$(bridge_FILES))
# A small board's, without libsystemd and the 3 MB that that needs; where there is none syslog_bridge is the same.
syslog_bridge_small_ROOMS := bridge inside settings show source wire relay report notes sys
syslog_bridge_small_MAIN := $(filter-out %_bridge_journal.cpp,$(bridge_FILES))
syslog_bridge_small_LACKS := systemd

PROGS += start_erl
start_erl_ROOMS := release wire sys become seed
start_erl_FILES := $(wildcard src/prog/start_erl*.cpp) src/prog/vaktctl_client.cpp src/prog/vaktctl_peer.cpp
# Where libyaml is (src/yaml/room.mk), it reads a seed too.
start_erl_MAIN = $(if $(yaml_SRCS),$(filter-out %_no_seed.cpp,$(start_erl_FILES)) $(filter-out %/seed_config.cpp,$(seed_config_MAIN)),\
	$(filter-out %_erl_seed.cpp,$(start_erl_FILES)))
# Found by a system that calls programs as functions.
start_erl_LDFLAGS := $(lean_LDFLAGS) -Wl,--export-dynamic-symbol=main

# Made where libsystemd is (src/systemd/room.mk).
wd_bus_ROOMS := show systemd sys
wd_bus_MAIN := src/prog/wd_bus.cpp src/prog/wd_bus_options.cpp src/prog/wd_bus_program.cpp src/prog/wd_bus_link.cpp \
	src/prog/wd_bus_object.cpp src/prog/wd_bus_files.cpp src/prog/wd_bus_ends.cpp

to_erl_ROOMS := console loop sys
to_erl_MAIN := $(wildcard src/prog/to_erl*.cpp) src/prog/console_place.cpp

run_erl_ROOMS := console loop sys
run_erl_MAIN := $(wildcard src/prog/run_erl*.cpp) src/prog/console_place.cpp

# Made where libyaml is (src/yaml/room.mk).
seed_config_ROOMS := seed yaml sys
seed_config_MAIN := $(wildcard src/prog/seed_config*.cpp) src/prog/word_options.cpp
