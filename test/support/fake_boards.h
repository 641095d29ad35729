// SPDX-License-Identifier: Apache-2.0
// The other watchdogs: an FGA-5000's registers, Solaris' ntwdt, an IB700's ports, a soft board.
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "drivers/ntwdt.h"
#include "drivers/register_window.h"
#include "drivers/soft_board.h"
#include "drivers/vme_profile.h"
#include "test/support/fake_node.h"

namespace vakt::fake {

/// Any board of the profile table, played from its own row.
class Board final : public drivers::RegisterWindow {
 public:
    Board(Hardware& hardware, const drivers::VmeProfile& profile)
        : hardware_(hardware), profile_(profile) {
        set(profile.enable, hardware.counting);
        set(profile.reset_status, false);
        set(profile.half, false);
        if (hardware.counting)
            for (const auto& step : profile.steps)
                if (step.timeout == hardware.timeout) poke(profile.enable.at, step.code);
    }

    Result<std::uint32_t> read(drivers::Register at) override {
        if (at == profile_.half.at)
            set(profile_.half, hardware_.counting && hardware_.left * 2 <= hardware_.timeout);
        return peek(at);
    }

    Status write(drivers::Register at, std::uint32_t value) override {
        ++hardware_.touched;
        if (fails) return Error{"write /dev/board", std::make_error_code(std::errc::io_error)};
        if (forgets) return Done{};
        bool is_service = false;
        for (const auto& word : profile_.service) is_service |= word.at == at;
        if (is_service && refuses_pets)
            return Error{"write /dev/board", std::make_error_code(std::errc::io_error)};
        if (is_service) {
            serve(at, value);
            return Done{};
        }
        regs_[at.offset] = value;
        if (at == profile_.enable.at) {
            const bool on = ((value & profile_.enable.mask) != 0) != profile_.enable.active_low;
            const auto code = value & profile_.timeout_mask;
            // The steps are taps of one counter.
            const auto gone = hardware_.timeout - hardware_.left;
            for (const auto& step : profile_.steps)
                if (step.code == code) hardware_.timeout = step.timeout;
            if (on && hardware_.counting) {
                hardware_.left = hardware_.timeout - gone;
                hardware_.advance(wdt::Millis::zero());
            }
            if (!on && !keeps_running) hardware_.stop();
            if (on && !hardware_.counting) hardware_.start(hardware_.timeout);
            if (!on && keeps_running) set(profile_.enable, true);
        }
        return Done{};
    }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] int descriptor() const override { return 8; }

    [[nodiscard]] std::uint32_t peek(drivers::Register at) const { return regs_.at(at.offset); }
    void poke(drivers::Register at, std::uint32_t bits) { regs_.at(at.offset) |= bits; }
    void set(const drivers::Field& field, bool on) {
        if (on != field.active_low)
            regs_.at(field.at.offset) |= field.mask;
        else
            regs_.at(field.at.offset) &= ~field.mask;
    }

    bool fails = false;          ///< every write is refused by the bus
    bool refuses_pets = false;   ///< a pet is refused by the bus
    bool forgets = false;        ///< no write sticks
    bool keeps_running = false;  ///< the enable bit cannot be cleared

 private:
    void serve(drivers::Register at, std::uint32_t value) {
        const auto& wanted = profile_.service[next_];
        next_ = at == wanted.at && value == wanted.value ? next_ + 1 : 0;
        if (next_ < profile_.service.size()) return;
        next_ = 0;
        if (hardware_.counting) hardware_.restart();
    }

    Hardware& hardware_;
    const drivers::VmeProfile& profile_;
    std::array<std::uint32_t, 512> regs_{};
    std::size_t next_ = 0;
    std::string name_ = "/dev/board";
};

/// ntwdt(7D), with its traps.
class NtwdtNode final : public Node {
 public:
    explicit NtwdtNode(Hardware& hardware) : Node(hardware, "/dev/ntwdt", EAGAIN) {
        state_.dog_timeout = static_cast<std::uint32_t>(hardware.timeout.count() / 1000);
        state_.dog_enable = hardware.counting ? 1 : 0;
        state_.reset_enable = state_.dog_enable;
    }
    int control(unsigned long request, void* argument) override {
        namespace lom = drivers::lom;
        if (request == lom::kState) {
            if (state_errno != 0) return fail(state_errno);
            std::memcpy(argument, &state_, sizeof state_);
            return 0;
        }
        ++hardware_.touched;
        if (request == lom::kTime) {
            const auto seconds = *static_cast<std::uint32_t*>(argument);
            if (seconds < 1 || seconds > 10800) return fail(EINVAL);
            state_.dog_timeout = seconds;
            hardware_.timeout = std::chrono::seconds(seconds);
            return 0;
        }
        if (request == lom::kControl) {
            const auto& wish = *static_cast<lom::DogControl*>(argument);
            if (state_.dog_timeout == 0) return fail(EINVAL);
            if (wish.dog_enable == 0 && wish.reset_enable != 0) return fail(EINVAL);
            if (wish.dog_enable == 0 && never_stops) return 0;
            state_.dog_enable = wish.dog_enable;
            state_.reset_enable = wish.reset_enable;
            if (wish.dog_enable == 0) hardware_.stop();
            if (wish.dog_enable != 0 && !hardware_.counting) hardware_.start(hardware_.timeout);
            return 0;
        }
        if (request == lom::kPat) {
            if (pat_errno != 0) return fail(pat_errno);
            if (state_.dog_enable != 0) hardware_.restart();
            return 0;  // while disabled too, in silence
        }
        return fail(ENOTTY);
    }
    drivers::lom::DogState state_{};
    int state_errno = 0;
    int pat_errno = 0;
    bool never_stops = false;
};

/// Ports 0x441 and 0x443 of an IB700.
class PortsNode final : public Node {
 public:
    explicit PortsNode(Hardware& hardware) : Node(hardware, "/dev/port", EBUSY) {}
    ssize_t write_at(std::span<const std::byte> bytes, off_t offset) override {
        if (write_errno != 0) return fail(write_errno);
        ++hardware_.touched;
        if (offset == 0x441) hardware_.stop();
        if (offset == 0x443) {
            const auto code = std::to_integer<int>(bytes[0]);
            hardware_.start(std::chrono::seconds((15 - code) * 2));
        }
        return short_write ? 0 : static_cast<ssize_t>(bytes.size());
    }
    int write_errno = 0;
    bool short_write = false;
};

/// The socket to a simulated board, which answers within the call.
class SoftNode final : public Node {
 public:
    SoftNode(Hardware& hardware, drivers::SoftBoard& board)
        : Node(hardware, "/run/board.sock", ECONNREFUSED), board_(board) {}
    ssize_t write(std::span<const std::byte> bytes) override {
        if (write_errno != 0) return fail(write_errno);
        std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        if (!text.ends_with('?')) ++hardware_.touched;
        answer_ = board_.on(now, text);
        return static_cast<ssize_t>(bytes.size());
    }
    ssize_t read(std::span<std::byte> into) override {
        if (closed) return 0;
        if (stale) {
            const drivers::SoftText text(*std::exchange(stale, std::nullopt));
            std::memcpy(into.data(), text.view().data(), text.view().size());
            return static_cast<ssize_t>(text.view().size());
        }
        if (!answer_) return fail(EAGAIN);
        const drivers::SoftText text(*answer_);
        std::memcpy(into.data(), text.view().data(), text.view().size());
        return static_cast<ssize_t>(text.view().size());
    }
    drivers::SoftBoard::Instant now{};
    std::optional<drivers::SoftMessage> stale;  ///< an answer still queued from before
    bool closed = false;
    int write_errno = 0;

 private:
    drivers::SoftBoard& board_;
    std::optional<drivers::SoftMessage> answer_;
};

/// What systemd does with the notices of one service.
class NotifyNode final : public Node {
 public:
    explicit NotifyNode(Hardware& hardware) : Node(hardware, "/run/systemd/notify", EBUSY) {}

    ssize_t write(std::span<const std::byte> bytes) override {
        if (!is_open()) return fail(EBADF);
        if (full) return fail(EAGAIN);
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        constexpr std::string_view set = "WATCHDOG_USEC=";
        ++hardware_.touched;
        if (text == "WATCHDOG=1\n") {
            hardware_.restart();
        } else if (text.starts_with(set)) {
            const auto number = text.substr(set.size(), text.size() - set.size() - 1);
            const std::chrono::microseconds timeout(parse_decimal<std::uint32_t>(number).value());
            if (timeout.count() == 0)
                hardware_.stop();
            else
                hardware_.start(std::chrono::duration_cast<wdt::Millis>(timeout));
        } else {
            return fail(EINVAL);
        }
        return static_cast<ssize_t>(bytes.size());
    }
    bool full = false;
};

}  // namespace vakt::fake
