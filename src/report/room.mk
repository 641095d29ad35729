report_SRCS := $(wildcard src/report/*.cpp)
report_NEEDS := base wdt keeper
