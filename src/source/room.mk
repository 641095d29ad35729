source_SRCS := $(wildcard src/source/*.cpp)
source_NEEDS := base syslog sys loop
