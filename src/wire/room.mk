wire_SRCS := $(wildcard src/wire/*.cpp)
wire_NEEDS := base heart keeper relay report syslog
