// SPDX-License-Identifier: Apache-2.0
// What is to be written to one client.
#include "bridge/output.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "wire/bridge_bytes.h"

namespace vakt::bridge {

namespace {

constexpr std::size_t kSize = 4;  // before each message
constexpr unsigned char kBatchKind = 67;
// Moving what waits to the front pays once so much is free there.
constexpr std::size_t kWorthMoving = Output::kMost / 4;

}  // namespace

Output::Output() : bytes_(std::make_unique_for_overwrite<unsigned char[]>(kMost + kReserve)) {}

void Output::sent(std::size_t bytes) {
    begin_ += std::min(bytes, end_ - begin_);
    if (begin_ == end_) begin_ = end_ = 0;
}

bool Output::make_room(std::size_t size, std::size_t most) {
    if (size <= most - end_) return true;
    if (begin_ < kWorthMoving || size > most - (end_ - begin_)) return false;
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    if (batch_ != kNone) batch_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
    return true;
}

bool Output::put_within(std::string_view message, std::size_t most) {
    if (!make_room(message.size(), most)) return false;
    std::memcpy(bytes_.get() + end_, message.data(), message.size());
    end_ += message.size();
    return true;
}

bool Output::put_record(std::string_view record, const report::BootId& boot) {
    if (batch_ != kNone &&
        (records_ == kMostRecords || end_ - batch_ - kSize + record.size() > kMostInBatch))
        close_batch();
    const auto head = batch_ == kNone ? kSize + wire::kBatchHead : 0;
    if (!make_room(head + record.size(), kMost)) return false;
    if (batch_ == kNone) {
        batch_ = end_;
        bytes_[end_ + kSize] = kBatchKind;
        std::ranges::copy(boot, &bytes_[end_ + kSize + 1]);
        end_ += head;
    }
    std::memcpy(&bytes_[end_], record.data(), record.size());
    end_ += record.size();
    ++records_;
    return true;
}

void Output::close_batch() {
    if (batch_ == kNone) return;
    put_number(&bytes_[batch_], static_cast<std::uint32_t>(end_ - batch_ - kSize));
    put_number(&bytes_[batch_ + kSize + wire::kBatchHead - 2], records_);
    batch_ = kNone;
    records_ = 0;
}

}  // namespace vakt::bridge
