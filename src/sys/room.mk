sys_SRCS := $(call for_target,$(wildcard src/sys/*.cpp))
sys_NEEDS := base
