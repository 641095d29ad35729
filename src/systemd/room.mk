# A system without libsystemd (Solaris), and a small board (SYSTEMD=no), goes without this room, wd_bus and what tests them: here,
# and nowhere else.
systemd_NEEDS := base syslog sys
systemd_USERS := src/source/journal_source.cpp
ifeq ($(if $(filter no,$(SYSTEMD)),,$(if $(filter linux,$(TARGET_OS)),$(shell $(PKG_CONFIG) --exists libsystemd 2>/dev/null && echo there))),there)
systemd_SRCS := $(wildcard src/systemd/*.cpp)
systemd_PKGS := libsystemd
vakt_CPPFLAGS += -DVAKT_HAS_JOURNAL
PROGS += wd_bus
else
LEFT_OUT += $(systemd_USERS) test/prog/bus_mock.cpp test/prog/bus_keeper.cpp test/prog/journal_dump.cpp
endif
