// SPDX-License-Identifier: Apache-2.0
// What of the bridge's batches is shown, and when all of it was.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "relay/filter.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace vakt::ctl {

/// The number of an event in a boot.
struct EventPlace {
    report::BootId boot_id{};
    std::uint64_t seq = 0;
    bool operator==(const EventPlace&) const = default;
};

/// "BOOTID:SEQ", as the keys boot_id and seq of an event have them.
[[nodiscard]] std::optional<EventPlace> parse_place(std::string_view text);

struct EventWish {
    relay::Filter filter{};
    bool follow = false;                  ///< go on with what comes
    std::optional<std::uint32_t> last{};  ///< so many of what is there, the newest; none: all
    std::optional<EventPlace> after{};    ///< of what is there, what came behind it
};

/// One event or gap in a batch of this boot, as it is shown.
using EventOrGap = std::variant<wire::StampedEntry, wire::StampedGap>;
using ShowEvent = std::function<std::string(const EventOrGap&, const report::BootId& boot)>;

/// First what is kept, up to the number that was next when we were welcomed; there the bridge is
/// asked for everything and the filter is applied here, since nobody else could tell that the end
/// was reached when the last ones do not pass. Then, if that is wished, what comes, and the bridge
/// filters.
///
/// After a lost connection a new Welcome goes on where the last batch ended, so nothing is shown
/// twice. A gap is shown whatever the filter says.
class EventFeed {
 public:
    EventFeed(EventWish wish, ShowEvent show) : wish_(std::move(wish)), show_(std::move(show)) {}

    /// What is to be asked for, on this connection.
    [[nodiscard]] wire::Open welcome(const wire::Welcome& welcome);
    /// What is to be shown now; none: these are no records.
    [[nodiscard]] std::optional<std::string> batch(const wire::Batch& batch);
    /// The last ones of what is kept, if welcome() found that nothing is missing any more: a
    /// batch() that finds it gives them itself. "" before, and once they were taken.
    [[nodiscard]] std::string tail();

    /// All that is kept has been seen.
    [[nodiscard]] bool caught_up() const { return caught_up_; }
    /// Nothing more is wanted.
    [[nodiscard]] bool over() const { return caught_up_ && !wish_.follow; }
    [[nodiscard]] const relay::Filter& filter() const { return wish_.filter; }

 private:
    void see(const EventOrGap& record, const report::BootId& boot, std::string& out);
    void catch_up(std::string& out);

    EventWish wish_;
    ShowEvent show_;
    std::optional<EventPlace> seen_;  // up to here
    std::uint64_t until_ = 0;         // the first number of what is not yet kept
    report::BootId until_of_{};
    bool caught_up_ = false;
    std::deque<std::string> last_;
};

}  // namespace vakt::ctl
