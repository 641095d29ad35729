// SPDX-License-Identifier: Apache-2.0
// mod_syslog otp|nootp OWN CONF: swaps syslog's configuration and FIFO for OTP's os_sup; may be
// setuid root.
#include <signal.h>
#include <unistd.h>

#include <new>
#include <string>
#include <string_view>
#include <variant>

#include "prog/mod_syslog_look.h"
#include "swap/paths.h"
#include "sys/fifo.h"
#include "sys/landlock.h"
#include "sys/log.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

using swap::Code;
using swap::Step;
using swap::Verdict;

/// The only words on stdout, in one write; whoever does not read them loses them.
void answer(Code code) {
    const auto text = swap::printed(code);
    static_cast<void>(!::write(STDOUT_FILENO, text.data(), text.size()));
}

/// Carries the steps out, and undoes them.
class Act {
 public:
    explicit Act(const Look& look) : look_(look) {}

    Verdict carry_out(const swap::Steps& steps) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const auto done = perform(steps[i]);
            if (done) continue;
            auto words = describe(done.error());
            // Once the daemon has been told there is no way back, and only the FIFO's removal is
            // left.
            if (steps[i] != Step::remove_fifo) words += undo(steps, i);
            return {steps[i] == Step::tell_daemon ? Code::daemon : Code::file, std::move(words)};
        }
        return {Code::ok, {}};
    }

 private:
    Status perform(Step step) const {
        const auto& situation = look_.situation();
        switch (step) {
            case Step::make_fifo:
            case Step::replace_fifo:
                return sys::make_fifo(look_.own(), fifo_, fifo_temp_, fifo_owner());
            case Step::repair_fifo:
                return sys::repair_fifo(look_.own(), fifo_, fifo_owner());
            case Step::install_otp:
                return install(situation.otp.bytes);
            case Step::install_orig:
                return install(situation.orig.bytes);
            case Step::tell_daemon:
                return look_.process()->signal(SIGHUP);
            case Step::remove_fifo:
                return sys::remove_fifo(look_.own(), fifo_);
        }
        return Done{};
    }

    /// The failed step too: a replacement may have failed after its rename. Returns what to add to
    /// the words.
    std::string undo(const swap::Steps& steps, std::size_t failed) const {
        for (std::size_t i = failed + 1; i-- > 0;) {
            Status undone = Done{};
            if (steps[i] == Step::install_otp || steps[i] == Step::install_orig) {
                if (!is_old_conf_in_place()) undone = install(look_.situation().conf.bytes);
            } else if (steps[i] == Step::make_fifo && i < failed) {
                undone = sys::remove_fifo(look_.own(), fifo_);
            }
            if (!undone) return "; could not be undone: " + describe(undone.error());
        }
        return "; nothing was changed";
    }

    [[nodiscard]] bool is_old_conf_in_place() const {
        const auto now = sys::look(look_.conf_dir(), look_.conf_name());
        const auto old = sys::status_of(look_.old_conf());
        return now && *now && (*now)->st_ino == old.st_ino && (*now)->st_dev == old.st_dev;
    }

    [[nodiscard]] Status install(std::string_view bytes) const {
        return sys::replace_file(look_.conf_dir(), look_.conf_name(),
                                 swap::conf_temp(look_.conf_name()), bytes, look_.old_conf());
    }

    [[nodiscard]] sys::FifoOwner fifo_owner() const {
        return {.uid = look_.situation().fifo_uid,
                .gid = look_.situation().fifo_gid,
                .mode = swap::kFifoMode};
    }

    const Look& look_;
    const std::string fifo_{swap::kFifo};
    const std::string fifo_temp_{swap::kFifoTemp};
};

/// The claim stands in the lock file before the first change and is taken back when nothing came of
/// it.
Verdict act_and_record(const Look& look, const swap::Steps& steps) {
    const bool otp = look.situation().wanted == swap::Wanted::otp;
    const bool tells = !steps.empty();
    const swap::Record pending{.owner = look.asking(), .told = !tells};
    if (const auto written = look.held().write(swap::print_record(pending)); !written)
        return {Code::file, describe(written.error())};
    auto verdict = Act(look).carry_out(steps);
    const auto after = verdict.code != Code::ok ? look.record()
                       : otp                    ? swap::Record{.owner = look.asking(), .told = true}
                                                : swap::Record{};
    // Should this write fail, the next run tells the daemon once more, or finds a claim that
    // lapses.
    static_cast<void>(!look.held().write(swap::print_record(after)));
    return verdict;
}

/// Everything is looked at, then decided, then done: no refusal below has changed anything.
Verdict swap_configuration(const sys::Caller& caller, swap::Wanted wanted, std::string_view own,
                           std::string_view conf) {
    // From here on the caller can neither end nor stop us; who it was, `caller` remembers.
    if (caller.extra_rights && !sys::become_root())
        return {Code::file, "root's ids could not be taken on"};
    Look look(caller, wanted, std::string(own), std::string(conf));
    if (const auto refused = look.policy()) return *refused;
    if (const auto refused = look.own_directory()) return *refused;
    if (const auto refused = look.lock()) return *refused;
    if (const auto refused = look.daemon()) return *refused;
    if (const auto refused = look.files()) return *refused;
    const auto plan = swap::plan(look.situation());
    if (const auto* refused = std::get_if<Verdict>(&plan)) return *refused;
    static_cast<void>(sys::confine_to({&look.own(), &look.conf_dir()}));
    return act_and_record(look, std::get<swap::Steps>(plan));
}

void report(const sys::Caller& caller, int argc, char** argv, const Verdict& verdict) {
    std::string line;
    for (int i = 1; i < argc && i < 4; ++i) line += std::string(argv[i]).substr(0, 200) + " ";
    line +=
        "by uid " + std::to_string(caller.uid) + ": " + std::string(swap::printed(verdict.code));
    if (!verdict.words.empty()) line += ": " + verdict.words;
    sys::log_authpriv(verdict.code == Code::ok ? sys::Severity::info : sys::Severity::warning,
                      "mod_syslog", line);
    // os:cmd merges stderr into the answer, so it is for people alone.
    if (verdict.code != Code::ok && ::isatty(STDERR_FILENO) != 0) {
        line = "mod_syslog: " + verdict.words + "\n";
        static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
    }
}

int run(const sys::Caller& caller, int argc, char** argv) {
    const auto argument = [&](int i) { return i < argc ? std::string_view(argv[i]) : ""; };
    if (argument(1) == "--check") {
        if (caller.extra_rights && !sys::give_up_rights(caller)) return 2;
        if (argc == 4) return check(caller, argv[2], argv[3]);
        constexpr std::string_view kUsage = "usage: mod_syslog --check OWN CONF\n";
        static_cast<void>(!::write(STDERR_FILENO, kUsage.data(), kUsage.size()));
        return 2;
    }
    Verdict verdict{Code::refused, "usage: mod_syslog otp|nootp OWN CONF"};
    if (argc == 4 && argument(1) == "otp")
        verdict = swap_configuration(caller, swap::Wanted::otp, argv[2], argv[3]);
    else if (argc == 4 && argument(1) == "nootp")
        verdict = swap_configuration(caller, swap::Wanted::nootp, argv[2], argv[3]);
    report(caller, argc, argv, verdict);
    answer(verdict.code);
    return 0;
}

}  // namespace
}  // namespace vakt::prog

int main(int argc, char** argv) {
    // Out of memory is a refusal like another. Whatever was being done is as after a power cut:
    // whole.
    std::set_new_handler([] {
        vakt::prog::answer(vakt::swap::Code::file);
        ::_exit(0);
    });
    const auto caller = vakt::sys::leave_callers_world();
    return vakt::prog::run(caller, argc, argv);
}
