show_SRCS := $(wildcard src/show/*.cpp)
show_NEEDS := base keeper report wire
