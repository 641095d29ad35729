# What runs inside the emulator, for systems with one process. SHARED are linked-in drivers and NIFs: for each, N_SO (the file in
# the application's priv/lib), N_MAIN (the files that speak with erts, by erl_driver.h or erl_nif.h) and N_ROOMS. The room's own
# files know nothing of erts, so they are tested without it.
SHARED :=
beam_SRCS := $(filter-out drivers/beam/heart_drv%.cpp drivers/beam/syslog_nif%.cpp,$(wildcard drivers/beam/*.cpp))
beam_NEEDS := base heart keeper guard wire report wdt sys drivers
