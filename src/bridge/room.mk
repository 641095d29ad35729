bridge_SRCS := $(wildcard src/bridge/*.cpp)
bridge_NEEDS := base syslog relay report wire
