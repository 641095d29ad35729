// SPDX-License-Identifier: Apache-2.0
// A bridge in memory, and clients that read what it gives them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "bridge/account.h"
#include "bridge/bridge.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace vakt::test {

/// Memory as mmap(2) gives it: aligned, and zero.
class BridgeMemory {
 public:
    explicit BridgeMemory(std::size_t size = bridge::Bridge::kLeastMemory)
        : words_(size / sizeof(std::uint64_t)) {}
    [[nodiscard]] std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words_)); }

 private:
    std::vector<std::uint64_t> words_;
};

/// What a client was given, owning its texts.
struct Heard {
    std::uint64_t seq = 0;
    std::uint8_t origin = 0;
    std::string text;  ///< a gap's words
    std::uint32_t repeats = 0;
    std::uint64_t source_seq = 0;
    std::optional<syslog::Gap> gap;  ///< its words are in `text`
};

inline void hear(std::string_view& records, std::vector<Heard>& heard) {
    const auto taken = wire::take_record(records);
    if (!taken) std::abort();
    if (const auto* entry = std::get_if<wire::StampedEntry>(&*taken)) {
        heard.push_back({.seq = entry->stamp.seq,
                         .origin = entry->stamp.origin,
                         .text = std::string(entry->entry.record.text),
                         .repeats = entry->stamp.repeats,
                         .source_seq = entry->entry.source_seq,
                         .gap = std::nullopt});
    } else {
        const auto& gap = std::get<wire::StampedGap>(*taken);
        heard.push_back({.seq = gap.stamp.seq,
                         .origin = gap.stamp.origin,
                         .text = std::string(gap.gap.words),
                         .repeats = 0,
                         .source_seq = 0,
                         .gap = gap.gap});
    }
}

/// A client that takes its output in pieces of any size.
class Listener {
 public:
    Listener(bridge::Bridge& bridge, bridge::ClientNumber number)
        : bridge_(&bridge), number_(number) {}

    [[nodiscard]] bridge::ClientNumber number() const { return number_; }
    bool say(const wire::ToBridge& message) {
        const auto bytes = wire::encode(message);
        return bridge_->message(number_, std::string_view(bytes).substr(4), {});
    }
    bool open(wire::Open open, std::uint32_t credit, const std::string& name = "") {
        return say(wire::Hello{.name = name}) && say(open) && say(wire::Credit{credit});
    }
    /// Writes as much of its output as `most` allows.
    void read(std::size_t most = ~std::size_t{0}) {
        const auto out = bridge_->out(number_).substr(0, most);
        bytes_ += out;
        bridge_->sent(number_, out.size());
        while (take_message()) continue;
    }

    std::vector<Heard> heard;
    std::optional<wire::Welcome> welcome;
    std::optional<wire::Refused> refused;
    std::vector<std::string> accounts;
    std::size_t batches = 0;
    std::size_t largest_batch = 0;
    std::size_t most_in_batch = 0;

 private:
    bool take_message() {
        if (bytes_.size() < 4) return false;
        const auto size =
            get_number<std::uint32_t>(reinterpret_cast<const unsigned char*>(bytes_.data()));
        if (bytes_.size() < 4 + std::size_t{size}) return false;
        const auto message = wire::parse_from_bridge(std::string_view(bytes_).substr(4, size));
        if (!message) std::abort();
        if (const auto* batch = std::get_if<wire::Batch>(&*message)) {
            auto records = batch->records;
            for (unsigned n = 0; n < batch->count; ++n) hear(records, heard);
            if (!records.empty() || batch->count == 0) std::abort();
            ++batches;
            largest_batch = std::max<std::size_t>(largest_batch, size);
            most_in_batch = std::max<std::size_t>(most_in_batch, batch->count);
        } else if (const auto* its_welcome = std::get_if<wire::Welcome>(&*message)) {
            welcome = *its_welcome;
        } else if (const auto* words = std::get_if<wire::Refused>(&*message)) {
            refused = *words;
        } else {
            accounts.push_back(std::get<wire::AccountText>(*message).text);
        }
        bytes_.erase(0, 4 + std::size_t{size});
        return true;
    }

    bridge::Bridge* bridge_;
    bridge::ClientNumber number_;
    std::string bytes_;
};

inline syslog::Entry entry_of(std::string_view text, syslog::Severity severity,
                              std::string_view app = "app") {
    syslog::Entry entry;
    entry.record.form = syslog::Form::rfc3164;
    entry.record.pri = syslog::Pri(3, severity);
    entry.record.app = app;
    entry.record.text = text;
    entry.source = syslog::Source::fifo;
    return entry;
}

}  // namespace vakt::test
