// SPDX-License-Identifier: Apache-2.0
// wd_keeper with boards, hearts and everybody else who may talk to it, for test/prog/keeper.sh.
//
//   keeper_peer run DIR BIN COUNTED [CASE]   runs every case at once: DIR/CASE/log, DIR/CASE/code
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "report/ledger.h"
#include "test/support/cases.h"
#include "test/support/keeper_bench.h"

namespace {

using namespace vakt;
using namespace vakt::test;

std::string bin;      // build/bin
std::string counted;  // build/test/prog/wd_keeper_counted
constexpr uid_t kStranger = 1234;

// ---- settings ----

std::string row(const std::string& name, const std::string& more = "") {
    return R"({ name = ")" + name + R"("; user = 0; beat_timeout = 10.1; boot_delay = 14.0; )" +
           more + "}";
}
std::string device(const std::string& path, const std::string& more = "") {
    return R"({ driver = "soft"; path = ")" + path + R"("; timeout = 3; )" + more + "}";
}
std::string conf(const std::string& leases, const std::string& devices,
                 const std::string& more = "") {
    return "leases = ( " + leases + " );\ndevices = ( " + devices + " );\n" + more;
}

lease::Open opening(const std::string& name, const keeper::Vm& vm = {}) {
    lease::Open open;
    open.lease = std::string_view(name);
    open.timing = {std::chrono::milliseconds(10100), std::chrono::seconds(14)};
    open.vm = vm;
    return open;
}

/// A lease held by this process itself.
struct Holder {
    Holder(const std::string& socket, const std::string& name) : peer(socket) {
        peer.say(opening(name));
        peer.wait_for<lease::Granted>();
        beat();
    }
    void beat() { peer.say(lease::Beat{now()}); }
    void beat_for(Clock::duration length) {
        for (const auto until = Clock::now() + length; Clock::now() < until;) {
            beat();
            ::usleep(200'000);
        }
    }
    Peer peer;
};

const lease::StatusLease& lease_of(const wire::WholeStatus& status, const std::string& name) {
    for (const auto& one : status.leases)
        if (one.name.view() == name) return one;
    fail("no lease " + name + " in the status");
}

void no_pet_after(const Board& board, Clock::time_point when, const std::string& what) {
    for (const char* const word : {"pet", "arm", "device"})
        expect(!board.last(word) || *board.last(word) <= when,
               std::string(word) + " after " + what);
}

/// One board, one lease "vm".
struct Scene {
    explicit Scene(const std::string& dir, const std::string& lease_more = "",
                   const std::string& device_more = "", const std::string& more = "",
                   const std::vector<std::string>& board_more = {})
        : board(bin, dir, "board", board_more),
          bench(bin, dir, conf(row("vm", lease_more), device(board.path, device_more), more)) {}
    void start() {
        bench.start();
        expect(eventually(25s, [&] { return board.count("arm 3000") > 0; }), "nothing was armed");
    }
    Board board;
    KeeperBench bench;
};

/// The reasons in the ledger, oldest first.
std::vector<report::Entry> notes(const std::string& dir) {
    const auto bytes = slurp(dir + "/st/ledger");
    auto content =
        report::read_ledger({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    std::erase_if(content.entries,
                  [](const auto& entry) { return entry.kind != report::Kind::note; });
    expect(!content.entries.empty(), "nothing is noted");
    return content.entries;
}
void expect_no_beat(const std::string& dir) {
    for (const auto& note : notes(dir))
        expect(note.beat_age_ms == report::kBeatAgeUnknown,
               "a last beat " + std::to_string(note.beat_age_ms) + " ms ago is noted");
}

// ---- deadlines ----

void never_came(const std::string& dir) {
    Scene scene(dir, "required = true; boot_deadline = 1; ");
    const auto began = Clock::now();
    scene.start();
    const auto end = scene.bench.ends(30s);
    // Silent from 1 s on, D 24.1 s later, of which the last 10 s are the rungs'.
    expect(end - began >= 15s, "too early");
    expect(scene.bench.ended() == "reboot\n", "not asked to reboot");
    expect(eventually(25s, [&] { return scene.board.count("expired") == 1; }), "hardware asleep");
    expect(*scene.board.last("expired") - *scene.board.last("arm") < 26s, "the hardware was late");
    no_pet_after(scene.board, end, "the verdict");
    expect(scene.bench.said("never came"), "the reason is not said");
    expect_no_beat(dir);
}

void beats_keep(const std::string& dir) {
    Scene scene(dir, "required = true; boot_deadline = 2; ");
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    holder.beat_for(26s);
    expect(scene.bench.ended().empty() && scene.board.count("expired") == 0, "a healthy VM's end");
    const auto status = holder.peer.status();
    expect(status.board.beats >= 50 && status.board.pets >= 8, "what is counted");
    expect(status.board.pet_failures == 0, "failed pets");
}

void silence(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    FakeVm vm;
    const auto mark = dir + "/mark";
    FakeHeart heart(scene.bench.socket, opening("vm", vm.vm()),
                    "id -u >" + mark + "; cat /proc/self/stat >>" + mark +
                        "; echo \"$VAKT_LEASE\" >>" + mark + "; cat /proc/self/oom_score_adj >>" +
                        mark);
    Peer watcher(scene.bench.socket);
    watcher.say(lease::Watch{"vm"});
    watcher.wait_for<lease::Watching>();
    expect(eventually(25s, [&] { return watcher.status().board.beats > 2; }), "no beats");
    const auto silent = heart.fall_silent();
    const auto warned = watcher.wait_for<lease::News>(20s);
    expect(warned.kind == keeper::NoteKind::warned && warned.percent == 50, "the first warning");
    const auto again = watcher.wait_for<lease::News>(20s);
    expect(again.kind == keeper::NoteKind::warned && again.percent == 75, "the second warning");
    const auto given_up = watcher.wait_for<lease::News>(20s);
    expect(given_up.kind == keeper::NoteKind::given_up &&
               given_up.cause == keeper::Cause::heart_silent &&
               given_up.subject == keeper::Name("vm"),
           "the giving up");
    expect(Clock::now() - silent >= 10s, "given up too early");
    expect(heart.killed(5s), "heart was left to act a second time");
    expect(eventually(5s, [&] { return vm.killed(); }), "the VM lives");
    expect(eventually(5s, [&] { return std::ranges::count(slurp(mark), '\n') == 4; }),
           "the heart command");
    std::istringstream lines(slurp(mark));
    std::string uid;
    std::string stat;
    std::string name;
    std::string score;
    std::getline(lines, uid);
    std::getline(lines, stat);
    std::getline(lines, name);
    std::getline(lines, score);
    expect(uid == "0" && name == "vm" && score == "0", "how the heart command runs");
    const auto end = scene.bench.ends(20s);
    expect(end - silent >= 13900ms, "the rungs began too early");
    expect(eventually(20s, [&] { return scene.board.count("expired") == 1; }), "hardware asleep");
    expect(*scene.board.last("expired") - silent < 26s, "the hardware was late");
    no_pet_after(scene.board, end, "the verdict");
    const auto age = notes(dir).front().beat_age_ms;
    expect(age >= 10000 && age < 26000, "last beat " + std::to_string(age) + " ms ago");
}

void recovers(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    FakeVm vm;
    FakeHeart heart(scene.bench.socket, opening("vm", vm.vm()));
    Peer watcher(scene.bench.socket);
    watcher.say(lease::Watch{"vm"});
    expect(eventually(25s, [&] { return watcher.status().board.beats > 0; }), "no beats");
    heart.fall_silent();
    while (watcher.wait_for<lease::News>(20s).kind != keeper::NoteKind::given_up) {
    }
    expect(heart.killed(5s), "heart lives");
    Holder next(scene.bench.socket, "vm");
    while (watcher.wait_for<lease::News>(20s).kind != keeper::NoteKind::recovered) {
    }
    next.beat_for(15s);
    expect(scene.bench.ended().empty() && scene.board.count("expired") == 0, "it was reset");
}

void hearts_own_verdict(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    const auto given_up = Clock::now();
    holder.peer.say(lease::GivingUp{keeper::Cause::vm_closed, "the port is closed"});
    const auto proceed = holder.peer.wait_for<lease::Proceed>();
    expect(Clock::now() - given_up < 6s, "it was kept waiting");
    expect(proceed.deadline > proceed.command_until, "its budget");
    holder.peer.say(lease::Progress{keeper::Step::command_failed, 256});
    holder.peer.wait_for<lease::Verdict>(30s);
    expect(scene.bench.ends(5s) - given_up >= 13900ms, "the rungs began too early");
}

// Where not even its state directory can be made, it guards the board all the same.
void read_only_disk(const std::string& dir) {
    const auto disk = dir + "/disk";
    ::mkdir(disk.c_str(), 0755);
    if (::mount("vakt-test", disk.c_str(), "tmpfs", MS_RDONLY, "size=64k") != 0)
        skip("nothing may be mounted here");
    Scene scene(dir);
    scene.bench.start({"--state", disk + "/st"});
    expect(eventually(25s, [&] { return scene.board.count("arm 3000") > 0; }), "nothing was armed");
    expect(
        eventually(25s,
                   [&] { return scene.bench.said("make " + disk + "/st: Read-only file system"); }),
        "it is not said");
    Holder holder(scene.bench.socket, "vm");
    holder.beat_for(4s);
    expect(scene.board.count("pet") > 0 && scene.board.count("expired") == 0, "it does not pet");
    ::umount(disk.c_str());
}

void dead_scribe(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    const auto scribe = scene.bench.child(0);
    expect(scribe > 1 && ::kill(scribe, SIGSTOP) == 0, "no scribe");
    const auto given_up = Clock::now();
    holder.peer.say(lease::GivingUp{keeper::Cause::vm_silent, ""});
    holder.peer.wait_for<lease::Proceed>(10s);
    const auto took = Clock::now() - given_up;
    ::kill(scribe, SIGCONT);
    expect(took >= 1900ms, "it did not wait for its note");
    expect(took < 6s, "it waited for a dead disk");
}

// ---- a keeper that is killed ----

void killed_in_calm(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    scene.bench.running->signal(SIGKILL);
    expect(scene.bench.running->ended(5s).has_value(), "it lives");
    scene.bench.start();
    expect(eventually(25s, [&] { return scene.board.count("device") == 2; }), "not opened again");
    expect(holder.peer.closes(5s), "the connection is open");
    Holder again(scene.bench.socket, "vm");
    again.beat_for(5s);
    expect(scene.board.count("expired") == 0 && scene.board.count("disarm") == 0, "a gap");
    expect(again.peer.status().leases[0].held, "not held");
}

void killed_in_ladder(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    FakeHeart heart(scene.bench.socket, opening("vm"));
    Peer watcher(scene.bench.socket);
    watcher.say(lease::Watch{"vm"});
    expect(eventually(25s, [&] { return watcher.status().board.beats > 0; }), "no beats");
    const auto silent = heart.fall_silent();
    while (watcher.wait_for<lease::News>(20s).kind != keeper::NoteKind::given_up) {
    }
    scene.bench.running->signal(SIGKILL);
    expect(scene.bench.running->ended(5s).has_value(), "it lives");
    const auto killed = Clock::now();
    scene.bench.start();
    Peer other(scene.bench.socket);
    expect((other.status().board.flags & lease::kHoldsBack) != 0, "it does not hold back");
    expect(other.status().devices[0].state == keeper::DeviceState::idle, "it opened the device");
    const auto end = scene.bench.ends(20s);
    expect(end - silent >= 13900ms && end - silent < 26s, "the rungs' time");
    no_pet_after(scene.board, killed, "it was killed");
}

void killed_after_verdict(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Peer root(scene.bench.socket);
    root.say(lease::End{keeper::EndKind::poweroff, true});
    expect(root.answer() == keeper::Refusal::none, "refused");
    scene.bench.ends(5s);
    scene.bench.running->signal(SIGKILL);
    expect(scene.bench.running->ended(5s).has_value(), "it lives");
    const auto killed = Clock::now();
    scene.bench.start();
    expect(eventually(25s, [&] { return scene.bench.ended() == "poweroff\npoweroff\n"; }),
           "the verdict is forgotten");
    expect(eventually(25s, [&] { return scene.board.count("expired") == 1; }), "hardware asleep");
    no_pet_after(scene.board, killed, "it was killed");
}

// ---- one keeper after the other ----

void taken_over(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    FakeVm vm;
    FakeHeart heart(scene.bench.socket, opening("vm", vm.vm()), "echo >" + dir + "/mark");
    Peer root(scene.bench.socket);
    expect(eventually(25s, [&] { return root.status().board.beats > 2; }), "no beats");
    std::optional<Program> next;
    for (int times = 0; times < 3; ++times) {
        auto& before = times % 2 == 0 ? scene.bench.running : next;
        auto& after = times % 2 == 0 ? next : scene.bench.running;
        after.emplace(scene.bench.arguments({"--take-over"}), scene.bench.words_path());
        expect(before->ended(10s) == 0, "the keeper before has not left with 0");
        const auto pets = scene.board.count("pet");
        expect(eventually(25s, [&] { return scene.board.count("pet") > pets + 1; }), "no pets");
        Peer client(scene.bench.socket);
        const auto status = client.status();
        expect(lease_of(status, "vm").held, "the lease is lost");
        expect(eventually(25s, [&] { return client.status().board.beats > status.board.beats; }),
               "its beats are lost");
        expect(scene.board.count("device") == 1 && scene.board.count("gone") == 0, "opened again");
        expect(scene.board.count("arm") == 1 && scene.board.count("disarm") == 0, "a gap");
    }
    // The last one's ladder is as if it had been there from the beginning.
    heart.fall_silent();
    expect(heart.killed(20s) && eventually(5s, [&] { return vm.killed(); }), "no ladder");
    expect(eventually(5s, [&] { return ::access((dir + "/mark").c_str(), F_OK) == 0; }),
           "the command was not handed over");
}

void take_over_refused(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    const auto good = conf(row("vm"), device(scene.board.path));
    scene.bench.configure("leases = 1;\n");
    Program bad(scene.bench.arguments({"--take-over"}), dir + "/bad");
    const auto status = bad.ended(10s);
    expect(status.has_value() && WEXITSTATUS(*status) == 78,
           "a bad file is no reason to take over");
    scene.bench.configure(good);
    // One that asks and does not confirm.
    Peer successor(scene.bench.socket);
    successor.say(lease::TakeOver{});
    successor.wait_for<lease::HandOver>();
    expect(successor.answer() == keeper::Refusal::ending, "it waits for ever");
    expect(successor.closes(5s), "it is still connected");
    const auto pets = scene.board.count("pet");
    holder.beat_for(4s);
    expect(scene.board.count("pet") > pets && scene.board.count("expired") == 0, "it does not pet");
    expect(holder.peer.status().leases[0].held, "the lease is lost");
    // A stranger may not even ask.
    const pid_t stranger = ::fork();
    if (stranger == 0) {
        if (::setgid(kStranger) != 0 || ::setuid(kStranger) != 0) ::_exit(1);
        Peer peer(scene.bench.socket);
        peer.say(lease::TakeOver{});
        ::_exit(peer.answer() == keeper::Refusal::not_allowed ? 0 : 1);
    }
    int code = 0;
    ::waitpid(stranger, &code, 0);
    expect(code == 0, "a stranger took over");
}

/// The service manager's side of NOTIFY_SOCKET: keeps what it is given until it is told to forget
/// it, or somebody else has ended it.
struct Manager {
    explicit Manager(const std::string& dir)
        : path(dir + "/notify"), socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        expect(
            ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
            "bind");
    }
    /// Reads all there is.
    void read() {
        for (;;) {
            char text[2048] = {};
            alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
            iovec part = {text, sizeof text - 1};
            msghdr header{};
            header.msg_iov = &part;
            header.msg_iovlen = 1;
            header.msg_control = control;
            header.msg_controllen = sizeof control;
            if (::recvmsg(socket.get(), &header, MSG_DONTWAIT) < 0) return;
            const std::string words(text);
            said += words + "\n";
            const auto at = words.find("FDNAME=");
            const auto name =
                at == std::string::npos ? "" : words.substr(at + 7, words.find('\n', at) - at - 7);
            if (words.find("FDSTOREREMOVE=1") != std::string::npos) forget(name);
            auto* const c = CMSG_FIRSTHDR(&header);
            if (c == nullptr) continue;
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(c), sizeof fd);
            expect(!name.empty(), "a descriptor without a name");
            add(name, sys::Fd(fd));
        }
    }
    /// Several may have one name, but nothing is kept twice.
    void add(const std::string& name, sys::Fd fd) {
        const auto file = [](int of) {
            struct stat state {};
            ::fstat(of, &state);
            return std::pair(state.st_dev, state.st_ino);
        };
        for (const auto& [other, kept] : store)
            if (other == name && file(kept.get()) == file(fd.get())) return;
        store.emplace_back(name, std::move(fd));
    }
    void forget(const std::string& name) {
        std::erase_if(store, [&](const auto& kept) { return kept.first == name; });
    }
    [[nodiscard]] std::size_t count(const std::string& name) const {
        return static_cast<std::size_t>(std::ranges::count(store, name, &Kept::first));
    }
    [[nodiscard]] Program::Environment environment() const { return {{"NOTIFY_SOCKET", path}}; }
    /// Starts the keeper, with what is kept.
    void start(KeeperBench& bench) {
        read();
        std::vector<int> passed;
        std::string names;
        for (const auto& [name, fd] : store) {
            passed.push_back(fd.get());
            names += (names.empty() ? "" : ":") + name;
        }
        auto its = environment();
        if (!passed.empty()) {
            its["LISTEN_FDS"] = std::to_string(passed.size());
            its["LISTEN_FDNAMES"] = names;
        }
        said.clear();
        bench.start({}, its, 0, passed);
        expect(eventually(25s, [&] { return heard("READY=1") && count("device-0") == 1; }),
               "not ready");
    }
    [[nodiscard]] bool heard(const std::string& words) {
        read();
        return said.find(words) != std::string::npos;
    }
    std::string path;
    sys::Fd socket;
    std::string said;
    using Kept = std::pair<std::string, sys::Fd>;
    std::vector<Kept> store;
};

void end(KeeperBench& bench, int signal) {
    bench.running->signal(signal);
    const auto status = bench.running->ended(5s);
    expect(status.has_value(), "it lives");
    expect(signal == SIGKILL || status == 0, "not left with 0");
}

void store_of_the_manager(const std::string& dir) {
    Scene scene(dir);
    Manager manager(dir);
    manager.start(scene.bench);
    Holder holder(scene.bench.socket, "vm");
    holder.beat_for(1s);
    end(scene.bench, SIGTERM);
    manager.read();
    expect(manager.store.size() == 3 && manager.count("lease-1") == 1,
           "a device, a lease and the socket");
    manager.start(scene.bench);
    holder.beat_for(5s);
    expect(holder.peer.status().leases[0].held, "the lease is lost");
    expect(scene.board.count("device") == 1 && scene.board.count("arm") == 1, "opened again");
    expect(scene.board.count("expired") == 0 && scene.board.count("disarm") == 0, "a gap");
}

// The manager's copy of a connection would keep it open when the keeper that was handed it is gone.
void killed_after_the_store(const std::string& dir) {
    Scene scene(dir);
    Manager manager(dir);
    manager.start(scene.bench);
    Holder holder(scene.bench.socket, "vm");
    end(scene.bench, SIGTERM);
    manager.start(scene.bench);
    holder.beat_for(1s);
    expect(holder.peer.status().leases[0].held, "the lease is lost");
    manager.read();
    expect(manager.count("lease-1") == 0, "the connection is still in the store");
    end(scene.bench, SIGKILL);
    expect(holder.peer.closes(5s), "the heart beats into a connection that nobody reads");
    manager.start(scene.bench);
    Holder again(scene.bench.socket, "vm");
    again.beat_for(16s);
    expect(lease_of(again.peer.status(), "vm").held, "not held");
    expect(scene.bench.ended().empty() && scene.board.count("expired") == 0, "a healthy VM's end");
}

// A connection in the store that is older than what a killed keeper had is not taken, nor kept.
void stale_in_the_store(const std::string& dir) {
    Scene scene(dir);
    Manager manager(dir);
    manager.start(scene.bench);
    Holder holder(scene.bench.socket, "vm");
    end(scene.bench, SIGTERM);
    manager.read();
    // The next one is killed before it can have the connection forgotten.
    auto kept = std::move(manager.store);
    manager.store.clear();
    for (auto& [name, fd] : kept)
        if (name != "lease-1") manager.add(name, std::move(fd));
    manager.start(scene.bench);
    end(scene.bench, SIGKILL);
    for (auto& [name, fd] : kept)
        if (name == "lease-1") manager.add(name, std::move(fd));
    expect(manager.count("lease-1") == 1, "nothing is stale");
    manager.start(scene.bench);
    expect(holder.peer.closes(5s), "the heart beats into a connection that nobody reads");
    expect(manager.count("lease-1") == 0, "it is still in the store");
    Holder again(scene.bench.socket, "vm");
    expect(again.peer.status().leases[0].held, "not held");
}

// Two connections of one number, and of no other: neither is taken for the other.
void twice_in_the_store(const std::string& dir) {
    Scene scene(dir);
    Manager manager(dir);
    manager.start(scene.bench);
    Holder holder(scene.bench.socket, "vm");
    end(scene.bench, SIGTERM);
    manager.read();
    int ends[2] = {-1, -1};
    expect(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "a pair");
    const sys::Fd other(ends[0]);
    manager.add("lease-1", sys::Fd(ends[1]));
    expect(manager.count("lease-1") == 2, "not twice");
    manager.start(scene.bench);
    expect(holder.peer.closes(5s), "one of two is taken");
    pollfd ended = {other.get(), POLLIN, 0};
    char byte = 0;
    expect(::poll(&ended, 1, 5000) == 1 && ::recv(other.get(), &byte, 1, MSG_DONTWAIT) == 0,
           "the other of two is taken");
    Holder again(scene.bench.socket, "vm");
    again.beat_for(1s);
    expect(again.peer.status().leases[0].held, "not held");
}

/// Somebody else's child, which would outlive us if it were stopped and forgotten: a stopped one
/// never reads that its socket has ended.
struct Stopped {
    explicit Stopped(pid_t its) : pid(its) {
        expect(pid > 0 && ::kill(pid, SIGSTOP) == 0, "no such child");
    }
    Stopped(const Stopped&) = delete;
    Stopped& operator=(const Stopped&) = delete;
    ~Stopped() { ::kill(pid, SIGKILL); }
    pid_t pid;
};

// SIGPWR, then SIGTERM, while the keeper has no time for either.
void shut_down_at_once(const std::string& dir) {
    Scene scene(dir, "", "shutdown_timeout = 9; ");
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    auto& keeper = *scene.bench.running;
    keeper.signal(SIGSTOP);
    for (const int number : {SIGPWR, SIGTERM, SIGCONT}) keeper.signal(number);
    expect(keeper.ended(5s) == 0, "not left with 0");
    expect(scene.board.count("arm 9000") == 1, "shutdown_timeout");
    expect(slurp(dir + "/st/ledger").find("the system is going down") != std::string::npos,
           "no clean end is noted");
}

void shut_down_and_stopped(const std::string& dir, bool going_down) {
    Scene scene(dir, "", "shutdown_timeout = 9; ");
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    if (going_down) {
        Peer hands(scene.bench.socket);
        hands.say(lease::Hands{});
        expect(hands.answer() == keeper::Refusal::none, "no hands");
        hands.say(lease::GoingDown{true});
        static_cast<void>(hands.status());  // it has been read
        scene.bench.running->signal(SIGTERM);
        expect(scene.bench.running->ended(5s) == 0, "not left with 0");
    } else {
        scene.bench.running->signal(SIGTERM);
        expect(scene.bench.running->ended(5s) == 0, "not left with 0");
    }
    expect(eventually(5s, [&] { return scene.board.count("gone") == 1; }), "still connected");
    expect(scene.board.count("disarm") == 0, "disarmed by leaving");
    expect(scene.board.count("arm 9000") == (going_down ? 1 : 0), "shutdown_timeout");
    if (going_down) {
        const auto all = scene.board.entries();
        expect(all.at(all.size() - 2).words == "pet", "not petted at last");
    }
}

// ---- who may what ----

void who_may(const std::string& dir) {
    Board board(bin, dir);
    KeeperBench bench(
        bin, dir,
        conf(row("vm") + ", { name = \"theirs\"; user = 1234; beat_timeout = 10.1; "
                         "boot_delay = 14.0; }",
             device(board.path), "rights = ( { user = 1235; may = [ \"drill\" ]; } );\n"));
    bench.start();
    Peer root(bench.socket);
    root.say(opening("nobodys"));
    expect(root.answer() == keeper::Refusal::unknown_lease, "an unknown lease");
    root.say(opening("theirs"));
    expect(root.answer() == keeper::Refusal::unknown_lease, "another's lease");
    auto quick = opening("vm");
    quick.timing.beat_timeout = 10s;
    root.say(quick);
    expect(root.answer() == keeper::Refusal::timing, "a timing out of range");
    expect(root.status().board.refused == 3, "refused opens are counted");
    Holder holder(bench.socket, "vm");

    const auto as = [&](uid_t uid, const auto& function) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            if (::setgid(uid) != 0 || ::setuid(uid) != 0) ::_exit(2);
            Peer peer(bench.socket);
            ::_exit(function(peer) ? 0 : 1);
        }
        int code = 0;
        ::waitpid(pid, &code, 0);
        return code == 0;
    };
    using keeper::Refusal;
    expect(as(kStranger,
              [](Peer& peer) {
                  peer.say(lease::Snooze{"vm", 5s});
                  const bool no = peer.answer() == Refusal::not_allowed;
                  peer.say(opening("theirs"));
                  peer.wait_for<lease::Granted>();
                  peer.say(lease::Snooze{"", 5s});
                  return no && peer.answer() == Refusal::none;
              }),
           "a lease's uid snoozes its own lease and no other");
    expect(as(kStranger,
              [](Peer& peer) {
                  bool no = true;
                  for (const wire::LeaseMessage& message :
                       {wire::LeaseMessage(lease::End{}), wire::LeaseMessage(lease::Disarm{}),
                        wire::LeaseMessage(lease::Hands{}), wire::LeaseMessage(lease::TakeOver{}),
                        wire::LeaseMessage(lease::Drill{keeper::DrillKind::stop_petting, ""}),
                        wire::LeaseMessage(lease::ReportTaken{"vm"})}) {
                      peer.say(message);
                      no = no && peer.answer() == Refusal::not_allowed;
                  }
                  return no && peer.status().leases.size() == 2;
              }),
           "it may read the status and nothing else");
    expect(as(1235,
              [](Peer& peer) {
                  peer.say(lease::Drill{keeper::DrillKind::kill_heart, "theirs"});
                  const auto drill = peer.answer();
                  peer.say(lease::Disarm{});
                  return drill == Refusal::not_there && peer.answer() == Refusal::not_allowed;
              }),
           "a right is for one verb");
    holder.peer.say(lease::Snooze{"", std::chrono::hours(2)});
    expect(holder.peer.answer() == Refusal::none, "no snooze");
    const auto snoozed = lease_of(holder.peer.status(), "vm").snoozed_until;
    expect(snoozed > now() + 890s && snoozed <= now() + 900s, "900 s at most");
}

void ends_asked_for(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Peer hands(scene.bench.socket);
    hands.say(lease::Hands{});
    expect(hands.answer() == keeper::Refusal::none, "no hands");
    Peer root(scene.bench.socket);
    const auto asked = Clock::now();
    root.say(lease::End{keeper::EndKind::halt, false});
    expect(root.answer() == keeper::Refusal::none, "refused");
    const auto first = hands.wait_for<lease::AskEnd>();
    expect(first.rung == keeper::Rung::login1 && first.end == keeper::EndKind::halt, "login1");
    root.say(lease::RungFailed{keeper::Rung::login1});  // not the hands': passed over
    hands.say(lease::RungFailed{keeper::Rung::login1});
    expect(hands.wait_for<lease::AskEnd>().rung == keeper::Rung::systemd1, "systemd1");
    expect(scene.bench.ended().empty(), "the syscall before its time");
    hands.say(lease::RungFailed{keeper::Rung::systemd1});
    scene.bench.ends(5s);
    expect(scene.bench.ended() == "halt\n", "the syscall");
    root.say(lease::Disarm{});
    expect(root.answer() == keeper::Refusal::ending, "a verdict is final");
    expect(eventually(25s, [&] { return scene.board.count("expired") == 1; }), "hardware asleep");
    int pets = 0;
    for (const auto& entry : scene.board.entries())
        pets += entry.at > asked && entry.words == "pet" ? 1 : 0;
    expect(pets == 1, "petted once, never again");
}

void disarms(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Peer root(scene.bench.socket);
    root.say(lease::Disarm{});
    expect(root.answer() == keeper::Refusal::none, "not disarmed");
    expect(eventually(5s, [&] { return scene.board.count("disarm disarmed") == 1; }),
           "the device does not know");
    expect(root.status().devices[0].state == keeper::DeviceState::disarmed, "status");
    root.say(lease::Disarm{});
    expect(root.answer() == keeper::Refusal::not_there, "disarmed twice");
    // Neither this keeper nor the next arms it again by itself.
    scene.bench.running->signal(SIGKILL);
    expect(scene.bench.running->ended(5s).has_value(), "it lives");
    scene.bench.start();
    Peer again(scene.bench.socket);
    expect(again.status().devices[0].state == keeper::DeviceState::disarmed, "armed again");
}

void nowayout(const std::string& dir) {
    Scene scene(dir, "", "", "", {"--nowayout"});
    scene.start();
    Peer root(scene.bench.socket);
    root.say(lease::Disarm{});
    expect(root.answer() == keeper::Refusal::nowayout, "not said");
    const auto pets = scene.board.count("pet");
    expect(eventually(25s, [&] { return scene.board.count("pet") > pets + 1; }), "not petted");
}

void drills(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    FakeVm vm;
    FakeHeart heart(scene.bench.socket, opening("vm", vm.vm()));
    Peer root(scene.bench.socket);
    expect(eventually(25s, [&] { return root.status().board.beats > 0; }), "no beats");
    const auto state = [](auto pid) {
        const auto stat = slurp("/proc/" + std::to_string(pid) + "/stat");
        return stat.substr(stat.rfind(')') + 2, 1);
    };
    root.say(lease::Drill{keeper::DrillKind::hang_vm, "vm"});
    expect(root.answer() == keeper::Refusal::none, "refused");
    expect(eventually(5s, [&] { return state(vm.vm().pid) == "T"; }), "the VM does not hang");
    root.say(lease::Drill{keeper::DrillKind::kill_vm, "vm"});
    expect(root.answer() == keeper::Refusal::none, "refused");
    expect(eventually(5s, [&] { return vm.killed(); }), "the VM lives");
    root.say(lease::Drill{keeper::DrillKind::hang_heart, "vm"});
    expect(root.answer() == keeper::Refusal::none, "refused");
    expect(eventually(5s, [&] { return state(heart.pid()) == "T"; }), "heart does not hang");
    root.say(lease::Drill{keeper::DrillKind::kill_heart, "vm"});
    expect(root.answer() == keeper::Refusal::none, "refused");
    expect(heart.killed(5s), "heart lives");
    root.say(lease::Drill{keeper::DrillKind::stop_petting, ""});
    expect(root.answer() == keeper::Refusal::none, "refused");
    const auto stopped = Clock::now();
    expect(eventually(25s, [&] { return scene.board.count("expired") == 1; }), "hardware asleep");
    no_pet_after(scene.board, stopped, "the drill");
    expect(scene.bench.ended().empty(), "the hardware alone was to act");
}

void not_anybodys_process(const std::string& dir) {
    Board board(bin, dir);
    KeeperBench bench(bin, dir,
                      conf("{ name = \"theirs\"; user = 1234; beat_timeout = 10.1; boot_delay = "
                           "14.0; }",
                           device(board.path)));
    bench.start();
    FakeVm roots;
    const auto vm = roots.vm();
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::setgid(kStranger) != 0 || ::setuid(kStranger) != 0) ::_exit(2);
        Peer peer(bench.socket);
        peer.say(opening("theirs", vm));
        peer.wait_for<lease::Granted>();
        ::pause();
    }
    Peer root(bench.socket);
    expect(eventually(25s, [&] { return root.status().leases[0].held; }), "not held");
    root.say(lease::Drill{keeper::DrillKind::kill_vm, "theirs"});
    expect(root.answer() == keeper::Refusal::none, "refused");
    static_cast<void>(root.status());
    expect(!roots.killed(), "root's process was killed for a stranger");
    expect(bench.said("cannot be"), "nothing said");
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

// ---- bad guests ----

void bad_guests(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    Peer garbage(scene.bench.socket);
    garbage.raw("GET / HTTP/1.1\r\n\r\n");
    expect(garbage.closes(5s), "garbage is listened to");
    Peer impostor(scene.bench.socket);
    impostor.say(lease::Proceed{});
    expect(impostor.closes(5s), "a kind of the keeper's own");
    {
        Peer half(scene.bench.socket);
        half.raw(std::string("\0\x20\x01\x01\x05", 5));
    }
    // One that asks and does not read is dropped, whatever it asks for.
    Peer slow(scene.bench.socket);
    const int small = 4096;
    ::setsockopt(slow.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
    const auto question = wire::encode(lease::StatusAsked{}, bytes);
    bool dropped = false;
    for (int asked = 0; asked < 200'000 && !dropped; ++asked)
        dropped =
            ::send(slow.fd(), question.data(), question.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
            errno != EAGAIN;
    for (const auto until = Clock::now() + 20s; !dropped && Clock::now() < until;) {
        dropped =
            ::send(slow.fd(), question.data(), question.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
            errno != EAGAIN;
        ::usleep(1000);
    }
    expect(dropped, "a client that does not read is kept");
    // One that says all it can holds nobody up.
    const pid_t flood = ::fork();
    if (flood == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        Peer peer(scene.bench.socket);
        for (;;) peer.say(lease::Snooze{"no such lease", 1s});
    }
    holder.beat_for(3s);
    const auto asked = Clock::now();
    Peer other(scene.bench.socket);
    static_cast<void>(other.status());
    std::printf("a status beside a flood took %.3f s\n", seconds(Clock::now() - asked));
    expect(scene.board.count("expired") == 0, "pets were held up");
    ::kill(flood, SIGKILL);
    ::waitpid(flood, nullptr, 0);
}

void crowd(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    std::vector<pid_t> crowd;
    crowd.reserve(12);
    for (uid_t uid = 2000; uid < 2012; ++uid) {
        crowd.push_back(::fork());
        if (crowd.back() != 0) continue;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::setgid(uid) != 0 || ::setuid(uid) != 0) ::_exit(2);
        std::vector<std::optional<Peer>> peers(20);
        for (auto& peer : peers) peer.emplace(scene.bench.socket);
        std::ofstream(dir + "/crowd." + std::to_string(uid)) << "\n";
        for (;;) ::pause();
    }
    std::vector<std::optional<Peer>> mine(40);
    for (auto& peer : mine) peer.emplace(scene.bench.socket);
    // More than there are slots: a heart finds a place all the same, and keeps it.
    Holder holder(scene.bench.socket, "vm");
    for (int at = 0; at < 40; ++at) {
        Peer more(scene.bench.socket);
        holder.beat();
    }
    expect(holder.peer.status().leases[0].held, "the heart was turned out");
    for (const auto pid : crowd) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
}

/// A limit of a process of this uid, for as long as this lives.
struct Limited {
    Limited(pid_t its, __rlimit_resource what, rlim_t most, uid_t its_uid = 0)
        : pid(its), which(what), uid(its_uid) {
        expect(::prlimit(0, which, nullptr, &before) == 0, "no limit");
        expect(set({most, before.rlim_max}), "not limited");
    }
    Limited(const Limited&) = delete;
    Limited& operator=(const Limited&) = delete;
    ~Limited() { static_cast<void>(set(before)); }
    /// By another process of the same uid: for that root needs a capability more than it has here.
    [[nodiscard]] bool set(const rlimit& limit) const {
        const pid_t child = ::fork();
        if (child == 0) {
            if (uid != 0 && (::setgid(uid) != 0 || ::setuid(uid) != 0)) ::_exit(1);
            ::_exit(::prlimit(pid, which, &limit, nullptr) == 0 ? 0 : 1);
        }
        int code = 1;
        ::waitpid(child, &code, 0);
        return code == 0;
    }
    pid_t pid;
    __rlimit_resource which;
    uid_t uid;
    rlimit before{};
};

int descriptors_of(pid_t pid) {
    int last = -1;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd"))
        last = std::max(last, std::stoi(entry.path().filename()));
    return last + 1;
}

/// The time a process has had of any processor.
Clock::duration time_of(pid_t pid) {
    const auto stat = slurp("/proc/" + std::to_string(pid) + "/stat");
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string field;
    for (int number = 3; number < 14; ++number) fields >> field;
    long long user = 0;
    long long system = 0;
    fields >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

// Somebody knocks while there is no descriptor left to let him in by.
void no_descriptors(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    const auto pid = scene.bench.running->pid();
    const std::string words = "accept a client: ";
    std::vector<std::optional<Peer>> knocking(20);
    {
        // All that it has, and holes in between that the first who come will fill.
        const Limited keeper(pid, RLIMIT_NOFILE, static_cast<rlim_t>(descriptors_of(pid)));
        for (auto& peer : knocking) peer.emplace(scene.bench.socket);
        const auto is_said = [&] {
            holder.beat();
            return scene.bench.said(words);
        };
        expect(eventually(10s, is_said), "nothing is said");
        const auto before = time_of(pid);
        holder.beat_for(3s);
        const auto took = time_of(pid) - before;
        std::printf("%.2f s of work in 3 s\n", seconds(took));
        expect(took < 500ms, "it does nothing but try");
        expect(scene.bench.times_said(words) == 1, "it is said each time");
        expect(holder.peer.status().leases[0].held, "the lease is lost");
    }
    static_cast<void>(knocking.back()->status());
    expect(scene.board.count("expired") == 0, "pets were held up");
}

// ---- reload, memory, several of all ----

void reloads(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    scene.bench.configure("leases = (\n  { name = \"vm\"; user = 0; beat_timeout = 9; }\n);\n");
    scene.bench.running->signal(SIGHUP);
    expect(
        eventually(25s,
                   [&] { return (holder.peer.status().board.flags & lease::kReloadRefused) != 0; }),
        "a bad file is not told of");
    const auto error = holder.peer.status().board.error;
    std::printf("%.*s\n", static_cast<int>(error.view().size()), error.view().data());
    expect(error.view().find("conf:2:") != std::string_view::npos, "no line in the error");
    expect(holder.peer.status().leases[0].timing.boot_delay == 14s, "a bad file changed something");
    scene.bench.configure(conf(row("vm") + ", " + row("more"), device("/nowhere/at/all")));
    scene.bench.running->signal(SIGHUP);
    expect(eventually(25s, [&] { return holder.peer.status().board.error != error; }),
           "other devices are not told of");
    expect(holder.peer.status().leases.size() == 1, "other devices want a restart");
    scene.bench.configure(conf(row("more") + ", " + row("vm"), device(scene.board.path)));
    scene.bench.running->signal(SIGHUP);
    expect(eventually(25s, [&] { return holder.peer.status().leases.size() == 2; }), "no reload");
    const auto status = holder.peer.status();
    expect(lease_of(status, "vm").held && !lease_of(status, "more").held,
           "leases keep their state");
    expect((status.board.flags & lease::kReloadRefused) == 0, "still refused");
    Holder more(scene.bench.socket, "more");
    holder.beat_for(1s);
    expect(scene.board.count("device") == 1 && scene.board.count("arm") == 1, "armed again");
}

// The service manager waits for READY=1 after RELOADING=1, whoever can read the settings or not.
void reload_without_a_reader(const std::string& dir) {
    Scene scene(dir);
    Manager manager(dir);
    manager.start(scene.bench);
    const auto& keeper = *scene.bench.running;
    const auto reader = scene.bench.child(1);
    manager.said.clear();
    keeper.signal(SIGHUP);
    expect(eventually(25s, [&] { return manager.heard("READY=1"); }), "a reload does not end");
    const auto is_over = [&] {
        manager.read();
        const auto began = manager.said.find("RELOADING=1");
        return began != std::string::npos &&
               manager.said.find("READY=1", began) != std::string::npos;
    };
    {
        // Lost in the middle of it.
        const Stopped stopped(reader);
        manager.said.clear();
        keeper.signal(SIGHUP);
        expect(eventually(25s, [&] { return manager.heard("RELOADING=1"); }), "not begun");
        expect(!is_over(), "over before anything was read");
    }
    expect(eventually(5s, is_over), "it never ends, the reader being lost");
    expect((Peer(scene.bench.socket).status().board.flags & lease::kReaderLost) != 0, "not told");
    manager.said.clear();
    keeper.signal(SIGHUP);
    expect(eventually(5s, is_over), "it never ends, there being no reader");
}

void no_allocation(const std::string& dir) {
    Board board(bin, dir);
    KeeperBench bench(bin, dir,
                      conf(row("vm"), device(board.path),
                           "evidence = ( { name = \"disk\"; kind = \"write\"; path = \"" + dir +
                               "/probe\"; freshness = 2; grace = 20; } );\n"));
    bench.program = counted;
    bench.start({}, {{"KEEPER_ALLOCATIONS", dir + "/count"}});
    const auto count = [&] {
        std::uint64_t number = 0;
        std::ifstream(dir + "/count", std::ios::binary)
            .read(reinterpret_cast<char*>(&number), sizeof number);
        return number;
    };
    Peer root(bench.socket);
    expect(eventually(25s, [&] { return board.count("pet") > 0; }), "no pets");
    const auto before = count();
    expect(before > 0, "nothing is counted");
    FakeVm vm;
    FakeHeart heart(bench.socket, opening("vm", vm.vm()), "true");
    root.say(lease::Watch{"vm"});
    expect(eventually(25s, [&] { return root.status().board.beats > 3; }), "no beats");
    bench.configure("leases = 1;\n");
    bench.running->signal(SIGHUP);
    expect(eventually(25s, [&] { return !root.status().board.error.empty(); }), "not read");
    bench.configure(conf(row("vm") + ", " + row("more"), device(board.path)));
    bench.running->signal(SIGHUP);
    expect(eventually(25s, [&] { return root.status().leases.size() == 2; }), "not reloaded");
    for (int times = 0; times < 50; ++times) Peer(bench.socket).raw("garbage");
    root.say(lease::Snooze{"vm", 1s});
    expect(root.answer() == keeper::Refusal::none, "no snooze");
    root.say(opening("unknown"));
    expect(root.answer() == keeper::Refusal::unknown_lease, "known");
    heart.fall_silent();
    expect(heart.killed(20s) && eventually(5s, [&] { return vm.killed(); }), "no ladder");
    bench.ends(20s);
    expect(count() == before, std::to_string(count() - before) + " allocations after the start");
}

void memory(const std::string& dir) {
    Board board(bin, dir);
    std::string leases;
    for (int at = 0; at < 16; ++at)
        leases += (at == 0 ? "" : ", ") + row("lease-" + std::to_string(at));
    KeeperBench bench(bin, dir, conf(leases, device(board.path)));
    bench.start();
    Peer root(bench.socket);
    expect(root.status().leases.size() == 16, "leases");
    if ((root.status().board.flags & lease::kMemoryLocked) == 0)
        skip("memory may not be locked here");
    const auto status = slurp("/proc/" + std::to_string(bench.running->pid()) + "/status");
    const auto at = status.find("VmLck:");
    expect(at != std::string::npos, "no VmLck");
    const auto locked = std::stoul(status.substr(at + 6));
    std::printf("%lu kB locked\n", locked);
    expect(locked > 500 && locked < 2048, "2 MB or more are locked");
}

void several(const std::string& dir) {
    Board one(bin, dir, "one");
    Board two(bin, dir, "two");
    KeeperBench bench(bin, dir,
                      conf(row("a") + ", " + row("b"), device(one.path) + ", " + device(two.path)));
    bench.start();
    FakeVm vm_a;
    FakeVm vm_b;
    FakeHeart a(bench.socket, opening("a", vm_a.vm()));
    FakeHeart b(bench.socket, opening("b", vm_b.vm()));
    Peer root(bench.socket);
    expect(eventually(25s, [&] { return root.status().board.beats > 8; }), "no beats");
    expect(eventually(25s, [&] { return one.count("pet") > 0 && two.count("pet") > 0; }),
           "both are petted");
    b.fall_silent();
    expect(b.killed(20s) && eventually(5s, [&] { return vm_b.killed(); }), "b's ladder");
    const auto end = bench.ends(20s);
    expect(!vm_a.killed() && !a.killed(0s), "a has done nothing");
    expect(eventually(25s, [&] { return one.count("expired") == 1 && two.count("expired") == 1; }),
           "both guard");
    no_pet_after(one, end, "the verdict");
    no_pet_after(two, end, "the verdict");
}

sys::Fd listen_as_board(const std::string& path) {
    sys::Fd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    expect(
        ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            ::listen(listener.get(), 1) == 0,
        "listen");
    return listener;
}

// The board's end of a device, until a time that the answers may move: an empty one is none.
void answer_until(const sys::Fd& device, Clock::time_point& until,
                  const std::function<std::string(const std::string&)>& answer_to) {
    while (Clock::now() < until) {
        pollfd ready = {device.get(), POLLIN, 0};
        if (::poll(&ready, 1, 100) != 1) continue;
        char text[64] = {};
        if (::recv(device.get(), text, sizeof text - 1, 0) <= 0) break;
        const auto answer = answer_to(text);
        if (!answer.empty()) ::send(device.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
}

// A board that counts from the first "arm" on, of which it answers nonsense.
void arm_fails(const std::string& dir, bool can_disarm) {
    const auto path = dir + "/odd";
    const auto listener = listen_as_board(path);
    KeeperBench bench(bin, dir, conf(row("vm"), device(path)));
    bench.start();
    const sys::Fd device(::accept(listener.get(), nullptr, nullptr));
    int arms = 0;
    int disarms = 0;
    int pets_unarmed = 0;
    int pets = 0;
    auto until = Clock::now() + 40s;
    answer_until(device, until, [&](const std::string& said) -> std::string {
        if (said == "boot?") return "boot 0";
        if (said == "disarm") {
            ++disarms;
            return can_disarm ? "disarmed" : "refused";
        }
        if (said == "pet") ++(arms < 2 ? pets_unarmed : pets);
        if (!said.starts_with("arm")) return "";
        if (++arms == 2) until = Clock::now() + 3200ms;
        return arms < 2 ? "granted a lot" : "granted 3000";
    });
    expect(disarms == 1, "what could not be armed was not disarmed");
    expect(arms == 2, "it was not tried again");
    expect(can_disarm ? pets_unarmed == 0 : pets_unarmed >= 4, "pets before it was armed");
    expect(bench.said(can_disarm ? "is not armed: it guards nobody" : "petted each second"),
           "what has become of it is not said");
    // Half of 3 s is the rhythm.
    expect(pets >= 1 && pets <= 3, "pets of an armed one");
    expect(Peer(bench.socket).status().devices[0].state == keeper::DeviceState::armed, "state");
}

// A board that answers nonsense whenever it is armed, and can be stopped from the second time on.
void arm_fails_and_stops_later(const std::string& dir) {
    const auto path = dir + "/late";
    const auto listener = listen_as_board(path);
    KeeperBench bench(bin, dir, conf(row("vm"), device(path)));
    bench.start();
    const sys::Fd device(::accept(listener.get(), nullptr, nullptr));
    int disarms = 0;
    int pets_counting = 0;
    int pets_stopped = 0;
    auto until = Clock::now() + 40s;
    answer_until(device, until, [&](const std::string& said) -> std::string {
        if (said == "boot?") return "boot 0";
        if (said.starts_with("arm")) return "granted a lot";
        if (said == "pet") ++(disarms < 2 ? pets_counting : pets_stopped);
        if (said != "disarm") return "";
        if (++disarms == 2) until = Clock::now() + 3s;
        return disarms < 2 ? "refused" : "disarmed";
    });
    expect(disarms == 2, "it was not stopped with the second try");
    expect(pets_counting >= 4, "what counts was not petted");
    expect(pets_stopped == 0, "what was stopped is petted");
    expect(bench.said("is not armed: it guards nobody"), "that it was stopped is not said");
    // What is not armed refuses a pet, in words that stand in the log then.
    expect(!bench.said("pet " + path), "what was stopped is to be petted");
}

// A board that grants more than it was asked for, as hardware with coarse steps does.
void too_long_is_refused(const std::string& dir, bool can_disarm) {
    const auto path = dir + "/coarse";
    const auto listener = listen_as_board(path);
    KeeperBench bench(bin, dir, conf(row("vm"), device(path)));
    bench.start();
    const sys::Fd device(::accept(listener.get(), nullptr, nullptr));
    int pets = 0;
    bool disarmed = false;
    auto until = Clock::now() + 40s;
    answer_until(device, until, [&](const std::string& said) -> std::string {
        if (said == "boot?") return "boot 0";
        if (said.starts_with("arm")) return "granted 20000";
        if (said == "pet" && ++pets == 2) until = Clock::now();
        if (said != "disarm") return "";
        disarmed = true;
        return can_disarm ? "disarmed" : "refused";
    });
    expect(disarmed, "it was not disarmed");
    expect(bench.said("14.1 s") && bench.said("20 s"), "the arithmetic is not said");
    if (can_disarm) {
        const auto status = bench.running->ended(10s);
        expect(status.has_value() && WEXITSTATUS(*status) == 78, "it started");
        return;
    }
    expect(pets == 2, "it is not petted");
    expect(Peer(bench.socket).status().devices[0].state == keeper::DeviceState::refused, "state");
}

void as_a_user(const std::string& dir) {
    Scene scene(dir);
    ::chmod(dir.c_str(), 0777);
    scene.bench.configure(
        conf("{ name = \"mine\"; user = 1234; beat_timeout = 10.1; boot_delay = "
             "14.0; }",
             device(scene.board.path)));
    ::chmod(scene.board.path.c_str(), 0777);
    scene.bench.start({}, {}, kStranger);
    expect(eventually(25s, [&] { return scene.board.count("pet") > 0; }), "no pets");
    expect(scene.bench.said("we go on without"), "what it may not is not said");
    expect(Peer(scene.bench.socket).status().leases.size() == 1, "no status");
}

void evidence(const std::string& dir) {
    Board board(bin, dir);
    KeeperBench bench(bin, dir,
                      conf("", device(board.path),
                           "evidence = ( { name = \"disk\"; kind = \"write\"; path = \"" + dir +
                               "/probe\"; freshness = 2; grace = 12; } );\n"));
    bench.start();
    Peer root(bench.socket);
    const auto first = root.status().evidence[0].good;
    expect(eventually(25s, [&] { return root.status().evidence[0].good > first + 1s; }),
           "not asked");
    expect(root.status().board.oldest == keeper::Name("disk"), "who is about to reset the board");
    // A prober that dies is replaced, one that hangs is an answer that does not come.
    ::kill(bench.child(2), SIGKILL);
    const auto killed = root.status().evidence[0].good;
    expect(eventually(25s, [&] { return root.status().evidence[0].good > killed + 1s; }), "lost");
    const Stopped prober(bench.child(2));
    const auto hung = Clock::now();
    const auto end = bench.ends(20s);
    expect(end - hung > 2s, "too early");
    expect(bench.said("disk"), "the reason is not said");
}

// Its name is a lease's, too, whose VM is well.
void evidence_named_as_a_lease(const std::string& dir) {
    Board board(bin, dir);
    KeeperBench bench(bin, dir,
                      conf(row("disk"), device(board.path),
                           "evidence = ( { name = \"disk\"; kind = \"write\"; path = \"" + dir +
                               "/probe\"; freshness = 2; grace = 12; } );\n"));
    bench.start();
    const FakeHeart heart(bench.socket, opening("disk"));
    Peer root(bench.socket);
    expect(eventually(25s, [&] { return root.status().board.beats > 2; }), "no beats");
    const Stopped prober(bench.child(2));
    bench.ends(25s);
    expect_no_beat(dir);
}

// For a while no process can be made in a dead prober's place: it is said, and the question is put
// again, or the board would be reset for want of an answer that nobody was asked for.
void evidence_without_a_prober(const std::string& dir) {
    Board board(bin, dir);
    ::chmod(dir.c_str(), 0777);
    ::chmod(board.path.c_str(), 0777);
    KeeperBench bench(bin, dir,
                      conf("", device(board.path),
                           "evidence = ( { name = \"disk\"; kind = \"write\"; path = \"" + dir +
                               "/probe\"; freshness = 2; grace = 60; } );\n"));
    // Root may have as many processes as it likes.
    bench.start({}, {}, kStranger);
    Peer root(bench.socket);
    const auto good = [&] { return root.status().evidence[0].good; };
    const auto is_lost = [&] { return (root.status().board.flags & lease::kProberLost) != 0; };
    const auto first = good();
    expect(eventually(25s, [&] { return good() > first + 1s; }), "not asked");
    expect(!is_lost(), "lost too early");
    {
        const Limited keeper(bench.running->pid(), RLIMIT_NPROC, 1, kStranger);
        ::kill(bench.child(2), SIGKILL);
        expect(eventually(25s, is_lost), "that none can be made is not told");
        ::usleep(2'500'000);
        expect(bench.times_said("evidence disk cannot be asked for: ") == 1, "not said once");
    }
    const auto lost = good();
    expect(eventually(25s, [&] { return good() > lost + 1s; }), "never asked again");
    expect(!is_lost(), "lost for ever");
}

void in_the_background(const std::string& dir) {
    Scene scene(dir);
    auto arguments = scene.bench.arguments();
    arguments.erase(arguments.begin() + 1);
    // The one that is started ends with 0 once the board is guarded, and its child goes on.
    Program first(arguments, scene.bench.words_path());
    expect(first.ended(10s) == 0, "it did not start");
    {
        Peer root(scene.bench.socket);
        expect(root.status().devices[0].state == keeper::DeviceState::armed, "too early");
    }
    // The board writes down what it hears when it is its turn.
    expect(eventually(25s, [&] { return scene.board.count("arm") == 1; }), "never armed");
    const auto words = scene.board.entries();
    pid_t keeper = 0;
    for (const auto& entry : words)
        if (entry.words.starts_with("device ")) keeper = std::stoi(entry.words.substr(7));
    expect(keeper > 1 && keeper != first.pid(), "who is it");
    ::kill(keeper, SIGTERM);
    expect(eventually(25s, [&] { return scene.board.count("gone") == 1; }), "it does not end");
    scene.bench.configure("leases = 1;");
    Program second(arguments, scene.bench.words_path());
    const auto status = second.ended(10s);
    expect(status.has_value() && WEXITSTATUS(*status) == 1, "a failed start is not told");
}

// A question is under way while its row moves: it is put again, or the board would be reset for
// want of an answer that cannot come.
void evidence_reloads(const std::string& dir) {
    Board board(bin, dir);
    const auto disk = [&](const std::string& name) {
        return "{ name = \"" + name + R"("; kind = "write"; path = ")" + dir + "/" + name +
               "\"; freshness = 2; grace = 60; }";
    };
    const auto with = [&](const std::string& rows) {
        return conf("", device(board.path), "evidence = ( " + rows + " );\n");
    };
    KeeperBench bench(bin, dir, with(disk("old")));
    bench.start();
    Peer root(bench.socket);
    expect(root.status().evidence.size() == 1, "no evidence");
    const Stopped prober(bench.child(2));
    expect(eventually(25s, [&] { return root.status().evidence[0].asking; }), "not asked");
    const auto good = root.status().evidence[0].good;
    bench.configure(with(disk("new") + ", " + disk("old")));
    bench.running->signal(SIGHUP);
    expect(eventually(25s, [&] { return root.status().evidence.size() == 2; }), "not reloaded");
    expect(eventually(25s, [&] { return root.status().evidence[1].good > good + 1s; }),
           "never asked");
}

void reports(const std::string& dir) {
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    const auto fresh = [&] {
        Peer watcher(scene.bench.socket);
        watcher.say(lease::Watch{"vm"});
        return watcher.wait_for<lease::Watching>().report_is_new;
    };
    expect(eventually(25s, fresh), "no report");
    expect(::access((dir + "/run/reset_report.json").c_str(), R_OK) == 0, "no file");
    holder.peer.say(lease::ReportTaken{"vm"});
    expect(holder.peer.answer() == keeper::Refusal::none, "refused");
    expect(!fresh(), "it is new for ever");
    holder.peer.say(lease::Healthy{});
    expect(holder.peer.answer() == keeper::Refusal::none, "refused");
    expect(holder.peer.status().board.boots >= 1, "no boots");
    holder.peer.say(lease::Info{"vm", "start_erl: another release"});
    expect(holder.peer.answer() == keeper::Refusal::none, "refused");
    expect(eventually(25s,
                      [&] {
                          return slurp(dir + "/st/ledger").find("start_erl: another release") !=
                                 std::string::npos;
                      }),
           "not in the ledger");
    scene.bench.running->signal(SIGKILL);
    expect(scene.bench.running->ended(5s).has_value(), "it lives");
    scene.bench.start();
    Peer again(scene.bench.socket);
    ::usleep(500'000);
    again.say(lease::Watch{"vm"});
    expect(!again.wait_for<lease::Watching>().report_is_new, "it is new again");
    expect(slurp(dir + "/st/ledger").find("VKLG") != std::string::npos, "no ledger");
}

// Who may have a line noted forges no note by it, and pushes none out of the kernel's memory.
void infos(const std::string& dir) {
    std::ofstream(dir + "/pmsg").flush();
    Scene scene(dir);
    scene.start();
    Holder holder(scene.bench.socket, "vm");
    for (int i = 0; i < 100; ++i) {
        holder.peer.say(lease::Info{
            "vakt1", "vakt1 9 00000000-0000-4000-8000-000000000001 note power hardware 1 1 - - "});
        expect(holder.peer.answer() == keeper::Refusal::none, "refused");
    }
    const auto pmsg = slurp(dir + "/pmsg");
    const auto count = [&](std::string_view words) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = pmsg.find(words, at)) != std::string::npos; ++at) ++found;
        return found;
    };
    expect(count(" info ") >= 16 && count(" info ") <= 18, pmsg);
    expect(count("vakt1 ") == count("\n"), pmsg);
}

void evidence_of_the_log(const std::string& dir) {
    Board board(bin, dir);
    const auto words = dir + "/logged";
    const auto here = counted.substr(0, counted.rfind('/'));
    std::optional<Program> daemon;
    daemon.emplace(
        std::vector<std::string>{here + "/probe_peer", dir + "/dev-log", dir + "/br", "good"},
        words);
    expect(eventually(25s, [&] { return slurp(words).starts_with("ready"); }), "no daemon");
    KeeperBench bench(
        bin, dir,
        conf("", device(board.path),
             "evidence = ( { name = \"syslog\"; kind = \"syslog\"; path = \"" + dir +
                 "/dev-log\"; bridge = \"" + dir + "/br\"; freshness = 2; grace = 12; } );\n"));
    bench.start();
    Peer root(bench.socket);
    const auto first = root.status().evidence[0].good;
    expect(eventually(25s, [&] { return root.status().evidence[0].good > first + 1s; }),
           "not asked");
    expect(slurp(words).find("<29>vakt-probe[") != std::string::npos, "nothing was logged");
    daemon.reset();
    const auto gone = Clock::now();
    const auto end = bench.ends(25s);
    expect(end > gone, "too early");
    expect(bench.said("br: "), "why it is no good is not said");
}

const std::map<std::string, std::function<void(const std::string&)>> kCases = {
    {"never-came", never_came},
    {"evidence-as-lease", evidence_named_as_a_lease},
    {"beats", beats_keep},
    {"silence", silence},
    {"recovers", recovers},
    {"verdict", hearts_own_verdict},
    {"dead-scribe", dead_scribe},
    {"read-only", read_only_disk},
    {"killed-calm", killed_in_calm},
    {"killed-ladder", killed_in_ladder},
    {"killed-verdict", killed_after_verdict},
    {"take-over", taken_over},
    {"take-over-refused", take_over_refused},
    {"store", store_of_the_manager},
    {"store-killed", killed_after_the_store},
    {"store-stale", stale_in_the_store},
    {"store-twice", twice_in_the_store},
    {"shutdown", [](const std::string& dir) { shut_down_and_stopped(dir, true); }},
    {"shutdown-at-once", shut_down_at_once},
    {"stop", [](const std::string& dir) { shut_down_and_stopped(dir, false); }},
    {"rights", who_may},
    {"ends", ends_asked_for},
    {"disarm", disarms},
    {"nowayout", nowayout},
    {"drills", drills},
    {"strangers-vm", not_anybodys_process},
    {"bad-guests", bad_guests},
    {"crowd", crowd},
    {"no-descriptors", no_descriptors},
    {"reload", reloads},
    {"reload-no-reader", reload_without_a_reader},
    {"no-allocation", no_allocation},
    {"memory", memory},
    {"several", several},
    {"arm-fails", [](const std::string& dir) { arm_fails(dir, true); }},
    {"arm-fails-stops-later", arm_fails_and_stops_later},
    {"arm-fails-nowayout", [](const std::string& dir) { arm_fails(dir, false); }},
    {"too-long", [](const std::string& dir) { too_long_is_refused(dir, true); }},
    {"too-long-nowayout", [](const std::string& dir) { too_long_is_refused(dir, false); }},
    {"user", as_a_user},
    {"evidence", evidence},
    {"evidence-reload", evidence_reloads},
    {"evidence-no-prober", evidence_without_a_prober},
    {"evidence-syslog", evidence_of_the_log},
    {"background", in_the_background},
    {"reports", reports},
    {"infos", infos},
};

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 4 || arguments[0] != "run") {
        std::fprintf(stderr, "usage: keeper_peer run DIR BIN COUNTED [CASE]\n");
        return 2;
    }
    bin = arguments[2];
    counted = arguments[3];
    constexpr unsigned kLimit = 110;
    return run_all_at_once(arguments[1], kCases, kLimit, arguments.size() > 4 ? arguments[4] : "");
}
