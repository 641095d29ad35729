// SPDX-License-Identifier: Apache-2.0
// Prints what ferrule's record mode, or the bridge, sends: {packet,4} messages on standard input.
//
// usage: record_dump
//
// One line each, as soon as it came:
//   batch COUNT
//   record SEQ ORIGIN SOURCE PRI APP [TEXT]     flags behind it: malformed, cut
//   gap REASON COUNT FROM TO                    COUNT ? when it is unknown
//   welcome OLDEST NEXT / refused WORDS / account
// Leaves with 1 at bytes that are none of these, also at the end.

#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <variant>

#include "wire/bridge_bytes.h"
#include "wire/packet.h"
#include "wire/record_bytes.h"

namespace {

using namespace vakt;

bool good = true;

void print(const wire::StampedEntry& kept) {
    const auto& record = kept.entry.record;
    std::printf("record %llu %u %u %d %s [%s]%s%s\n",
                static_cast<unsigned long long>(kept.stamp.seq), unsigned{kept.stamp.origin},
                static_cast<unsigned>(kept.entry.source),
                record.pri ? int{record.pri->number()} : -1, std::string(record.app).c_str(),
                std::string(record.text).c_str(), record.malformed ? " malformed" : "",
                kept.entry.cut ? " cut" : "");
}

void print(const wire::StampedGap& kept) {
    const auto& gap = kept.gap;
    std::printf("gap %u %s %llu %llu\n", static_cast<unsigned>(gap.reason),
                gap.count ? std::to_string(*gap.count).c_str() : "?",
                static_cast<unsigned long long>(gap.from), static_cast<unsigned long long>(gap.to));
}

void print(const wire::Batch& batch) {
    std::printf("batch %u\n", unsigned{batch.count});
    auto bytes = batch.records;
    unsigned count = 0;
    for (; !bytes.empty(); ++count) {
        const auto taken = wire::take_record(bytes);
        if (!taken) break;
        std::visit([](const auto& kept) { print(kept); }, *taken);
    }
    if (!bytes.empty() || count != batch.count) good = false;
}
void print(const wire::Welcome& welcome) {
    std::printf("welcome %llu %llu\n", static_cast<unsigned long long>(welcome.oldest),
                static_cast<unsigned long long>(welcome.next));
}
void print(const wire::Refused& refused) { std::printf("refused %s\n", refused.words.c_str()); }
void print(const wire::AccountText& /*account*/) { std::puts("account"); }

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what std::visit may throw it does not
int main() {
    constexpr std::size_t kMost = std::size_t{1} << 24;
    wire::PacketReader packets(wire::Prefix::four, kMost);
    static char bytes[65536];
    for (ssize_t n = 0; good && (n = ::read(STDIN_FILENO, bytes, sizeof bytes)) > 0;) {
        packets.feed({bytes, static_cast<std::size_t>(n)}, [](const wire::Packet& packet) {
            const auto message = wire::parse_from_bridge(packet.body);
            if (message)
                std::visit([](const auto& m) { print(m); }, *message);
            else
                good = false;
        });
        std::fflush(stdout);
    }
    if (packets.partial()) good = false;
    if (!good) std::puts("bad bytes");
    return good ? 0 : 1;
}
