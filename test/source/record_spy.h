// SPDX-License-Identifier: Apache-2.0
// Keeps what sources give, and ends the loop once it has so much of it.
#pragma once

#include <CppUTest/TestHarness.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "loop/loop.h"
#include "source/record_sink.h"

namespace vakt::fake {

/// What is left of an entry when its bytes are gone.
struct KeptEntry {
    syslog::Entry entry;  ///< its views are not to be looked at
    std::string raw, host, app, pid, structured, text;
};
struct KeptGap {
    syslog::Gap gap;
    std::string words;
};

class RecordSpy : public source::RecordSink {
 public:
    explicit RecordSpy(loop::Loop& loop) : loop_(loop) {}

    void entry(const syslog::Entry& entry) override {
        const auto& record = entry.record;
        order += 'e';
        entries.push_back({entry, std::string(entry.raw), std::string(record.host),
                           std::string(record.app), std::string(record.pid),
                           std::string(record.structured), std::string(record.text)});
    }
    void gap(const syslog::Gap& gap) override {
        order += 'g';
        gaps.push_back({gap, std::string(gap.words)});
    }
    void read_over() override {
        ++turns;
        if (enough_ && enough_()) loop_.stop();
    }
    void trouble(const Error& error) override {
        troubles.push_back(describe(error));
        if (enough_ && enough_()) loop_.stop();
    }

    /// Runs the loop until `enough`, which is asked after each turn; a while without it is a
    /// failure.
    void run_until(std::function<bool()> enough) {
        enough_ = std::move(enough);
        bool late = false;
        loop::Timer limit(loop_, [this, &late] {
            late = true;
            loop_.stop();
        });
        limit.start(std::chrono::seconds(20));
        if (!enough_()) loop_.run();
        enough_ = nullptr;
        CHECK_FALSE(late);
    }
    void run_until_entries(std::size_t count) {
        run_until([this, count] { return entries.size() >= count; });
        CHECK_EQUAL(count, entries.size());
    }

    std::vector<KeptEntry> entries;
    std::vector<KeptGap> gaps;
    std::vector<std::string> troubles;
    std::string order;  ///< "e" for each entry, "g" for each gap
    int turns = 0;

 private:
    loop::Loop& loop_;
    std::function<bool()> enough_;
};

}  // namespace vakt::fake
