// SPDX-License-Identifier: Apache-2.0
// The bridge's sources: opened as the settings say, and what they read given to the bridge.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridge/bridge.h"
#include "inside/turn_clock.h"
#include "loop/loop.h"
#include "prog/daemon_log.h"
#include "prog/syslog_bridge_taps.h"
#include "settings/bridge_settings.h"
#include "source/record_sink.h"
#include "sys/datagram_batch.h"
#include "sys/fd.h"

namespace vakt::prog {

/// What one source needs of its surroundings.
struct SourceSetup {
    loop::Loop& loop;
    sys::DatagramBatch& batch;
    source::RecordSink& sink;
    source::Clock clock;
    const settings::SourceRow& row;
    std::string cursor;                     ///< journal: where it goes on
    std::optional<std::uint64_t> kmsg_seq;  ///< kmsg: the number that comes next
    sys::Fd inherited;
};

/// One source, of whatever kind, that reads from start() to its end.
class OpenSource {
 public:
    virtual ~OpenSource() = default;
    [[nodiscard]] virtual Status start() = 0;
    virtual void stop() = 0;
    [[nodiscard]] virtual source::SourceCounts counts() const = 0;
    /// Where it goes on, for one with places of its own (journal).
    [[nodiscard]] virtual std::string_view position() const { return {}; }
    /// SIGHUP: perhaps something else has its name now, or nothing. False: it must be opened anew.
    [[nodiscard]] virtual bool look() { return true; }
};
[[nodiscard]] Result<std::unique_ptr<OpenSource>> open_source(SourceSetup setup);
/// The same for a journal's row: in syslog_bridge_journal.cpp, or syslog_bridge_no_journal.cpp.
[[nodiscard]] Result<std::unique_ptr<OpenSource>> open_journal(SourceSetup& setup);

/// A descriptor of the service manager's, and what it calls it.
struct NamedFd {
    sys::Fd fd;
    std::string name;
};

class BridgeSources {
 public:
    /// How bridges were before this one.
    struct Past {
        bool rings_on = false;   ///< the ring went on
        bool were_here = false;  ///< one was in this boot
    };
    /// `turn_over` is called after each turn of a source.
    BridgeSources(loop::Loop& loop, bridge::Bridge& bridge, BridgeTaps& taps,
                  inside::TurnClock& clock, Log& log, std::vector<NamedFd> inherited,
                  std::string kmsg, std::string state, std::function<void()> turn_over);
    ~BridgeSources();
    BridgeSources(const BridgeSources&) = delete;
    BridgeSources& operator=(const BridgeSources&) = delete;

    /// Opens all. What cannot be opened is said and tried again now and then, the others go on.
    void begin(const std::vector<settings::SourceRow>& rows, Past past);
    /// The rows that are gone are closed, new ones opened, equal ones not touched.
    void change(const std::vector<settings::SourceRow>& rows);
    /// Reads no more.
    void stop();

    [[nodiscard]] std::size_t open() const;
    [[nodiscard]] std::size_t known() const { return all_.size(); }
    /// What sources count themselves, one line each.
    [[nodiscard]] std::string account() const;
    /// Name and place of each source that has places of its own and has moved since saved().
    struct Place {
        std::string name;
        std::string position;
    };
    [[nodiscard]] std::vector<Place> moved();
    /// What moved() told last is taken care of.
    void saved();

 private:
    struct One;

    void add(const settings::SourceRow& row);
    void open(One& one);
    void say_gap(One& one, const char* words);
    void try_again();
    [[nodiscard]] sys::Fd inherited_for(const settings::SourceRow& row) const;

    loop::Loop& loop_;
    bridge::Bridge& bridge_;
    BridgeTaps& taps_;
    inside::TurnClock& clock_;
    Log& log_;
    std::vector<NamedFd> inherited_;
    std::string kmsg_;
    std::string state_;
    std::function<void()> turn_over_;
    sys::DatagramBatch batch_;
    Past past_;
    std::vector<std::unique_ptr<One>> all_;
    loop::Timer again_;
};

}  // namespace vakt::prog
