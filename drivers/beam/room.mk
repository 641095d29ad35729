# What runs inside the emulator, for systems with one process. SHARED are linked-in drivers and NIFs: for each, N_SO (the file in
# the application's priv/lib), N_MAIN (the files that speak with erts, by erl_driver.h or erl_nif.h) and N_ROOMS; N_SHARES (others of
# them that it is linked with), N_LACKS (as of programs), or, instead of rooms, N_ALONE: the files that
# it uses and no others, which are many fewer to compile. The room's own files know nothing of erts, so they are tested without it.
SHARED :=
beam_SRCS := $(filter-out drivers/beam/heart_drv.cpp drivers/beam/syslog_nif%.cpp drivers/beam/vakt_syslog%.cpp,$(wildcard drivers/beam/*.cpp))
beam_NEEDS := base heart keeper guard wire report wdt sys notes drivers

SHARED += heart_drv
heart_drv_SO := heart.so
heart_drv_MAIN := drivers/beam/heart_drv.cpp
heart_drv_ALONE := yes

# It has a loop of its own, which is erts's enif_select.
SHARED += syslog_nif vakt_syslog
syslog_nif_SO := syslog_nif.so
syslog_nif_MAIN := $(wildcard drivers/beam/syslog_nif*.cpp)
syslog_nif_ROOMS := inside
syslog_nif_LACKS := loop systemd
syslog_nif_SHARES := vakt_syslog
# What threads of the image log with. It stays, whatever is upgraded.
vakt_syslog_SO := libvakt_syslog.so
vakt_syslog_MAIN := drivers/beam/vakt_syslog.cpp
vakt_syslog_LDFLAGS := -Wl,-soname,libvakt_syslog.so -Wl,-z,nodelete
