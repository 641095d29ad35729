syslog_SRCS := $(wildcard src/syslog/*.cpp)
syslog_NEEDS := base
