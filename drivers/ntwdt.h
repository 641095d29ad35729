// SPDX-License-Identifier: Apache-2.0
// Solaris' application watchdog, /dev/ntwdt (ntwdt(7D)).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "drivers/dev_node.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// The driver's requests, our own copy: its header is a kernel one. The encoding is Solaris'
/// (sys/ioccom.h: IOC_VOID 0x20000000, IOC_OUT 0x40000000, IOC_IN 0x80000000, the size in bits 16
/// to 23), which is not Linux's, so that tests see on any host what Solaris would be sent.
namespace lom {
struct DogState {
    std::int32_t reset_enable;
    std::int32_t dog_enable;
    std::uint32_t dog_timeout;  ///< seconds
};
struct DogControl {
    std::int32_t reset_enable;
    std::int32_t dog_enable;
};
inline constexpr unsigned long kOut = 0x40000000;
inline constexpr unsigned long kIn = 0x80000000;
inline constexpr unsigned long kVoid = 0x20000000;
constexpr unsigned long request(unsigned long way, std::size_t size, unsigned long number) {
    return way | ((size & 0xff) << 16) | (static_cast<unsigned long>('a') << 8) | number;
}
inline constexpr unsigned long kState = request(kOut, sizeof(DogState), 6);     // LOMIOCDOGSTATE
inline constexpr unsigned long kControl = request(kIn, sizeof(DogControl), 7);  // LOMIOCDOGCTL
inline constexpr unsigned long kTime = request(kIn, sizeof(std::uint32_t), 8);  // LOMIOCDOGTIME
inline constexpr unsigned long kPat = request(kVoid, 0, 9);                     // LOMIOCDOGPAT
}  // namespace lom

/// 1 to 10800 seconds. Closing does not stop it. A PAT of a disabled watchdog succeeds in silence,
/// so every pet asks LOMIOCDOGSTATE whether it meant anything; a watchdog that someone disabled is
/// an io_error. It tells neither the time left nor why the board restarted.
class Ntwdt final : public wdt::WatchdogDevice {
 public:
    /// Opens `node` unless it is open (handed over while counting).
    /// Errors: open's; permission and resource_unavailable_try_again say who may and who has it.
    [[nodiscard]] static Result<std::unique_ptr<Ntwdt>> make(std::unique_ptr<DevNode> node);

    Result<wdt::Millis> arm(wdt::Millis wanted) override;
    Status pet() override;
    Status disarm() override;
    Result<wdt::Millis> time_left() override;
    Result<wdt::BootFlags> boot_status() override;
    [[nodiscard]] const wdt::Capabilities& capabilities() const override { return capabilities_; }
    [[nodiscard]] const std::string& name() const override { return node_->name(); }
    [[nodiscard]] const std::vector<std::string>& remarks() const override { return remarks_; }
    [[nodiscard]] int descriptor() const override { return node_->descriptor(); }

 private:
    Ntwdt(std::unique_ptr<DevNode> node, bool armed);
    Result<wdt::Millis> try_to_arm(wdt::Millis wanted);
    Result<lom::DogState> state();

    std::unique_ptr<DevNode> node_;
    wdt::Capabilities capabilities_;
    std::vector<std::string> remarks_;
    bool armed_;
};

}  // namespace vakt::drivers
