doctor_SRCS := $(wildcard src/doctor/*.cpp)
doctor_NEEDS := base heart keeper wdt
