// SPDX-License-Identifier: Apache-2.0
// The log's files.
#include "console/log_names.h"

#include "base/text.h"

namespace vakt::console {
namespace {

constexpr std::string_view kStub = "erlang.log.";

}  // namespace

std::string log_name(std::uint32_t number) {
    return std::string(kStub).append(std::to_string(number));
}

std::uint32_t log_number(std::string_view name) {
    if (!name.starts_with(kStub)) return 0;
    name.remove_prefix(kStub.size());
    if (name.starts_with('0')) return 0;
    return parse_decimal<std::uint32_t>(name).value_or(0);
}

void LogsThere::saw(std::string_view name) {
    if (const auto number = log_number(name); number != 0 && number < there_.size())
        there_[number] = true;
}

std::uint32_t LogsThere::newest() const {
    auto at = there_.size() - 1;
    while (at > 0 && there_[at]) --at;
    while (at > 0 && !there_[at]) --at;
    return at == 0 ? 1 : static_cast<std::uint32_t>(at);
}

}  // namespace vakt::console
