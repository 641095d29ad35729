// SPDX-License-Identifier: Apache-2.0
// start_erl from its settings to the emulator that it becomes.
#include "prog/start_erl_program.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "become/become.h"
#include "prog/start_erl_alone.h"
#include "prog/start_erl_ledger.h"
#include "prog/start_erl_look.h"
#include "prog/vaktctl_client.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;

// Another start_erl decides and writes within milliseconds; it does not hold the lock in a pause.
constexpr auto kLockPatience = 2000ms;
constexpr auto kKeeperPatience = 500ms;
constexpr std::size_t kLongestArgs = 1 << 20;
constexpr int kCannotExecute = 126;

void say(const std::string& words) { std::fprintf(stderr, "start_erl: %s\n", words.c_str()); }

void sleep_for(std::chrono::seconds length) {
    timespec left{.tv_sec = static_cast<time_t>(length.count()), .tv_nsec = 0};
    while (::nanosleep(&left, &left) != 0) {
    }
}

class Start {
 public:
    explicit Start(StartSettings settings) : settings_(std::move(settings)) {}

    int run() {
        take_seed(settings_);
        for (const auto& words : settings_.complaints) say(words);
        const auto flags_fault = check_flags();
        open_ledger();
        auto found = look_for_releases(settings_, flags_fault, kept());
        auto choice = decide(found);
        if (choice.pause > 0s) {
            // Nobody waits for the lock meanwhile, and a start that is ended in its pause never
            // was.
            ledger_.reset();
            say("waiting " + std::to_string(choice.pause.count()) + " s before the next start");
            sleep_for(choice.pause);
            open_ledger();
            found = look_for_releases(settings_, flags_fault, kept());
            choice = decide(found);
        }
        for (const auto& words : found.troubles)
            if (!choice.why.empty()) say(words);
        return start(found, choice);
    }

 private:
    // ---- what is known ----

    /// Before anything is started, since erlexec would end, or never come back.
    std::string check_flags() {
        const auto read = [](const std::string& name) {
            return sys::read_regular(name, kLongestArgs);
        };
        const auto flags = release::expand_arguments(settings_.flags, settings_.environment, read);
        if (!flags) return describe(flags.error());
        for (const auto& words : flags->warnings) say(words);
        return {};
    }

    void open_ledger() {
        if (settings_.state.empty()) return;
        auto opened = StartLedger::open(settings_.state, kLockPatience);
        if (!opened) return say(describe(opened.error()) + ": this start is not counted");
        ledger_ = std::move(*opened);
        if (ledger_->damaged() != 0)
            say(std::to_string(ledger_->damaged()) + " entries of the ledger of starts in " +
                settings_.state + " are damaged");
        if (ledger_->is_another_running()) {
            say("the node of the last start still runs: this start is not counted; let each node "
                "have a VAKT_START_STATE of its own");
            return ledger_.reset();
        }
        if (const auto settled = ledger_->settle(); !settled) say(describe(settled.error()));
    }

    [[nodiscard]] std::optional<release::Release> kept() const {
        return ledger_ ? ledger_->kept() : std::nullopt;
    }

    [[nodiscard]] release::Choice decide(const Found& found) const {
        if (ledger_)
            return release::choose(ledger_->history(), found.candidates, settings_.tries,
                                   {sys::uptime_ms(), sys::wall_ns(), this_boot()});
        // As OTP's: the data file's, whatever became of it before.
        release::Choice plain;
        if (!found.candidates.front().lacks.empty())
            plain.why = "nothing can be started";
        else
            plain.candidate = 0;
        return plain;
    }

    // ---- what is done ----

    int start(const Found& found, const release::Choice& choice) {
        if (!choice.candidate) {
            for (const auto& one : found.candidates)
                if (!one.lacks.empty()) say(one.lacks);
            say(choice.why);
            return EXIT_FAILURE;
        }
        const auto& one = found.candidates[*choice.candidate];
        if (!choice.why.empty()) announce(choice.why);
        if (ledger_) count({one.release, one.origin, 0, 0, choice.memory});
        const auto command =
            one.origin == release::Origin::safe
                ? safe_command(settings_.place, one.release.erts, found.safe_boot, wants_heart(one))
                : command_of(settings_.place, one.release, settings_.flags);
        if (!settings_.alone) return execute(command);
        const bool is_safe = one.origin == release::Origin::safe;
        const auto alone =
            start_alone(settings_, command,
                        is_safe ? found.safe_boot : boot_of(settings_.place, one.release), is_safe);
        if (!alone) {
            say(describe(alone.error()));
            return EXIT_FAILURE;
        }
        if (const auto parted = part_from_terminal(alone->terminal); !parted) {
            say(describe(parted.error()));
            return EXIT_FAILURE;
        }
        return become_emulator(command, alone->emulator);
    }

    void announce(const std::string& why) {
        say(why);
        if (settings_.keeper.empty()) return;
        const auto until = sys::now() + kKeeperPatience;
        auto keeper = KeeperClient::connect(settings_.keeper);
        if (!keeper) return;
        const auto text = std::string(report::kStartInfo) + why;
        const wire::lease::Info info{std::string_view(settings_.lease), std::string_view(text)};
        static_cast<void>(keeper->ask<wire::lease::Answer>(info, until));
    }

    void count(const release::StartEntry& start) {
        if (const auto begun = ledger_->begin(start); !begun)
            return say(describe(begun.error()) + ": this start is not counted");
        healthy_ = ledger_->healthy_file();
        // Alone there is nobody who could wait.
        if (settings_.healthy_after == 0s || settings_.alone) return;
        if (const auto watched = mark_by_time(healthy_, settings_.healthy_after); !watched)
            say(describe(watched.error()) + ": only the VM's own word makes this start a good one");
    }

    [[nodiscard]] bool wants_heart(const release::Candidate& safe) const {
        if (settings_.alone) return false;  // its boot file loads no driver for it
        const auto heart = emulator_dir(settings_.place, safe.release.erts) + "/heart";
        for (const auto& flag : settings_.flags)
            if (flag == "-heart") return ::access(heart.c_str(), X_OK) == 0;
        return false;
    }

    void set_environment(const release::Command& command) {
        for (const auto& [name, value] : command.set) ::setenv(name.c_str(), value.c_str(), 1);
        for (const auto& name : command.unset) ::unsetenv(name.c_str());
        // Of the VM whose heart may have started us it would be another start's.
        if (healthy_.empty())
            ::unsetenv("VAKT_START_HEALTHY");
        else
            ::setenv("VAKT_START_HEALTHY", healthy_.c_str(), 1);
    }

    int execute(const release::Command& command) {
        set_environment(command);
        std::vector<char*> words;
        for (const auto& word : command.arguments) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        ::execv(command.path.c_str(), words.data());
        say(describe(sys::last_error("execute", command.path)));
        return kCannotExecute;
    }

    int become_emulator(const release::Command& erlexec, const release::EmulatorCommand& emulator) {
        set_environment(erlexec);
        for (const auto& [name, value] : emulator.set) ::setenv(name.c_str(), value.c_str(), 1);
        const auto ended = become::execute(emulator.path, emulator.arguments);
        if (ended) return *ended;
        say(describe(ended.error()));
        return kCannotExecute;
    }

    StartSettings settings_;
    std::optional<StartLedger> ledger_;
    std::string healthy_;  ///< "" when this start is not counted
};

}  // namespace

int start_erl(StartSettings settings) { return Start(std::move(settings)).run(); }

}  // namespace vakt::prog
