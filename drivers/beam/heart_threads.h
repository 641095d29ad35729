// SPDX-License-Identifier: Apache-2.0
// The two threads of the heart inside the emulator: one guards and pets, one may block.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "drivers/beam/heart_link.h"
#include "drivers/beam/inner_heart.h"
#include "drivers/beam/inner_settings.h"
#include "notes/notebook.h"
#include "sys/pmsg.h"

namespace vakt::beam {

/// What a lock of the emulator's makes (erl_drv_mutex_create(3) and its like), so that nothing here
/// knows of erts.
class Lock {
 public:
    Lock() = default;
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    virtual ~Lock() = default;
    virtual void lock() = 0;
    virtual void unlock() = 0;
};

/// One of the emulator's threads, of whom nothing is asked but this.
struct Emulator {
    std::function<std::unique_ptr<Lock>(const char* name)> make_lock;
    /// False: the system has no thread left.
    std::function<bool(const char* name, std::function<void()> body)> start_thread;
};

/// What the clerk has done.
struct WatchdogArmed {
    Instant began{};
    Duration granted{};
    std::unique_ptr<wdt::WatchdogDevice> device;
};
struct LedgerRead {
    bool same_boot = false;
};
struct NoteWritten {};
using ClerksWord = std::variant<WatchdogArmed, LedgerRead, NoteWritten>;

/// Opens the watchdog, writes the ledger and the reset report: whatever may hang. Its own thread.
class Clerk {
 public:
    using Tell = std::function<void(ClerksWord)>;
    using Say = std::function<void(const std::string&)>;
    Clerk(const InnerSettings& settings, std::unique_ptr<Lock> lock, Tell tell, Say say);

    /// To be called by others.
    void open_watchdog(Duration beat_timeout, Duration boot_delay);
    void note(const report::Entry& entry);

    /// The thread.
    void run();

 private:
    struct Opening {
        Duration beat_timeout;
        Duration boot_delay;
    };
    using Task = std::variant<Opening, report::Entry>;

    void add(const Task& task);
    std::optional<Task> next();
    void carry_out(const Opening& opening);
    void carry_out(const report::Entry& entry);
    bool try_to_open(const Opening& opening, std::optional<report::HardwareWord>& word);
    void begin(std::optional<report::HardwareWord> word);

    InnerSettings settings_;
    std::unique_ptr<Lock> lock_;
    Tell tell_;
    Say say_;
    Bell bell_;
    std::deque<Task> tasks_;  // under the lock
    std::optional<Opening> again_;
    bool said_busy_ = false;
    std::optional<notes::Notebook> notebook_;
    std::optional<sys::Pmsg> pmsg_;
    report::BootId boot_{};
};

/// Guards, pets and decides. Its own thread; beyond its construction nothing in it waits but for
/// the next event.
class Guardian final : public Surroundings {
 public:
    Guardian(const InnerSettings& settings, const Emulator& emulator);

    /// Starts both threads. Said and false where there are none.
    [[nodiscard]] bool start();

    /// A port the emulator has opened, with what its settings made us say.
    void open(std::shared_ptr<HeartLink> link, std::vector<std::string> said);
    /// Something is there to be heard. Takes no lock, from any thread, at any moment.
    void wake() const { bell_.ring(); }
    /// The process ends (exit(3)): every port is closed with it, in order or not. Returns when that
    /// is settled, or after `patience`.
    void last_words(Duration patience);

 private:
    struct Newcomer {
        std::shared_ptr<HeartLink> link;
        std::vector<std::string> said;
    };

    void answer(PortId port, const std::string& body) override;
    void end(PortId port) override;
    void open_watchdog(Duration beat_timeout, Duration boot_delay) override;
    void note(const keeper::Note& note, Duration beat_age) override;
    void note_healthy(Duration good_for) override;
    Status reboot() override;
    void say(const std::string& words) override;

    void run();
    void wait(Instant now);
    void take_newcomers(Instant now);
    void take_words(Instant now);
    void hear(HeartLink& link);
    [[nodiscard]] HeartLink* find(PortId id);
    [[nodiscard]] report::Entry entry_now(report::Kind kind) const;

    InnerSettings settings_;
    Emulator emulator_;
    std::unique_ptr<Lock> lock_;
    Bell bell_;
    std::atomic<bool> ends_{false};
    std::atomic<bool> at_rest_{false};
    std::vector<Newcomer> newcomers_;  // under the lock
    std::deque<ClerksWord> words_;     // under the lock
    std::vector<std::shared_ptr<HeartLink>> links_;
    Clerk clerk_;
    InnerHeart heart_;
};

/// As OTP's heart writes them on stderr, or not at all where that would wait.
void say_on_stderr(const std::string& words);

}  // namespace vakt::beam
