# Rooms that the tests' own programs link (NAME_ROOMS := room ...).
log_sender_ROOMS := sys
packet_dump_ROOMS := sys
