// SPDX-License-Identifier: Apache-2.0
// The keeper's children: how they are made, and what is said to them.
#include "prog/keeper_children.h"

#include "sys/error.h"

namespace vakt::prog {
PlainSettings plain(const settings::KeeperFile& file) {
    PlainSettings plain;
    const auto copy = [](const auto& rows, auto& to, std::uint8_t& count) {
        for (const auto& row : rows) to[count++] = row;
    };
    copy(file.settings.leases, plain.leases, plain.lease_count);
    copy(file.settings.devices, plain.devices, plain.device_count);
    copy(file.settings.evidence, plain.evidence, plain.evidence_count);
    copy(file.settings.rights, plain.rights, plain.right_count);
    for (std::size_t row = 0; row < plain.evidence_count; ++row) {
        const auto& probe = file.probes[row];
        plain.probes[row] = {probe.kind, std::string_view(probe.path), probe.limit_percent,
                             std::string_view(probe.bridge)};
    }
    return plain;
}

keeper::Settings settings_of(const PlainSettings& plain) {
    keeper::Settings settings;
    for (std::size_t row = 0; row < plain.lease_count; ++row)
        settings.leases.push_back(plain.leases[row]);
    for (std::size_t row = 0; row < plain.device_count; ++row)
        settings.devices.push_back(plain.devices[row]);
    for (std::size_t row = 0; row < plain.evidence_count; ++row)
        settings.evidence.push_back(plain.evidence[row]);
    for (std::size_t row = 0; row < plain.right_count; ++row)
        settings.rights.push_back(plain.rights[row]);
    return settings;
}

Child spawn_prober(const PlainProbe& probe) {
    return sys::spawn_helper([&](int socket) { run_prober(probe, socket); });
}

Result<Children> spawn_children(const ChildrenSetup& setup) {
    Children children;
    children.scribe = sys::spawn_helper([&](int socket) { run_scribe(setup, socket); });
    children.reader = sys::spawn_helper([&](int socket) { run_reader(setup, socket); });
    if (children.scribe.pid == 0 || children.reader.pid == 0)
        return sys::last_error("start", "the children");
    const auto probes = plain(*setup.file).probes;
    for (std::size_t row = 0; row < setup.file->probes.size(); ++row) {
        children.probers[row] = spawn_prober(probes[row]);
        if (children.probers[row].pid == 0) return sys::last_error("start", "a prober");
    }
    return Result<Children>(std::move(children));
}

}  // namespace vakt::prog
