# Programs: wiring only. P_ROOMS are the rooms a program links; packages follow from the rooms.
PROGS := mod_syslog ferrule

mod_syslog_SRCS := src/prog/mod_syslog.cpp src/prog/mod_syslog_look.cpp src/prog/mod_syslog_daemon.cpp src/prog/mod_syslog_check.cpp
mod_syslog_ROOMS := swap sys
mod_syslog_LDFLAGS := -static-pie

ferrule_ROOMS := source wire relay
