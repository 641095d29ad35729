doctor_SRCS := $(wildcard src/doctor/*.cpp)
doctor_NEEDS := base syslog heart keeper wdt
