// SPDX-License-Identifier: Apache-2.0
// usage: heart_answers HEART beats N | silence
// The process form of what test/prog/heart_drv_harness measures of the heart inside: HEART with
// pipes for its port, and the same simulated board, in the folder where this is run.
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "test/support/heart_measures.h"
#include "test/support/heart_process.h"

using namespace vakt::test;

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[2] : "";
    const int count = argc == 4 ? std::atoi(argv[3]) : 0;
    if (what != "silence" && (what != "beats" || count <= 0)) {
        std::fprintf(stderr, "usage: heart_answers HEART beats N | silence\n");
        return 2;
    }
    auto& board = *new SimulatedBoard;
    board.start("process.wdt");
    HeartsWords words;
    Start start;
    start.arguments = {"-ht", "11"};
    start.environment = {{"HEART_WATCHDOG_PATH", "process.wdt"}, {"HEART_BEAT_BOOT_DELAY", "20"}};
    start.stderr_fd = words.descriptor();
    HeartProcess heart(argv[1], ".", start);
    heart.started();
    const auto beat = [&] { heart.send(kBeat); };
    if (what == "silence") {
        measure_silence(words, beat);
    } else {
        measure_answers(count, beat, [&] {
            heart.send(kGet);
            heart.answers(std::string("\0\1\7", 3), "HEART_CMD");
        });
        heart.send(kShutDown);
    }
    std::fflush(stdout);
    // The board's threads do not end.
    ::kill(heart.pid(), SIGKILL);
    std::_Exit(0);
}
