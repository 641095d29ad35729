// SPDX-License-Identifier: Apache-2.0
// ferrule's record mode: the bridge's core with one source, one client and no socket.
#include "prog/ferrule_records.h"

#include <unistd.h>

#include <string_view>

#include "source/fifo_records.h"
#include "wire/bridge_bytes.h"

namespace vakt::prog {
namespace {

// The core is given messages as they stand behind their size.
std::string body(const wire::ToBridge& message) {
    return wire::encode(message).substr(sizeof(std::uint32_t));
}

}  // namespace

FerruleRecords::FerruleRecords(std::size_t ring, const report::BootId& boot)
    : memory_(std::make_unique_for_overwrite<std::byte[]>(ring)),
      core_({memory_.get(), ring}, boot, 1),
      credit_(body(wire::Credit{~std::uint32_t{0}})) {
    // What the syslog daemon was told to write here is all wanted, and each line by itself.
    origin_ = core_
                  .source({.source = syslog::Source::fifo,
                           .name = "fifo",
                           .guard = {},
                           .fold_repeats = false,
                           .with_auth = true})
                  .value_or(0);
    client_ = core_.connected({static_cast<std::uint32_t>(::getpid()), ::getuid()}).value_or(0);
    static_cast<void>(core_.message(client_, body(wire::Hello{}), clock_.now()));
    static_cast<void>(
        core_.message(client_, body(wire::Open{.from = wire::From::oldest}), clock_.now()));
    // A port knows whom it opened: no Welcome.
    core_.sent(client_, core_.out(client_).size());
    clock_.turn_over();
}

void FerruleRecords::line(const syslog::Line& line) {
    if (!wall_) wall_ = clock_.for_source().wall;
    core_.accept(origin_, source::entry_of(line, *wall_), clock_.now());
}

std::span<const unsigned char> FerruleRecords::front() {
    if (core_.out(client_).empty()) {
        static_cast<void>(core_.message(client_, credit_, clock_.now()));
        core_.distribute(clock_.now());
    }
    const auto out = core_.out(client_);
    return {reinterpret_cast<const unsigned char*>(out.data()), out.size()};
}

void FerruleRecords::written(std::size_t bytes) {
    core_.sent(client_, bytes);
    clock_.turn_over();
}

}  // namespace vakt::prog
