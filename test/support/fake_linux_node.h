// SPDX-License-Identifier: Apache-2.0
// Linux' watchdog core as user space sees it, good and odd drivers alike.
#pragma once

#include <linux/watchdog.h>

#include <cstring>

#include "test/support/fake_node.h"

namespace vakt::fake {

/// One driver's ways. Zero for an errno is success.
struct LinuxTraits {
    unsigned options = WDIOF_SETTIMEOUT | WDIOF_KEEPALIVEPING | WDIOF_MAGICCLOSE;
    int own_timeout = 60;  ///< what open starts with
    int least = 1;
    int most = 65535;
    int fixed = 0;      ///< takes every wish and keeps this one
    int rounds_to = 0;  ///< rounds a wish up to a multiple of this
    bool nowayout = false;
    int support_errno = 0;
    int set_errno = 0;
    int get_errno = 0;
    int keepalive_errno = 0;
    int options_errno = 0;  ///< of WDIOC_SETOPTIONS
    int left_errno = 0;
    int boot_errno = 0;
    int write_errno = 0;
    int boot_status = 0;
    int max_pretimeout = 1000;
    int fixed_pretimeout = 0;  ///< the only one it knows
    const char* identity = "fake hardware";
};

class LinuxNode final : public Node {
 public:
    LinuxNode(Hardware& hardware, LinuxTraits& traits)
        : Node(hardware, "/dev/watchdog0", EBUSY), traits_(traits) {}
    ~LinuxNode() override { close(); }
    LinuxNode(const LinuxNode&) = delete;
    LinuxNode& operator=(const LinuxNode&) = delete;

    int pretimeout = 0;

    int control(unsigned long request, void* argument) override {
        auto* value = static_cast<int*>(argument);
        switch (request) {
            case WDIOC_GETSUPPORT:
                return support(static_cast<watchdog_info*>(argument));
            case WDIOC_GETBOOTSTATUS:
                return answer(traits_.boot_errno, value, traits_.boot_status);
            case WDIOC_GETTIMELEFT:
                return answer(traits_.left_errno, value,
                              static_cast<int>(hardware_.left.count() / 1000));
            case WDIOC_GETTIMEOUT:
                return answer(traits_.get_errno, value,
                              static_cast<int>(hardware_.timeout.count() / 1000));
            case WDIOC_KEEPALIVE:
                return keepalive();
            case WDIOC_SETTIMEOUT:
                return set_timeout(value);
            case WDIOC_SETPRETIMEOUT:
                return set_pretimeout(*value);
            case WDIOC_GETPRETIMEOUT:
                *value = pretimeout;
                return 0;
            case WDIOC_SETOPTIONS:
                return set_options(*value);
            default:
                return fail(ENOTTY);
        }
    }

    ssize_t write(std::span<const std::byte> bytes) override {
        if (traits_.write_errno != 0) return fail(traits_.write_errno);
        allow_stop_ = false;  // each write is scanned anew
        for (const auto byte : bytes)
            if (byte == std::byte{'V'}) allow_stop_ = true;
        ping();
        return static_cast<ssize_t>(bytes.size());
    }

 protected:
    void on_open() override {
        allow_stop_ = false;
        ++hardware_.touched;
        hardware_.start(std::chrono::seconds(traits_.own_timeout));
    }
    void on_close() override {
        const bool wished = allow_stop_ || (traits_.options & WDIOF_MAGICCLOSE) == 0;
        if (wished && !traits_.nowayout) hardware_.stop();
    }

 private:
    int support(watchdog_info* info) {
        if (traits_.support_errno != 0) return fail(traits_.support_errno);
        info->options = traits_.options;
        std::strncpy(reinterpret_cast<char*>(info->identity), traits_.identity,
                     sizeof info->identity - 1);
        return 0;
    }
    static int answer(int error, int* into, int value) {
        if (error != 0) return fail(error);
        *into = value;
        return 0;
    }
    void ping() {
        ++hardware_.touched;
        if (hardware_.counting) hardware_.restart();
    }
    int keepalive() {
        if (traits_.keepalive_errno != 0) return fail(traits_.keepalive_errno);
        if ((traits_.options & WDIOF_KEEPALIVEPING) == 0) return fail(EOPNOTSUPP);
        ping();
        return 0;
    }
    int set_timeout(int* value) {
        if (traits_.set_errno != 0) return fail(traits_.set_errno);
        if ((traits_.options & WDIOF_SETTIMEOUT) == 0) return fail(EOPNOTSUPP);
        if (traits_.fixed == 0 && (*value < traits_.least || *value > traits_.most))
            return fail(EINVAL);
        int granted = traits_.fixed != 0 ? traits_.fixed : *value;
        if (traits_.rounds_to != 0)
            granted = (granted + traits_.rounds_to - 1) / traits_.rounds_to * traits_.rounds_to;
        hardware_.timeout = std::chrono::seconds(granted);
        ping();
        *value = granted;
        return 0;
    }
    int set_pretimeout(int wanted) {
        if ((traits_.options & WDIOF_PRETIMEOUT) == 0) return fail(EOPNOTSUPP);
        if (std::chrono::seconds(wanted) >= hardware_.timeout || wanted > traits_.max_pretimeout)
            return fail(EINVAL);
        pretimeout =
            wanted != 0 && traits_.fixed_pretimeout != 0 ? traits_.fixed_pretimeout : wanted;
        return 0;
    }
    int set_options(int option) {
        if (traits_.options_errno != 0) return fail(traits_.options_errno);
        ++hardware_.touched;
        if ((option & WDIOS_DISABLECARD) != 0) {
            if (traits_.nowayout) return fail(EBUSY);
            hardware_.stop();
        }
        if ((option & WDIOS_ENABLECARD) != 0 && !hardware_.counting)
            hardware_.start(hardware_.timeout);
        return 0;
    }

    LinuxTraits& traits_;
    bool allow_stop_ = false;
};

}  // namespace vakt::fake
