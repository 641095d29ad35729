// SPDX-License-Identifier: Apache-2.0
// All that must outlive the bridge's process, in a span of memory: records, sources, acknowledged
// places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "relay/lanes.h"
#include "relay/store_memory.h"
#include "syslog/entry.h"

namespace vakt::relay {

/// Goes on from whatever state a killed process left the memory in (store_memory.h says why it
/// can).
class Store {
 public:
    static constexpr std::size_t kLeastMemory = std::size_t{1} << 20;
    using IsRecord = bool (*)(std::string_view bytes);

    /// Takes over what is there, if it is of this boot and whole, else begins anew with number
    /// `first_seq`. Reads nothing outside, whatever the bytes are.
    /// REQUIRES: memory is aligned to 8 bytes, is kLeastMemory at least and outlives the store.
    Store(std::span<std::byte> memory, const BootBytes& boot, std::uint64_t first_seq,
          IsRecord is_record);

    [[nodiscard]] bool went_on() const { return went_on_; }
    [[nodiscard]] Lanes& lanes() { return lanes_; }
    [[nodiscard]] const Lanes& lanes() const { return lanes_; }
    [[nodiscard]] std::size_t size() const { return size_; }

    // ---- sources, by their origin: 0 and on ----

    [[nodiscard]] std::size_t sources() const { return sources_; }
    [[nodiscard]] KeptSource& source(std::size_t origin) { return tables_->sources[origin]; }
    [[nodiscard]] const KeptSource& source(std::size_t origin) const {
        return tables_->sources[origin];
    }
    /// The origin of a name, which it gets if it has none; none when all are given.
    [[nodiscard]] std::optional<std::size_t> know_source(std::string_view name,
                                                         syslog::Source kind);
    /// The newest mark; nullptr: none.
    [[nodiscard]] const Mark* mark(std::size_t origin) const;
    /// Writes the next one; `fill(mark)` fills it. To be called before the record of number `seq`
    /// is committed.
    template <class Fill>
    void put_mark(std::size_t origin, std::uint64_t seq, Fill fill) {
        auto& marks = source(origin).marks;
        auto& mark = marks[marks[0].seq < marks[1].seq ? 0 : 1];
        publish(mark.seq, 0);
        fill(mark);
        publish(mark.seq, seq);
    }

    // ---- places that clients acknowledged, by their names ----

    [[nodiscard]] std::optional<std::uint64_t> place(std::string_view name) const;
    /// Of kMostKeptNames names the one that was used the longest ago makes room.
    void put_place(std::string_view name, std::uint64_t seq);

 private:
    [[nodiscard]] bool take_over(const BootBytes& boot, IsRecord is_record);
    [[nodiscard]] bool take_over_sources();
    void take_over_marks();
    void begin(const BootBytes& boot, std::uint64_t first_seq);

    StoreTables* tables_;
    std::size_t size_;
    Lanes lanes_;
    std::size_t sources_ = 0;
    bool went_on_;
};

}  // namespace vakt::relay
