// SPDX-License-Identifier: Apache-2.0
// run_erl: a command on a pseudo-terminal, its output logged, and its console there for to_erl.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <span>
#include <string>

#include "console/log_settings.h"
#include "loop/loop.h"
#include "prog/run_erl_options.h"
#include "prog/run_erl_program.h"
#include "prog/run_erl_words.h"
#include "sys/background.h"
#include "sys/descriptors.h"
#include "sys/nonblock.h"

namespace vakt::prog {
namespace {

std::optional<std::string_view> of_environment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return value;
}

/// Descriptors that we were given and nobody knows of would stay open as long as the node lives.
void own_standard_descriptors() {
    sys::close_from(3);
    for (int fd = 0; fd < 3; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) continue;
        [[maybe_unused]] const int opened = ::open("/dev/null", O_RDWR);  // the lowest that is free
    }
}

int main_of(std::span<const char* const> arguments) {
    const auto options = read_run_erl_options(arguments);
    if (!options) {
        sys::say(2, run_erl_usage(arguments.empty() ? "run_erl" : arguments.front()));
        return 1;
    }
    Words words(arguments.front());
    std::optional<sys::Background> background;
    if (options->daemon) {
        background.emplace(sys::Background::begin());
        words.become_daemon();
    } else {
        own_standard_descriptors();
    }
    const auto give_up = [&](const Error& error) {
        // OTP's words for this one stand alone.
        const bool alone = error.code == std::errc::address_in_use;
        const auto text = alone ? error.doing : Words::text_of(error);
        if (alone && !background)
            sys::say(2, text);
        else
            words.complain(text);
        if (background) background->failed(text);
        return 1;
    };

    const auto log = console::read_log_settings(of_environment);
    for (const auto& complaint : log.complaints) words.complain(complaint);
    auto loop = loop::Loop::make();
    if (!loop) return give_up(loop.error());
    RunErl run_erl(*loop, *options, log.settings, words);
    if (const auto started = run_erl.start(); !started) return give_up(started.error());
    if (background) background->started();
    return run_erl.run();
}

}  // namespace
}  // namespace vakt::prog

int main(int argc, char** argv) {
    return vakt::prog::main_of({argv, static_cast<std::size_t>(argc)});
}
