// SPDX-License-Identifier: Apache-2.0
// The harness makes a macro of new, so it comes last.
// clang-format off
#include "report/reset_counts.h"

#include <initializer_list>

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt;
using namespace vakt::report;

TEST_GROUP(ResetCounts) {
    LedgerContent ledger;
    void add(std::uint8_t boot, Kind kind, Cause cause = Cause::unknown) {
        Entry entry;
        entry.kind = kind;
        entry.cause = cause;
        entry.boot_id[0] = boot;
        entry.boots = boot;
        entry.sequence = ledger.entries.size() + 1;
        ledger.entries.push_back(entry);
    }
    [[nodiscard]] std::uint32_t of(Cause cause) const {
        return reset_counts(ledger)[static_cast<std::size_t>(cause)];
    }
    [[nodiscard]] std::uint32_t all() const {
        std::uint32_t sum = 0;
        for (const auto count : reset_counts(ledger)) sum += count;
        return sum;
    }
};

TEST(ResetCounts, an_empty_ledger_and_the_first_boot_count_nothing) {
    LONGS_EQUAL(0, all());
    add(1, Kind::boot);
    add(1, Kind::note, Cause::vm_hang);
    LONGS_EQUAL(0, all());
}

TEST(ResetCounts, each_boot_that_another_follows_is_counted_by_its_own_cause) {
    add(1, Kind::boot);
    add(1, Kind::note, Cause::vm_hang);
    add(2, Kind::boot);
    add(2, Kind::clean);
    add(3, Kind::boot);
    add(3, Kind::note, Cause::vm_hang);
    add(3, Kind::recovered);
    add(3, Kind::clean);
    add(4, Kind::boot);
    add(4, Kind::note, Cause::requested);
    add(5, Kind::boot);
    LONGS_EQUAL(1, of(Cause::vm_hang));
    LONGS_EQUAL(2, of(Cause::clean));
    LONGS_EQUAL(1, of(Cause::requested));
    LONGS_EQUAL(4, all());
}
