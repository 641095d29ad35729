// SPDX-License-Identifier: Apache-2.0
// A real directory of a test's own beneath build/, gone when the test is over.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "sys/fd.h"

class Scratch {
 public:
    Scratch() {
        ::umask(022);
        path_ = std::filesystem::current_path().string() + "/build/u.XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) std::abort();
        ::chmod(path_.c_str(), 0755);
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] vakt::sys::Fd dir() const {
        return vakt::sys::Fd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    /// Its path.
    std::string put(const std::string& name, const std::string& bytes) const {
        std::ofstream(at(name), std::ios::binary) << bytes;
        return at(name);
    }
    [[nodiscard]] std::string get(const std::string& name) const {
        std::ifstream in(at(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void link(const std::string& target, const std::string& name) const {
        std::filesystem::create_symlink(target, at(name));
    }
    [[nodiscard]] bool has(const std::string& name) const {
        struct stat status {};
        return ::lstat(at(name).c_str(), &status) == 0;
    }
    [[nodiscard]] struct stat status(const std::string& name) const {
        struct stat status {};
        ::lstat(at(name).c_str(), &status);
        return status;
    }

 private:
    std::string path_;
};
