swap_SRCS := $(wildcard src/swap/*.cpp)
swap_NEEDS := base
