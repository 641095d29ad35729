// SPDX-License-Identifier: Apache-2.0
// The bridge and its sources inside another process.
#include "inside/inside.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

#include "bridge/account.h"
#include "source/kmsg_input.h"
#include "source/kmsg_source.h"
#include "sys/datagram_socket.h"
#include "sys/error.h"
#include "sys/fifo_reader.h"
#include "syslog/message.h"

namespace vakt::inside {

using source::DatagramSource;
using source::FifoRecords;
using source::KmsgSource;

struct Inside::One final : source::RecordSink {
    One(Inside& inside, SourceRow its_row, bridge::Origin its_origin)
        : all(inside), row(std::move(its_row)), origin(its_origin) {}

    void entry(const syslog::Entry& entry) override {
        all.bridge_.accept(origin, entry, all.clock_.now());
    }
    void gap(const syslog::Gap& gap) override { all.bridge_.lost(origin, gap, all.clock_.now()); }
    void read_over() override { all.clock_.turn_over(); }
    void trouble(const Error& error) override {
        auto words = describe(error);
        if (words == said) return;
        said = std::move(words);
        all.trouble_(row.settings.name, said);
    }
    void restarted(const char* words) {
        gap({.source = row.settings.source, .reason = syslog::Loss::restart, .words = words});
    }
    [[nodiscard]] source::Clock clock() {
        return [this] { return all.clock_.for_source(); };
    }
    [[nodiscard]] bool is_open() const { return reader.index() != 0; }

    Inside& all;
    SourceRow row;
    bridge::Origin origin;
    std::string said;
    bool was_read = false;  // in this process or, as the memory says, before it
    std::variant<std::monostate, std::unique_ptr<FifoRecords>, std::unique_ptr<DatagramSource>,
                 std::unique_ptr<KmsgSource>, std::unique_ptr<ThreadSource>>
        reader;
};

namespace {

/// Directory and name; the path is absolute.
std::pair<std::string, std::string> parted(const std::string& path) {
    const auto slash = path.rfind('/');
    return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

sys::Fd copy_of(int fd) { return sys::Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

}  // namespace

bridge::Peer own_peer() {
    return {static_cast<std::uint32_t>(::getpid()), static_cast<std::uint32_t>(::getuid())};
}

Inside::Inside(loop::Loop& loop, std::span<std::byte> memory, const report::BootId& boot,
               Trouble trouble)
    : loop_(loop), trouble_(std::move(trouble)), bridge_(memory, boot, 1) {
    bridge_.account_with([this] { return account(); });
}

Inside::~Inside() = default;

Inside::One* Inside::known_one(const SourceRow& row) {
    // A name that the memory has from before was read before.
    const bool before = std::ranges::any_of(bridge_.figures().sources, [&](const auto& source) {
        return source.name == row.settings.name;
    });
    const auto origin = bridge_.source(row.settings);
    if (!origin) return nullptr;
    const auto found = std::ranges::find_if(
        all_, [&](const auto& one) { return one->row.settings.name == row.settings.name; });
    if (found != all_.end()) {
        (*found)->row = row;
        return found->get();
    }
    auto& one = *all_.emplace_back(std::make_unique<One>(*this, row, *origin));
    one.was_read = before;
    return &one;
}

std::optional<bridge::Origin> Inside::known(const bridge::SourceSettings& settings, bool goes_on) {
    auto* one = known_one({.settings = settings});
    if (one == nullptr) return std::nullopt;
    if (std::exchange(one->was_read, true) && !goes_on) one->restarted("opened anew");
    return one->origin;
}

Status Inside::begun(One& one, Status status, bool goes_on) {
    if (!status) {
        one.reader = std::monostate{};
        bridge_.source_ended(one.origin);
        return status;
    }
    one.said.clear();
    if (std::exchange(one.was_read, true) && !goes_on) one.restarted("opened anew");
    return status;
}

Status Inside::open(const SourceRow& row, std::optional<Handed> handed) {
    auto* one = known_one(row);
    if (one == nullptr) return refusal("there are as many sources as can be");
    if (!row.path.starts_with('/')) return refusal(row.path + " is no absolute path");
    one->reader = std::monostate{};
    const bool goes_on = handed.has_value();
    switch (row.settings.source) {
        case syslog::Source::fifo:
            return begun(*one, open_fifo(*one, handed), true);
        case syslog::Source::socket:
            return begun(*one, open_socket(*one, handed), goes_on);
        case syslog::Source::kmsg:
            return begun(*one, open_kmsg(*one),
                         goes_on || bridge_.next_source_seq(one->origin).has_value());
        default:
            return begun(*one, refusal("there is no such kind of source"), true);
    }
}

Status Inside::open(const SourceRow& row, ThreadPipe pipe) {
    auto* one = known_one(row);
    if (one == nullptr) return refusal("there are as many sources as can be");
    auto source = std::make_unique<ThreadSource>(loop_, std::move(pipe), *one, one->clock());
    auto started = source->start();
    one->reader = std::move(source);
    return begun(*one, std::move(started), true);  // the pipe stays, whoever reads it
}

Status Inside::open_fifo(One& one, std::optional<Handed>& handed) {
    const auto& path = one.row.path;
    // Nobody else makes it: there is no mod_syslog here.
    if (::mkfifo(path.c_str(), static_cast<mode_t>(one.row.mode)) == 0) {
        if (::chmod(path.c_str(), static_cast<mode_t>(one.row.mode)) != 0)
            return sys::last_error("chmod", path);
    } else if (errno != EEXIST) {
        const auto error = sys::last_error("make the FIFO", path);
        if (!sys::fifo_at(path)) return error;
    }
    auto [directory, name] = parted(path);
    auto fifo = std::make_unique<FifoRecords>(loop_, std::move(directory), std::move(name), one,
                                              one.clock(), kFifoTurn);
    // Before what is in it already.
    if (handed)
        fifo->go_on(std::move(handed->line));
    else if (one.was_read && sys::fifo_at(path))
        one.restarted("opened anew");
    fifo->start();
    if (const auto& why = fifo->why_not()) return *why;
    one.reader = std::move(fifo);
    return Done{};
}

Status Inside::open_socket(One& one, std::optional<Handed>& handed) {
    const auto& row = one.row;
    const bool takes_over = handed && handed->fd;
    auto socket = takes_over ? sys::DatagramSocket::inherited(std::move(handed->fd), row.path)
                             : sys::DatagramSocket::at_path(row.path, row.mode);
    if (!socket) return socket.error();
    if (takes_over) socket->take_path(row.path);
    auto datagrams = std::make_unique<DatagramSource>(
        loop_, std::move(*socket), row.settings.source, batch_, one, one.clock(), kDatagramTurn);
    if (auto started = datagrams->start(); !started) return started;
    one.reader = std::move(datagrams);
    return Done{};
}

Status Inside::open_kmsg(One& one) {
    auto input = source::open_kmsg(one.row.path);
    if (!input) return input.error();
    auto kmsg = std::make_unique<KmsgSource>(
        loop_, std::move(*input), bridge_.next_source_seq(one.origin), one, one.clock(), kKmsgTurn);
    if (auto started = kmsg->start(); !started) return started;
    one.reader = std::move(kmsg);
    return Done{};
}

void Inside::datagram(bridge::Origin origin, std::string_view bytes, std::string_view host) {
    while (!bytes.empty() && (bytes.back() == '\0' || bytes.back() == '\n')) bytes.remove_suffix(1);
    if (bytes.empty()) return;
    const auto now = clock_.for_source().wall;
    syslog::Entry entry;
    entry.record = syslog::read_message(bytes, now);
    if (entry.record.host.empty()) entry.record.host = host;
    entry.raw = bytes;
    entry.source = syslog::Source::udp;
    bridge_.accept(origin, entry, clock_.now());
}

void Inside::lost(bridge::Origin origin, std::optional<std::uint64_t> count,
                  std::string_view words) {
    clock_.turn_over();
    bridge_.lost(origin,
                 {.source = syslog::Source::udp,
                  .reason = syslog::Loss::source,
                  .count = count,
                  .words = words},
                 clock_.now());
}

std::vector<Handed> Inside::hand_over() {
    std::vector<Handed> handed;
    for (const auto& one : all_) {
        Handed left{.name = one->row.settings.name};
        if (auto* fifo = std::get_if<std::unique_ptr<FifoRecords>>(&one->reader)) {
            left.line = (*fifo)->place();
            left.fd = sys::Fd(::open(one->row.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        } else if (auto* datagrams = std::get_if<std::unique_ptr<DatagramSource>>(&one->reader)) {
            (*datagrams)->stop();
            left.fd = copy_of((*datagrams)->socket().fd());
            (*datagrams)->socket().leave_path();
        } else if (auto* kmsg = std::get_if<std::unique_ptr<KmsgSource>>(&one->reader)) {
            (*kmsg)->stop();
            // The device keeps its records; a FIFO in its place keeps what somebody may yet read.
            left.fd = sys::Fd(::open(one->row.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        }
        if (one->is_open() || one->row.settings.source == syslog::Source::udp)
            handed.push_back(std::move(left));
    }
    all_.clear();
    return handed;
}

std::string Inside::account() const {
    std::string text;
    const auto count = [](const auto& reader) -> source::SourceCounts {
        if constexpr (std::is_same_v<std::decay_t<decltype(reader)>, std::monostate>)
            return {};
        else
            return reader->counts();
    };
    for (const auto& one : all_) {
        if (!one->is_open()) continue;
        const auto counts = std::visit(count, one->reader);
        text.append("reader ").append(one->row.settings.name);
        text.append(" bytes=").append(std::to_string(counts.bytes));
        text.append(" reads=").append(std::to_string(counts.reads));
        text.append(" empty=").append(std::to_string(counts.empty)).append("\n");
    }
    if (more_account_) text += more_account_();
    return text;
}

}  // namespace vakt::inside
