// SPDX-License-Identifier: Apache-2.0
// Errors as values: what was being done, and how the system refused it.
#pragma once

#include <cassert>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace vakt {

/// What was being done to what, and how it was refused.
struct Error {
    std::string doing;     ///< "open /etc/syslog.conf": the act, then its subject
    std::error_code code;  ///< errno in std::generic_category; empty when the words say it all

    bool operator==(const Error&) const = default;
};

/// "open /etc/syslog.conf: Permission denied".
inline std::string describe(const Error& error) {
    return error.code ? error.doing + ": " + error.code.message() : error.doing;
}

/// Success without a value.
struct Done {
    bool operator==(const Done&) const = default;
};

/// The part of std::expected<T, Error> that we use; it becomes an alias the day we build as C++23.
template <class T>
class [[nodiscard]] Result {
 public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return state_.index() == 0; }

    /// REQUIRES: a value is there.
    T& operator*() {
        assert(*this);
        return std::get<0>(state_);
    }
    const T& operator*() const {
        assert(*this);
        return std::get<0>(state_);
    }
    T* operator->() { return &**this; }
    const T* operator->() const { return &**this; }

    /// REQUIRES: no value is there.
    const Error& error() const {
        assert(!*this);
        return std::get<1>(state_);
    }

 private:
    std::variant<T, Error> state_;
};

using Status = Result<Done>;

/// An error of ours, where no system call failed.
inline Error refusal(std::string words) { return Error{std::move(words), {}}; }

}  // namespace vakt
