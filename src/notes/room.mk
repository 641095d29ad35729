notes_SRCS := $(wildcard src/notes/*.cpp)
notes_NEEDS := base report sys wdt
