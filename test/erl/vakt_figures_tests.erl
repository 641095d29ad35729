%% SPDX-License-Identifier: Apache-2.0
-module(vakt_figures_tests).

-include_lib("eunit/include/eunit.hrl").

linux_says_all_test() ->
    Text = <<"MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\nBuffers:          10 kB\nCached:          200 kB\n"
             "SwapCached:        0 kB\nSwapTotal:       50 kB\nSwapFree:         40 kB\nHugePages_Total:       3\n">>,
    Data = vakt_figures:meminfo(Text),
    ?assertEqual(1024000, proplists:get_value(total_memory, Data)),
    ?assertEqual(409600, proplists:get_value(available_memory, Data)),
    ?assertEqual(40960, proplists:get_value(free_swap, Data)),
    ?assertEqual({1024000, 614400}, vakt_figures:memory(Data)).

without_available_what_is_free_counts_test() ->
    Data = vakt_figures:meminfo(<<"MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 10 kB\nCached: 200 kB\n">>),
    ?assertEqual({1024000, 690 * 1024}, vakt_figures:memory(Data)).

what_is_not_said_is_left_out_test() ->
    ?assertEqual([], vakt_figures:meminfo(<<>>)),
    ?assertEqual([], vakt_figures:meminfo(<<"MemTotal: much kB\n\nnonsense\n:\n">>)),
    ?assertEqual(none, vakt_figures:memory([])),
    ?assertEqual(none, vakt_figures:memory([{total_memory, 0}])).

sysinfo_says_less_test() ->
    Data = vakt_figures:sysinfo({1000, 300, 5, 50, 20, 10}),
    ?assertEqual({1000, 650}, vakt_figures:memory(Data)),
    ?assertEqual(20, proplists:get_value(total_swap, Data)).

mounts_are_disks_once_test() ->
    Text = <<"/dev/vda / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/vdb /data\\040of\\040mine ext4 rw 0 0\n/dev/vda /again ext4 rw 0 0\n"
             "/dev/loop0 /snap squashfs ro 0 0\nubi0:root /flash ubifs rw 0 0\nserver:/x /net nfs rw 0 0\nshort\n">>,
    ?assertEqual(["/", "/data of mine", "/flash"], vakt_figures:mounts(Text)).

mounts_of_odd_bytes_test() ->
    ?assertEqual([], vakt_figures:mounts(<<>>)),
    ?assertEqual(["/a\\9", [$/, 255]], vakt_figures:mounts(<<"/dev/a /a\\9 ext4 rw\n/dev/b /", 255, " ext4 rw\n">>)).

capacity_is_rounded_up_test() ->
    ?assertEqual(0, vakt_figures:capacity(0, 0, 0)),
    ?assertEqual(0, vakt_figures:capacity(1000, 1000, 1000)),
    ?assertEqual(1, vakt_figures:capacity(1000, 999, 999)),
    ?assertEqual(50, vakt_figures:capacity(1000, 500, 500)),
    ?assertEqual(53, vakt_figures:capacity(1000, 500, 450)),
    ?assertEqual(100, vakt_figures:capacity(1000, 50, 0)).
