// SPDX-License-Identifier: Apache-2.0
// What is to be written to one client: whole messages in a buffer that does not grow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "report/boot_id.h"

namespace vakt::bridge {

class Output {
 public:
    static constexpr std::size_t kMost = std::size_t{256} << 10;
    static constexpr std::size_t kMostInBatch = std::size_t{64} << 10;  ///< bytes, its head too
    static constexpr std::uint16_t kMostRecords = 1024;                 ///< in one batch
    /// Kept free for the last message of all.
    static constexpr std::size_t kReserve = 1024;

    Output();

    [[nodiscard]] bool empty() const { return begin_ == end_; }
    /// REQUIRES: no batch is open.
    [[nodiscard]] std::string_view view() const {
        return {reinterpret_cast<const char*>(bytes_.get()) + begin_, end_ - begin_};
    }
    void sent(std::size_t bytes);

    /// False: there is no room for all of it. REQUIRES: no batch is open.
    [[nodiscard]] bool put(std::string_view message) { return put_within(message, kMost); }
    /// The last message, of kReserve bytes at most, for which there is always room.
    void put_last(std::string_view message) {
        static_cast<void>(put_within(message, kMost + kReserve));
    }

    /// Puts a record or gap into the open batch, or opens one. False: there is no room. A record
    /// that is larger than a batch may be is alone in its batch.
    [[nodiscard]] bool put_record(std::string_view record, const report::BootId& boot);
    /// To be called before anything else is.
    void close_batch();

 private:
    static constexpr std::size_t kNone = ~std::size_t{0};

    [[nodiscard]] bool put_within(std::string_view message, std::size_t most);
    [[nodiscard]] bool make_room(std::size_t size, std::size_t most);

    std::unique_ptr<unsigned char[]> bytes_;  // pages are touched only once they are needed
    std::size_t begin_ = 0, end_ = 0;
    std::size_t batch_ = kNone;  // where the open one begins
    std::uint16_t records_ = 0;
};

}  // namespace vakt::bridge
