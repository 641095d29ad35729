drivers_SRCS := $(wildcard drivers/*.cpp)
drivers_NEEDS := base wdt sys
