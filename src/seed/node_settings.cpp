// SPDX-License-Identifier: Apache-2.0
// The mapping `vakt:` of user-data: what the Erlang node of this board is given.
#include "seed/node_settings.h"

#include <algorithm>
#include <array>

#include "release/args_file.h"

namespace vakt::seed {
namespace {

constexpr std::array<Key, 5> kKeys{{{"node"}, {"cookie"}, {"args"}, {"args_file"}, {"heart"}}};
constexpr std::array<Key, 5> kHeartKeys{
    {{"beat_timeout"}, {"boot_delay"}, {"command"}, {"kill_signal"}, {"lease"}}};

bool is_cookie(const std::string& text) {
    constexpr std::size_t kLongest = 255;  // an atom
    return !text.empty() && text.size() <= kLongest &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool is_lease(const std::string& text) {
    constexpr std::size_t kLongest = 32;
    const auto name = read_node_name(text);
    return name && text.size() <= kLongest && text.find('@') == std::string::npos;
}

bool is_command(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c <= '~' && c != '\''; });
}

void check_args(MapReader& map, const NodeSettings& node) {
    const auto words = release::split_arguments(node.args, true);
    // A block of text begins on the line behind its key.
    if (words.open_quote != 0)
        map.complain(
            "args", "a quote in its line " + std::to_string(words.open_quote) + " is never closed");
    for (const auto& [word, line] : words.words) {
        const bool twice = (node.node && (word == "-sname" || word == "-name")) ||
                           (!node.cookie.empty() && word == "-setcookie");
        if (twice)
            map.complain("args", word + " in its line " + std::to_string(line) +
                                     " is said by another key already");
    }
}

void read_heart(const yaml::Node& inner, NodeSettings& node, Complaints& complaints) {
    constexpr std::uint32_t kLeast = 11;
    constexpr std::uint32_t kMost = 65535;
    MapReader map(inner, "heart", complaints);
    map.only(kHeartKeys);
    node.beat_timeout = map.number("beat_timeout", kLeast, kMost);
    node.boot_delay = map.number("boot_delay", kLeast, kMost);
    node.command = map.text("command").value_or("");
    if (!is_command(node.command)) map.complain("command", "printable text without ' is wanted");
    node.kill_signal = map.text("kill_signal").value_or("");
    if (!node.kill_signal.empty() && node.kill_signal != "SIGKILL" && node.kill_signal != "SIGABRT")
        map.complain("kill_signal", "SIGKILL or SIGABRT is wanted");
    node.lease = map.text("lease").value_or("");
    if (!node.lease.empty() && !is_lease(node.lease))
        map.complain("lease", "1 to 32 letters, digits, _ and - are wanted");
}

/// erlexec puts it into the environment, which heart inherits.
std::string env(const char* key, const std::string& value) {
    return value.empty() ? "" : std::string("-env ") + key + " '" + value + "'\n";
}
std::string env(const char* key, const std::optional<std::uint32_t>& value) {
    return value ? "-env " + std::string(key) + " " + std::to_string(*value) + "\n" : "";
}

}  // namespace

NodeSettings read_node_settings(const yaml::Node& node, const Surroundings& around,
                                Complaints& complaints) {
    NodeSettings read;
    MapReader map(node, "vakt", complaints);
    map.only(kKeys);
    if (const auto name = map.text("node")) {
        read.node = read_node_name(*name);
        if (!read.node) map.complain("node", quoted(*name) + " is not like cp1, or cp1@host");
    }
    if (const auto cookie = map.text("cookie")) {
        read.cookie = *cookie;
        if (!is_cookie(*cookie))
            map.complain("cookie", "1 to 255 printable bytes are wanted, without blanks");
    }
    if (const auto file = map.text("args_file")) {
        read.args_file = *file;
        read.args_file_line = map.line("args_file");
        if (const auto fault = fault_of_path(*file, around.places); !fault.empty())
            map.complain("args_file", quoted(*file) + ": " + fault);
        else if (file->find_first_of("\"'\\ #") != std::string::npos)
            map.complain("args_file", "no quotes, blanks, \\ and # in the path");
    }
    read.args = map.text("args").value_or("");
    check_args(map, read);
    if (const auto* const heart = map.map("heart")) read_heart(*heart, read, complaints);
    return read;
}

std::string args_text(const NodeSettings& node) {
    std::string text;
    if (node.node) text += (node.node->is_long ? "-name " : "-sname ") + node.node->text + "\n";
    text += env("HEART_BEAT_TIMEOUT", node.beat_timeout);
    text += env("HEART_BEAT_BOOT_DELAY", node.boot_delay);
    text += env("HEART_COMMAND", node.command);
    text += env("HEART_KILL_SIGNAL", node.kill_signal);
    text += env("VAKT_LEASE", node.lease);
    if (!node.args_file.empty()) text += "-args_file " + node.args_file + "\n";
    text += node.args;
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text;
}

}  // namespace vakt::seed
