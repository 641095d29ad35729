// SPDX-License-Identifier: Apache-2.0
// A device node in front of fake hardware: open once at a time, and nothing else unless overridden.
#pragma once

#include <cerrno>
#include <string>

#include "drivers/dev_node.h"
#include "test/support/fake_hardware.h"

namespace vakt::fake {

class Node : public drivers::DevNode {
 public:
    Node(Hardware& hardware, std::string path, int busy_errno)
        : hardware_(hardware), path_(std::move(path)), busy_errno_(busy_errno) {}
    ~Node() override {
        if (open_) hardware_.in_use = false;
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    /// As if a predecessor had opened it and handed it over.
    void hand_over() {
        open_ = true;
        hardware_.in_use = true;
    }

    Status open() override {
        const int refused = hardware_.in_use ? busy_errno_ : open_errno;
        if (refused != 0)
            return Error{"open " + path_, std::error_code(refused, std::generic_category())};
        hand_over();
        on_open();
        return Done{};
    }
    void close() override {
        if (!open_) return;
        open_ = false;
        hardware_.in_use = false;
        on_close();
    }
    [[nodiscard]] int descriptor() const override { return open_ ? 7 : -1; }
    [[nodiscard]] const std::string& name() const override { return path_; }

    int control(unsigned long /*request*/, void* /*argument*/) override { return fail(ENOTTY); }
    ssize_t read(std::span<std::byte> /*into*/) override { return fail(EINVAL); }
    ssize_t write(std::span<const std::byte> /*bytes*/) override { return fail(EINVAL); }
    ssize_t read_at(std::span<std::byte> /*into*/, off_t /*offset*/) override {
        return fail(ESPIPE);
    }
    ssize_t write_at(std::span<const std::byte> /*bytes*/, off_t /*offset*/) override {
        return fail(ESPIPE);
    }

    int open_errno = 0;

 protected:
    virtual void on_open() {}
    virtual void on_close() {}
    static int fail(int error) {
        errno = error;
        return -1;
    }
    [[nodiscard]] bool is_open() const { return open_; }
    Hardware& hardware_;

 private:
    std::string path_;
    int busy_errno_;
    bool open_ = false;
};

}  // namespace vakt::fake
