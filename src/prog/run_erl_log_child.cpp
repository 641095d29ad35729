// SPDX-License-Identifier: Apache-2.0
// The child that writes the console's log.
#include "prog/run_erl_log_child.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "console/log.h"
#include "console/log_names.h"
#include "sys/background_sync.h"
#include "sys/clock.h"
#include "sys/fd.h"

namespace vakt::prog {
namespace {

using What = console::LogRecord::What;

constexpr std::size_t kWriteAtOnce = 65536;
constexpr std::size_t kMostLeft = 64;  // files that were left and are not on the disk yet
constexpr const char* kStatusFile = "run_erl.log";

/// The node is worth more than its log: only what will never be any better ends us at the start.
bool is_hopeless(int error) {
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == EPERM ||
           error == ELOOP || error == ENAMETOOLONG || error == EISDIR;
}

class LogChild {
 public:
    LogChild(const LogChildSetup& setup, int socket)
        : setup_(setup), socket_(socket), time_(setup.started) {}

    void run() {
        if (!begin()) return;
        const auto task = std::make_unique<LogTask>();
        while (wait()) {
            bool more = true;
            for (int flags = 0; more && read_.size() < kWriteAtOnce; flags = MSG_DONTWAIT) {
                const auto got = ::recv(socket_, task.get(), sizeof *task, flags);
                if (got < 0 && errno == EINTR) continue;
                more = got > 0;
                over_ = got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
                if (more) carry_out(*task, static_cast<std::size_t>(got));
            }
            flush();
            if (over_) break;
        }
        sync_.wait();
        sync_.start(unsynced());
        sync_.wait();
    }

 private:
    // ---- what comes ----

    /// Until there is something to read. False: there will be nothing any more.
    bool wait() {
        for (;;) {
            pollfd both{socket_, POLLIN, 0};
            const auto got = ::poll(&both, 1, patience());
            if (got > 0) return true;
            if (got < 0 && errno != EINTR) return false;
            if (got == 0) sync_if_idle();
        }
    }
    [[nodiscard]] int patience() const {
        if (sync_at_ == kNever) return -1;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(sync_at_ - sys::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    }

    void carry_out(const LogTask& task, std::size_t size) {
        if (task.bytes > task.text.size() || size != LogTask::size(task.bytes)) return;
        time_ = task.time;
        const std::string_view text(task.text.data(), task.bytes);
        if (task.missed != 0) {
            count_lost(task.missed, "the log was too slow");
            static_cast<void>(tell_lost());
        }
        switch (task.what) {
            case What::output:
                append(text);
                break;
            case What::after_silence:
                append(console::after_silence(time()));
                break;
            case What::still_alive:
                append(console::still_alive(time()));
                break;
            case What::status:
                write_status(text);
                break;
        }
    }

    // ---- what is written ----

    [[nodiscard]] std::string time() const {
        std::tm broken{};
        const auto seconds = static_cast<std::time_t>(time_);
        if (setup_.settings.utc)
            ::gmtime_r(&seconds, &broken);
        else
            ::localtime_r(&seconds, &broken);
        return console::log_time(setup_.settings, broken);
    }

    void append(std::string_view text) {
        if (text.empty()) return;
        if (lost_ != 0 && !tell_lost()) {
            count_lost(text.size(), {});
            return;
        }
        if (file_ && console::wants_next_log(size() + read_.size(), text.size(), setup_.settings))
            next_file();
        if (!file_ && !open_file(O_APPEND)) {
            count_lost(text.size(), {});
            return;
        }
        read_.append(text);
    }

    /// As it is now: others may cut it.
    [[nodiscard]] std::uint64_t size() const {
        struct stat about {};
        return ::fstat(file_.get(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
    }

    /// As much as the disk takes; errno when that is not all.
    static std::size_t write_all(const sys::Fd& file, std::string_view text) {
        std::size_t done = 0;
        while (done < text.size()) {
            const auto got = ::write(file.get(), text.data() + done, text.size() - done);
            if (got > 0)
                done += static_cast<std::size_t>(got);
            else if (got == 0 || errno != EINTR)
                break;
        }
        return done;
    }

    void flush() {
        if (read_.empty()) return;
        const auto done = write_all(file_, read_);
        if (done != 0) unsynced_from_now();
        if (done != read_.size()) {
            trouble(errno, "Error in writing to log.");
            count_lost(read_.size() - done, {});
        }
        read_.clear();
    }

    void count_lost(std::uint64_t bytes, std::string_view why) {
        lost_ += bytes;
        if (!why.empty()) lost_why_ = why;
    }
    /// Says in the log what is not in it. False when the disk does not take that either.
    bool tell_lost() {
        flush();
        if (!file_ && !open_file(O_APPEND)) return false;
        const auto its_size = console::not_logged(lost_, lost_why_, time()).size();
        if (console::wants_next_log(size() + read_.size(), its_size, setup_.settings)) next_file();
        if (!file_) return false;
        flush();
        const auto before = static_cast<off_t>(size());
        const auto note = console::not_logged(lost_, lost_why_, time());
        if (write_all(file_, note) != note.size()) {
            // A sentence that is cut off is worse than none; where even that fails it stays.
            [[maybe_unused]] const int cut = ::ftruncate(file_.get(), before);
            return false;
        }
        unsynced_from_now();
        lost_ = 0;
        lost_why_.clear();
        well();
        return true;
    }

    // ---- the files ----

    bool begin() {
        if (!open_directory()) return false;
        console::LogsThere there(setup_.settings.generations);
        if (DIR* names = ::fdopendir(::openat(directory_.get(), ".", O_RDONLY | O_CLOEXEC))) {
            while (const dirent* entry = ::readdir(names)) there.saw(entry->d_name);
            ::closedir(names);
        }
        number_ = there.newest();
        open_status();
        if (!open_file(O_APPEND) && is_hopeless(reported_)) return false;
        flush();
        if (reported_ == 0) answer(LogAnswer::What::well, 0, {});
        return true;
    }

    bool open_directory() {
        directory_ = sys::Fd(::open(setup_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (directory_) return true;
        trouble(errno, "Can't access log directory '" + setup_.directory + "'");
        return false;
    }

    /// `how`: O_APPEND goes on with what is there, O_TRUNC begins anew. The hole is made before the
    /// file, so that after a power cut in between the file before it is the newest.
    bool open_file(int how) {
        const auto& generations = setup_.settings.generations;
        ::unlinkat(directory_.get(),
                   console::log_name(console::next_log(number_, generations)).c_str(), 0);
        const auto name = console::log_name(number_);
        file_ = sys::Fd(::openat(directory_.get(), name.c_str(),
                                 O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC | how, 0664));
        if (!file_) {
            trouble(errno, "Can't open log file '" + setup_.directory + "/" + name + "'.");
            return false;
        }
        names_unsynced_ = true;
        read_.append(console::logging_started(time()));
        return true;
    }

    void next_file() {
        flush();
        if (left_.size() >= kMostLeft) sync_now();  // the node is held up, but nothing is left out
        left_.push_back(std::move(file_));
        file_ = sys::Fd{};
        number_ = console::next_log(number_, setup_.settings.generations);
        static_cast<void>(open_file(O_TRUNC));
    }

    void open_status() {
        status_ = sys::Fd(::openat(directory_.get(), kStatusFile,
                                   O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC |
                                       (setup_.new_status ? O_TRUNC : 0),
                                   0666));
    }
    void write_status(std::string_view text) {
        if (status_ && write_all(status_, text) != text.size())
            trouble(errno, "Error in writing to the status file.");
    }

    // ---- the disk ----

    void unsynced_from_now() {
        file_unsynced_ = true;
        if (sync_at_ == kNever) sync_at_ = sys::now() + setup_.settings.sync;
    }
    /// All files that are to be brought to the disk, which now are as good as there.
    std::vector<sys::Fd> unsynced() {
        const auto copy = [](const sys::Fd& file) {
            return sys::Fd(::fcntl(file.get(), F_DUPFD_CLOEXEC, 3));
        };
        auto files = std::exchange(left_, {});
        if (std::exchange(file_unsynced_, false) && file_) files.push_back(copy(file_));
        if (std::exchange(names_unsynced_, false)) files.push_back(copy(directory_));
        std::erase_if(files, [](const sys::Fd& file) { return !file; });
        return files;
    }
    /// One that is not over yet is a disk that is slower than the interval.
    void sync_if_idle() {
        if (sync_.busy())
            sync_at_ = sys::now() + setup_.settings.sync;
        else
            sync_now();
    }
    void sync_now() {
        sync_.wait();
        if (const auto error = sync_.take_error())
            trouble(error.value(), "Error in syncing the log.");
        sync_at_ = kNever;
        sync_.start(unsynced());
    }

    // ---- what is said to run_erl ----

    void trouble(int error, const std::string& doing) {
        if (lost_why_.empty()) lost_why_ = std::generic_category().message(error);
        if (reported_ == error) return;
        reported_ = error;
        const bool over = file_was_never_there() && is_hopeless(error);
        answer(over ? LogAnswer::What::refused : LogAnswer::What::trouble, error, doing);
    }
    void well() {
        if (std::exchange(reported_, 0) != 0) answer(LogAnswer::What::well, 0, {});
    }
    [[nodiscard]] bool file_was_never_there() const { return !names_unsynced_ && !file_; }
    void answer(LogAnswer::What what, int error, std::string_view doing) const {
        const LogAnswer words{.what = what, .error = error, .doing = doing};
        [[maybe_unused]] const auto sent =
            ::send(socket_, &words, sizeof words, MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    const LogChildSetup& setup_;
    int socket_;
    std::int64_t time_;
    bool over_ = false;

    sys::Fd directory_;
    sys::Fd status_;
    sys::Fd file_;
    std::uint32_t number_ = 1;
    std::string read_;  // not written yet

    std::uint64_t lost_ = 0;
    std::string lost_why_;
    int reported_ = 0;  // errno

    sys::BackgroundSync sync_;
    Instant sync_at_ = kNever;
    bool file_unsynced_ = false;
    bool names_unsynced_ = false;
    std::vector<sys::Fd> left_;
};

}  // namespace

void run_log_child(const LogChildSetup& setup, int socket) { LogChild(setup, socket).run(); }

}  // namespace vakt::prog
