// SPDX-License-Identifier: Apache-2.0
// vaktctl's verbs that ask the bridge: events, account.
#include <poll.h>

#include <algorithm>
#include <array>

#include "ctl/account_rows.h"
#include "ctl/event_text.h"
#include "ctl/printable.h"
#include "prog/vaktctl_bridge.h"
#include "prog/vaktctl_verbs.h"
#include "sys/clock.h"
#include "sys/nonblock.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;

// Enough for the bridge to fill batches while we write, and no more than is soon written.
constexpr std::uint32_t kCredit = 8192;
constexpr Duration kFirstPause = 100ms;
constexpr Duration kLongestPause = 2s;

int refused(const wire::Refused& refused) {
    const int code = refused.reason == wire::Refusal::leaving ? kNoBridge : kRefused;
    return complain(code, "the bridge refuses: " + refused.words);
}

/// What waiting came to.
enum class Ready : std::uint8_t { bridge, no_reader, nothing };

/// Waits for the bridge, at most `patience` (negative: for ever), or until nobody reads what we
/// write any more.
Ready wait(const BridgeClient& bridge, std::chrono::milliseconds patience) {
    std::array<pollfd, 2> watched = {
        {{bridge.descriptor(), POLLIN, 0}, {.fd = 1, .events = 0, .revents = 0}}};
    while (true) {
        const auto ready =
            ::poll(watched.data(), watched.size(), static_cast<int>(patience.count()));
        if (ready < 0) continue;
        if (ready == 0) return Ready::nothing;
        // A pipe without a reader, or a terminal that hung up.
        return watched[1].revents != 0 ? Ready::no_reader : Ready::bridge;
    }
}

ctl::ShowEvent shower(const ctl::Options& options, const ctl::Look& look) {
    if (options.json)
        return [](const ctl::EventOrGap& record, const report::BootId& boot) {
            if (const auto* const event = std::get_if<wire::StampedEntry>(&record))
                return ctl::event_json(*event, boot);
            return ctl::gap_json(std::get<wire::StampedGap>(record), boot);
        };
    return [colour = look.colour](const ctl::EventOrGap& record, const report::BootId&) {
        const auto* const event = std::get_if<wire::StampedEntry>(&record);
        if (event == nullptr) return ctl::gap_line(std::get<wire::StampedGap>(record), colour);
        const auto when = local_time(event->entry.record.time_ns.value_or(0), "%Y-%m-%d %H:%M:%S");
        return ctl::event_line(*event, when, colour);
    };
}

class Events {
 public:
    Events(const ctl::Options& options, const ctl::Look& look)
        : options_(options), feed_(options.events, shower(options, look)) {}

    int run() {
        while (true) {
            if (const auto end = connection()) return *end;
            if (!options_.events.follow || !was_welcome_) return complain(kNoBridge, lost_);
            if (!said_lost_) (void)complain(0, lost_ + "; waiting for it");
            said_lost_ = true;
            if (!pause()) return kDone;
        }
    }

 private:
    using End = std::optional<int>;

    /// One connection to its end: the exit status, or none, and `lost_` says how it was lost.
    End connection() {
        auto bridge = BridgeClient::connect(options_.bridge);
        if (!bridge) return lose(bridge.error());
        const auto until = patience_from_now(options_);
        const auto answer = bridge->hello(until);
        if (!answer) return lose(answer.error());
        if (const auto* const no = std::get_if<wire::Refused>(&*answer)) return refusal_of(*no);
        was_welcome_ = true;
        said_lost_ = false;
        pause_ = kFirstPause;

        const auto open = feed_.welcome(std::get<wire::Welcome>(*answer));
        if (!write(feed_.tail()) || feed_.over()) return kDone;
        narrowed_ = feed_.caught_up();
        if (const auto sent = bridge->send(open, until); !sent) return lose(sent.error());
        if (const auto sent = bridge->send(wire::Credit{kCredit}, until); !sent)
            return lose(sent.error());
        return listen(*bridge);
    }

    End listen(BridgeClient& bridge) {
        while (true) {
            if (!bridge.has_message()) {
                const auto ready = wait(bridge, patience());
                if (ready == Ready::no_reader) return kDone;
                if (ready == Ready::nothing) return lose(bridge.silent());
            }
            const auto message = bridge.next(sys::now());
            if (!message) return lose(message.error());
            if (!*message) continue;  // not whole yet
            if (const auto* const no = std::get_if<wire::Refused>(&**message))
                return refusal_of(*no);
            const auto* const batch = std::get_if<wire::Batch>(&**message);
            const auto text = batch == nullptr ? std::nullopt : feed_.batch(*batch);
            if (!text) return complain(kNoBridge, describe(bridge.stranger()));
            if (!write(*text) || feed_.over()) return kDone;
            if (const auto went_on = go_on(bridge, batch->count); !went_on)
                return lose(went_on.error());
        }
    }

    /// What is kept comes at once; what comes, comes when it does.
    [[nodiscard]] std::chrono::milliseconds patience() const {
        if (feed_.caught_up()) return std::chrono::milliseconds(-1);
        return std::chrono::duration_cast<std::chrono::milliseconds>(options_.patience);
    }

    /// Only what is written is granted again.
    Status go_on(BridgeClient& bridge, std::uint32_t written) {
        const auto until = patience_from_now(options_);
        if (feed_.caught_up() && !narrowed_) {
            narrowed_ = true;
            if (const auto sent = bridge.send(wire::Narrow{feed_.filter()}, until); !sent)
                return sent.error();
        }
        return bridge.send(wire::Credit{written}, until);
    }

    End lose(const Error& error) {
        lost_ = describe(error);
        return std::nullopt;
    }
    /// A bridge that only ends is waited for like one that is gone.
    End refusal_of(const wire::Refused& no) {
        if (no.reason != wire::Refusal::leaving) return refused(no);
        return lose(refusal("the bridge at " + options_.bridge + " ends"));
    }

    /// False when nobody reads any more.
    bool pause() {
        pollfd output = {1, 0, 0};
        const auto length = std::chrono::duration_cast<std::chrono::milliseconds>(pause_);
        pause_ = std::min(pause_ * 2, kLongestPause);
        return ::poll(&output, 1, static_cast<int>(length.count())) <= 0;
    }

    /// All of it, however long that takes; false when nobody reads any more.
    static bool write(std::string_view text) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
        for (std::span rest(bytes, text.size()); !rest.empty();) {
            const auto moved = sys::write_some(1, rest);
            if (moved.how == sys::Moved::How::some) {
                rest = rest.subspan(moved.bytes);
            } else if (moved.how == sys::Moved::How::blocked) {
                pollfd output = {1, POLLOUT, 0};
                (void)::poll(&output, 1, -1);
            } else {
                return false;
            }
        }
        return true;
    }

    const ctl::Options& options_;
    ctl::EventFeed feed_;
    bool was_welcome_ = false;
    bool said_lost_ = false;
    bool narrowed_ = false;
    std::string lost_;
    Duration pause_ = kFirstPause;
};

}  // namespace

int show_events(const ctl::Options& options, const ctl::Look& look) {
    // A filter of many long words may be more than a message takes.
    if (wire::encode(wire::ToBridge(wire::Narrow{options.events.filter})).size() >
        wire::kLongestToBridge)
        return complain(kUsage, "so many and so long words are more than the bridge takes");
    return Events(options, look).run();
}

int show_account(const ctl::Options& options, const ctl::Look& look) {
    auto bridge = BridgeClient::connect(options.bridge);
    if (!bridge) return complain(kNoBridge, describe(bridge.error()));
    const auto until = patience_from_now(options);
    const auto answer = bridge->hello(until);
    if (!answer) return complain(kNoBridge, describe(answer.error()));
    if (const auto* const no = std::get_if<wire::Refused>(&*answer)) return refused(*no);
    if (const auto sent = bridge->send(wire::AccountAsked{}, until); !sent)
        return complain(kNoBridge, describe(sent.error()));
    const auto message = bridge->next(until);
    if (!message) return complain(kNoBridge, describe(message.error()));
    if (!*message) return complain(kNoBridge, describe(bridge->silent()));
    if (const auto* const no = std::get_if<wire::Refused>(&**message)) return refused(*no);
    const auto* const account = std::get_if<wire::AccountText>(&**message);
    if (account == nullptr) return complain(kNoBridge, describe(bridge->stranger()));

    const auto rows = ctl::account_rows(account->text);
    const auto broken = ctl::broken_sums(rows);
    show(options.json ? ctl::account_json(rows, broken) : ctl::account_text(rows, look));
    for (const auto& words : broken) (void)complain(kRefused, "does not hold: " + words);
    return broken.empty() ? kDone : kRefused;
}

}  // namespace vakt::prog
