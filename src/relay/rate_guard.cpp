// SPDX-License-Identifier: Apache-2.0
// One sender that says too much is held back and counted, and nobody else.
#include "relay/rate_guard.h"

#include <algorithm>
#include <span>

namespace vakt::relay {

namespace {

std::uint32_t hash_of(std::string_view text) {  // FNV-1a
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

}  // namespace

RateGuard::RateGuard(const Rate& rate)
    : rate_(rate),
      token_(std::chrono::nanoseconds(std::chrono::seconds(1)) /
             std::max<std::uint32_t>(rate.per_second, 1)),
      burst_(token_ * std::max<std::uint32_t>(rate.burst, 1)),
      buckets_(kMostSenders) {}

RateGuard::Judgement RateGuard::judge(std::string_view sender, Instant now) {
    sender = sender.substr(0, kLongestSender);
    const auto hash = hash_of(sender);
    const std::span row(&buckets_[hash % (kMostSenders / kRow) * kRow], kRow);
    auto found = std::ranges::find_if(row, [&](const Bucket& bucket) {
        return bucket.known && bucket.hash == hash && bucket.sender.view() == sender;
    });
    Judgement judgement;
    if (found == row.end()) {
        found = std::ranges::min_element(row, {}, [](const Bucket& bucket) {
            return bucket.known ? bucket.heard : Instant::min();
        });
        judgement.to_say = take(*found);
        *found = {.sender = sender, .hash = hash, .known = true, .full = now};
    }
    auto& bucket = *found;
    const auto full = std::max(bucket.full, now) + token_;
    judgement.allowed = full - now <= burst_;
    if (judgement.allowed) {
        bucket.full = full;
        bucket.heard = now;
        if (bucket.held != 0) judgement.to_say = take(bucket);
    } else if (bucket.held++ == 0) {
        bucket.due = now + kLongestSilence;
        due_ = std::min(due_, bucket.due);
    }
    return judgement;
}

std::optional<RateGuard::Held> RateGuard::take(Bucket& bucket) {
    if (bucket.held == 0) return std::nullopt;
    const Held held{bucket.sender, bucket.held};
    bucket.held = 0;
    bucket.due = kNever;
    find_due();
    return held;
}

std::optional<RateGuard::Held> RateGuard::take_due(Instant now) {
    if (due_ > now) return std::nullopt;
    return take(*std::ranges::min_element(buckets_, {}, &Bucket::due));
}

std::optional<RateGuard::Held> RateGuard::take_any() { return take_due(kNever - Duration(1)); }

void RateGuard::find_due() { due_ = std::ranges::min(buckets_, {}, &Bucket::due).due; }

}  // namespace vakt::relay
