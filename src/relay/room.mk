relay_SRCS := $(wildcard src/relay/*.cpp)
relay_NEEDS := base syslog
