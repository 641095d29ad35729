// SPDX-License-Identifier: Apache-2.0
// One sender that says too much is held back and counted, and nobody else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fixed_text.h"
#include "base/instant.h"

namespace vakt::relay {

/// How much one sender may say.
struct Rate {
    std::uint32_t per_second = 0;  ///< at least 1
    std::uint32_t burst = 1;       ///< at once; 0 counts as 1
    bool operator==(const Rate&) const = default;
};

/// A token bucket for each sender, in a table of a fixed size: `burst` tokens when it is first
/// heard, one more every 1/per_second, never more than `burst`.
///
/// When the table has no room for a new one, the sender of its row that was allowed something the
/// longest ago is forgotten, and begins with a full bucket if it comes back. A sender is what it
/// says it is: one that takes another name each time is held back by nobody.
class RateGuard {
 public:
    static constexpr std::size_t kMostSenders = 256;
    static constexpr std::size_t kLongestSender = 96;  ///< bytes that count
    /// What is held back is said after this long at the latest.
    static constexpr Duration kLongestSilence = std::chrono::seconds(1);

    /// So many of one sender were held back.
    struct Held {
        FixedText<kLongestSender> sender;
        std::uint64_t count = 0;
    };
    struct Judgement {
        bool allowed = true;
        std::optional<Held> to_say;  ///< before what is allowed
    };

    explicit RateGuard(const Rate& rate);

    [[nodiscard]] Judgement judge(std::string_view sender, Instant now);
    /// When take_due() is wanted; kNever: nothing is held.
    [[nodiscard]] Instant due() const { return due_; }
    /// Of one sender what is held and due; to be called until there is none.
    [[nodiscard]] std::optional<Held> take_due(Instant now);
    /// The same, due or not.
    [[nodiscard]] std::optional<Held> take_any();
    [[nodiscard]] const Rate& rate() const { return rate_; }

 private:
    static constexpr std::size_t kRow = 4;
    struct Bucket {
        FixedText<kLongestSender> sender;
        std::uint32_t hash = 0;
        bool known = false;
        std::uint64_t held = 0;
        Instant due = kNever;
        Instant full{};  // when its bucket will be full
        Instant heard{};
    };
    [[nodiscard]] std::optional<Held> take(Bucket& bucket);
    void find_due();

    Rate rate_;
    Duration token_;
    Duration burst_;
    std::vector<Bucket> buckets_;
    Instant due_ = kNever;
};

}  // namespace vakt::relay
