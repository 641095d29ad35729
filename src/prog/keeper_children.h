// SPDX-License-Identifier: Apache-2.0
// The keeper's children and what is said to them: they may block, the keeper may not.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/fixed_text.h"
#include "base/result.h"
#include "keeper/settings.h"
#include "report/ledger.h"
#include "report/pmsg_note.h"
#include "settings/keeper_settings.h"
#include "sys/helper_child.h"

namespace vakt::prog {

// Each child stands at the other end of a SOCK_SEQPACKET socket pair of its own: one message is one
// of the structs below, whole. Children are forked before the keeper locks its memory; each ends by
// itself when its socket says end of file, which is when the keeper has ended. A child that dies or
// hangs is said in log and status, and nothing waits for it longer than 2 s. None is started again,
// except a prober: by the next question to it, and by a reload that changes its row.

/// Path names and words that travel.
using DeviceName = FixedText<64>;
using Words = FixedText<160>;

/// Who may take the report: every lease, and the board under the empty name.
inline constexpr std::size_t kMostTakers = keeper::kMaxLeases + 1;

// ---- the scribe: whatever has to be on the disk, and the reset report ----

/// To the scribe.
struct ScribeTask {
    enum class What : std::uint8_t {
        /// Write `entry` to the ledger, fsync, answer with `id`. Its sequence is what the keeper
        /// reckons with and has said in pmsg; the ledger's own rules (next_sequence corrects).
        write,
        /// What device `name` says of the last restart: `flags` (WDIOF_*), unless !told.
        hardware,
        /// Every device has been asked that can be: make the reset report, if this boot has none
        /// yet, write it to RUN/reset_report.json; answered with What::report.
        make_report,
    };
    What what = What::write;
    std::uint32_t id = 0;  ///< keeper::NoteId
    report::Entry entry{};
    /// The board ends when this is answered: what others have written on the ledger's disk (a crash
    /// dump) is brought there first.
    bool last = false;
    DeviceName name{};
    bool told = false;
    std::uint32_t flags = 0;
};

/// From the scribe. It says What::ready once, by itself, when it has read the ledger and added
/// Kind::boot where this boot had none; a keeper that starts waits for it at most 2 s. A
/// predecessor's scribe may still hold the ledger's lock for a moment: tried again until it is
/// free.
struct ScribeAnswer {
    enum class What : std::uint8_t { ready, written, report };
    What what = What::ready;
    std::uint32_t id = 0;  ///< of `written`
    bool ok = false;       ///< it is on the disk; of `report`: the file is there
    // As they are after this; always.
    /// That the ledger will give; from report::kWithoutLedger on where it cannot be read, which is
    /// also where a keeper begins that has had no answer.
    std::uint64_t next_sequence = report::kWithoutLedger;
    std::uint32_t boots = 0;
    std::uint32_t failed_boots = 0;
    // Of `report`:
    std::uint8_t taken_count = 0;  ///< who has taken the report already (Kind::reported)
    std::array<keeper::Name, kMostTakers> taken{};
    Words words{};  ///< what went wrong, for the log; "" nothing
};

// ---- a prober, one for each row of evidence ----

/// To a prober: any one byte, "go". From it:
struct ProbeAnswer {
    bool good = false;
    Words words{};  ///< why not
};

// ---- the reader: reads the settings again ----

/// settings::Probe as a message.
struct PlainProbe {
    settings::ProbeKind kind = settings::ProbeKind::read;
    FixedText<255> path{};
    unsigned limit_percent = 0;
    FixedText<107> bridge{};
    bool operator==(const PlainProbe&) const = default;
};

/// keeper::Settings as a message, and the probes beside its evidence.
struct PlainSettings {
    std::array<keeper::LeaseRule, keeper::kMaxLeases> leases{};
    std::array<keeper::DeviceRule, keeper::kMaxDevices> devices{};
    std::array<keeper::EvidenceRule, keeper::kMaxEvidence> evidence{};
    std::array<keeper::Right, keeper::kMaxRights> rights{};
    std::array<PlainProbe, keeper::kMaxEvidence> probes{};
    std::uint8_t lease_count = 0;
    std::uint8_t device_count = 0;
    std::uint8_t evidence_count = 0;
    std::uint8_t right_count = 0;
};
[[nodiscard]] PlainSettings plain(const settings::KeeperFile& file);
[[nodiscard]] keeper::Settings settings_of(const PlainSettings& plain);

/// To the reader: "read". From it:
struct ReaderTask {
    std::array<Duration, keeper::kMaxDevices> granted{};  ///< 0: the device is not armed
};
/// ok: it passes keeper::check() and, with what was granted, keeper::check_granted(), and names the
/// devices of the start, row for row: others want a restart.
struct ReaderAnswer {
    bool ok = false;
    PlainSettings settings{};
    Words words{};  ///< the first line of "FILE:LINE: why not"
};

// ---- all of them ----

using sys::Child;

/// What they need to know. Everything outlives them, being copied by fork(2).
struct ChildrenSetup {
    std::string config;     ///< keeper.conf
    std::string state_dir;  ///< the ledger's
    std::string run_dir;    ///< reset_report.json's
    std::string pstore_dir;
    std::string pstore_archive;  ///< where systemd-pstore(8) moves them; "" none
    report::BootId boot{};
    const settings::KeeperFile* file = nullptr;  ///< as it was read at the start
};

struct Children {
    Child scribe;
    Child reader;
    std::array<Child, keeper::kMaxEvidence> probers;
};

/// Forks the scribe, the reader and a prober for each row of evidence (sys::spawn_helper()).
[[nodiscard]] Result<Children> spawn_children(const ChildrenSetup& setup);

/// One more prober, for the next question after one has died, or after a reload; allocates nothing
/// here. A pid of 0 is an error: errno.
[[nodiscard]] Child spawn_prober(const PlainProbe& probe);

// The children's own programs: serve `socket` (blocking) until its end of file.
void run_scribe(const ChildrenSetup& setup, int socket);
void run_prober(const PlainProbe& probe, int socket);
void run_reader(const ChildrenSetup& setup, int socket);

}  // namespace vakt::prog
