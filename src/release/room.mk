release_SRCS := $(wildcard src/release/*.cpp)
release_NEEDS := base report
