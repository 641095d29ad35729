// SPDX-License-Identifier: Apache-2.0
// What the bridge's core costs: parse and accept of a line of 120 bytes, and each record that a
// client is given, with as many clients as asked for.
//
// usage: bridge_core_bench [LINES]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "bridge/account.h"
#include "bridge/bridge.h"
#include "syslog/message.h"
#include "wire/bridge_bytes.h"

namespace {

using namespace vakt;
using Clock = std::chrono::steady_clock;

std::vector<std::string> lines_of(std::size_t count) {
    std::vector<std::string> lines;
    for (std::size_t n = 0; n < count; ++n) {
        auto line = "<" + std::to_string(n % 16 == 0 ? 27 : 30) +
                    ">Nov 21 18:04:15 board daemon[77]: line " + std::to_string(n) + " ";
        line.resize(120, 'x');
        lines.push_back(line);
    }
    return lines;
}

/// The least of five runs, in nanoseconds for each of `count`.
template <class Run>
double best(std::size_t count, Run run) {
    double least = 1e18;
    for (int n = 0; n < 5; ++n) {
        const auto from = Clock::now();
        run();
        const std::chrono::duration<double, std::nano> took = Clock::now() - from;
        if (took.count() < least) least = took.count();
    }
    return least / static_cast<double>(count);
}

struct World {
    explicit World(std::size_t clients, const relay::Filter& filter = {})
        : memory(std::size_t{4} << 20 >> 3),
          bridge(std::as_writable_bytes(std::span(memory)), {}, 1) {
        origin = *bridge.source({.name = "fifo"});
        const auto say = [&](bridge::ClientNumber number, const wire::ToBridge& message) {
            const auto bytes = wire::encode(message);
            if (!bridge.message(number, std::string_view(bytes).substr(4), now)) std::abort();
        };
        for (std::size_t n = 0; n < clients; ++n) {
            const auto number = *bridge.connected({});
            say(number, wire::Hello{});
            say(number, wire::Open{.filter = filter});
            say(number, wire::Credit{0xFFFFFFFF});
            numbers.push_back(number);
        }
    }
    void deliver() {
        bridge.distribute(now);
        for (const auto number : numbers) {
            for (auto out = bridge.out(number); !out.empty(); out = bridge.out(number)) {
                if (std::memchr(out.data(), 0xFF, 64) == nullptr) sink += out.size();
                bridge.sent(number, out.size());
            }
        }
    }
    bridge::Now now{Instant{} + std::chrono::hours(1), 1};
    std::vector<std::uint64_t> memory;
    bridge::Bridge bridge;
    bridge::Origin origin = 0;
    std::vector<bridge::ClientNumber> numbers;
    std::size_t sink = 0;
};

void measure(std::size_t count) {
    const auto lines = lines_of(1024);
    const syslog::Context context{};
    std::vector<syslog::Entry> entries(lines.size());
    const auto parse = [&](const std::string& line) {
        syslog::Entry entry;
        entry.record = syslog::read_message(line, context);
        entry.raw = line;
        entry.source = syslog::Source::fifo;
        return entry;
    };
    for (std::size_t n = 0; n < lines.size(); ++n) entries[n] = parse(lines[n]);
    const auto at = [&](std::size_t n) { return n % lines.size(); };

    std::size_t sum = 0;
    const auto parsing = best(count, [&] {
        for (std::size_t n = 0; n < count; ++n) sum += parse(lines[at(n)]).record.text.size();
    });
    World alone(0);
    const auto accepting = best(count, [&] {
        for (std::size_t n = 0; n < count; ++n)
            alone.bridge.accept(alone.origin, entries[at(n)], alone.now);
    });
    const auto both = best(count, [&] {
        for (std::size_t n = 0; n < count; ++n)
            alone.bridge.accept(alone.origin, parse(lines[at(n)]), alone.now);
    });
    std::printf("parse             %6.1f ns a line\n", parsing);
    std::printf("accept            %6.1f ns a line\n", accepting);
    std::printf("parse and accept  %6.1f ns a line, %.2f million lines/s\n", both, 1e3 / both);

    const auto with = [&](const char* what, std::size_t clients, const relay::Filter& filter) {
        World world(clients, filter);
        const auto all = best(count, [&] {
            for (std::size_t n = 0; n < count; ++n) {
                world.bridge.accept(world.origin, parse(lines[at(n)]), world.now);
                if (n % 256 == 255) world.deliver();
            }
            world.deliver();
        });
        std::printf("%zu clients%s: %6.1f ns a line in all", clients, what, all);
        if (clients != 0)
            std::printf(", %.1f ns for each line and client",
                        (all - both) / static_cast<double>(clients));
        std::printf("\n");
    };
    with("", 0, {});
    with("", 1, {});
    with("", 4, {});
    with(", err and above", 1, {.any_of = {{.least_severe = 3}}});
    with(", err and above", 4, {.any_of = {{.least_severe = 3}}});

    World slow(1);  // never reads: each segment that goes is walked for it
    const auto walked = best(count, [&] {
        for (std::size_t n = 0; n < count; ++n)
            slow.bridge.accept(slow.origin, parse(lines[at(n)]), slow.now);
    });
    std::printf("1 client that is stopped: %6.1f ns a line in all\n", walked);
    if (sum == 1) std::printf(" ");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        measure(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000000);
        return 0;
    } catch (...) {
        return 1;
    }
}
