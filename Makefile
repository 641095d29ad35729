# SPDX-License-Identifier: Apache-2.0
# Vakt: one make over all rooms. A room names its sources and needs in room.mk; do not list files here.

VERSION := 0.1.0

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

prefix ?= /usr/local
sysconfdir ?= /etc
DESTDIR ?=
CROSS_COMPILE ?=
SANITIZE ?=
V ?=
Q := $(if $(V),,@)
, := ,

ifeq ($(origin CXX),default)
CXX := $(CROSS_COMPILE)g++
endif
PKG_CONFIG ?= $(CROSS_COMPILE)pkg-config
# linux or solaris. A file x_linux.cpp has beside it x_solaris.cpp, which answers for the same header; one of the two is built.
ifndef TARGET_OS
TARGET_OS := $(if $(findstring solaris,$(shell $(CXX) -dumpmachine)),solaris,linux)
endif
for_target = $(filter-out $(if $(filter linux,$(TARGET_OS)),%_solaris.cpp,%_linux.cpp),$(1))
ERLC ?= erlc
# Where erl_driver.h and erl_nif.h are; asked of Erlang once, and only when something wants them.
ifndef ERL_INCLUDE
ERL_INCLUDE = $(eval ERL_INCLUDE := $$(shell erl -noinput -eval 'io:put_chars(filename:join([code:root_dir(),"usr","include"])),halt().'))$(ERL_INCLUDE)
endif
erl_CPPFLAGS = $(if $(ERL_INCLUDE),-isystem $(ERL_INCLUDE))

# Sanitized and plain objects never mix: build/ and build/asan/ (address, undefined) and build/fuzz/ stand beside each other. The
# sanitized ones take half the time with -O1, and a quarter less with the lines alone of what a debugger could know (-g1).
O := build$(if $(SANITIZE),/$(SANITIZE))
san_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
san_tsan := -fsanitize=thread -fno-omit-frame-pointer
san_fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
san_FLAGS := $(san_$(SANITIZE))

# What is ours stands before the user's CXXFLAGS, which are added and never replaced.
os_linux_CPPFLAGS := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
# g++ and clang say the rest there by themselves (_XOPEN_SOURCE, __EXTENSIONS__: standards(7)).
# getopt_long(3C) has a table of char* there.
os_solaris_CPPFLAGS := -D_POSIX_PTHREAD_SEMANTICS -Wno-write-strings
os_solaris_LIBS := -lsocket -lnsl -lcontract -lsec
vakt_CPPFLAGS := -Isrc -I. $(os_$(TARGET_OS)_CPPFLAGS) -DVAKT_VERSION='"$(VERSION)"' -DVAKT_SYSCONFDIR='"$(sysconfdir)"' \
	$(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
vakt_WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wimplicit-fallthrough
# Programs and what the emulator loads are made of the same objects. Nothing of ours is seen from outside unless it says so.
vakt_PIC := -fPIC -fvisibility=hidden
vakt_CXXFLAGS := -std=c++20 $(if $(SANITIZE),-O1 -g1,-O2 -g) $(vakt_WARNINGS) -Werror $(vakt_PIC) -fstack-protector-strong \
	-ffunction-sections -fdata-sections $(san_FLAGS)
vakt_LDFLAGS := $(if $(filter linux,$(TARGET_OS)),-Wl$(,)--gc-sections -Wl$(,)-z$(,)relro$(,)-z$(,)now) $(san_FLAGS)
# P_LDFLAGS are words for GNU ld; Solaris has no static libc. A libc without rcrt1.o (armhf, s390x) has no static-pie: static then.
ld_words = $(if $(findstring -static-pie,$(1)),$(if $(findstring /,$(shell $(CXX) -print-file-name=rcrt1.o)),$(1),$(1:-static-pie=-static)),$(1))
program_LDFLAGS = $(if $(filter linux,$(TARGET_OS)),$(if $(SANITIZE),,$(call ld_words,$($(1)_LDFLAGS))),-static-libstdc++ -static-libgcc)

# ---- rooms ---------------------------------------------------------------------------------------------------------
# room.mk sets R_SRCS, R_NEEDS (rooms it may include from), R_PKGS (pkg-config names). src/prog/room.mk sets PROGS and,
# for each program, P_ROOMS, P_SRCS (default src/prog/P.cpp; P_MAIN where a room has the program's name) and P_LDFLAGS.
# P_SMALL := yes builds its objects a second time, in O/small: for size, and without what only a throw would need.
# drivers/beam/room.mk sets SHARED: what the emulator loads.
ROOM_FILES := $(sort $(wildcard src/*/room.mk drivers/room.mk drivers/beam/room.mk))
include $(ROOM_FILES)
ROOMS := $(filter-out prog erl,$(notdir $(patsubst %/,%,$(dir $(ROOM_FILES)))))

close_rooms = $(sort $(1) $(foreach r,$(1),$(if $($(r)_NEEDS),$(call close_rooms,$($(r)_NEEDS)))))
room_objs = $(foreach r,$(call close_rooms,$(1)),$($(r)_SRCS:%.cpp=$(O)/obj/%.o))
room_pkgs = $(sort $(foreach r,$(call close_rooms,$(1)),$($(r)_PKGS)))
# P_LACKS names rooms that a program goes without, though a room of its needs them, with the files (R_USERS) that use them.
lacked_objs = $(foreach r,$($(1)_LACKS),$(patsubst %.cpp,$(O)/obj/%.o,$($(r)_SRCS) $($(r)_USERS)))
lacked_pkgs = $(foreach r,$($(1)_LACKS),$($(r)_PKGS))
small_CXXFLAGS := -fPIE -Os -fno-exceptions -fno-rtti -fno-asynchronous-unwind-tables
small_objs = $(if $(SANITIZE),$(2),$(if $($(1)_SMALL),$(patsubst $(O)/obj/%,$(O)/small/%,$(2)),$(2)))
pkg_libs = $(if $(strip $(1)),$(subst -lyaml,$(yaml_LIB),$(shell $(PKG_CONFIG) --libs $(1))))

BINS := $(PROGS:%=$(O)/bin/%)
# The emulator's own machine is the one they are built for: with another compiler's word no Erlang of it is here.
shared_object = $(O)/lib/vakt-$(VERSION)/priv/lib/$($(1)_SO)
SHARED_OBJECTS := $(if $(SANITIZE)$(filter-out build,$(O)),,$(foreach s,$(SHARED),$(call shared_object,$(s))))

.PHONY: all
all: $(BINS) app $(SHARED_OBJECTS) ## build the programs and the OTP application

define prog_rule
$(1)_USED := $$(call for_target,$$(or $$($(1)_MAIN),$$(if $$(filter $(1),$(ROOMS)),,$$($(1)_SRCS)),src/prog/$(1).cpp))
$(1)_OBJS := $$(call small_objs,$(1),$$($(1)_USED:%.cpp=$$(O)/obj/%.o) $$(filter-out $$(call lacked_objs,$(1)),$$(call room_objs,$$($(1)_ROOMS))))
$$(O)/bin/$(1): $$($(1)_OBJS)
	@mkdir -p $$(@D)
	$$(if $$(V),,@printf '  LINK   %s\n' $$@)
	$$(Q)$$(CXX) $$(vakt_CXXFLAGS) $$(CXXFLAGS) $$(vakt_LDFLAGS) $$(call program_LDFLAGS,$(1)) $$(LDFLAGS) -o $$@ $$($(1)_OBJS) \
		$$(call pkg_libs,$$(filter-out $$(call lacked_pkgs,$(1)),$$(call room_pkgs,$$($(1)_ROOMS)))) $$(os_$$(TARGET_OS)_LIBS)
endef
$(foreach p,$(PROGS),$(eval $(call prog_rule,$(p))))

# What the emulator loads brings its C++ library with it, and shows erts its one entry and nothing else.
define shared_rule
$(1)_USED := $$(if $$($(1)_ALONE),$$(sort $$(call for_target,$$(foreach f,$$($(1)_MAIN),$$(shell awk -f scripts/sources-of.awk $$(f))))))
$(1)_OBJS := $$(patsubst %.cpp,$$(O)/obj/%.o,$$(or $$($(1)_USED),$$($(1)_MAIN))) \
	$$(filter-out $$(call lacked_objs,$(1)),$$(call room_objs,$$($(1)_ROOMS)))
$$(call shared_object,$(1)): $$($(1)_OBJS) $$(foreach s,$$($(1)_SHARES),$$(call shared_object,$$(s)))
	@mkdir -p $$(@D)
	$$(if $$(V),,@printf '  SHARED %s\n' $$@)
	$$(Q)$$(CXX) $$(vakt_CXXFLAGS) $$(CXXFLAGS) -shared $$(vakt_LDFLAGS) -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL \
		$$($(1)_LDFLAGS) $$(LDFLAGS) -o $$@ $$($(1)_OBJS) $$(if $$($(1)_SHARES),-L$$(@D) -Wl$$(,)-rpath$$(,)'$$$$ORIGIN') \
		$$(foreach s,$$($(1)_SHARES),-l:$$($$(s)_SO)) \
		$$(call pkg_libs,$$(filter-out $$(call lacked_pkgs,$(1)),$$(call room_pkgs,$$($(1)_ROOMS)))) $$(os_$$(TARGET_OS)_LIBS)
endef
$(foreach s,$(SHARED),$(eval $(call shared_rule,$(s))))

# Tests need lines for a report, and little speed, sanitized ones none: they compile in two thirds of the time. What measures, or plays a
# million boards, is compiled as what is shipped.
test_CXXFLAGS = -g1 $(if $(filter asan,$(SANITIZE)),-O0,$(if $(filter %_test.o %.gch,$@),-O1)) $(TEST_CXXFLAGS)
# $(call compile,FLAGS,WORDS): the user's CXXFLAGS stand behind FLAGS, WORDS before the file.
define compile
	@mkdir -p $(@D)
	$(if $(V),,@printf '  CXX    %s\n' $@)
	$(Q)$(CXX) $(vakt_CPPFLAGS) $(CPPFLAGS) $(vakt_CXXFLAGS) $(1) $(CXXFLAGS) $(2) -MMD -MP -c -o $@ $<
endef

# What most files include is read once for the tests and once for the rest: without it tests and a sanitized build work a third longer.
# It is g++'s own form, and ccache does better without it. g++ 12 then takes moves of its own strings for faults of ours; the
# plain build of what is shipped looks for such without it. PRECOMPILED= goes without, and so
# does what is compiled with other flags.
ifneq ($(filter asan,$(or $(SANITIZE),asan)),)
PRECOMPILED ?= $(if $(findstring ccache,$(CXX)),,$(filter g++ %-g++,$(notdir $(CXX))))
endif
pch = $(and $(PRECOMPILED),$(or $(SANITIZE),$(filter test,$(1))),$(O)/pch/$(1)/precompiled.h.gch)
use_pch = $(if $(and $(PRECOMPILED),$(or $(SANITIZE),$(filter %_test.o,$@))),-Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow -Wno-restrict -include $(O)/pch/$(1)/precompiled.h)

# By name: make prefers a rule whose files are there to one that must first make them by a pattern.
$(patsubst %,$(O)/pch/%/precompiled.h.gch,src test): $(O)/pch/%/precompiled.h.gch: src/precompiled.h Makefile
	@mkdir -p $(@D)
	@cp $< $(@:.gch=)
	$(call compile,$(if $(filter test,$*),$(test_CXXFLAGS)),-x c++-header)

# What speaks with erts, or plays it.
use_erts = $(if $(filter $(O)/obj/drivers/beam/% %/heart_drv_harness.o,$@),$(erl_CPPFLAGS))

$(O)/obj/test/%.o: test/%.cpp $(call pch,test)
	$(call compile,$(test_CXXFLAGS),$(call use_pch,test) $(use_erts))

$(O)/obj/%.o: %.cpp $(call pch,src)
	$(call compile,,$(call use_pch,src) $(use_erts))

$(O)/small/%.o: %.cpp
	$(call compile,$(small_CXXFLAGS))

-include $(shell find $(O)/obj $(O)/small build/test/later -name '*.d' 2>/dev/null)

# ---- the OTP application -------------------------------------------------------------------------------------------
APP := build/lib/vakt-$(VERSION)
ERL_SRCS := $(sort $(wildcard src/erl/src/*.erl))
BEAMS := $(ERL_SRCS:src/erl/src/%.erl=$(APP)/ebin/%.beam)
ERLC_FLAGS := -Werror +warn_missing_spec +warn_unused_vars +warn_export_vars +debug_info -I src/erl/include

.PHONY: app
app: $(BEAMS) $(APP)/ebin/vakt.app $(APP)/priv/bin/.linked

$(APP)/ebin/%.beam: src/erl/src/%.erl $(wildcard src/erl/include/*.hrl)
	@mkdir -p $(@D)
	$(if $(V),,@printf '  ERLC   %s\n' $@)
	$(Q)$(ERLC) $(ERLC_FLAGS) -o $(@D) $<

$(APP)/ebin/vakt.app: src/erl/src/vakt.app.src Makefile
	@mkdir -p $(@D)
	$(Q)sed 's/%VSN%/$(VERSION)/' $< > $@

# The application finds its port programs in priv/bin, where os_mon keeps its own.
$(APP)/priv/bin/.linked: Makefile
	@mkdir -p $(@D)
	$(Q)for p in mod_syslog ferrule; do ln -sfn ../../../../bin/$$p $(@D)/$$p; done
	@touch $@

# ---- tests ---------------------------------------------------------------------------------------------------------
UNIT_SRCS := $(sort $(wildcard test/support/*.cpp $(ROOMS:%=test/%/*.cpp)))
UNIT_OBJS := $(UNIT_SRCS:%.cpp=$(O)/obj/%.o)
$(O)/test/unit: $(UNIT_OBJS) $(call room_objs,$(ROOMS))
	@mkdir -p $(@D)
	$(if $(V),,@printf '  LINK   %s\n' $@)
	$(Q)$(CXX) $(vakt_CXXFLAGS) $(CXXFLAGS) $(vakt_LDFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg_libs,cpputest $(call room_pkgs,$(ROOMS)))

# Programs that whole-program tests and benches need: test/prog/NAME.cpp and test/bench/NAME.cpp, each one file with its rooms
# named in test/tools.mk (T_ROOMS), and with files of programs of ours where it stands in for one (T_FILES).
TOOL_SRCS := $(filter-out $(LEFT_OUT),$(sort $(wildcard test/prog/*.cpp test/bench/*.cpp test/sim/*.cpp)))
TOOLS := $(TOOL_SRCS:test/%.cpp=$(O)/test/%)
-include test/tools.mk
define tool_rule
$$(O)/test/$(1): $$(O)/obj/test/$(1).o $$($(notdir $(1))_FILES:%.cpp=$$(O)/obj/%.o) $$(call room_objs,$$($(notdir $(1))_ROOMS))
	@mkdir -p $$(@D)
	$$(if $$(V),,@printf '  LINK   %s\n' $$@)
	$$(Q)$$(CXX) $$(vakt_CXXFLAGS) $$(CXXFLAGS) $$(vakt_LDFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(call pkg_libs,$$(call room_pkgs,$$($(notdir $(1))_ROOMS)))
endef
$(foreach t,$(TOOL_SRCS:test/%.cpp=%),$(eval $(call tool_rule,$(t))))

# What tests put in libc's place (LD_PRELOAD): test/preload/NAME.cpp, never sanitized.
PRELOADS := $(patsubst test/preload/%.cpp,build/test/preload/%.so,$(wildcard test/preload/*.cpp))
build/test/preload/%.so: test/preload/%.cpp
	@mkdir -p $(@D)
	$(if $(V),,@printf '  SHIM   %s\n' $@)
	$(Q)$(CXX) -std=c++20 -O2 -Wall -Wextra -Werror -fPIC -shared -o $@ $<

# The NIF as later versions may be, for test/prog/inside.sh: `next` with objects of other shapes; `apart` with another shape of what
# versions leave to each other, too. Headers are this version's, with a member more.
LATER := build/test/later
LATER_NIFS := $(LATER)/next/syslog_nif.so $(LATER)/apart/syslog_nif.so
next_SRCS := drivers/beam/syslog_nif.cpp src/inside/inside.cpp
apart_SRCS := drivers/beam/syslog_nif.cpp drivers/beam/syslog_nif_keep.cpp
$(LATER)/next/include/inside/inside.h: src/inside/inside.h Makefile
	@mkdir -p $(@D)
	$(Q)sed 's/^    loop::Loop& loop_;/    std::array<char, 4096> newer_{};\n&/' $< >$@ && ! cmp -s $< $@
$(LATER)/apart/include/drivers/beam/syslog_nif_keep.h: drivers/beam/syslog_nif_keep.h Makefile
	@mkdir -p $(@D)
	$(Q)sed "s/0x56414B54'494E5331/0x56414B54'494E5332/; s/^    std::uint64_t magic;/&\n    std::uint64_t newer;/" $< >$@ && \
		[ "$$(diff $< $@ | grep -c '^>')" -eq 2 ]
define later_rule
$$(LATER)/$(1)/%.o: %.cpp $(2)
	$$(call compile,-O1 -g1 -UVAKT_VERSION -DVAKT_VERSION='"9.9.9-$(1)"',-iquote $$(LATER)/$(1)/include $$(erl_CPPFLAGS))
$$(LATER)/$(1)/syslog_nif.so: $$($(1)_SRCS:%.cpp=$$(LATER)/$(1)/%.o) $$(call shared_object,syslog_nif)
	$$(if $$(V),,@printf '  SHARED %s\n' $$@)
	$$(Q)$$(CXX) $$(vakt_CXXFLAGS) $$(CXXFLAGS) -shared $$(vakt_LDFLAGS) -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL $$(LDFLAGS) \
		-o $$@ $$(filter %.o,$$^) $$(filter-out $$($(1)_SRCS:%.cpp=$$(O)/obj/%.o),$$(syslog_nif_OBJS)) \
		-L$$(dir $$(call shared_object,syslog_nif)) -l:$$(vakt_syslog_SO)
endef
$(eval $(call later_rule,next,$(LATER)/next/include/inside/inside.h))
$(eval $(call later_rule,apart,$(LATER)/apart/include/drivers/beam/syslog_nif_keep.h))

.PHONY: test-bins
test-bins: all $(O)/test/unit $(TOOLS) $(PRELOADS) $(LATER_NIFS)

# Sanitized (SANITIZE=asan): the unit tests, and each program that has a suite for it, test/prog/PROGRAM_asan.sh.
.PHONY: sanitized-test-bins
sanitized-test-bins: $(O)/test/unit $(patsubst test/prog/%_asan.sh,$(O)/bin/%,$(wildcard test/prog/*_asan.sh))

.PHONY: setup
setup: ## install what is missing to build, run and test (Debian 12)
	@scripts/setup.sh test
	@scripts/board/kernel.sh qemu-x86_64-stock >/dev/null || printf 'setup: the suite that boots a board will be skipped\n'

.PHONY: test
test: setup ## set up, then run every suite that can run here; says what it skipped and why
	@scripts/test.sh

.PHONY: run
run: ## set up, then show the main job live (DURATION=s ends it, DAEMON=rsyslog|syslog-ng|inetutils chooses)
	@scripts/setup.sh run
	@+$(MAKE) --no-print-directory -s all
	@scripts/run.sh

.PHONY: bench
bench: all $(filter $(O)/test/bench/%,$(TOOLS)) $(addprefix $(O)/test/prog/,vm_standin heart_drv_harness) ## measure, as ratios side by side in one run
	@scripts/bench.sh
	@scripts/bench-erl.sh
	@scripts/bench-heart.sh
	@scripts/bench-inside.sh
	@scripts/bench-board.sh
	@scripts/bench-bridge.sh
	@scripts/bench-console.sh

FUZZ_SRCS := $(sort $(wildcard test/fuzz/*_fuzz.cpp))
FUZZERS := $(FUZZ_SRCS:test/fuzz/%.cpp=build/fuzz/bin/%)
ifeq ($(SANITIZE),fuzz)
# Of the rooms, what the parser needs alone.
define fuzz_rule
build/fuzz/bin/$(1): $$(patsubst %.cpp,build/fuzz/obj/%.o,$$(call for_target,$$(shell awk -f scripts/sources-of.awk test/fuzz/$(1).cpp)))
	@mkdir -p $$(@D)
	$$(if $$(V),,@printf '  LINK   %s\n' $$@)
	$$(Q)$$(CXX) $$(vakt_LDFLAGS) -fsanitize=fuzzer -o $$@ $$^ $$(call pkg_libs,$$(call room_pkgs,$$(ROOMS)))
endef
$(foreach f,$(FUZZ_SRCS:test/fuzz/%.cpp=%),$(eval $(call fuzz_rule,$(f))))
.PHONY: fuzzers
fuzzers: $(FUZZERS)
endif

.PHONY: fuzz
fuzz: ## fuzz every parser of outside bytes (FUZZ_SECONDS each, default 60)
	@scripts/fuzz.sh

.PHONY: soak
soak: test-bins ## long runs under faults (SOAK_FACTOR times the short form, default 20)
	@scripts/soak.sh

.PHONY: lint
lint: all ## clang-format, clang-tidy at its deepest, shellcheck, xref
	@scripts/lint.sh

# What is built for the target: every room and every program, each file once.
TARGET_FILES = $(sort $(foreach r,$(ROOMS),$($(r)_SRCS)) $(foreach p,$(PROGS),$($(p)_USED)))
check_FLAGS = $(vakt_CPPFLAGS) $(filter -std=% -W%,$(vakt_CXXFLAGS))
.PHONY: solaris-check
solaris-check: ## compile all for Solaris, syntax only (SOLARIS_SYSROOT=DIR; says so when it skips)
	@SOLARIS_SYSROOT='$(SOLARIS_SYSROOT)' scripts/solaris-check.sh

# ---- boards: a kernel, a root and this tree's programs, bootable (board/README.md) ------------------------------------
BOARD ?= qemu-x86_64
BOARDS := $(patsubst board/%/board.conf,%,$(wildcard board/*/board.conf))
# Before anything is installed for it.
known_board = $(if $(and $(BOARD),$(filter $(BOARDS),$(BOARD))),,$(error there is no board '$(BOARD)'; there are: $(BOARDS)))
.PHONY: image
image: ## make a board's bootable image (BOARD=qemu-x86_64; APPS, ELIXIR: see scripts/board/image.sh)
	$(known_board)@scripts/setup.sh $(if $(filter qemu-x86_64%,$(BOARD)),board,boards)
	@+scripts/board/image.sh '$(BOARD)'

.PHONY: vme-module
vme-module: ## build vme_wdt.ko for KERNEL=DIR, a kernel's build or headers directory (default: Debian's headers); prints where it is
	@scripts/vme-module.sh '$(KERNEL)'

.PHONY: board-run
board-run: image ## boot the board in this terminal; what it wrote before is there (build/board/BOARD/run.img)
	@scripts/board/run.sh '$(BOARD)'

.PHONY: board-test
board-test: image $(if $(filter qemu-x86_64%,$(BOARD)),build/bin/vaktctl build/bin/wd_keeper build/test/prog/wdt_ask) ## hang the board in every way, and see it reset and told why
	@scripts/board/test.sh '$(BOARD)'

.PHONY: board-record
board-record: image ## record a session on the board's console: build/board/BOARD/demo.cast, for asciinema, and demo.txt
	@scripts/board/record.sh '$(BOARD)'

.PHONY: board-bench
board-bench: image ## where every megabyte of the board goes, and how long it takes to start
	@scripts/board/bench.sh '$(BOARD)'

.PHONY: cross
cross: ## build all for ARCH=arm64|armhf|s390x and run its unit tests under qemu-user
	@scripts/setup.sh cross
	@scripts/cross.sh '$(ARCH)'

.PHONY: rooms
rooms: ## fail on an include against the order of the rooms
	@scripts/check-rooms.sh

.PHONY: check
check: test ## same as test

# ---- installation: conf/modes says what goes where, whose it is and with which mode ----------------------------------
.PHONY: install
install: all ## install under DESTDIR and prefix, modes from conf/modes
	@DESTDIR='$(DESTDIR)' prefix='$(prefix)' sysconfdir='$(sysconfdir)' VERSION='$(VERSION)' scripts/install-files.sh install

.PHONY: uninstall
uninstall: ## remove what install put there; changed configuration stays
	@DESTDIR='$(DESTDIR)' prefix='$(prefix)' sysconfdir='$(sysconfdir)' VERSION='$(VERSION)' scripts/install-files.sh uninstall

.PHONY: dist
dist: all ## pack what a target without make installs from: build/dist/vakt-VERSION.tar.gz
	@VERSION='$(VERSION)' prefix='$(prefix)' sysconfdir='$(sysconfdir)' scripts/dist.sh

.PHONY: newcomer
newcomer: dist ## in a Debian of its own: install, start as at boot, attach, kill, fall back, uninstall (root)
	@scripts/newcomer.sh

.PHONY: clean
clean: ## remove build/
	rm -rf build

print-%:
	$(info $($*))@:

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile
