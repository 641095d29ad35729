// SPDX-License-Identifier: Apache-2.0
// The emulator started by this process itself, where there is no other: what erlexec would execute,
// and what of it would want another process.
#include "prog/start_erl_alone.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "release/boot_file.h"
#include "release/one_process.h"
#include "sys/error.h"
#include "sys/fd.h"
#include "sys/host_name.h"
#include "sys/open.h"
#include "sys/terminal.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kLongestText = 4 << 20;
constexpr std::size_t kLongestBoot = 64 << 20;

std::optional<std::string> variable(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

/// From where this process is, or from the directory of `beside`.
std::string placed(const std::string& name, const std::string& beside) {
    if (name.starts_with('/') || ::access(name.c_str(), R_OK) == 0) return name;
    return beside.substr(0, beside.rfind('/') + 1) + name;
}

class Asker {
 public:
    Asker(std::vector<std::string> flags, unsigned erts) {
        node_.settings.flags = std::move(flags);
        node_.erts = erts;
        node_.on_terminal = sys::is_terminal(STDIN_FILENO) && sys::is_terminal(STDOUT_FILENO);
    }

    std::vector<std::string> run(const std::string& boot, bool is_safe) {
        node_.host = sys::host_name();
        const auto bytes = sys::read_regular(boot + ".boot", kLongestBoot);
        if (bytes)
            node_.boot_words = release::boot_words(
                {reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
        node_.only_a_console = is_safe;
        if (!is_safe) read_configuration();
        auto faults = release::would_start_processes(node_);
        look_at_terminal(std::string(release::heart_driver(node_.boot_words)));
        for (auto& words : troubles_) faults.push_back(std::move(words));
        return faults;
    }
    [[nodiscard]] Alone::Terminal terminal() const { return terminal_; }

 private:
    void look_at_terminal(const std::string& driver_directory) {
        if (release::hands_terminal_over(node_)) {
            terminal_ = Alone::Terminal::comes_back;
            const auto driver = driver_directory + "/heart.so";
            // It would never come back.
            if (!driver_directory.empty() && ::access(driver.c_str(), R_OK) != 0)
                troubles_.push_back(describe(sys::last_error("load", driver)));
        } else if (node_.on_terminal && release::has_no_input(node_.settings.flags)) {
            terminal_ = Alone::Terminal::no_input;
        }
    }

    /// Those that a file names count before it, and name none themselves (config(4)).
    void read_configuration() {
        auto& all = node_.settings.configuration;
        for (const auto& name : release::configuration_files(node_.settings.flags)) {
            const auto read = term_of(name);
            if (!read) continue;
            for (const auto& included : release::included_files(*read))
                if (const auto inner = term_of(placed(included, name))) all.push_back(*inner);
            all.push_back(*read);
        }
        node_.resolver_file =
            release::resolver_file(node_.settings, variable("ERL_INETRC").value_or(""));
        if (node_.resolver_file.empty()) return;
        const auto text = sys::read_regular(node_.resolver_file, kLongestText);
        if (!text) return troubles_.push_back(describe(text.error()));
        auto terms = release::read_terms(*text, node_.resolver_file);
        if (!terms) return troubles_.push_back(describe(terms.error()));
        node_.resolver = std::move(*terms);
    }

    std::optional<release::Term> term_of(const std::string& name) {
        const auto text = sys::read_regular(name, kLongestText);
        const auto read =
            text ? release::read_term(*text, name) : Result<release::Term>(text.error());
        if (read) return *read;
        troubles_.push_back(describe(read.error()));
        return std::nullopt;
    }

    release::OneProcess node_;
    std::vector<std::string> troubles_;
    Alone::Terminal terminal_ = Alone::Terminal::stays;
};

/// Of ROOTDIR/erts-VSN/bin/erlexec.
unsigned erts_of(const release::Command& erlexec) {
    constexpr std::string_view kBefore = "/erts-";
    const auto at = erlexec.path.rfind(kBefore);
    if (at == std::string::npos) return release::kErtsOfOtp25;
    return release::major_of(std::string_view(erlexec.path).substr(at + kBefore.size()));
}

release::EmulatorPlace place_of(const StartSettings& settings, const release::Command& erlexec) {
    release::EmulatorPlace place;
    place.root = settings.place.root;
    place.program = settings.place.program;
    place.bin = erlexec.path.substr(0, erlexec.path.rfind('/'));
    place.home = variable("HOME");
    place.path = variable("PATH");
    place.epmd_port = variable("ERL_EPMD_PORT");
    place.escript_name = variable("ESCRIPT_NAME");
    place.erts = erts_of(erlexec);
    return place;
}

std::string in_one_line(const std::vector<std::string>& all) {
    std::string line;
    for (const auto& words : all) line += (line.empty() ? "" : "; ") + words;
    return line;
}

}  // namespace

Result<Alone> start_alone(const StartSettings& settings, const release::Command& erlexec,
                          const std::string& boot, bool is_safe) {
    const auto read = [](const std::string& name) { return sys::read_regular(name, kLongestText); };
    auto environment = is_safe ? release::ErlFlags{} : settings.environment;
    environment.erts = erts_of(erlexec);
    const auto expanded = release::expand_arguments(
        {erlexec.arguments.begin() + 1, erlexec.arguments.end()}, environment, read);
    if (!expanded) return expanded.error();
    auto emulator = release::emulator_command(place_of(settings, erlexec), expanded->flags);
    if (!emulator) return emulator.error();
    if (::access(emulator->path.c_str(), X_OK) != 0) return sys::last_error("run", emulator->path);
    Asker asker(expanded->flags, erts_of(erlexec));
    const auto faults = asker.run(boot, is_safe);
    if (!faults.empty()) return refusal(in_one_line(faults));
    return Alone{std::move(*emulator), expanded->warnings, asker.terminal()};
}

Status part_from_terminal(Alone::Terminal how) {
    if (how == Alone::Terminal::stays) return Done{};
    const bool is_input = how == Alone::Terminal::no_input;
    const sys::Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nothing) return sys::last_error("open", "/dev/null");
    if (!is_input) {
        // For drivers/beam/heart_drv.cpp; open over execve(2), beyond the numbers that have a use.
        constexpr int kFirst = 10;
        const int kept = ::fcntl(STDOUT_FILENO, F_DUPFD, kFirst);
        if (kept < 0) return sys::last_error("keep", "standard output");
        ::setenv("VAKT_TERMINAL", std::to_string(kept).c_str(), 1);
    }
    if (::dup2(nothing.get(), is_input ? STDIN_FILENO : STDOUT_FILENO) < 0)
        return sys::last_error("put away", "the terminal");
    return Done{};
}

}  // namespace vakt::prog
