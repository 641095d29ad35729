wdt_SRCS := $(wildcard src/wdt/*.cpp)
wdt_NEEDS := base
