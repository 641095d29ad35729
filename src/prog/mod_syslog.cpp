// SPDX-License-Identifier: Apache-2.0
// mod_syslog otp|nootp OWN CONF: swaps syslog's configuration and FIFO for OTP's os_sup; may be
// setuid root.
#include <signal.h>
#include <unistd.h>

#include <new>
#include <string>
#include <string_view>
#include <variant>

#include "prog/mod_syslog_holder.h"
#include "prog/mod_syslog_look.h"
#include "swap/paths.h"
#include "sys/fifo.h"
#include "sys/landlock.h"
#include "sys/log.h"
#include "sys/memory.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

using swap::Code;
using swap::Step;
using swap::Verdict;

/// What carrying a plan out may allocate at most, twice over: names, words, attributes, the record.
constexpr std::size_t kElbowRoom = 1U << 20U;

/// The caller chose the descriptors: the kernel asks for the writer's rights at some of them, and a
/// full pipe makes the writer wait. So it is the caller who writes, and who may end us meanwhile.
void write_as_caller(const sys::Caller& caller, int descriptor, std::string_view words) {
    if (caller.extra_rights && !sys::give_up_rights(caller)) return;
    static_cast<void>(!::write(descriptor, words.data(), words.size()));
}

/// What came of carrying the steps out.
struct Outcome {
    Verdict verdict;
    bool is_whole = true;  ///< done, or all of it undone
};

/// Carries the steps out, and undoes them.
class Act {
 public:
    Act(const Look& look, const sys::Caller& caller) : look_(look), caller_(caller) {}

    Outcome carry_out(const swap::Steps& steps) {
        if (const auto clean = remove_leftovers(); !clean)
            return {.verdict = {Code::file, describe(clean.error())}};
        for (const auto step : steps) {
            const auto done = perform(step);
            if (done) continue;
            Outcome outcome{.verdict = {step == Step::tell_daemon ? Code::daemon : Code::file,
                                        describe(done.error())}};
            // Once the daemon has been told there is no way back, and only the FIFO is left.
            if (step != Step::remove_fifo) undo(outcome);
            return outcome;
        }
        return {};
    }

 private:
    /// Of a run that was killed.
    [[nodiscard]] Status remove_leftovers() const {
        if (auto clean = sys::remove_stale(look_.own(), fifo_temp_); !clean) return clean;
        if (!look_.conf_dir()) return Done{};
        return sys::remove_stale(look_.conf_dir(), swap::conf_temp(look_.conf_name()));
    }

    Status perform(Step step) {
        switch (step) {
            case Step::make_fifo:
            case Step::replace_fifo: {
                auto made = sys::make_fifo(look_.own(), fifo_, fifo_temp_, fifo_owner());
                if (made && step == Step::make_fifo) fifo_is_ours_ = true;
                return made;
            }
            case Step::repair_fifo:
                return sys::repair_fifo(look_.own(), fifo_, fifo_owner());
            case Step::install_otp:
                return install(look_.situation().otp.bytes);
            case Step::install_orig:
                return install(look_.situation().orig.bytes);
            case Step::hold_fifo:
                return hold_fifo(look_.own(), fifo_, caller_);
            case Step::tell_daemon:
                return look_.process()->signal(SIGHUP);
            case Step::remove_fifo:
                return sys::remove_fifo(look_.own(), fifo_);
        }
        return Done{};
    }

    [[nodiscard]] Status install(std::string_view bytes) {
        if (!look_.is_conf_unchanged())
            return refusal("the configuration was written while it was looked at");
        if (auto replaced = replace(bytes); !replaced) return replaced;
        conf_is_new_ = true;
        return sys::sync_directory(look_.conf_dir());
    }

    [[nodiscard]] Status replace(std::string_view bytes) const {
        return sys::replace_file(look_.conf_dir(), look_.conf_name(),
                                 swap::conf_temp(look_.conf_name()), bytes, look_.old_conf());
    }

    /// The FIFO stays where its rule could not be taken back.
    void undo(Outcome& outcome) const {
        Status undone = Done{};
        if (conf_is_new_) undone = replace(look_.situation().conf.bytes);
        if (undone && conf_is_new_) undone = sys::sync_directory(look_.conf_dir());
        if (undone && fifo_is_ours_) undone = sys::remove_fifo(look_.own(), fifo_);
        if (undone) return;
        outcome.is_whole = false;
        outcome.verdict.words += "; and could not be undone: " + describe(undone.error());
    }

    [[nodiscard]] sys::FifoOwner fifo_owner() const {
        return {.uid = look_.situation().fifo_uid,
                .gid = look_.situation().fifo_gid,
                .mode = swap::kFifoMode};
    }

    const Look& look_;
    const sys::Caller& caller_;
    const std::string fifo_{swap::kFifo};
    const std::string fifo_temp_{swap::kFifoTemp};
    bool conf_is_new_ = false;
    bool fifo_is_ours_ = false;
};

/// The claim stands in the lock file before the first change, and is taken back when nothing came
/// of it.
Verdict act_and_record(const Look& look, const sys::Caller& caller, const swap::Steps& steps) {
    const swap::Record ours{.owner = look.asking(), .told = true};
    const auto wanted = look.situation().wanted == swap::Wanted::otp ? ours : swap::Record{};
    auto written = look.record();
    const auto write = [&](const swap::Record& record) -> Status {
        if (record == written) return Done{};  // a second run does not even touch the lock file
        written = record;
        return look.held().write(swap::print_record(record));
    };
    if (!steps.empty()) {
        if (auto claimed = write({.owner = look.asking(), .told = false}); !claimed)
            return {Code::file, describe(claimed.error())};
    }
    const auto outcome = Act(look, caller).carry_out(steps);
    // What is neither done nor undone stays untold, so that the next run tells the daemon.
    if (outcome.is_whole) {
        const auto after = outcome.verdict.code == Code::ok ? wanted : look.record();
        // Should this fail, the next run tells the daemon once more, or finds a claim that lapses.
        static_cast<void>(!write(after));
    }
    return outcome.verdict;
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
    if (!sys::set_memory_aside(kElbowRoom)) return {Code::file, "not enough memory"};
    static_cast<void>(sys::confine_to({&look.own(), &look.conf_dir()}));
    return act_and_record(look, caller, std::get<swap::Steps>(plan));
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
    if (verdict.code != Code::ok && ::isatty(STDERR_FILENO) != 0)
        write_as_caller(caller, STDERR_FILENO, "mod_syslog: " + verdict.words + "\n");
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
    // The only words on stdout, in one write; whoever does not read them loses them.
    write_as_caller(caller, STDOUT_FILENO, swap::printed(verdict.code));
    return 0;
}

}  // namespace
}  // namespace vakt::prog

int main(int argc, char** argv) {
    vakt::sys::keep_freed_memory();
    // Until we know better, as if we had rights that must be given up before a word is said.
    static vakt::sys::Caller caller{
        .uid = ::getuid(), .gid = ::getgid(), .groups = {}, .extra_rights = true};
    // Out of memory is a refusal like another: it comes before the first change, or never.
    std::set_new_handler([] {
        vakt::prog::write_as_caller(caller, STDOUT_FILENO,
                                    vakt::swap::printed(vakt::swap::Code::file));
        ::_exit(0);
    });
    caller = vakt::sys::leave_callers_world();
    return vakt::prog::run(caller, argc, argv);
}
