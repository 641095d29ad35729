// SPDX-License-Identifier: Apache-2.0
// The console's log as run_erl sees it.
#include "prog/run_erl_log.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sys/clock.h"
#include "sys/error.h"

namespace vakt::prog {
namespace {

using What = console::LogRecord::What;
using std::chrono::milliseconds;

constexpr auto kStartPatience = std::chrono::seconds(2);
constexpr auto kLeavePatience = std::chrono::seconds(2);
constexpr auto kSpawnAgain = std::chrono::seconds(1);

std::int64_t wall_seconds() { return sys::wall_ns() / 1'000'000'000; }

Error as_error(const LogAnswer& answer) {
    return {std::string(answer.doing.view()),
            std::error_code(answer.error, std::generic_category())};
}

/// poll(2) for one event until `until`. False: the time is over.
bool wait_for(int fd, short event, Instant until) {
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(until - sys::now()).count();
        pollfd one{fd, event, 0};
        const int got = ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (got > 0) return true;
        if (got == 0 || errno != EINTR) return false;
    }
}

}  // namespace

ConsoleLog::ConsoleLog(loop::Loop& loop, LogChildSetup setup, Calls calls)
    : loop_(loop),
      setup_(std::move(setup)),
      calls_(std::move(calls)),
      patience_(loop, [this] { mind(); }),
      again_(loop, [this] {
          if (spawn())
              send_more();
          else
              again_.start(kSpawnAgain);
      }) {}

Status ConsoleLog::open() {
    if (!spawn()) return sys::last_error("fork", "for the log");
    setup_.new_status = false;
    if (!wait_for(child_.socket.get(), POLLIN, sys::now() + kStartPatience)) {
        calls_.complain(refusal("The log directory '" + setup_.directory +
                                "' does not answer; going on without waiting for it."));
        return Done{};
    }
    LogAnswer answer;
    const auto got = ::recv(child_.socket.get(), &answer, sizeof answer, MSG_DONTWAIT);
    if (got != sizeof answer) return Done{};  // it has ended: the watch tells
    if (answer.what == LogAnswer::What::refused) return as_error(answer);
    if (answer.what == LogAnswer::What::trouble) calls_.complain(as_error(answer));
    return Done{};
}

bool ConsoleLog::spawn() {
    setup_.started = wall_seconds();
    child_ = sys::spawn_helper([this](int socket) { run_log_child(setup_, socket); });
    if (child_.pid == 0) return false;
    answers_ = std::make_unique<loop::Watch>(loop_, child_.socket.get(), loop::Ready::read, [this] {
        if (!hear()) lost_child();
    });
    ready_ = std::make_unique<loop::Watch>(loop_, child_.socket.get(), loop::Ready::write,
                                           [this] { send_more(); });
    return answers_->on();
}

bool ConsoleLog::hear() {
    LogAnswer answer;
    const auto got = ::recv(child_.socket.get(), &answer, sizeof answer, MSG_DONTWAIT);
    if (got == sizeof answer)
        calls_.complain(answer.what == LogAnswer::What::well ? Error{} : as_error(answer));
    return got == sizeof answer || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

// Somebody killed it, or there was no memory. What it had been given and had not written is lost.
void ConsoleLog::lost_child() {
    calls_.complain(refusal("The writer of the log has ended; it is started again."));
    leaving_.push_back(child_.pid);
    // Their callbacks may be the ones that are running.
    answers_->off();
    ready_->off();
    child_.pid = 0;
    again_.start(kSpawnAgain);
    collect();
}

void ConsoleLog::collect() {
    std::erase_if(leaving_, [](pid_t pid) {
        return ::waitpid(pid, nullptr, WNOHANG) != 0;  // ECHILD: somebody else has
    });
}

bool ConsoleLog::send(What what, std::int64_t time, std::uint64_t missed, std::string_view text) {
    if (child_.pid == 0) return false;
    LogTask head;
    head.time = time;
    head.missed = missed;
    head.what = what;
    head.bytes = static_cast<std::uint32_t>(text.size());
    iovec parts[2] = {{&head, LogTask::size(0)}, {const_cast<char*>(text.data()), text.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    return ::sendmsg(child_.socket.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void ConsoleLog::output(std::string_view text) { add(What::output, text); }

void ConsoleLog::add(What what, std::string_view text) {
    text = text.substr(0, kMostAtOnce);
    const auto time = wall_seconds();
    if (backlog_.empty() && backlog_.missed() == 0 && send(what, time, 0, text)) return;
    backlog_.put(sys::now(), {.what = what, .time = time, .missed = 0, .bytes = std::string(text)});
    send_more();
}

void ConsoleLog::send_more() {
    while (!backlog_.empty()) {
        const auto& first = backlog_.first();
        if (!send(first.what, first.time, first.missed, first.bytes)) break;
        backlog_.taken(sys::now());
        // Said at once, and not with what the node writes next, which may be tomorrow.
        if (!backlog_.hung() && backlog_.missed() != 0)
            backlog_.put(sys::now(),
                         {.what = What::output, .time = wall_seconds(), .missed = 0, .bytes = {}});
    }
    mind();
}

void ConsoleLog::mind() {
    const auto now = sys::now();
    backlog_.on_wake(now);
    if (child_.pid != 0) {
        if (backlog_.empty())
            ready_->off();
        else
            static_cast<void>(ready_->on());
    }
    if (backlog_.wake_at() == kNever)
        patience_.cancel();
    else
        patience_.start(std::chrono::ceil<std::chrono::microseconds>(backlog_.wake_at() - now));
    const bool was = std::exchange(was_full_, backlog_.full());
    if (was && !was_full_) calls_.room();
}

void ConsoleLog::leave() {
    const auto until = sys::now() + kLeavePatience;
    while (child_.pid != 0 && !backlog_.empty()) {
        const auto& first = backlog_.first();
        if (send(first.what, first.time, first.missed, first.bytes))
            backlog_.taken(sys::now());
        else if (errno != EAGAIN || !wait_for(child_.socket.get(), POLLOUT, until))
            break;
    }
    if (child_.pid == 0) return;
    ::shutdown(child_.socket.get(), SHUT_WR);
    // Its end of the socket is closed when all is written and on the disk.
    while (wait_for(child_.socket.get(), POLLIN, until) && hear()) {
    }
}

}  // namespace vakt::prog
