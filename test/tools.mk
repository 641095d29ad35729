# Rooms that the tests' own programs link (NAME_ROOMS := room ...).
board_explore_ROOMS := keeper
board_sim_ROOMS := keeper wire
fake_syslogd_ROOMS := sys
log_catcher_ROOMS := sys
log_sender_ROOMS := sys
packet_dump_ROOMS := sys
poll_reader_ROOMS := sys
