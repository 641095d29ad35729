// SPDX-License-Identifier: Apache-2.0
// Judges what a board has on its disk after a power cut:
//   board_state LEDGER BLACK_BOX
// says what is torn, and which entry of the ledger contradicts another; ends with 1 if any does.
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "report/black_box.h"
#include "report/ledger.h"

using namespace vakt::report;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes read(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

int faults = 0;
void fault(const Entry& entry, const std::string& words) {
    ++faults;
    std::cout << "entry " << entry.sequence << " of boot " << entry.boots << ": " << words << '\n';
}

/// Two entries, one after the other, of one boot.
void judge_within(const Entry& before, const Entry& entry) {
    if (entry.boots != before.boots) fault(entry, "counted as another boot");
    if (entry.failed_boots != before.failed_boots) fault(entry, "another count of failed boots");
    if (entry.uptime_ms < before.uptime_ms) fault(entry, "before what was noted earlier");
    if (entry.kind == Kind::boot) fault(entry, "the boot begins again");
    if (before.healthy && !entry.healthy) fault(entry, "no longer healthy");
}

/// The same of two boots: how the counts go on is LedgerWriter's rule.
void judge_next(const Entry& before, const Entry& entry) {
    if (entry.boots != before.boots + 1) fault(entry, "boots are counted by one");
    if (entry.kind != Kind::boot) fault(entry, "the boot has no beginning");
    const auto failed = before.healthy ? 0 : before.failed_boots + (before.ended ? 0U : 1U);
    if (entry.failed_boots != failed)
        fault(entry, "failed boots are " + std::to_string(failed) + ", and not " +
                         std::to_string(entry.failed_boots));
}

void judge_ledger(const LedgerContent& ledger) {
    const Entry* before = nullptr;
    std::set<BootId> seen;
    for (const auto& entry : ledger.entries) {
        if (before != nullptr && entry.sequence != before->sequence + 1)
            fault(entry, "does not follow " + std::to_string(before->sequence));
        const bool same = before != nullptr && before->boot_id == entry.boot_id;
        if (!same && !seen.insert(entry.boot_id).second) fault(entry, "an earlier boot again");
        if (before != nullptr) same ? judge_within(*before, entry) : judge_next(*before, entry);
        before = &entry;
    }
    if (ledger.damaged != 0) {
        ++faults;
        std::cout << ledger.damaged << " slots of the ledger are damaged\n";
    }
}

void judge_box(BoxReader& box) {
    std::map<std::uint64_t, std::size_t> serials;
    for (const auto& placed : box.lines())
        if (++serials[placed.serial] > 1) {
            ++faults;
            std::cout << "serial " << placed.serial << " is in the black box twice\n";
        }
    if (box.damaged() != 0) {
        ++faults;
        std::cout << box.damaged() << " slots of the black box are damaged\n";
    }
    std::cout << serials.size() << " lines, ";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 64;
    const auto ledger = read_ledger(read(argv[1]));
    judge_ledger(ledger);
    BoxReader box(100'000);
    box.feed(read(argv[2]));
    judge_box(box);
    std::cout << ledger.entries.size() << " entries, boots "
              << (ledger.entries.empty() ? 0 : ledger.entries.back().boots) << '\n';
    return faults == 0 ? 0 : 1;
}
