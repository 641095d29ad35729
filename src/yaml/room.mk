# The only room that names libyaml. A system without it goes without this room, seed, seed_config and what tests them.
yaml_NEEDS := base
ifeq ($(shell $(PKG_CONFIG) --exists yaml-0.1 2>/dev/null && echo there),there)
yaml_SRCS := $(wildcard src/yaml/*.cpp)
yaml_PKGS := yaml-0.1
PROGS += seed_config
# It comes along: start_erl, which can read a seed, must begin on a board that was given no library for that.
yaml_LIB := $(if $(filter linux,$(TARGET_OS)),-l:libyaml.a,-lyaml)
endif
