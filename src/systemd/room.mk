# A system without libsystemd (a small board, Solaris) goes without this room, wd_bus and what tests them: here, and nowhere else.
systemd_NEEDS := base syslog sys
systemd_USERS := src/source/journal_source.cpp
ifeq ($(if $(filter linux,$(TARGET_OS)),$(shell $(PKG_CONFIG) --exists libsystemd 2>/dev/null && echo there)),there)
systemd_SRCS := $(wildcard src/systemd/*.cpp)
systemd_PKGS := libsystemd
PROGS += wd_bus syslog_bridge_small
else
LEFT_OUT += $(systemd_USERS) test/prog/bus_mock.cpp test/prog/bus_keeper.cpp test/prog/journal_dump.cpp
endif
