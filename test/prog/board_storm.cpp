// SPDX-License-Identifier: Apache-2.0
// usage: board_storm BIN STANDIN DIR BOARDS ROUNDS SEED
// Simulated boards, many at once, each with a real soft_board, wd_keeper and heart and a VM's
// stand-in; to each, ROUNDS times, one thing is done at a random moment. Judged by what the board
// left:
//   reset by D   a harmful deed ends the board at last good beat + beat timeout + boot delay at the
//   latest, or, where the
//                hardware decides, when the countdown of the last pet is over
//   no reset     where every beat was good, or a newer VM's were in time
//   noted first  when a VM that was given up is dead, its reason is in pmsg or in the ledger
//   no late pet  none after the verdict
//   told         the next boot's reset report has the cause, the lease and the boot that ended
// Prints what was done against what was told, and how long before D the resets came. Status 1 when
// anything was otherwise.
#include <ctime>
#include <memory>
#include <set>
#include <vector>

#include "test/storm/storm_board.h"

namespace {

using namespace vakt::storm;

void print(const Totals& totals) {
    std::set<std::string> causes;
    for (const auto& [key, count] : totals.told) causes.insert(key.second);
    std::printf("%-40s", "done \\ told");
    for (const auto& cause : causes) std::printf(" %13s", cause.c_str());
    for (std::size_t row = 0; row < kRows.size(); ++row) {
        std::printf("\n%-40s", kRows.at(row).name);
        for (const auto& cause : causes) {
            const auto found = totals.told.find({row, cause});
            const auto count = found == totals.told.end() ? 0 : found->second;
            std::printf(" %13s", count == 0 ? "." : std::to_string(count).c_str());
        }
    }
    std::printf("\n%d resets, the latest %.3f s before its D; %d failures\n", totals.resets,
                static_cast<double>(totals.nearest) / static_cast<double>(kSecond),
                totals.failures);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) return 2;
    const Setup setup{argv[1], argv[2], argv[3]};
    const auto count = static_cast<unsigned>(std::stoul(argv[4]));
    const int rounds = std::stoi(argv[5]);
    const auto seed = std::stoull(argv[6]);
    std::printf("%u boards, %d deeds each, seed %llu\n", count, rounds, seed);

    Totals totals;
    std::vector<std::unique_ptr<StormBoard>> boards;
    for (unsigned number = 0; number < count; ++number) {
        // Every deed is done once before any is done twice; the rest is by chance.
        const auto first = (number + seed) % kRows.size();
        boards.push_back(std::make_unique<StormBoard>(setup, number, seed + number, first, totals));
    }
    const auto is_done = [&](const auto& board) { return board->rounds() >= rounds; };
    while (!boards.empty()) {
        for (const auto& board : boards) board->step();
        std::erase_if(boards, is_done);
        const timespec moment{0, 10'000'000};
        ::nanosleep(&moment, nullptr);
    }
    print(totals);
    return totals.failures == 0 ? 0 : 1;
}
