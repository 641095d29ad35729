// SPDX-License-Identifier: Apache-2.0
// One source of the bridge, opened as its row says.
#include <utility>

#include "prog/syslog_bridge_sources.h"
#include "source/datagram_source.h"
#include "source/fifo_records.h"
#include "source/kmsg_input.h"
#include "source/kmsg_source.h"

namespace vakt::prog {
namespace {

using Opened = Result<std::unique_ptr<OpenSource>>;

class OpenFifo final : public OpenSource {
 public:
    OpenFifo(SourceSetup& setup, const std::string& directory, const std::string& name)
        : fifo_(setup.loop, directory, name, setup.sink, std::move(setup.clock)) {}
    Status start() override {
        fifo_.start();
        // It need not be there yet; what is wrong with it otherwise is to be heard of.
        const auto& why = fifo_.why_not();
        if (why && why->code != std::errc::no_such_file_or_directory) return *why;
        return Done{};
    }
    void stop() override { fifo_.stop(); }
    bool look() override {
        fifo_.look();
        return true;
    }
    [[nodiscard]] source::SourceCounts counts() const override { return fifo_.counts(); }

 private:
    source::FifoRecords fifo_;
};

class OpenDatagrams final : public OpenSource {
 public:
    OpenDatagrams(SourceSetup& setup, sys::DatagramSocket socket)
        : datagrams_(setup.loop, std::move(socket), setup.row.settings.source, setup.batch,
                     setup.sink, std::move(setup.clock)) {}
    Status start() override { return datagrams_.start(); }
    bool look() override { return datagrams_.socket().has_its_path(); }
    void stop() override { datagrams_.stop(); }
    [[nodiscard]] source::SourceCounts counts() const override { return datagrams_.counts(); }

 private:
    source::DatagramSource datagrams_;
};

class OpenKmsg final : public OpenSource {
 public:
    OpenKmsg(SourceSetup& setup, std::unique_ptr<source::KmsgInput> input)
        : kmsg_(setup.loop, std::move(input), setup.kmsg_seq, setup.sink, std::move(setup.clock)) {}
    Status start() override { return kmsg_.start(); }
    void stop() override { kmsg_.stop(); }
    [[nodiscard]] source::SourceCounts counts() const override { return kmsg_.counts(); }

 private:
    source::KmsgSource kmsg_;
};

Opened open_fifo(SourceSetup& setup) {
    const auto slash = setup.row.path.rfind('/');
    if (slash == std::string::npos) return refusal(setup.row.path + " is no absolute path");
    return std::unique_ptr<OpenSource>(
        std::make_unique<OpenFifo>(setup, slash == 0 ? "/" : setup.row.path.substr(0, slash),
                                   setup.row.path.substr(slash + 1)));
}

Opened open_datagrams(SourceSetup& setup) {
    const auto& row = setup.row;
    auto socket = setup.inherited ? sys::DatagramSocket::inherited(std::move(setup.inherited),
                                                                   row.settings.name)
                  : row.settings.source == syslog::Source::udp
                      ? sys::DatagramSocket::udp(row.address, row.port)
                      : sys::DatagramSocket::at_path(row.path, row.mode);
    if (!socket) return socket.error();
    if (row.buffer != 0)
        if (const auto held = socket->hold(static_cast<int>(row.buffer)); !held)
            setup.sink.trouble(held.error());
    return std::unique_ptr<OpenSource>(std::make_unique<OpenDatagrams>(setup, std::move(*socket)));
}

Opened open_kmsg(SourceSetup& setup) {
    auto input = source::open_kmsg(setup.row.path);
    if (!input) return input.error();
    return std::unique_ptr<OpenSource>(std::make_unique<OpenKmsg>(setup, std::move(*input)));
}

}  // namespace

Opened open_source(SourceSetup setup) {
    switch (setup.row.settings.source) {
        case syslog::Source::fifo:
            return open_fifo(setup);
        case syslog::Source::journal:
            return open_journal(setup);
        case syslog::Source::socket:
        case syslog::Source::forward:
        case syslog::Source::udp:
            return open_datagrams(setup);
        case syslog::Source::kmsg:
            return open_kmsg(setup);
        case syslog::Source::bridge:
            break;
    }
    return refusal("there is no such kind of source");
}

}  // namespace vakt::prog
