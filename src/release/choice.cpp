// SPDX-License-Identifier: Apache-2.0
// Which release is started now, from how the starts before went and what is on the disk.
#include "release/choice.h"

#include <algorithm>
#include <string_view>

#include "base/crc32.h"

namespace vakt::release {
namespace {

using std::chrono::seconds;

/// What is known of one release.
struct Record {
    std::uint32_t failures = 0;  ///< since it was healthy
    bool proven = false;
};

Record record_of(const Release& release, const History& history) {
    Record record;
    const auto tag = tag_of(release);
    bool counting = true;
    for (auto start = history.starts.rbegin(); start != history.starts.rend(); ++start) {
        const bool its = start->origin != Origin::safe && start->release == release;
        if (its && start->outcome == Outcome::healthy) {
            record.proven = true;
            counting = false;
        }
        if (its && start->outcome == Outcome::failed && counting) ++record.failures;
        if (start->memory.release != tag) continue;
        if (counting) record.failures += start->memory.failures;
        record.proven = record.proven || start->memory.proven;
        break;  // it says what was before
    }
    return record;
}

std::uint32_t lately(const History& history, const Clocks& now) {
    constexpr std::uint64_t kWindow = std::chrono::milliseconds(kLongestPause).count();
    std::uint32_t count = 0;
    auto later = now.uptime_ms;
    for (auto start = history.starts.rbegin(); start != history.starts.rend(); ++start) {
        const bool known = start->boot != kBootUnknown && now.boot != kBootUnknown;
        if (known && start->boot != now.boot) break;
        if (start->uptime_ms > later || now.uptime_ms - start->uptime_ms > kWindow) break;
        if (start->outcome != Outcome::ended) ++count;
        later = start->uptime_ms;
    }
    return count;
}

std::string times(std::uint32_t count) {
    return count == 1 ? "once" : std::to_string(count) + " times";
}

/// Why none of those before it.
std::string passed_over(const Candidate& one, const Record& record) {
    if (!one.lacks.empty()) return one.lacks;
    return in_words(one.release) + " failed " + times(record.failures);
}

std::string introduce(const Candidate& one) {
    switch (one.origin) {
        case Origin::data:
            return in_words(one.release);
        case Origin::kept:
            return "the last good release " + in_words(one.release);
        case Origin::listed:
            return "an earlier release " + in_words(one.release);
        case Origin::safe:
            break;
    }
    return "the safe release, a console alone";
}

class Chooser {
 public:
    Chooser(const History& history, const std::vector<Candidate>& candidates, std::uint32_t tries)
        : candidates_(candidates), tries_(tries) {
        for (const auto& one : candidates) records_.push_back(record_of(one.release, history));
        if (!history.starts.empty()) last_ = &history.starts.back();
    }

    [[nodiscard]] std::optional<std::size_t> run() const {
        for (std::size_t at = 0; at < candidates_.size(); ++at)
            if (is_startable(at) && (records_[at].failures < tries_ || deserves_another(at)))
                return at;
        const auto safe = safe_one();
        if (safe && last_ != nullptr && last_->origin == Origin::safe)
            if (const auto least = least_failed()) return least;
        return safe ? safe : least_failed();
    }

    [[nodiscard]] std::string why(std::size_t at) const {
        const auto& one = candidates_[at];
        if (one.origin == Origin::data && records_[at].failures < tries_) return {};
        if (one.origin == Origin::data)
            return introduce(one) + " once more, though it failed " + times(records_[at].failures);
        return introduce(one) + ": " + passed_over(candidates_.front(), records_.front());
    }

    [[nodiscard]] Memory memory() const {
        if (!candidates_.empty() && candidates_[0].origin == Origin::data &&
            !candidates_[0].release.vsn.empty())
            return {tag_of(candidates_[0].release), records_[0].failures, records_[0].proven};
        // A data file that cannot be read: what it said before may come back.
        if (last_ == nullptr) return {};
        auto memory = last_->memory;
        const bool its = last_->origin != Origin::safe && tag_of(last_->release) == memory.release;
        if (its && last_->outcome == Outcome::failed) ++memory.failures;
        if (its && last_->outcome == Outcome::healthy) memory = {memory.release, 0, true};
        return memory;
    }

 private:
    [[nodiscard]] bool is_startable(std::size_t at) const {
        return candidates_[at].lacks.empty() && candidates_[at].origin != Origin::safe;
    }
    [[nodiscard]] bool deserves_another(std::size_t at) const {
        return candidates_[at].origin == Origin::data && records_[at].proven && last_ != nullptr &&
               last_->origin != Origin::safe && last_->release != candidates_[at].release &&
               last_->outcome != Outcome::failed;
    }
    [[nodiscard]] std::optional<std::size_t> safe_one() const {
        for (std::size_t at = 0; at < candidates_.size(); ++at)
            if (candidates_[at].origin == Origin::safe && candidates_[at].lacks.empty()) return at;
        return std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> least_failed() const {
        std::optional<std::size_t> least;
        for (std::size_t at = 0; at < candidates_.size(); ++at)
            if (is_startable(at) && (!least || records_[at].failures < records_[*least].failures))
                least = at;
        return least;
    }

    const std::vector<Candidate>& candidates_;
    std::uint32_t tries_;
    std::vector<Record> records_;
    const PastStart* last_ = nullptr;
};

}  // namespace

std::uint32_t tag_of(const Release& release) {
    const auto tag = crc32(start_data_text(release));
    return tag == 0 ? 1 : tag;
}

seconds pause_after(std::uint32_t count) {
    if (count < 2) return seconds::zero();
    if (count > 10) return kLongestPause;
    return std::min(seconds(1U << (count - 2)), kLongestPause);
}

Choice choose(const History& history, const std::vector<Candidate>& candidates, std::uint32_t tries,
              const Clocks& now) {
    const Chooser chooser(history, candidates, tries);
    Choice choice;
    choice.candidate = chooser.run();
    choice.pause = pause_after(std::max(history.failed_in_a_row, lately(history, now)));
    choice.memory = chooser.memory();
    if (choice.candidate)
        choice.why = chooser.why(*choice.candidate);
    else
        choice.why = "nothing can be started";
    return choice;
}

}  // namespace vakt::release
