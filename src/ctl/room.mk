ctl_SRCS := $(wildcard src/ctl/*.cpp)
ctl_NEEDS := base keeper relay report syslog wire
