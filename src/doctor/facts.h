// SPDX-License-Identifier: Apache-2.0
// What vaktctl doctor looked at, as plain values: nothing in here was asked of a watchdog.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "doctor/file_facts.h"
#include "doctor/node_facts.h"
#include "doctor/tables.h"
#include "keeper/lease.h"
#include "keeper/petting.h"
#include "syslog/entry.h"
#include "wdt/device_settings.h"

namespace vakt::doctor {

struct Owner {
    std::uint32_t pid = 0;
    std::string name;
};

/// Where registers lie on a VME bus, bytes.
struct VmeRegisters {
    std::string space;  ///< "a32"
    std::uint64_t address = 0;
    std::uint64_t size = 0;
};

/// A watchdog that the kernel has, /sys/class/watchdog.
struct KernelWatchdog {
    std::string name;  ///< "watchdog0"
    std::string identity;
    std::string driver;  ///< its module, or what sysfs calls the driver; "" where it is not told
    std::string device;  ///< the hardware's place in /sys/devices; "" of none (softdog)
};

/// A row of keeper.conf, and what /dev and /sys/class/watchdog say of it.
struct DeviceFacts {
    keeper::DeviceRule rule;
    wdt::DeviceSettings settings;
    FileFacts node;
    std::string kernel_name;                ///< linux: "watchdog0", whatever the path's name
    std::optional<VmeRegisters> registers;  ///< vme: where the row says them to be
    std::optional<Owner> owner;             ///< who has it open, as far as we may see
    bool has_sysfs = false;
    std::string identity;
    std::optional<bool> nowayout;
    std::optional<long> min_timeout;  ///< seconds
    std::optional<long> max_timeout;
    bool has_pretimeout = false;
    std::string governors;  ///< one a line
};

struct LeaseFacts {
    keeper::LeaseRule rule;
    bool user_known = true;  ///< its number is in /etc/passwd
};

enum class Reach : std::uint8_t { answers, absent, refused, denied };

/// A program `heart` that an emulator would start.
struct HeartProgram {
    std::string path;
    bool ours = false;
};

/// heart's environment, as it is where doctor runs.
struct HeartEnvironment {
    std::optional<std::string> beat_timeout;  ///< HEART_BEAT_TIMEOUT
    std::optional<std::string> boot_delay;    ///< HEART_BEAT_BOOT_DELAY
    std::optional<std::string> command;       ///< HEART_COMMAND
    std::optional<std::string> kill_signal;   ///< HEART_KILL_SIGNAL
    std::optional<std::string> no_kill;       ///< HEART_NO_KILL
    std::optional<std::string> dump_seconds;  ///< ERL_CRASH_DUMP_SECONDS
    std::optional<std::string> hw_disable;    ///< HW_WD_DISABLE
    std::optional<std::string> lease;         ///< VAKT_LEASE
};

/// A service of systemd's, as its unit and drop-ins say; the last word of each setting.
struct Service {
    std::string name;  ///< "vakt-keeper"
    std::string path;  ///< of the unit
    bool enabled = false;
    NamedFile program;  ///< what ExecStart= starts
    std::string restart;
    std::string watchdog;    ///< WatchdogSec=
    std::string on_failure;  ///< FailureAction=
};

/// A row of `sources` in bridge.conf.
struct BridgeSource {
    syslog::Source kind = syslog::Source::fifo;
    NamedFile at;                ///< path "" of udp, and of the machine's own journal
    std::vector<Owner> holders;  ///< of a FIFO: who has it open, as far as we may see
};

struct BridgeFacts {
    NamedFile conf;
    std::vector<std::string> conf_errors;  ///< FILE:LINE: words
    std::vector<BridgeSource> sources;
    std::uint64_t ring = 0;  ///< bytes
    std::optional<NamedFile> feed;
    bool has_black_box = true;

    std::string socket;
    Reach reach = Reach::absent;
    std::string no_welcome;  ///< where it is reached: why it does not welcome us; "": it does
    NamedFile box_dir;
    std::optional<Mount> box_mount;
    std::optional<Owner> process;               ///< syslog_bridge that runs
    std::optional<ProcessIds> ids;              ///< of it
    std::vector<std::uint32_t> journal_groups;  ///< who may read the journal
    std::optional<std::uint64_t> memory;        ///< bytes that the machine has
    FileFacts forward;                          ///< /run/systemd/journal/syslog
    std::optional<Owner> syslogd;               ///< one that reads what journald forwards
};

struct Facts {
    std::uint32_t uid = 0;  ///< whose doctor it is, and whose heart would run

    NamedFile conf;
    std::vector<std::string> conf_errors;  ///< FILE:LINE: words
    std::vector<DeviceFacts> devices;
    std::vector<LeaseFacts> leases;

    std::string socket;
    Reach keeper = Reach::absent;
    NamedFile keeper_state;
    NamedFile state_dir;
    std::optional<Mount> state_mount;  ///< the file system that it is in

    std::string pstore_backend;  ///< "" where there is none
    FileFacts pmsg;              ///< /dev/pmsg0
    std::optional<bool> handle_boot_enabled;
    std::optional<long> open_timeout;  ///< seconds; 0: for ever

    std::optional<SystemdWatchdog> systemd;  ///< RuntimeWatchdogSec=, where it is said
    std::vector<std::string> modules;
    std::vector<IoPorts> io_ports;
    std::vector<KernelWatchdog> watchdogs;
    std::vector<std::string> pci;           ///< functions there are, "8086:25a1"
    std::optional<VmeRegisters> vme_wdt;    ///< of the module, if it is loaded
    std::optional<std::string> etc_system;  ///< Solaris' /etc/system
    bool has_force_vme = false;             ///< the package FORCEvme is installed
    std::vector<std::string> boot_modules;  ///< by /etc/modules and modules-load.d

    std::vector<Service> services;      ///< of ours that are installed
    std::optional<BridgeFacts> bridge;  ///< where bridge.conf or a bridge is

    std::optional<NodeFacts> node;  ///< where node.conf is

    HeartEnvironment heart;
    std::optional<NamedFile> command;  ///< HEART_COMMAND's program
    std::vector<HeartProgram> hearts;
    std::string our_heart;          ///< where Vakt's is
    std::vector<NamedFile> enders;  ///< reboot, shutdown and the like that there are
};

}  // namespace vakt::doctor
