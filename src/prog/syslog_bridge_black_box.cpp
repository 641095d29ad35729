// SPDX-License-Identifier: Apache-2.0
// The bridge's black box: its newest records on disk, and the worst in pmsg.
#include "prog/syslog_bridge_black_box.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/box_lines.h"
#include "bridge/bridge.h"
#include "prog/syslog_bridge_box_child.h"
#include "report/pmsg_log.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/helper_child.h"
#include "sys/pmsg.h"

namespace vakt::prog {
namespace {

using std::chrono::milliseconds;

constexpr auto kPause = milliseconds(20);
constexpr auto kPauseAtOnce = milliseconds(1);  // a storm of crit, too, costs no more than so
constexpr auto kSpawnAgain = std::chrono::seconds(10);
constexpr std::size_t kLookedAt = 1024;
/// A pause's worth of a storm: among so many the errors are looked for.
constexpr std::size_t kLookedAtForUrgent = 16384;

/// How far one of the two has come.
struct Cursor {
    std::uint64_t from = 0;
    bool saw_urgent = true;  // of what was there before us nothing is known
};

BoxChildSetup childs(const BlackBoxSetup& setup) {
    return {setup.path, setup.size, setup.sync_interval, setup.boot};
}

}  // namespace

struct BlackBox::Parts {
    Parts(loop::Loop& its_loop, const bridge::Bridge& its_bridge, BlackBoxSetup its_setup,
          Say its_say, std::function<void()> later)
        : loop(its_loop),
          bridge(its_bridge),
          setup(std::move(its_setup)),
          say(std::move(its_say)),
          timer(its_loop, std::move(later)) {}

    // ---- the child ----

    void spawn() {
        spawned = sys::now();
        child = sys::spawn_helper([this](int socket) {
            const auto its = childs(setup);
            run_box_child(its, socket);
        });
        task.count = 0;
        if (child.pid == 0) {
            lost_child = true;  // another time
            return complain(describe(sys::last_error("start", "the black box")));
        }
        busy = true;  // until it says that it is ready
        watch = std::make_unique<loop::Watch>(loop, child.socket.get(), loop::Ready::read,
                                              [this] { answers(); });
        if (!watch->on()) complain("the black box's child cannot be watched");
    }
    void let_go() {
        watch.reset();
        child.socket = {};
        if (child.pid != 0) leaving.push_back(child.pid);
        child.pid = 0;
        busy = false;
        before = totals();
        last = {};
    }
    void reap() {
        std::erase_if(leaving, [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; });
    }

    void answers() {
        BoxAnswer answer;
        for (;;) {
            const auto got = ::recv(child.socket.get(), &answer, sizeof answer, MSG_DONTWAIT);
            if (got < 0) break;
            if (got != sizeof answer) {
                lost_child = true;
                busy = false;
                unwritten += std::exchange(task.count, 0);
                watch->off();
                complain("the black box's child has ended");
                break;
            }
            last = answer;
            if (answer.ok)
                complained.clear();
            else if (!answer.words.empty())
                complain(std::string(answer.words.view()));
            if (answer.what == BoxAnswer::What::synced) continue;
            if (answer.what == BoxAnswer::What::done) {
                if (!answer.ok) unwritten += task.count;
                task.count = 0;
            }
            if (answer.what == BoxAnswer::What::ready)
                box.from = std::max(box.from, answer.last_number + 1);
            busy = false;
        }
        if (box_is_behind()) timer.start(std::chrono::microseconds(0));
    }
    void complain(const std::string& words) {
        if (words != complained) say(words);
        complained = words;
    }

    // ---- looking ----

    [[nodiscard]] bool box_is_behind() const {
        return setup.size != 0 && !busy && bridge.next_seq() > box.from;
    }
    [[nodiscard]] bool mirror_is_behind() const { return pmsg && bridge.next_seq() > mirror.from; }

    /// Those that are not looked at, since there are too many or the ring has dropped them, are
    /// passed over too, however severe they are.
    bridge::BoxLines lines(Cursor& cursor, syslog::Severity least) {
        const auto most = cursor.saw_urgent ? kLookedAtForUrgent : kLookedAt;
        const auto next = bridge.next_seq();
        // Those of so large numbers are not more, and those before them need not be walked through.
        const auto records =
            bridge.newest(std::max(cursor.from, next - std::min<std::uint64_t>(next, most)), most);
        const auto all = cursor.from == 0 ? records.size() : next - cursor.from;
        cursor = {next, false};
        auto chosen = bridge::box_lines(
            records, setup.boot, {.least = least, .most = kMostAtOnce, .urgent = kUrgentAtOnce});
        chosen.passed_over += all - records.size();
        return chosen;
    }

    void look() {
        looked = sys::now();
        reap();
        if (mirror_is_behind()) write_pmsg();
        if (lost_child && looked - spawned >= kSpawnAgain) {
            lost_child = false;
            let_go();
            spawn();
        }
        if (box_is_behind() && !lost_child && child.pid != 0) give();
    }

    void give() {
        const auto chosen = lines(box, setup.severity);
        unwritten += chosen.passed_over;
        if (chosen.lines.empty()) return;
        task.count = static_cast<std::uint32_t>(chosen.lines.size());
        task.at_once = chosen.at_once;
        std::transform(chosen.lines.begin(), chosen.lines.end(), task.lines.begin(),
                       report::box_slot);
        const auto size = BoxTask::size(task.count);
        const auto sent = ::send(child.socket.get(), &task, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent == static_cast<ssize_t>(size))
            busy = true;
        else
            unwritten += std::exchange(task.count, 0);  // it ends, which the watch will tell
    }

    void write_pmsg() {
        for (const auto& line : lines(mirror, setup.pmsg_severity).lines) {
            const report::PmsgLogLine words(line);
            if (!budget.take(looked, words.view().size(), report::is_urgent(line)))
                ++pmsg_withheld;
            else if (pmsg->write(words.view()))
                ++pmsg_written;
            else
                ++pmsg_errors;
        }
    }
    void open_pmsg() {
        pmsg.reset();
        if (setup.pmsg.empty()) return;
        auto opened = sys::Pmsg::open(setup.pmsg);
        if (opened)
            pmsg.emplace(std::move(*opened));
        else if (opened.error().code != std::errc::no_such_file_or_directory)
            say(describe(opened.error()));
    }

    [[nodiscard]] BoxAnswer totals() const {
        auto all = last;
        all.written += before.written;
        all.syncs += before.syncs;
        all.errors += before.errors;
        return all;
    }

    loop::Loop& loop;
    const bridge::Bridge& bridge;
    BlackBoxSetup setup;
    Say say;
    loop::Timer timer;

    sys::Child child;
    std::unique_ptr<loop::Watch> watch;
    std::vector<pid_t> leaving;
    bool busy = false;  // it has a task, or is not ready
    bool lost_child = false;
    Instant spawned{};
    std::string complained;
    BoxAnswer last;    // its counts are this child's
    BoxAnswer before;  // and these those of children before it
    BoxTask task;

    std::optional<sys::Pmsg> pmsg;
    report::PmsgBudget budget;
    Cursor box;
    Cursor mirror;
    Instant looked{};
    std::uint64_t unwritten = 0;
    std::uint64_t pmsg_written = 0;
    std::uint64_t pmsg_withheld = 0;
    std::uint64_t pmsg_errors = 0;
};

BlackBox::BlackBox(loop::Loop& loop, const bridge::Bridge& bridge, BlackBoxSetup setup, Say say)
    : parts_(std::make_unique<Parts>(loop, bridge, std::move(setup), std::move(say),
                                     [this] { turn_over(); })) {
    // What the bridge had before us it has mirrored already, or its predecessor's end was none of
    // the system.
    parts_->mirror.from = bridge.next_seq();
    parts_->open_pmsg();
    if (parts_->setup.size != 0) parts_->spawn();
}

BlackBox::~BlackBox() = default;

void BlackBox::turn_over() {
    auto& its = *parts_;
    if (its.timer.running() && !at_once_) return;
    if (!its.box_is_behind() && !its.mirror_is_behind()) return;
    const auto since = sys::now() - its.looked;
    const auto pause = at_once_ ? kPauseAtOnce : kPause;
    if (since < pause) {
        its.timer.start(std::chrono::ceil<std::chrono::microseconds>(pause - since));
        return;
    }
    its.timer.cancel();
    its.box.saw_urgent |= saw_urgent_;
    its.mirror.saw_urgent |= saw_urgent_;
    saw_urgent_ = at_once_ = false;
    its.look();
}

void BlackBox::change(const BlackBoxSetup& setup) {
    auto& its = *parts_;
    const auto old = std::exchange(its.setup, setup);
    if (old.pmsg != setup.pmsg) its.open_pmsg();
    if (childs(old) == childs(setup)) return;
    its.let_go();
    its.lost_child = false;
    if (setup.size != 0) its.spawn();
}

void BlackBox::leave() {
    auto& its = *parts_;
    if (its.mirror_is_behind()) its.write_pmsg();
    // A child that has a task takes one more, and ends when both are done.
    its.busy = false;
    if (its.box_is_behind() && !its.lost_child && its.child.pid != 0) its.give();
    its.let_go();
    its.timer.cancel();
}

std::string BlackBox::account() const {
    const auto totals = parts_->totals();
    const auto number = [](const char* key, std::uint64_t value) {
        return std::string(" ") + key + "=" + std::to_string(value);
    };
    return "black_box" + number("slots", totals.slots) + number("written", totals.written) +
           number("unwritten", parts_->unwritten) + number("syncs", totals.syncs) +
           number("errors", totals.errors) + number("pmsg_written", parts_->pmsg_written) +
           number("pmsg_withheld", parts_->pmsg_withheld) +
           number("pmsg_errors", parts_->pmsg_errors);
}

}  // namespace vakt::prog
