// SPDX-License-Identifier: Apache-2.0
// The thread of the heart inside the emulator that guards, pets and decides.
#include "drivers/beam/heart_threads.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <mutex>
#include <utility>

#include "drivers/dev_node.h"
#include "report/keeper_note.h"
#include "sys/clock.h"
#include "sys/end_system.h"
#include "sys/error.h"
#include "sys/nonblock.h"

namespace vakt::beam {
namespace {

std::uint32_t in_millis(Duration time) {
    const auto count = std::chrono::floor<std::chrono::milliseconds>(time).count();
    return static_cast<std::uint32_t>(std::clamp<long long>(count, 0, report::kBeatAgeUnknown - 1));
}

// A simulated board has a reboot of its own, and nobody's machine is rebooted for one.
Status reboot_simulated(const std::string& path) {
    const auto node = drivers::socket_node(path);
    if (auto opened = node->open(); !opened) return opened;
    static constexpr std::string_view kWord = "end reboot";
    if (node->write(std::as_bytes(std::span(kWord))) < 0)
        return sys::last_error("say reboot to", path);
    std::array<std::byte, 64> answer{};
    if (node->read(answer) <= 0) return sys::last_error("no reboot of", path);
    return Done{};
}

}  // namespace

void say_on_stderr(const std::string& words) {
    const std::time_t time = std::time(nullptr);
    char when[32] = "";
    if (::ctime_r(&time, when) != nullptr) when[std::strcspn(when, "\n")] = '\0';
    sys::say(2, std::string("heart: ") + when + ": " + words + "\r");
}

Guardian::Guardian(const InnerSettings& settings, const Emulator& emulator)
    : settings_(settings),
      emulator_(emulator),
      lock_(emulator_.make_lock("vakt_heart")),
      clerk_(
          settings, emulator_.make_lock("vakt_clerk"),
          [this](ClerksWord word) {
              const std::lock_guard held(*lock_);
              words_.push_back(std::move(word));
              wake();
          },
          [](const std::string& words) { say_on_stderr(words); }),
      heart_(settings.reboots, settings.device.has_value(), *this) {}

bool Guardian::start() {
    return emulator_.start_thread("vakt_clerk", [this] { clerk_.run(); }) &&
           emulator_.start_thread("vakt_heart", [this] { run(); });
}

void Guardian::open(std::shared_ptr<HeartLink> link, std::vector<std::string> said) {
    {
        const std::lock_guard held(*lock_);
        newcomers_.push_back({std::move(link), std::move(said)});
    }
    wake();
}

void Guardian::last_words(Duration patience) {
    ends_ = true;
    wake();
    const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
    for (const auto until = sys::now() + patience; !at_rest_ && sys::now() < until;)
        ::nanosleep(&pause, nullptr);
}

void Guardian::run() {
    for (;;) {
        wait(sys::now());
        bell_.hush();
        // The time first: what comes in after it can only be later than the deadline.
        const auto now = sys::now();
        take_words(now);
        take_newcomers(now);
        const bool ends = ends_.load();
        if (ends)
            for (const auto& link : links_) link->closed = true;
        for (const auto& link : links_) hear(*link);
        heart_.tick(now);
        for (const auto& link : links_) link->settled.store(heart_.settled(link->id));
        std::erase_if(links_, [](const auto& link) { return link->closed && link->settled; });
        if (ends && links_.empty()) at_rest_ = true;
    }
}

void Guardian::wait(Instant now) {
    const auto due = heart_.wake_at(now);
    pollfd bell = {bell_.descriptor(), POLLIN, 0};
    timespec length = {};
    if (due != kNever) {
        const auto left = std::max(due - now, Duration::zero());
        length.tv_sec = left / std::chrono::seconds(1);
        length.tv_nsec = (left % std::chrono::seconds(1)).count();
    }
    ::ppoll(&bell, 1, due == kNever ? nullptr : &length, nullptr);
}

void Guardian::take_newcomers(Instant now) {
    std::vector<Newcomer> newcomers;
    {
        const std::lock_guard held(*lock_);
        newcomers.swap(newcomers_);
    }
    for (auto& one : newcomers) {
        for (auto& words : one.said) {
            while (!words.empty() && (words.back() == '\n' || words.back() == '\r'))
                words.pop_back();
            say(words);
        }
        heart_.opened(now, one.link->id, one.link->settings);
        links_.push_back(std::move(one.link));
    }
}

void Guardian::take_words(Instant now) {
    std::deque<ClerksWord> words;
    {
        const std::lock_guard held(*lock_);
        words.swap(words_);
    }
    for (auto& word : words) {
        if (auto* const armed = std::get_if<WatchdogArmed>(&word))
            heart_.armed(now, armed->began, armed->granted, std::move(armed->device));
        else if (const auto* const ledger = std::get_if<LedgerRead>(&word))
            heart_.ledger_read(ledger->same_boot);
        else
            heart_.noted(now);
    }
}

void Guardian::hear(HeartLink& link) {
    // Read first: what was put before it is in the ring.
    const bool crashes = link.crashes.exchange(false);
    const bool closed = link.closed.load();
    while (const auto message = link.to_heart.take())
        heart_.heard(sys::now(), link.id, message_of(*message));
    if (crashes) heart_.heard(sys::now(), link.id, heart::PreparingCrash{});
    if (closed) heart_.heard(sys::now(), link.id, heart::PortClosed{});
}

HeartLink* Guardian::find(PortId id) {
    const auto found = std::find_if(links_.begin(), links_.end(),
                                    [&](const auto& link) { return link->id == id; });
    return found == links_.end() ? nullptr : found->get();
}

// ---- what the heart asks for ----

void Guardian::answer(PortId port, const std::string& body) {
    auto* const link = find(port);
    // A VM that reads no answers is one whose silence decides.
    if (link == nullptr || !link->to_vm.put(body)) return;
    link->for_vm.ring();
}

void Guardian::end(PortId port) {
    auto* const link = find(port);
    if (link == nullptr) return;
    link->ends = true;
    link->for_vm.ring();
}

void Guardian::open_watchdog(Duration beat_timeout, Duration boot_delay) {
    clerk_.open_watchdog(beat_timeout, boot_delay);
}

report::Entry Guardian::entry_now(report::Kind kind) const {
    report::Entry entry;
    entry.kind = kind;
    entry.wall_ns = sys::wall_ns();
    entry.uptime_ms = sys::uptime_ms();
    return entry;
}

void Guardian::note(const keeper::Note& note, Duration beat_age) {
    auto named = note;
    const bool of_board = note.kind == keeper::NoteKind::clean;
    if (!of_board)
        named.subject = keeper::Name(settings_.lease.empty() ? "uid-" + std::to_string(::getuid())
                                                             : settings_.lease);
    auto entry = report::entry_of(
        named, {sys::now(), sys::wall_ns(), sys::uptime_ms(), in_millis(beat_age)});
    // There is no keeper here, so no login1 and no systemd1.
    if (note.kind == keeper::NoteKind::verdict) entry.step = report::Step::reboot;
    if (of_board) entry.text = std::string_view("its VM, all there is, left in order");
    clerk_.note(entry);
}

void Guardian::note_healthy(Duration good_for) {
    auto entry = entry_now(report::Kind::healthy);
    entry.text = std::string_view(
        "beats were good for " +
        std::to_string(std::chrono::floor<std::chrono::seconds>(good_for).count()) + " s");
    clerk_.note(entry);
}

Status Guardian::reboot() {
    if (settings_.device && settings_.device->driver == "soft")
        return reboot_simulated(settings_.device->path);
    sys::end_system(sys::SystemEnd::reboot);
    return sys::last_error("reboot(2)", "this system");
}

void Guardian::say(const std::string& words) { say_on_stderr(words); }

}  // namespace vakt::beam
