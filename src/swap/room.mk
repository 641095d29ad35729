swap_SRCS := $(wildcard src/swap/*.cpp)
swap_NEEDS := base

# conf/flavours.conf is compiled in as one raw string, so that the setuid program reads no flavours file at run time.
vakt_CPPFLAGS += -I$(O)/gen
$(O)/gen/flavours_conf.inc: conf/flavours.conf src/swap/room.mk
	@mkdir -p $(@D)
	$(Q){ printf 'R"conf('; cat $<; printf ')conf"\n'; } > $@
$(O)/obj/src/swap/flavour.o: $(O)/gen/flavours_conf.inc
