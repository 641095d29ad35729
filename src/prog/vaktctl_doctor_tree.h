// SPDX-License-Identifier: Apache-2.0
// A system's files under a root of doctor's choice, looked at and never opened but to be read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/facts.h"

namespace vakt::prog {

class Tree {
 public:
    explicit Tree(std::string root) : root_(std::move(root)) {}

    [[nodiscard]] std::string at(const std::string& path) const { return root_ + path; }
    [[nodiscard]] doctor::FileFacts file(const std::string& path) const;
    [[nodiscard]] doctor::NamedFile named(const std::string& path) const {
        return {path, file(path)};
    }
    /// All of a regular file of at most 1 MiB.
    [[nodiscard]] std::optional<std::string> text(const std::string& path) const;
    /// The first line of it, as sysfs writes.
    [[nodiscard]] std::string line(const std::string& path) const;
    [[nodiscard]] std::optional<long> number(const std::string& path) const;
    /// Sorted; without those that begin with a dot.
    [[nodiscard]] std::vector<std::string> entries(const std::string& path) const;
    /// What a link says; "" of what is none.
    [[nodiscard]] std::string target(const std::string& link) const;
    /// Whether somebody listens at a socket.
    [[nodiscard]] doctor::Reach knock(const std::string& socket) const;

    /// Processes, by number.
    [[nodiscard]] std::vector<doctor::Owner> processes() const;
    /// What its descriptors lead to; other users' are seen by root alone.
    [[nodiscard]] std::vector<std::string> open_files(const doctor::Owner& process) const;

 private:
    std::string root_;
};

}  // namespace vakt::prog
