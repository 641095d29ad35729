inside_SRCS := $(wildcard src/inside/*.cpp)
inside_NEEDS := base bridge loop relay report source sys syslog
