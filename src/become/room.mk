#Apart from sys : a program that is linked statically can load none.
become_SRCS := $(wildcard src/become/*.cpp)
become_NEEDS := base sys
