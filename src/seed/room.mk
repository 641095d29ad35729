# Where libyaml is not (src/yaml/room.mk), neither is this room.
seed_NEEDS := base yaml release
seed_SRCS := $(if $(shell $(PKG_CONFIG) --exists yaml-0.1 2>/dev/null && echo there),$(wildcard src/seed/*.cpp))
