console_SRCS := $(wildcard src/console/*.cpp)
console_NEEDS := base
