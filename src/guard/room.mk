guard_SRCS := $(wildcard src/guard/*.cpp)
guard_NEEDS := base heart keeper wire wdt
