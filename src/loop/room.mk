loop_SRCS := $(wildcard src/loop/*.cpp)
loop_NEEDS := base sys
loop_PKGS := libevent_core
