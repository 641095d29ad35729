keeper_SRCS := $(wildcard src/keeper/*.cpp)
keeper_NEEDS := base wdt
