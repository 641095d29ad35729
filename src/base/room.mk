base_SRCS := $(wildcard src/base/*.cpp)
base_NEEDS :=
