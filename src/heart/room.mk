heart_SRCS := $(wildcard src/heart/*.cpp)
heart_NEEDS := base
