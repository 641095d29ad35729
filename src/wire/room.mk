wire_SRCS := $(wildcard src/wire/*.cpp)
wire_NEEDS := base keeper
