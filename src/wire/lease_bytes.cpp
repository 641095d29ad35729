// SPDX-License-Identifier: Apache-2.0
// The bytes between a heart (or vaktctl, wd_bus, a successor) and the keeper, version 1.
#include "wire/lease_bytes.h"

#include <algorithm>
#include <cstring>

#include "base/byte_stream.h"
#include "wire/lease_contents.h"

namespace vakt::wire {
namespace {

constexpr std::size_t kSize = 2;  // of the size itself
constexpr std::size_t kHead = 2;  // version and kind

}  // namespace

std::span<const std::uint8_t> encode(const LeaseMessage& message,
                                     std::array<std::uint8_t, kMaxLeaseMessage>& bytes) {
    const std::span<std::uint8_t> all(bytes);
    ByteWriter content(all.subspan(kSize));
    content.number(kLeaseVersion);
    content.number(kind_of(message));
    put_content(content, message);
    if (!content.fits() || !makes_sense(message)) return {};
    ByteWriter size(all.first(kSize));
    size.number(static_cast<std::uint16_t>(content.size()));
    return all.first(kSize + content.size());
}

std::size_t LeaseDecoder::feed(std::span<const std::uint8_t> bytes) {
    if (fault_ != LeaseFault::none) return bytes.size();
    if (start_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + start_, used_ - start_);
        used_ -= start_;
        start_ = 0;
    }
    const auto taken = std::min(bytes.size(), buffer_.size() - used_);
    std::copy_n(bytes.begin(), taken, buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += taken;
    return taken;
}

std::optional<LeaseMessage> LeaseDecoder::next() {
    const auto waiting = std::span<const std::uint8_t>(buffer_).subspan(start_, used_ - start_);
    if (fault_ != LeaseFault::none || waiting.size() < kSize) return std::nullopt;
    const auto fail = [&](LeaseFault fault) {
        fault_ = fault;
        return std::nullopt;
    };
    const std::size_t size = ByteReader(waiting).number<std::uint16_t>();
    // Known to be wrong as soon as the byte is there: nobody is waited for who does not speak this.
    if (size < kHead || size > kMaxLeaseMessage - kSize) return fail(LeaseFault::size);
    if (waiting.size() > kSize && waiting[kSize] != kLeaseVersion) return fail(LeaseFault::version);
    if (waiting.size() > kSize + 1 && content_reader(waiting[kSize + 1]) == nullptr)
        return fail(LeaseFault::kind);
    if (waiting.size() < kSize + size) return std::nullopt;
    ByteReader in(waiting.subspan(kSize + kHead, size - kHead));
    const auto message = content_reader(waiting[kSize + 1])(in);
    if (!in.all_read() || !makes_sense(message)) return fail(LeaseFault::content);
    start_ += kSize + size;
    return message;
}

}  // namespace vakt::wire
