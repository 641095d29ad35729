// SPDX-License-Identifier: Apache-2.0
// One simulated board in a storm.
#include "test/storm/storm_board.h"

#include <sys/wait.h>

#include "sys/process_tree.h"

namespace vakt::storm {
namespace {

constexpr Nanoseconds kWatch = kBeatTimeout + kBootDelay + 3 * kSecond;

void to_children_of(pid_t pid, int signal) {
    for (const pid_t child : sys::descendants_of(pid)) ::kill(child, signal);
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

// What the board does when its power comes. `keep.N` and `command.N` say for boot N whether a
// keeper that ended is started again, and what HEART_COMMAND is.
constexpr const char* kBoot = R"(
rm -rf run sock keeper.pid vm.pid
mkdir -p run state pstore
keeper() {
    "$BIN/wd_keeper" --foreground --config keeper.conf --socket "$DIR/sock" --state state --run run --pstore pstore \
        --pmsg pmsg --boot-id boot_id --end-command /bin/false >>keeper.log 2>&1 &
    echo $! >keeper.new; mv keeper.new keeper.pid
    wait $!
}
(keeper; while [ -e "keep.$SOFT_BOARD_BOOT" ]; do keeper; done) &
tries=0
until [ -e sock ] || [ $tries -ge 1000 ]; do sleep 0.02; tries=$((tries + 1)); done
export VAKT_KEEPER_SOCKET="$DIR/sock" VAKT_LEASE=vm
unset HEART_COMMAND
[ ! -e "command.$SOFT_BOARD_BOOT" ] || export HEART_COMMAND="cd '$DIR' && exec sh ./vm"
sh ./vm &
wait
)";

}  // namespace

StormBoard::StormBoard(const Setup& setup, unsigned number, std::uint64_t seed,
                       std::size_t first_row, Totals& totals)
    : dir_(setup.dir + "/b" + std::to_string(number)),
      board_program_(setup.bin + "/soft_board"),
      random_(seed),
      log_(dir_ + "/log", true),
      vm_log_(dir_ + "/vm.log", false),
      totals_(totals),
      hardware_s_(static_cast<int>(any(8, 12))),
      row_(first_row) {
    ::mkdir(dir_.c_str(), 0755);
    const auto uid = std::to_string(::getuid());
    write("keeper.conf",
          "leases = ( { name = \"vm\"; user = " + uid +
              "; required = true; boot_deadline = 60; beat_timeout = 11; boot_delay = 11; } );\n"
              "devices = ( { driver = \"soft\"; path = \"" +
              path("board") + "\"; timeout = " + std::to_string(hardware_s_) +
              "; } );\nrights = ( { user = " + uid + "; may = [ \"reboot\" ]; } );\n");
    write("vm", "echo $$ >vm.new\nmv vm.new vm.pid\nexec " + quoted(setup.standin) + " " +
                    quoted(setup.bin + "/heart") + " vm.log -ht 11 -wt 11 >>vm.out 2>&1\n");
    write("boot", "BIN=" + quoted(setup.bin) + " DIR=" + quoted(dir_) + "\ncd \"$DIR\"" + kBoot);
    prepare(1, row_);
    board_ = ::fork();
    if (board_ == 0) {
        ::execl(board_program_.c_str(), "soft_board", "--socket", path("board").c_str(), "--log",
                path("log").c_str(), "--boot-id", path("boot_id").c_str(), "--pstore",
                path("pstore").c_str(), "--pmsg", path("pmsg").c_str(), "--grace", "0", "--", "sh",
                path("boot").c_str(), nullptr);
        ::_exit(127);
    }
    enter(Phase::booting);
}

StormBoard::~StormBoard() {
    ::kill(board_, SIGTERM);
    ::waitpid(board_, nullptr, 0);
}

void StormBoard::write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
}

pid_t StormBoard::pid(const std::string& name) const {
    const auto text = bytes_of(path(name + ".pid"));
    return text.empty() ? 0 : std::stoi(text);
}

Nanoseconds StormBoard::any(Nanoseconds least, Nanoseconds most) {
    return std::uniform_int_distribution<Nanoseconds>(least, most)(random_);
}

void StormBoard::enter(Phase phase) {
    phase_ = phase;
    since_ = now();
}

void StormBoard::fail(const std::string& why) {
    ++totals_.failures;
    std::printf("FAIL %s, boot %u, %s: %s\n", dir_.c_str(), boot_, row().name, why.c_str());
}

void StormBoard::prepare(unsigned boot, std::size_t row) {
    if (kRows.at(row).keeper_returns) write("keep." + std::to_string(boot), "");
    if (kRows.at(row).deed == Deed::vm_restart) write("command." + std::to_string(boot), "");
}

void StormBoard::step() {
    log_.read();
    vm_log_.read();
    switch (phase_) {
        case Phase::booting:
            return when_booting();
        case Phase::waiting:
            if (now() >= act_at_) act();
            return;
        case Phase::acted:
            look_at_vm();
            return when_acted();
        case Phase::told:
            return when_told();
        case Phase::restarting:
            if (logged(boot_ + 1, "on ") == nullptr) return;
            ++boot_;
            row_ = next_row_;
            return enter(Phase::booting);
    }
}

const LogLine* StormBoard::logged(unsigned boot, std::string_view first_words) const {
    for (const auto& line : log_.lines)
        if (line.boot == boot && line.words.starts_with(first_words)) return &line;
    return nullptr;
}

void StormBoard::when_booting() {
    const auto* began = logged(boot_, "on ");
    const auto is_beat = [&](const LogLine& line) {
        return began != nullptr && line.at >= began->at && line.words == "beat";
    };
    if (logged(boot_, "arm ") != nullptr &&
        std::count_if(vm_log_.lines.begin(), vm_log_.lines.end(), is_beat) >= 2) {
        act_at_ = now() + any(0, 5 * kSecond);
        return enter(Phase::waiting);
    }
    if (now() - since_ < kPatience) return;
    fail("it does not come up");
    count("(not up)");
    enter(Phase::booting);
}

void StormBoard::act() {
    acted_at_ = now();
    vm_ = pid("vm");
    for (const auto& line : vm_log_.lines)
        if (line.words.starts_with("started ")) heart_ = std::stoi(line.words.substr(8));
    ended_boot_ = boot_id();
    death_seen_ = false;
    later_ = {};
    next_row_ = static_cast<std::size_t>(any(0, kRows.size() - 1));
    prepare(boot_ + 1, next_row_);
    switch (row().deed) {
        case Deed::nothing:
            break;
        case Deed::vm_pause:
            pause(vm_, any(0, 4 * kSecond));
            break;
        case Deed::heart_pause:
            pause(heart_, any(0, 4 * kSecond));
            break;
        case Deed::keeper_pause:
            pause(pid("keeper"), any(0, 2 * kSecond));
            break;
        case Deed::vm_late:
            pause(vm_, any(6 * kSecond, 8 * kSecond));
            break;
        case Deed::heart_late:
            pause(heart_, any(6 * kSecond, 8 * kSecond));
            break;
        case Deed::vm_leaves:
            ::kill(vm_, SIGTERM);
            break;
        case Deed::vm_hangs:
            ::kill(vm_, SIGSTOP);
            break;
        case Deed::vm_restart:
        case Deed::vm_killed:
            ::kill(vm_, SIGKILL);
            break;
        case Deed::vm_crashes:
            ::kill(vm_, SIGUSR1);
            break;
        case Deed::heart_hangs:
            ::kill(heart_, SIGSTOP);
            break;
        case Deed::heart_killed:
            ::kill(heart_, SIGKILL);
            break;
        case Deed::keeper_hangs:
            ::kill(pid("keeper"), SIGSTOP);
            break;
        case Deed::keeper_restart:
        case Deed::keeper_killed:
            ::kill(pid("keeper"), SIGKILL);
            break;
        case Deed::vm_hangs_keeper_restart:
            ::kill(vm_, SIGSTOP);
            later_ = {now() + any(0, 20 * kSecond), 0, SIGKILL};
            break;
        case Deed::vm_and_heart_hang:
            ::kill(vm_, SIGSTOP);
            ::kill(heart_, SIGSTOP);
            break;
        case Deed::scribe_killed:
            to_children_of(pid("keeper"), SIGKILL);
            ::kill(vm_, SIGSTOP);
            break;
        case Deed::scribe_hangs:
            to_children_of(pid("keeper"), SIGSTOP);
            ::kill(vm_, SIGSTOP);
            break;
        case Deed::reboot_asked:
            if (!asking_.reboot(path("sock"))) fail("the keeper cannot be asked");
            break;
    }
    enter(Phase::acted);
}

void StormBoard::pause(pid_t who, Nanoseconds length) {
    ::kill(who, SIGSTOP);
    later_ = {now() + length, who, SIGCONT};
}

void StormBoard::when_acted() {
    if (later_.at != 0 && now() >= later_.at) {
        const pid_t who = later_.who != 0 ? later_.who : pid("keeper");
        if (who > 0) ::kill(who, later_.signal);
        later_ = {};
    }
    if (logged(boot_ + 1, "on ") != nullptr) {
        ++totals_.resets;
        judge_reset();
        ++boot_;
        return enter(Phase::told);
    }
    if (now() - since_ < kWatch + (harmless() ? 0 : 10 * kSecond)) return;
    if (!harmless()) fail("no reset came");
    count("no reset");
    // The next deed wants a board that is as new.
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl(board_program_.c_str(), "soft_board", "--end", path("board").c_str(), "reboot",
                nullptr);
        ::_exit(127);
    }
    ::waitpid(child, nullptr, 0);
    enter(Phase::restarting);
}

}  // namespace vakt::storm
