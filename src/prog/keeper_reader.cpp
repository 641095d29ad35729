// SPDX-License-Identifier: Apache-2.0
// The reader: reads keeper.conf again when asked.
#include <sys/socket.h>

#include <algorithm>

#include "prog/keeper_children.h"
#include "sys/helper_child.h"

namespace vakt::prog {
namespace {

/// What is in the way of a reload, "" nothing.
std::string fault_of(const settings::KeeperFile& file, const settings::KeeperFile& first,
                     const ReaderTask& task) {
    // A device is opened once and for all: its countdown is never without an owner.
    const auto rows = std::min(file.devices.size(), first.devices.size());
    for (std::size_t row = 0; row < rows; ++row)
        if (file.devices[row] != first.devices[row])
            return file.file + ":" + std::to_string(file.device_lines[row]) +
                   ": another device than at the start, or other settings of it; that wants a "
                   "restart";
    if (file.devices.size() != first.devices.size())
        return file.file + ": not as many devices as at the start; that wants a restart";
    for (std::size_t row = 0; row < rows; ++row) {
        const auto granted = task.granted[row];
        if (granted <= Duration::zero()) continue;
        if (const auto fault = keeper::check_granted(file.settings, row, granted))
            return settings::in_words(*fault, file, granted);
    }
    return {};
}

/// The first line is what there is room for.
Words first_line(std::string_view words) { return words.substr(0, words.find('\n')); }

}  // namespace

void run_reader(const ChildrenSetup& setup, int socket) {
    const auto first = *setup.file;
    ReaderTask task;
    while (sys::next_task(socket, std::as_writable_bytes(std::span(&task, 1))) == sizeof task) {
        ReaderAnswer answer;
        const auto read = settings::read_keeper_file(setup.config);
        const auto wrong = read ? fault_of(*read, first, task) : read.error().doing;
        answer.ok = wrong.empty();
        if (answer.ok)
            answer.settings = plain(*read);
        else
            answer.words = first_line(wrong);
        if (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return;
    }
}

}  // namespace vakt::prog
