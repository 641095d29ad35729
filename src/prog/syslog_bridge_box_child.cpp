// SPDX-License-Identifier: Apache-2.0
// The child that brings the black box to the disk.
#include "prog/syslog_bridge_box_child.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "sys/clock.h"
#include "sys/helper_child.h"
#include "sys/slot_file.h"

namespace vakt::prog {
namespace {

using std::chrono::milliseconds;

// A predecessor's child holds the file until its last line is on the disk.
constexpr auto kLockPatience = milliseconds(1500);
constexpr auto kTryAgain = std::chrono::seconds(1);

class BoxChild {
 public:
    BoxChild(const BoxChildSetup& setup, int socket)
        : setup_(setup), socket_(socket), shape_(report::BoxShape::of(setup.size)) {}

    void run() {
        auto opened = open();
        for (const auto until = sys::now() + kLockPatience;
             !opened && opened.error().code == std::errc::resource_unavailable_try_again &&
             sys::now() < until;
             opened = open()) {
            const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
            ::nanosleep(&pause, nullptr);
        }
        tried_ = sys::now();
        answer(BoxAnswer::What::ready, opened);
        const auto task = std::make_unique<BoxTask>();
        while (wait()) {
            const auto got =
                sys::next_task(socket_, std::as_writable_bytes(std::span(task.get(), 1)));
            if (got == 0) break;
            carry_out(*task, got);
        }
        static_cast<void>(sync());
    }

 private:
    /// Until there is something to read; brings the file to the disk when that is due. False: there
    /// will be nothing any more.
    bool wait() {
        for (;;) {
            pollfd both{socket_, POLLIN, 0};
            const auto got = ::poll(&both, 1, patience());
            if (got > 0) return true;
            if (got < 0 && errno != EINTR) return false;
            if (got == 0) answer(BoxAnswer::What::synced, sync());
        }
    }
    [[nodiscard]] int patience() const {
        if (sync_at_ == kNever) return -1;
        const auto left = std::chrono::ceil<milliseconds>(sync_at_ - sys::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, 86'400'000));
    }

    void carry_out(const BoxTask& task, std::size_t size) {
        if (task.count > kMostBoxLines || size != BoxTask::size(task.count)) return;
        auto done = write(std::span(task.lines).first(task.count));
        if (done && task.at_once) done = sync();
        answer(BoxAnswer::What::done, done);
    }

    Status write(std::span<const report::BoxSlot> lines) {
        if (!file_) {
            if (sys::now() - tried_ < kTryAgain) return refusal("");  // it was said why
            tried_ = sys::now();
            if (auto opened = open(); !opened) return opened;
        }
        for (auto line : lines) {
            const auto at = placer_->place(line);
            if (auto put = file_->put(at, line); !put) return failed(std::move(put));
            if (sync_at_ == kNever) sync_at_ = sys::now() + setup_.sync_interval;
            ++written_;
        }
        return Done{};
    }

    Status sync() {
        if (sync_at_ == kNever) return Done{};
        sync_at_ = kNever;
        if (auto done = file_->sync(); !done) return failed(std::move(done));
        ++syncs_;
        return Done{};
    }

    Status failed(Status error) {
        ++errors_;
        file_.reset();  // it may be another disk by the next time
        sync_at_ = kNever;
        return error;
    }

    void answer(BoxAnswer::What what, const Status& done) {
        BoxAnswer words{.what = what, .ok = static_cast<bool>(done), .last_number = last_number_};
        words.slots = file_ ? shape_.slots : 0;
        words.written = written_;
        words.syncs = syncs_;
        words.errors = errors_;
        if (!done) words.words = std::string_view(describe(done.error()));
        [[maybe_unused]] const auto sent = ::send(socket_, &words, sizeof words, MSG_NOSIGNAL);
    }

    // ---- the file ----

    Status open() {
        auto file = sys::SlotFile::open(setup_.path);
        if (!file) return failed(file.error());
        report::BoxSlot header{};
        const auto got = file->read_at(0, header);
        if (!got) return failed(got.error());
        const auto found = report::read_box_header(std::span(header).first(*got));
        // Who was let go before it had the lock comes after its successor, whose size stands.
        if (found && was_let_go()) shape_ = *found;
        report::BoxPlacer placer(shape_);
        if (auto done = found == shape_ ? go_on(*file, placer) : lay_out(*file, placer); !done)
            return failed(std::move(done));
        placer_ = placer;
        file_.emplace(std::move(*file));
        return Done{};
    }

    [[nodiscard]] bool was_let_go() const {
        pollfd both{socket_, 0, 0};
        return ::poll(&both, 1, 0) > 0 && (both.revents & POLLHUP) != 0;
    }

    /// Calls `piece(first chunk's number, bytes)` for all of the file, in whole chunks.
    template <class Piece>
    static Status read_all(const sys::SlotFile& file, const Piece& piece) {
        constexpr std::size_t kAtOnce = 64;
        std::vector<std::uint8_t> room(kAtOnce * report::kBoxSlot);
        for (std::uint64_t at = 0; at < report::kLargestBox; at += room.size()) {
            const auto got = file.read_at(at, room);
            if (!got) return got.error();
            piece(at / report::kBoxSlot, std::span<const std::uint8_t>(room).first(*got));
            if (*got < room.size()) break;
        }
        return Done{};
    }

    Status go_on(const sys::SlotFile& file, report::BoxPlacer& placer) {
        // What a copy or a full disk has cut off has its room again.
        if (auto done = file.resize(shape_.size()); !done) return done;
        return read_all(file, [&](std::uint64_t first, std::span<const std::uint8_t> bytes) {
            for (; bytes.size() >= report::kBoxSlot; bytes = bytes.subspan(report::kBoxSlot)) {
                const auto number = first++;
                if (number == 0 || number > shape_.slots) continue;
                const auto found = report::read_box_slot(bytes.first(report::kBoxSlot));
                if (!found) continue;
                placer.found(static_cast<std::uint32_t>(number - 1), *found);
                remember(found->line);
            }
        });
    }

    /// A new file, or one of another size: its newest lines are kept.
    Status lay_out(const sys::SlotFile& file, report::BoxPlacer& placer) {
        constexpr std::size_t kMost = 4096;
        report::BoxReader reader(std::min<std::size_t>(kMost, shape_.slots));
        auto done = read_all(
            file, [&](std::uint64_t, std::span<const std::uint8_t> bytes) { reader.feed(bytes); });
        if (!done) return done;
        // Emptied, so that a slot that is left over is not one of an older order.
        if (done = file.resize(0); !done) return done;
        if (done = file.resize(shape_.size()); !done) return done;
        if (done = file.put(0, report::box_header(shape_)); !done) return done;
        for (const auto& one : reader.lines()) {
            auto slot = report::box_slot(one.line);
            const auto at = placer.place(slot);
            if (done = file.put(at, slot); !done) return done;
            remember(one.line);
        }
        return file.sync();
    }

    void remember(const report::BlackBoxLine& line) {
        if (line.boot_id == setup_.boot) last_number_ = std::max(last_number_, line.sequence);
    }

    const BoxChildSetup& setup_;
    int socket_;
    report::BoxShape shape_;
    std::optional<sys::SlotFile> file_;
    std::optional<report::BoxPlacer> placer_;
    Instant sync_at_ = kNever;
    Instant tried_{};
    std::uint64_t last_number_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t syncs_ = 0;
    std::uint64_t errors_ = 0;
};

}  // namespace

void run_box_child(const BoxChildSetup& setup, int socket) { BoxChild(setup, socket).run(); }

}  // namespace vakt::prog
