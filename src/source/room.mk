# journal_source.cpp goes with libsystemd (src/systemd/room.mk).
source_SRCS = $(filter-out $(LEFT_OUT),$(wildcard src/source/*.cpp))
source_NEEDS := base syslog sys loop systemd
