// SPDX-License-Identifier: Apache-2.0
// Packets that wait for a slow reader, in a bounded ring that drops the oldest and keeps the
// account.
#include "relay/ring.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace vakt::relay {

namespace {

// A ring that is empty, or so nearly that its rest is cheap to move, begins at its start again:
// with a reader that keeps up it stays within the same few pages, which the caches then hold.
constexpr std::size_t kSmallRest = 4096;

/// What was put there is the size of something in memory.
std::size_t length_in(const unsigned char* from, std::size_t prefix) {
    return static_cast<std::size_t>(get_big_endian(from, prefix));
}

}  // namespace

Ring::Ring(const RingShape& shape)
    : capacity_(shape.capacity),
      prefix_(shape.prefix),
      loss_text_(shape.loss_text),
      bytes_(std::make_unique_for_overwrite<unsigned char[]>(shape.capacity)) {}

void Ring::push_wrapped(std::size_t at, std::string_view body) {
    unsigned char length[8];
    put_big_endian(length, prefix_, body.size());
    copy_in(at, length, prefix_);
    copy_in(wrap(at + prefix_), body.data(), body.size());
}

void Ring::make_room(std::size_t size) {
    while (capacity_ - used_ < size) drop_oldest();
}

std::span<const unsigned char> Ring::front() {
    if (ahead_ != Ahead::packet && ahead_sent_ == 0 && rest_ == 0 && lost_ != said_) encode_loss();
    if (ahead_ != Ahead::nothing) {
        const auto* from = reinterpret_cast<const unsigned char*>(ahead_bytes_.data());
        return {from + ahead_sent_, ahead_bytes_.size() - ahead_sent_};
    }
    return {&bytes_[head_], std::min(used_, capacity_ - head_)};
}

void Ring::written(std::size_t bytes) {
    if (bytes == 0) return;
    if (ahead_ != Ahead::nothing) {
        if (ahead_ == Ahead::loss && ahead_sent_ == 0) {
            lost_ -= said_;  // from here on the number is out; what is lost now is a new loss
            said_ = 0;
        }
        ahead_sent_ += bytes;
        if (ahead_sent_ < ahead_bytes_.size()) return;
        if (ahead_ == Ahead::loss) {
            ++counts_.loss_lines;
        } else {
            ++counts_.delivered;
            --counts_.queued;
        }
        ahead_ = Ahead::nothing;
        ahead_sent_ = 0;
        return;
    }
    if (bytes == used_) {
        counts_.delivered += counts_.queued;
        counts_.queued = 0;
        head_ = used_ = rest_ = 0;
        return;
    }
    std::size_t at = head_;
    std::size_t left = bytes;
    std::size_t size = rest_ != 0 ? rest_ : packet_size(at);
    while (left >= size) {
        ++counts_.delivered;
        --counts_.queued;
        left -= size;
        at = wrap(at + size);
        size = packet_size(at);
    }
    rest_ = left != 0 ? size - left : 0;
    head_ = wrap(head_ + bytes);
    used_ -= bytes;
    if (used_ <= kSmallRest && head_ >= used_ && used_ <= capacity_ - head_) {
        std::memcpy(bytes_.get(), &bytes_[head_], used_);
        head_ = 0;
    }
}

void Ring::drop_oldest() {
    if (rest_ != 0) {  // it must still go out whole, so it steps aside
        ahead_bytes_.resize(rest_);
        const std::size_t first = std::min(rest_, capacity_ - head_);
        std::memcpy(ahead_bytes_.data(), &bytes_[head_], first);
        std::memcpy(ahead_bytes_.data() + first, bytes_.get(), rest_ - first);
        ahead_ = Ahead::packet;
        ahead_sent_ = 0;
        head_ = wrap(head_ + rest_);
        used_ -= rest_;
        rest_ = 0;
        return;
    }
    const std::size_t size = packet_size(head_);
    head_ = wrap(head_ + size);
    used_ -= size;
    --counts_.queued;
    ++counts_.dropped;
    ++lost_;
}

void Ring::encode_loss() {
    if (loss_text_ == nullptr) {
        lost_ = said_ = 0;
        return;
    }
    const std::string text = loss_text_(lost_);
    unsigned char length[8];
    put_big_endian(length, prefix_, text.size());
    ahead_bytes_.assign(reinterpret_cast<const char*>(length), prefix_);
    ahead_bytes_.append(text);
    ahead_ = Ahead::loss;
    said_ = lost_;
}

void Ring::copy_in(std::size_t at, const void* from, std::size_t size) {
    const std::size_t first = std::min(size, capacity_ - at);
    std::memcpy(&bytes_[at], from, first);
    std::memcpy(bytes_.get(), static_cast<const char*>(from) + first, size - first);
}

std::size_t Ring::packet_size(std::size_t at) const {
    if (prefix_ <= capacity_ - at) return prefix_ + length_in(&bytes_[at], prefix_);
    unsigned char length[8];
    for (std::size_t i = 0; i < prefix_; ++i) length[i] = bytes_[wrap(at + i)];
    return prefix_ + length_in(length, prefix_);
}

}  // namespace vakt::relay
