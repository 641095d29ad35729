// SPDX-License-Identifier: Apache-2.0
// A bridge dies at any instruction: a child works on shared memory and is stopped somewhere, and a
// copy of the memory as it is then is what kill -9 would leave; another bridge goes on from it.
//
// usage: bridge_kill [--points N] [--steps N] [--seed N] [--torn]
// N points where a signal happens to stop it (SIGSTOP), and N points after some single steps into
// accept() (ptrace). --torn breaks the copy on purpose: bytes as they were before, commits as they
// are after. Exit 77: no child can be traced here.
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "bridge/bridge.h"
#include "relay/store_memory.h"
#include "test/sim/random.h"
#include "test/support/bridge_case.h"

namespace {

using namespace vakt;
using sim::Random;

constexpr std::size_t kSize = bridge::Bridge::kLeastMemory;
constexpr report::BootId kBoot = {1};
constexpr std::uint64_t kRound = 3000;  // entries, then all begins anew
constexpr std::size_t kSources = 3;     // fifo, kmsg, journal

/// What the child says of itself, in shared memory.
struct Diary {
    std::atomic<std::uint64_t> ready, round, begun, done;
};

/// Odd rounds fold and guard and drop nothing; even ones drop, and each entry has the number after
/// the one before.
struct Given {
    Given(std::uint64_t round, std::uint64_t n) {
        Random random(round * 1000003 + n * 7919);
        const bool folds = round % 2 == 1;
        origin = random.below(kSources);
        const bool same = folds && !random.one_in(3);
        text = same ? "the same" : std::to_string(n) + ":";
        if (!same) text.resize(text.size() + random.below(folds ? 60 : 1500), 'x');
        entry = test::entry_of(text, static_cast<syslog::Severity>(same ? 6 : random.below(8)),
                               folds && random.one_in(9) ? "loud" : "calm");
        entry.source = static_cast<syslog::Source>(1 + origin);
    }
    Given(const Given&) = delete;
    Given& operator=(const Given&) = delete;
    std::size_t origin;
    std::string text;
    syslog::Entry entry;
};

std::unique_ptr<bridge::Bridge> bridge_on(std::span<std::byte> memory, std::uint64_t round) {
    auto made = std::make_unique<bridge::Bridge>(memory, kBoot, 1);
    for (std::size_t n = 0; n < kSources; ++n) {
        bridge::SourceSettings settings{.source = static_cast<syslog::Source>(1 + n),
                                        .name = std::to_string(n),
                                        .fold_repeats = round % 2 == 1};
        if (round % 2 == 1) settings.guard = {.per_second = 1, .burst = 20};
        if (made->source(settings) != n) std::abort();
    }
    return made;
}

[[noreturn]] void work(std::span<std::byte> memory, Diary& diary, bool stops) {
    bridge::Now now{Instant{} + std::chrono::hours(1), 1};
    for (std::uint64_t round = 0;; ++round) {
        diary.ready = 0;
        std::memset(memory.data(), 0, sizeof(relay::StoreHead));
        diary.begun = diary.done = 0;
        diary.round = round;
        const auto bridge = bridge_on(memory, round);
        diary.ready = 1;
        std::array<std::uint64_t, kSources> next{};
        for (std::uint64_t n = 0; n < kRound; ++n) {
            Given given(round, n);
            std::string position;
            const auto its = next[given.origin]++;
            if (given.origin == 1) given.entry.source_seq = its;
            if (given.origin == 2) position = std::to_string(its + 1);
            now.at += std::chrono::milliseconds(3);
            diary.begun = n + 1;
            if (stops && n % 4 == 3 && n + 20 < kRound) std::raise(SIGSTOP);
            bridge->accept(static_cast<bridge::Origin>(given.origin), given.entry, now, position);
            diary.done = n + 1;
            if (n % 64 == 0) bridge->tick(now);
        }
    }
}

int broken(const char* what, const Diary& diary, std::uint64_t has, std::uint64_t wants) {
    std::printf("BROKEN, %s: round %llu, begun %llu, done %llu, has %llu, wants %llu\n", what,
                static_cast<unsigned long long>(diary.round.load()),
                static_cast<unsigned long long>(diary.begun.load()),
                static_cast<unsigned long long>(diary.done.load()),
                static_cast<unsigned long long>(has), static_cast<unsigned long long>(wants));
    return 1;
}

/// How many of the first `n` entries are of each source.
std::array<std::uint64_t, kSources> given_by(std::uint64_t round, std::uint64_t n) {
    static std::uint64_t of_round = ~std::uint64_t{0};
    static std::vector<std::array<std::uint64_t, kSources>> sums;
    if (of_round != round) {
        of_round = round;
        sums.assign(1, {});
        for (std::uint64_t i = 0; i < kRound; ++i) {
            sums.push_back(sums.back());
            ++sums.back()[Given(round, i).origin];
        }
    }
    return sums[n];
}

int judge(std::span<std::byte> memory, const Diary& diary, Random& random) {
    const auto round = diary.round.load();
    const auto done = diary.done.load();
    const auto begun = diary.begun.load();
    auto bridge = bridge_on(memory, round);
    if (!bridge->went_on()) return broken("it did not go on", diary, 0, 1);
    // Some more comes before anybody reads, and a death at rest.
    bridge->tick({Instant{} + std::chrono::hours(2), 1});
    bridge = bridge_on(memory, round);
    const auto next = bridge->next_seq();
    const auto numbers = bridge->next_source_seq(1).value_or(0);
    const std::string position(bridge->position(2));
    const auto place = position.empty() ? 0 : std::stoull(position);
    test::Listener client(*bridge, *bridge->connected({}));
    const auto behind = random.next() % next;
    if (!client.open(
            {.from = wire::From::after, .boot_id = kBoot, .seq = round % 2 == 0 ? behind : 0}, ~0U))
        return broken("it refused a client", diary, 0, 1);
    for (std::size_t before = ~std::size_t{0}; before != client.heard.size();) {
        before = client.heard.size();
        bridge->distribute({});
        client.read();
    }

    if (round % 2 == 0) {
        if (next != done + 1 && next != begun + 1) return broken("numbers", diary, next, done + 1);
        std::uint64_t last = 0;
        std::uint64_t all = 0;
        for (const auto& heard : client.heard) {
            if (heard.gap) {
                if (!heard.gap->count) return broken("a gap without a count", diary, 0, 1);
                all += *heard.gap->count;
                continue;
            }
            if (heard.seq <= last) return broken("order", diary, heard.seq, last);
            last = heard.seq;
            ++all;
            const Given given(round, heard.seq - 1);
            if (heard.text != given.text || heard.origin != given.origin)
                return broken("other bytes", diary, heard.seq, heard.text.size());
        }
        if (all != next - 1 - behind)
            return broken("not each once or in a gap", diary, all, next - 1 - behind);
        const auto given = given_by(round, next - 1);
        if (numbers != given[1]) return broken("kmsg's number", diary, numbers, given[1]);
        if (place != given[2]) return broken("journal's position", diary, place, given[2]);
        return 0;
    }
    std::array<std::uint64_t, kSources> weights{};
    for (const auto& heard : client.heard)
        weights[heard.origin] += heard.gap            ? heard.gap->count.value_or(0)
                                 : heard.repeats != 0 ? heard.repeats
                                                      : 1;
    const auto least = given_by(round, done)[0];
    const auto most = given_by(round, begun)[0];
    if (weights[0] < least || weights[0] > most)
        return broken("each of the FIFO's once", diary, weights[0], most);
    if (weights[1] != numbers) return broken("each of kmsg's once", diary, weights[1], numbers);
    if (weights[2] != place) return broken("each of the journal's once", diary, weights[2], place);
    return 0;
}

/// A child at work, and what it has left at each of its stops.
class Deaths {
 public:
    explicit Deaths(std::uint64_t seed, bool torn) : random_(seed), torn_(torn) {
        constexpr auto kProt = PROT_READ | PROT_WRITE;
        auto* shared = ::mmap(nullptr, kSize + 4096, kProt, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED) std::abort();
        memory_ = {static_cast<std::byte*>(shared), kSize};
        diary_ = new (memory_.data() + kSize) Diary{};
    }

    int stopped_anywhere(std::uint64_t points) {
        begin(false);
        for (std::uint64_t n = 0; n < points; ++n) {
            ::usleep(random_.below(300));
            before();
            if (torn_) wait_for_more();
            ::kill(child_, SIGSTOP);
            if (!wait_for_stop()) return end(3);
            if (diary_->ready == 0)
                --n;  // it was beginning a round
            else if (const auto result = judge_now(); result != 0)
                return end(result);
            ::kill(child_, SIGCONT);
        }
        return end(0);
    }
    int stepped(std::uint64_t points) {
        begin(true);
        bool there = wait_for_stop();
        if (!there) return end(77);
        for (std::uint64_t n = 0; n < points && there; ++n) {
            for (auto skip = random_.below(20); skip > 0 && there; --skip) there = go(PTRACE_CONT);
            before();
            for (auto i = random_.one_in(50) ? random_.below(8000) : random_.below(500);
                 i > 0 && there; --i)
                there = go(PTRACE_SINGLESTEP);
            if (const auto result = judge_now(); result != 0) return end(result);
            there = there && go(PTRACE_CONT);
        }
        return end(there ? 0 : 3);
    }

 private:
    void begin(bool traced) {
        child_ = ::fork();
        if (child_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (traced && ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(77);
        work(memory_, *diary_, traced);
    }
    int end(int result) {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        std::printf("%llu points, %llu of them within accept()\n",
                    static_cast<unsigned long long>(points_),
                    static_cast<unsigned long long>(within_));
        points_ = within_ = 0;
        return result;
    }
    /// Until the child stops; false: it ended.
    [[nodiscard]] bool wait_for_stop() const {
        int status = 0;
        return ::waitpid(child_, &status, WUNTRACED) == child_ && WIFSTOPPED(status);
    }
    [[nodiscard]] bool go(__ptrace_request how) const {
        return ::ptrace(how, child_, nullptr, nullptr) == 0 && wait_for_stop();
    }
    void before() {
        if (torn_) std::ranges::copy(memory_, copied().begin());
    }
    /// Until the child goes on, or ends: on a single processor nothing would be torn otherwise.
    void wait_for_more() const {
        const auto then = diary_->begun.load();
        siginfo_t ended{};
        while (diary_->begun == then && ended.si_pid == 0) {
            ::sched_yield();
            ::waitid(P_PID, static_cast<id_t>(child_), &ended, WEXITED | WNOHANG | WNOWAIT);
        }
    }
    [[nodiscard]] int judge_now() {
        constexpr auto kWords = sizeof(relay::StoreTables);
        if (torn_)
            std::ranges::copy(memory_.subspan(kWords, 64), copied().begin() + kWords);
        else
            std::ranges::copy(memory_, copied().begin());
        ++points_;
        if (diary_->done < diary_->begun) ++within_;
        return judge(copied(), *diary_, random_);
    }
    [[nodiscard]] std::span<std::byte> copied() { return std::as_writable_bytes(std::span(copy_)); }

    Random random_;
    bool torn_;
    std::span<std::byte> memory_;
    Diary* diary_ = nullptr;
    std::vector<std::uint64_t> copy_ = std::vector<std::uint64_t>(kSize / 8);
    pid_t child_ = 0;
    std::uint64_t points_ = 0, within_ = 0;
};

int play(int argc, char** argv) {
    std::uint64_t points = 2000;
    std::uint64_t steps = 100;
    std::uint64_t seed = 1;
    bool torn = false;
    for (int n = 1; n < argc; ++n) {
        const std::string argument = argv[n];
        if (argument == "--torn") {
            torn = true;
            continue;
        }
        const auto value = std::strtoull(n + 1 < argc ? argv[++n] : "", nullptr, 10);
        if (argument == "--points")
            points = value;
        else if (argument == "--steps")
            steps = value;
        else if (argument == "--seed")
            seed = value;
        else
            return 2;
    }
    Deaths deaths(seed, torn);
    const auto result = deaths.stopped_anywhere(points);
    return result != 0 || steps == 0 ? result : deaths.stepped(steps);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return play(argc, argv);
    } catch (...) {
        return 3;
    }
}
