sys_SRCS := $(wildcard src/sys/*.cpp)
sys_NEEDS := base
