// SPDX-License-Identifier: Apache-2.0
// What of a release's settings would start another process, where there is one alone.
#include "release/one_process.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace vakt::release {
namespace {

using Words = std::vector<std::string>;

bool is_flag(const std::string& word) { return word.starts_with('-') || word.starts_with('+'); }

/// `each(flag, values)` for each flag before -extra, with the words behind it up to the next one.
template <class Each>
void for_each_flag(const Words& words, const Each& each) {
    for (std::size_t at = 0; at < words.size() && words[at] != "-extra";) {
        const auto& flag = words[at++];
        const auto first = at;
        while (at < words.size() && !is_flag(words[at])) ++at;
        const auto begin = words.begin();
        each(flag, Words(begin + static_cast<std::ptrdiff_t>(first),
                         begin + static_cast<std::ptrdiff_t>(at)));
    }
}

/// The first value of the last one of this name; nullopt: there is no such flag.
std::optional<std::string> value_of(const Words& words, std::string_view name) {
    std::optional<std::string> value;
    for_each_flag(words, [&](const std::string& flag, const Words& values) {
        if (flag == name) value = values.empty() ? "" : values.front();
    });
    return value;
}

/// A parameter on the command line is a term: "text" is a string, anything else as it stands.
std::string unquoted(const std::string& value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
    return value.substr(1, value.size() - 2);
}

bool has(const std::vector<std::string_view>& words, std::initializer_list<std::string_view> row) {
    return std::search(words.begin(), words.end(), row.begin(), row.end()) != words.end();
}

bool loads_heart(const std::vector<std::string_view>& words) {
    return !heart_driver(words).empty();
}

class Judge {
 public:
    explicit Judge(const OneProcess& node) : node_(node), flags_(node.settings.flags) {}

    Words run() {
        host();
        heart();
        distribution();
        terminal();
        if (node_.only_a_console) return std::move(faults_);
        os_mon();
        resolver();
        return std::move(faults_);
    }

 private:
    void add(std::string words) { faults_.push_back(std::move(words)); }

    void host() {
        if (node_.host.find('.') != std::string::npos) return;
        add("the host is called \"" + node_.host +
            "\": Erlang would look for its domain by another process; give it a name with a dot, "
            "such as " +
            (node_.host.empty() ? "vakt" : node_.host) + ".local");
    }

    void heart() {
        if (!value_of(flags_, "-heart") || loads_heart(node_.boot_words)) return;
        add("-heart would start a program: have the boot file load the driver heart (vakt_boot) in "
            "its "
            "place, or leave -heart out");
    }

    void distribution() {
        if (!value_of(flags_, "-sname") && !value_of(flags_, "-name")) return;
        if (value_of(flags_, "-no_epmd")) return;
        constexpr const char* kCure = "-start_epmd false -epmd_module vakt_epmd";
        if (value_of(flags_, "-start_epmd").value_or("true") != "false")
            return add(std::string("-sname or -name would start epmd: say ") + kCure);
        const auto module = value_of(flags_, "-epmd_module").value_or("erl_epmd");
        const bool is_deaf = value_of(flags_, "-dist_listen").value_or("true") == "false";
        if (module == "erl_epmd" && !is_deaf && !value_of(flags_, "-erl_epmd_port"))
            add(std::string("-start_epmd false alone leaves the node without its port: say ") +
                kCure + ", or -erl_epmd_port PORT, or -dist_listen false");
    }

    void terminal() {
        if (!hands_terminal_over(node_) || loads_heart(node_.boot_words)) return;
        add("on a terminal this emulator would need another process: have the boot file load the "
            "driver heart (vakt_boot), or say -noinput");
    }

    void os_mon() {
        if (!has(node_.boot_words, {"application", "start_boot", "os_mon"})) return;
        std::string starts;
        std::string cure;
        for (const auto* const one : {"cpu_sup", "memsup", "disksup"}) {
            const auto key = std::string("start_") + one;
            if (parameter_of(node_.settings, "os_mon", key).value_or("true") == "false") continue;
            starts += (starts.empty() ? "" : ", ") + std::string(one);
            cure += (cure.empty() ? "{" : ", {") + key + ", false}";
        }
        if (starts.empty()) return;
        add("os_mon would start the port programs of " + starts + ": say {os_mon, [" + cure +
            "]} in sys.config");
    }

    void resolver() {
        constexpr const char* kCure = "{lookup, [file, dns]}.";
        const auto& name = node_.resolver_file;
        if (name.empty())
            return add(std::string("host names would be looked up by another process: let "
                                   "ERL_INETRC or kernel's inetrc name a file that says ") +
                       kCure);
        const Term* lookup = nullptr;
        for (const auto& term : node_.resolver)
            if (term.is_tuple(2) && term.items[0].text == "lookup") lookup = &term.items[1];
        const auto is_native = [](const Term& way) { return way.text == "native"; };
        if (lookup != nullptr &&
            std::none_of(lookup->items.begin(), lookup->items.end(), is_native))
            return;
        add(name + (lookup == nullptr ? " has no lookup" : " has native in its lookup") +
            ": host names would be looked up by another process; say " + kCure);
    }

    const OneProcess& node_;
    const Words& flags_;
    Words faults_;
};

}  // namespace

std::vector<std::string> configuration_files(const Words& flags) {
    Words names;
    for_each_flag(flags, [&](const std::string& flag, const Words& values) {
        if (flag != "-config") return;
        for (const auto& value : values)
            names.push_back(value.ends_with(".config") ? value : value + ".config");
    });
    return names;
}

std::vector<std::string> included_files(const Term& configuration) {
    Words names;
    for (const auto& item : configuration.items)
        if (item.kind == Term::Kind::string && !item.text.empty())
            names.push_back(item.text.ends_with(".config") ? item.text : item.text + ".config");
    return names;
}

std::optional<std::string> parameter_of(const NodeSettings& settings,
                                        const std::string& application, const std::string& key) {
    std::optional<std::string> found;
    for (const auto& configuration : settings.configuration)
        for (const auto& row : configuration.items) {
            if (!row.is_tuple(2) || row.items[0].text != application) continue;
            for (const auto& pair : row.items[1].items)
                if (pair.is_tuple(2) && pair.items[0].text == key) found = pair.items[1].text;
        }
    for_each_flag(settings.flags, [&](const std::string& flag, const Words& values) {
        if (flag != "-" + application) return;
        for (std::size_t at = 0; at + 1 < values.size(); at += 2)
            if (values[at] == key) found = unquoted(values[at + 1]);
    });
    return found;
}

std::string resolver_file(const NodeSettings& settings, const std::string& variable) {
    if (const auto name = parameter_of(settings, "kernel", "inetrc")) return *name;
    auto name = variable;
    for_each_flag(settings.flags, [&](const std::string& flag, const Words& values) {
        if (flag == "-env" && values.size() == 2 && values[0] == "ERL_INETRC") name = values[1];
    });
    return name;
}

// {apply, {erl_ddll, try_load | load_driver ..., [Directory, "heart" ...]}}
std::string_view heart_driver(const std::vector<std::string_view>& words) {
    constexpr std::size_t kNameBehind = 3;
    for (std::size_t at = 0; at + kNameBehind < words.size(); ++at)
        if (words[at] == "erl_ddll" && words[at + kNameBehind] == "heart")
            return words[at + kNameBehind - 1];
    return {};
}

bool hands_terminal_over(const OneProcess& node) {
    constexpr unsigned kFirst = 14;
    return node.erts >= kFirst && node.on_terminal && !has_no_input(node.settings.flags);
}

bool has_no_input(const Words& flags) { return value_of(flags, "-noinput").has_value(); }

std::vector<std::string> would_start_processes(const OneProcess& node) { return Judge(node).run(); }

}  // namespace vakt::release
