// SPDX-License-Identifier: Apache-2.0
// Every key of keeper.conf and bridge.conf: where it stands, what it takes, its range and its
// default.
#include "settings/keys.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

namespace vakt::settings {
namespace {

constexpr std::int64_t kDay = 86400'000;
constexpr std::int64_t kLongest = 65535'000;  // heart(3)'s longest beat timeout
constexpr std::int64_t kFarthest = std::numeric_limits<std::int64_t>::max();

constexpr std::array kKeeperKeys{
    Key{Place::top, "leases", Shape::rows},
    Key{Place::top, "devices", Shape::rows},
    Key{Place::top, "evidence", Shape::rows},
    Key{Place::top, "rights", Shape::rows},
    Key{Place::top, "lock_memory", Shape::flag, false, "true"},
    Key{Place::top, "real_time_priority", Shape::number, false, "50", 0, 99},
    Key{Place::top, "oom_exempt", Shape::flag, false, "true"},

    Key{Place::lease, "name", Shape::text, true},
    Key{Place::lease, "user", Shape::user, true},
    Key{Place::lease, "required", Shape::flag, false, "false"},
    Key{Place::lease, "boot_deadline", Shape::seconds, false, "300", 1000, kDay},
    // heart(3): 10 < seconds <= 65535
    Key{Place::lease, "beat_timeout", Shape::seconds, false, "60", 10'001, kLongest},
    Key{Place::lease, "boot_delay", Shape::seconds, false, "60", 10'001, kLongest},

    Key{Place::device, "driver", Shape::text, true},
    Key{Place::device, "path", Shape::text},
    Key{Place::device, "timeout", Shape::seconds, false, "60", 100, kLongest},
    Key{Place::device, "shutdown_timeout", Shape::seconds, false, "0", 0, kLongest},
    Key{Place::device, "pretimeout", Shape::seconds, false, "", 1000, kLongest},
    Key{Place::device, "governor", Shape::text},
    Key{Place::device, "set_nowayout", Shape::flag, false, "false"},
    Key{Place::device, "profile", Shape::text, false, "\"fga5000\""},
    Key{Place::device, "offset", Shape::number, false, "0", 0, kFarthest},
    Key{Place::device, "byte_order", Shape::text},
    Key{Place::device, "window", Shape::group},

    Key{Place::window, "address", Shape::number, true, "", 0, kFarthest},
    Key{Place::window, "size", Shape::number, true, "", 1, kFarthest},
    Key{Place::window, "space", Shape::text, false, "\"a32\""},
    Key{Place::window, "width", Shape::number, false, "32", 8, 64},

    Key{Place::evidence, "name", Shape::text, true},
    Key{Place::evidence, "kind", Shape::text, true},
    Key{Place::evidence, "path", Shape::text},
    Key{Place::evidence, "bridge", Shape::text},
    Key{Place::evidence, "limit_percent", Shape::number, false, "50", 1, 100},
    Key{Place::evidence, "freshness", Shape::seconds, false, "60", 1000, kDay},
    Key{Place::evidence, "grace", Shape::seconds, false, "60", 10'001, kDay},

    Key{Place::right, "user", Shape::user, true},
    Key{Place::right, "may", Shape::texts, true},
};

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

constexpr std::array kBridgeKeys{
    Key{Place::top, "sources", Shape::rows, true, "( { type = \"journal\"; } )"},
    // Bridge::kLeastMemory
    Key{Place::top, "ring", Shape::number, false, "4194304", kMiB, 1024 * kMiB},
    Key{Place::top, "group", Shape::group_id, false, "\"vakt\""},
    Key{Place::top, "users", Shape::users},
    Key{Place::top, "black_box", Shape::group},
    Key{Place::top, "feed", Shape::text},
    Key{Place::top, "feed_auth", Shape::flag, false, "false"},
    Key{Place::top, "metrics_interval", Shape::seconds, false, "15", 0, kDay},

    Key{Place::source, "type", Shape::text, true},
    Key{Place::source, "name", Shape::text},
    Key{Place::source, "path", Shape::text},
    Key{Place::source, "address", Shape::text, false, "\"127.0.0.1\""},
    Key{Place::source, "port", Shape::number, false, "514", 1, 65535},
    Key{Place::source, "mode", Shape::text, false, "\"0666\""},
    Key{Place::source, "buffer", Shape::number, false, "", 4096, 256 * kMiB},
    Key{Place::source, "fold_repeats", Shape::flag, false, "true"},
    Key{Place::source, "auth", Shape::flag, false, "false"},
    Key{Place::source, "rate", Shape::group},

    Key{Place::rate, "per_second", Shape::number, true, "", 1, 1'000'000},
    Key{Place::rate, "burst", Shape::number, true, "", 1, 1'000'000},

    Key{Place::black_box, "size", Shape::number, false, "1048576", 0, 64 * kMiB},
    Key{Place::black_box, "severity", Shape::text, false, "\"debug\""},
    Key{Place::black_box, "sync_interval", Shape::seconds, false, "5", 100, kDay},
    Key{Place::black_box, "pmsg", Shape::flag, false, "true"},
    Key{Place::black_box, "pmsg_severity", Shape::text, false, "\"warning\""},
};

/// How many letters must be changed, added or left out.
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        auto diagonal = row[0]++;
        for (std::size_t j = 0; j < other.size(); ++j) {
            const auto changed = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::span<const Key> keeper_keys() { return kKeeperKeys; }
std::span<const Key> bridge_keys() { return kBridgeKeys; }

const Key* find_key(std::span<const Key> keys, Place place, std::string_view name) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) {
        return key.place == place && key.name == name;
    });
    return found == keys.end() ? nullptr : &*found;
}

std::string_view place_name(Place place) {
    constexpr std::array<std::string_view, 9> kNames{
        "", "leases", "devices", "window", "evidence", "rights", "sources", "rate", "black_box"};
    return kNames.at(static_cast<std::size_t>(place));
}

std::string hint(std::span<const Key> keys, Place place, std::string_view name) {
    constexpr std::size_t kLongestName = 64;
    constexpr std::size_t kNear = 3;
    const Key* nearest = nullptr;
    auto best = kNear + 1;
    std::string all;
    for (const auto& key : keys) {
        if (key.place != place) continue;
        (all += all.empty() ? "" : ", ") += key.name;
        const auto far = distance(name.substr(0, kLongestName), key.name);
        if (far < best && far < key.name.size()) {
            best = far;
            nearest = &key;
        }
    }
    if (nearest != nullptr) return "did you mean '" + std::string(nearest->name) + "'?";
    return "known here: " + all;
}

}  // namespace vakt::settings
