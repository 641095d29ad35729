// SPDX-License-Identifier: Apache-2.0
// The scribe: brings notes to the disk, and makes the reset report.
#include <sys/socket.h>

#include <span>
#include <string>

#include "notes/notebook.h"
#include "prog/keeper_children.h"
#include "sys/helper_child.h"
#include "sys/sync_disk.h"

namespace vakt::prog {
namespace {

Words cut(const Error& error) { return std::string_view(describe(error)); }

class Scribe {
 public:
    Scribe(const ChildrenSetup& setup, int socket)
        : socket_(socket),
          state_dir_(setup.state_dir),
          notebook_({setup.state_dir, setup.run_dir, setup.pstore_dir, setup.pstore_archive,
                     setup.boot}) {}

    void run() {
        ScribeAnswer ready{.what = ScribeAnswer::What::ready};
        answer(ready, notebook_.begin());
        // What a keeper left in our socket when it ended is written all the same.
        ScribeTask task;
        while (sys::next_task(socket_, std::as_writable_bytes(std::span(&task, 1))) == sizeof task)
            carry_out(task);
    }

 private:
    void carry_out(const ScribeTask& task) {
        switch (task.what) {
            case ScribeTask::What::write: {
                const auto written = notebook_.write(task.entry);
                if (task.last) sys::sync_disk_of(state_dir_);
                return answer({.what = ScribeAnswer::What::written, .id = task.id}, written);
            }
            case ScribeTask::What::hardware: {
                report::HardwareWord word{std::string(task.name.view()), {}};
                if (task.told) word.flags = task.flags;
                return notebook_.hardware(std::move(word));
            }
            case ScribeTask::What::make_report: {
                ScribeAnswer made{.what = ScribeAnswer::What::report};
                const auto done = notebook_.make_report();
                for (const auto& lease : notebook_.taken())
                    if (made.taken_count < made.taken.size())
                        made.taken[made.taken_count++] = lease;
                answer(made, done);
                // That it cannot be kept does not make the report a worse one.
                if (const auto kept = notebook_.keep_told(); !kept)
                    answer({.what = ScribeAnswer::What::written}, kept);
                return;
            }
        }
    }

    void answer(ScribeAnswer words, const Status& done) {
        words.ok = static_cast<bool>(done);
        if (!done) words.words = cut(done.error());
        words.next_sequence = notebook_.next_sequence();
        words.boots = notebook_.boots();
        words.failed_boots = notebook_.failed_boots();
        [[maybe_unused]] const auto sent = ::send(socket_, &words, sizeof words, MSG_NOSIGNAL);
    }

    int socket_;
    std::string state_dir_;
    notes::Notebook notebook_;
};

}  // namespace

void run_scribe(const ChildrenSetup& setup, int socket) { Scribe(setup, socket).run(); }

}  // namespace vakt::prog
