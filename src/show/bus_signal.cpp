// SPDX-License-Identifier: Apache-2.0
// The keeper's news as signals of org.vakt.Keeper1.
#include "show/bus_signal.h"

#include <algorithm>

#include "keeper/words.h"

namespace vakt::show {

std::uint64_t bus_time(Instant at) {
    if (at == kNever) return ~std::uint64_t{0};
    const auto count =
        std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
}

BusSignal signal_of(const wire::lease::News& news) {
    const std::string subject(news.subject.view());
    const std::string cause(keeper::name_of(news.cause));
    const auto deadline = bus_time(news.deadline);
    switch (news.kind) {
        case keeper::NoteKind::warned:
            return {"Warning", {subject, news.percent, deadline}};
        case keeper::NoteKind::given_up:
            return {"GivenUp", {subject, cause, deadline}};
        case keeper::NoteKind::verdict:
            return {"VerdictSaid",
                    {subject, std::string(keeper::name_of(news.end)), cause, deadline, news.by}};
        case keeper::NoteKind::recovered:
            return {"Recovered", {subject}};
        default:
            return {"Noted",
                    {std::string(keeper::name_of(news.kind)), subject, cause, deadline, news.by}};
    }
}

}  // namespace vakt::show
