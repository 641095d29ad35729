// SPDX-License-Identifier: Apache-2.0
// usage: board_explore [--faults K] [--mutants]
// Every order of events on small boards: one lease (beat timeout 11 s), one watchdog, in steps of a
// second, with at most K events besides silence and beats. States that were seen before are not
// entered again (64-bit hash).
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "keeper/keeper.h"
#include "keeper/keeper_state_bytes.h"
#include "test/sim/mutant.h"
#include "test/sim/oracle.h"

namespace {

using namespace vakt;
using namespace vakt::sim;
namespace k = vakt::keeper;
using std::chrono::seconds;

constexpr Instant kStart{seconds(1000)};
constexpr k::Vm kVm{42, 7};

struct Config {
    Duration boot_delay;
    Duration granted;
    bool required;
};

enum class Choice : std::uint8_t {
    advance,
    beat,
    gives_up,
    closed,
    opens,
    old_shut_down,
    shut_down,
    noted,
    proceeds,
    vm_ended,
    killed,
    killed_in_list,
    sleeps,
    rung_fails
};
constexpr std::size_t kChoices = 14;

struct World {
    k::Keeper keeper;
    k::KeeperState saved{};
    Oracle oracle{};
    Instant now = kStart;
    Instant expires = kNever;
    Instant graced{};  // the last restart or late tick
    Instant awake_since = kStart;
    k::Connection holder = 0;
    k::Connection older = 0;
    k::NoteId note = 0;
    bool kill_in_list = false;
    bool dead = false;  // the list was cut
    bool absent = false;
    bool reset = false;
    std::uint8_t opened = 0;
    std::uint8_t faults = 0;
    std::uint8_t here = 0;  // events at this instant
};

class Explorer {
 public:
    Explorer(const Config& config, Mutant mutant, std::uint8_t faults)
        : config_(config), mutant_(mutant), faults_(faults) {
        k::LeaseRule rule;
        rule.name = "a";
        rule.required = config.required;
        rule.boot_deadline = seconds(5);
        rule.timing = {seconds(11), config.boot_delay};
        settings_.leases.push_back(rule);
        k::DeviceRule device;
        device.timeout = config.granted;
        settings_.devices.push_back(device);
        horizon_ = kStart + seconds(11 + 13) + config.boot_delay;
    }

    Broken run() {
        World world{k::Keeper(settings_, k::BootId{}, kStart)};
        world.oracle.count = 1;
        auto& lease = world.oracle.leases[0];
        lease.counts = config_.required;
        lease.since = kStart + seconds(5);
        lease.timing = lease.wanted = settings_.leases[0].timing;
        carry_out(world, world.keeper.begin(kStart));
        explore(world);
        return broken_;
    }
    [[nodiscard]] std::size_t states() const { return seen_.size(); }
    [[nodiscard]] std::size_t steps() const { return steps_; }

 private:
    void carry_out(World& w, const k::Actions& actions) {
        for (const auto& action : actions) {
            if (w.dead) return;
            const auto* note = std::get_if<k::Note>(&action);
            if (mutant_ == Mutant::never_notes && note != nullptr) continue;
            w.oracle.action(w.now, action);
            if (std::holds_alternative<k::Persist>(action)) w.saved = w.keeper.state();
            if (std::holds_alternative<k::Pet>(action)) w.expires = w.now + config_.granted;
            if (std::holds_alternative<k::Arm>(action)) {
                w.expires = w.now + config_.granted;
                carry_out(w, w.keeper.on(w.now, k::Armed{0, config_.granted}));
            }
            if (note != nullptr &&
                (note->kind == k::NoteKind::given_up || note->kind == k::NoteKind::verdict)) {
                w.note = note->id;
                if (mutant_ == Mutant::acts_at_once)
                    carry_out(w, w.keeper.on(w.now, k::Noted{note->id}));
            }
            if (const auto* ask = std::get_if<k::AskEnd>(&action))
                w.reset = w.reset || ask->rung == k::Rung::syscall;
            if (w.kill_in_list) {
                w.kill_in_list = false;
                kill(w);
                return;
            }
        }
    }

    void kill(World& w) {
        w.dead = true;
        w.absent = true;
        w.oracle.keeper_killed();
        w.holder = 0;
    }
    void bring_back(World& w) {
        w.dead = false;
        w.graced = w.awake_since = w.now;
        const auto* before = mutant_ == Mutant::forgets_its_state ? nullptr : &w.saved;
        const auto saved = w.saved;
        w.keeper = k::Keeper(settings_, k::BootId{}, w.now, before == nullptr ? nullptr : &saved);
        carry_out(w, w.keeper.begin(w.now));
        w.oracle.leases[0].grace = w.now + seconds(5);
    }

    /// False where the choice is not there.
    bool choose(World& w, Choice choice) {
        auto& oracle = w.oracle;
        const bool talks = w.holder != 0 && oracle.leases[0].gave_up != w.holder;
        switch (choice) {
            case Choice::advance:
                return advance(w, 1, true);
            case Choice::beat:
                // A VM beats twice at the most within its five seconds.
                if (!talks || w.here != 0 || w.now < oracle.leases[0].proof + seconds(4))
                    return false;
                oracle.leases[0].proof = w.now;
                oracle.beat(0, w.now, w.holder, w.now);
                return on(w, k::Beat{w.holder, w.now});
            case Choice::gives_up:
                if (!talks) return false;
                oracle.gave_up(0, w.holder);
                return on(w, k::GivingUp{w.holder, k::Cause::vm_silent});
            case Choice::closed:
                if (w.holder == 0) return false;
                oracle.lost(0, w.holder);
                return on(w, k::Closed{std::exchange(w.holder, 0)});
            case Choice::opens:
                if (w.opened == 3) return false;
                w.older = w.holder;
                w.holder = ++w.opened;
                oracle.open(0, w.now, w.holder, settings_.leases[0].timing);
                return on(w, k::Open{w.holder, 0, "a", settings_.leases[0].timing, kVm, {}});
            case Choice::old_shut_down: {
                if (w.older == 0) return false;
                oracle.shut(0, w.older);
                const auto from = std::exchange(w.older, 0);
                return on(w, k::ShutDown{mutant_ == Mutant::honours_old_hearts ? w.holder : from});
            }
            case Choice::shut_down:
                if (!talks) return false;
                oracle.shut(0, w.holder);
                return on(w, k::ShutDown{w.holder});
            case Choice::noted:
                if (w.note == 0) return false;
                oracle.noted(w.note);
                return on(w, k::Noted{std::exchange(w.note, 0)});
            case Choice::proceeds:
                if (oracle.leases[0].gave_up == 0 || oracle.leases[0].gave_up != w.holder)
                    return false;
                oracle.progressed(0, w.holder);
                return on(w, k::Progress{w.holder, k::Step::command_started});
            case Choice::vm_ended:
                return w.holder != 0 && on(w, k::VmEnded{kVm});
            case Choice::killed:
                kill(w);
                bring_back(w);
                return true;
            case Choice::killed_in_list:
                if (w.kill_in_list) return false;
                w.kill_in_list = true;
                return true;
            case Choice::sleeps:
                return advance(w, 4, false);
            case Choice::rung_fails: {
                const auto rung = w.keeper.verdict().state().rung;
                if (rung < k::Rung::login1 || rung > k::Rung::syscall) return false;
                return on(w, k::RungFailed{rung});
            }
        }
        return false;
    }
    bool on(World& w, const k::Event& event) {
        carry_out(w, w.keeper.on(w.now, event));
        return true;
    }

    bool advance(World& w, int by, bool awake) {
        const auto end = w.now + seconds(by);
        w.here = 0;
        if (w.dead) {
            w.now = end;
            if (!look(w)) return true;
            bring_back(w);
            return true;
        }
        while (awake && !w.dead && !w.reset && w.keeper.wake_at() <= end) {
            w.now = std::max(w.now, w.keeper.wake_at());
            if (!look(w)) return true;
            const auto actions = w.keeper.on(w.now, k::Tick{});
            carry_out(w, actions);
        }
        if (mutant_ == Mutant::pets_after_verdict && w.oracle.verdict)
            w.oracle.action(w.now, k::Pet{0});
        if (mutant_ == Mutant::pets_regardless_of_d && !w.oracle.verdict)
            w.expires = end + config_.granted;
        w.now = end;
        if (!awake) {
            w.graced = end;
            w.absent = true;
            w.awake_since = end;
        }
        if (look(w) && !awake && !w.dead) carry_out(w, w.keeper.on(w.now, k::Tick{}));
        return true;
    }

    /// False when the board has been reset by its hardware.
    bool look(World& w) {
        if (w.expires <= w.now) {
            w.oracle.look(w.expires, true, kNever);
            w.oracle.bitten(w.expires, w.absent);
            w.reset = true;
            return false;
        }
        w.oracle.look(w.now, w.expires != kNever, w.dead ? kNever : w.awake_since);
        return true;
    }

    [[nodiscard]] std::uint64_t hash(const World& w) const {
        std::array<std::uint8_t, k::kStateSlot> slot;
        std::uint64_t value = 1469598103934665603U;
        const auto mix = [&](std::uint64_t part) {
            value = (value ^ part) * 0x9E3779B97F4A7C15U;
            value ^= value >> 29;
        };
        const auto time = [&](Instant at) {
            mix(static_cast<std::uint64_t>(at.time_since_epoch().count()));
        };
        for (const auto& state : {w.saved, w.keeper.state()})
            for (const auto byte : k::encode(state, 0, slot)) mix(byte);
        time(w.now);
        time(w.expires);
        time(w.graced);
        time(w.awake_since);
        time(w.keeper.wake_at());
        mix(w.holder | std::uint64_t{w.older} << 8U | std::uint64_t{w.opened} << 16U |
            std::uint64_t{w.faults} << 24U | std::uint64_t{w.here} << 32U |
            std::uint64_t{w.kill_in_list} << 40U | std::uint64_t{w.dead} << 41U |
            std::uint64_t{w.absent} << 42U);
        mix(w.note);
        const auto& lease = w.oracle.leases[0];
        for (const auto at : {lease.since, lease.proof, lease.grace, lease.note_at}) time(at);
        mix(lease.newest | std::uint64_t{lease.gave_up} << 8U | std::uint64_t{lease.counts} << 16U |
            std::uint64_t{lease.seen} << 17U | std::uint64_t{lease.given_up} << 18U |
            std::uint64_t{lease.found_in_ladder} << 19U | std::uint64_t{lease.on_disk} << 20U |
            std::uint64_t{lease.acted} << 21U | std::uint64_t{w.oracle.verdict} << 22U |
            w.oracle.private_bits() << 23U);
        return value;
    }

    void explore(const World& from) {
        for (std::size_t n = 0; n < kChoices && broken_ == Broken::none; ++n) {
            const auto choice = static_cast<Choice>(n);
            const bool fault = choice != Choice::advance && choice != Choice::beat;
            if (fault && (from.faults == faults_ || from.here == 2)) continue;
            if (from.dead && choice != Choice::advance) continue;
            World next = from;
            if (choice != Choice::advance && choice != Choice::sleeps) ++next.here;
            if (fault) ++next.faults;
            if (!choose(next, choice)) continue;
            ++steps_;
            if (next.oracle.broken != Broken::none) {
                broken_ = next.oracle.broken;
                return;
            }
            if (next.reset || next.now > horizon_) continue;
            if (seen_.insert(hash(next)).second) explore(next);
        }
    }

    Config config_;
    Mutant mutant_;
    std::uint8_t faults_;
    k::Settings settings_;
    Instant horizon_{};
    std::unordered_set<std::uint64_t> seen_;
    std::size_t steps_ = 0;
    Broken broken_ = Broken::none;
};

constexpr std::array<Config, 5> kConfigs = {{{seconds(11), seconds(12), false},
                                             {seconds(11), seconds(3), false},
                                             {seconds(14), seconds(15), true},
                                             {seconds(14), seconds(6), true},
                                             {seconds(20), seconds(8), false}}};

Broken explore_all(Mutant mutant, std::uint8_t faults, bool talks) {
    for (const auto& config : kConfigs) {
        Explorer explorer(config, mutant, faults);
        const auto broken = explorer.run();
        if (talks)
            std::printf("boot delay %2lld s, granted %2lld s, %s: %zu states, %zu steps, %s\n",
                        static_cast<long long>(config.boot_delay / seconds(1)),
                        static_cast<long long>(config.granted / seconds(1)),
                        config.required ? "required" : "not required", explorer.states(),
                        explorer.steps(), kBrokenNames[static_cast<std::size_t>(broken)]);
        if (broken != Broken::none) return broken;
    }
    return Broken::none;
}

int play(int argc, char** argv) {
    std::uint8_t faults = 3;
    bool mutants = false;
    for (int n = 1; n < argc; ++n) {
        const std::string_view argument = argv[n];
        if (argument == "--mutants") mutants = true;
        if (argument == "--faults" && n + 1 < argc)
            faults = static_cast<std::uint8_t>(std::atoi(argv[++n]));
    }
    if (!mutants) return explore_all(Mutant::none, faults, true) == Broken::none ? 0 : 1;
    int missed = 0;
    for (const auto mutant :
         {Mutant::pets_regardless_of_d, Mutant::honours_old_hearts, Mutant::pets_after_verdict,
          Mutant::forgets_its_state, Mutant::never_notes, Mutant::acts_at_once}) {
        const auto broken = explore_all(mutant, faults, false);
        std::printf("%s: %s\n", kMutants[static_cast<std::size_t>(mutant)].name.data(),
                    kBrokenNames[static_cast<std::size_t>(broken)]);
        if (broken == Broken::none) ++missed;
    }
    return missed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return play(argc, argv);
    } catch (...) {
        return 3;
    }
}
