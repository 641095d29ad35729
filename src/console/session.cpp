// SPDX-License-Identifier: Apache-2.0
// What one viewer says, from its first byte to its last.
#include "console/session.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace vakt::console {
namespace {

// It goes to a log, and its writer may be hostile.
std::string printable(std::string_view words) {
    std::string text(words);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c == '\x7f'; }, '?');
    return text;
}

}  // namespace

Said Session::hear(std::string_view bytes) {
    Said said;
    if (!begun_ && !bytes.empty()) {
        begun_ = true;
        said.hello = bytes.front() == kHello;
        if (said.hello) bytes.remove_prefix(1);
    }
    // What was said before a viewer gave up writing is still for the node.
    splitter_.feed(
        bytes,
        [&](std::string_view text) {
            if (!read_only_) said.text += text;
        },
        [&](std::string_view words) { obey(words, said); });
    return said;
}

void Session::obey(std::string_view words, Said& said) {
    const auto command = parse_command(words);
    if (std::holds_alternative<ReadOnly>(command)) read_only_ = true;
    if (std::holds_alternative<Unknown>(command))
        complain("Ignoring unknown ctrl command", words, said);
    if (const auto* const size = std::get_if<WindowSize>(&command)) {
        window_ = *size;
        if (!read_only_) said.window = *size;
    }
}

void Session::complain(const char* what, std::string_view words, Said& said) {
    if (++complaints_ > kMostComplaints) return;
    if (!said.complaint.empty()) said.complaint += "; ";
    said.complaint += std::string(what) + " '" + printable(words) + "'";
}

std::optional<std::chrono::milliseconds> Session::patience() const {
    if (splitter_.held().empty()) return std::nullopt;
    return splitter_.in_command() ? kCommandPatience : kKeyPatience;
}

Said Session::give_up() {
    Said said;
    splitter_.give_up([&](std::string_view text) { said.text = text; });
    return censored(std::move(said));
}

Said Session::end() {
    Said said;
    if (splitter_.in_command())
        complain("Missing suffix in ctrl sequence", splitter_.held(), said);
    else
        said.text = splitter_.held();
    if (complaints_ > kMostComplaints) {
        if (!said.complaint.empty()) said.complaint += "; ";
        said.complaint +=
            std::to_string(complaints_ - kMostComplaints) + " more of such ctrl commands";
    }
    said = censored(std::move(said));
    *this = Session();
    return said;
}

Said Session::censored(Said said) const {
    if (read_only_) said.text.clear();
    return said;
}

}  // namespace vakt::console
