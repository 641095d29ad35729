drivers_SRCS := $(filter-out $(if $(filter solaris,$(TARGET_OS)),drivers/linux_wdt.cpp),$(call for_target,$(wildcard drivers/*.cpp)))
drivers_NEEDS := base wdt sys
