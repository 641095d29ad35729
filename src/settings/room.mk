settings_SRCS := $(wildcard src/settings/*.cpp)
settings_NEEDS := base syslog keeper wdt bridge sys
settings_PKGS := libconfig
