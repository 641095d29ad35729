settings_SRCS := $(wildcard src/settings/*.cpp)
settings_NEEDS := base keeper wdt sys
settings_PKGS := libconfig
