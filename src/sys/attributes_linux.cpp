// SPDX-License-Identifier: Apache-2.0
// Extended attributes, the Linux side (a system without f*xattr replaces this file).
#include <sys/xattr.h>

#include <cerrno>
#include <optional>
#include <string_view>

#include "sys/attributes.h"
#include "sys/error.h"

namespace vakt::sys {
namespace {

bool is_carried(std::string_view name) {
    return name == "system.posix_acl_access" || name == "security.selinux" ||
           name == "security.SMACK64" || name.starts_with("user.");
}

/// The value, or nothing where there is none.
Result<std::optional<std::string>> read_one(const Fd& file, const char* attribute,
                                            const std::string& name) {
    // Asked for its size first: an attribute may have 64 KiB, and hardly any has more than 100
    // bytes.
    const auto size = ::fgetxattr(file.get(), attribute, nullptr, 0);
    std::string value(size < 0 ? 0 : static_cast<std::size_t>(size), '\0');
    const auto got =
        size <= 0 ? size : ::fgetxattr(file.get(), attribute, value.data(), value.size());
    if (got < 0 && (errno == ENODATA || errno == ENOTSUP)) return std::optional<std::string>();
    if (got < 0) return last_error("read an attribute for", name);
    value.resize(static_cast<std::size_t>(got));
    return std::optional(std::move(value));
}

Status copy_one(const Fd& from, const Fd& to, const char* attribute, const std::string& name) {
    const auto value = read_one(from, attribute, name);
    if (!value) return value.error();
    if (!*value) return Done{};
    const auto there = read_one(to, attribute, name);
    if (there && *there == *value) return Done{};  // a label may be there by inheritance
    if (::fsetxattr(to.get(), attribute, (*value)->data(), (*value)->size(), 0) != 0)
        return last_error("set " + std::string(attribute) + " of", name);
    return Done{};
}

}  // namespace

Status copy_attributes(const Fd& from, const Fd& to, const std::string& name) {
    const auto size = ::flistxattr(from.get(), nullptr, 0);
    if (size == 0 || (size < 0 && (errno == ENOTSUP || errno == ENOSYS))) return Done{};
    if (size < 0) return last_error("list attributes for", name);
    std::string names(static_cast<std::size_t>(size), '\0');
    const auto got = ::flistxattr(from.get(), names.data(), names.size());
    if (got < 0) return last_error("list attributes for", name);
    names.resize(static_cast<std::size_t>(got));
    for (std::size_t at = 0; at < names.size();) {
        const char* attribute = names.c_str() + at;
        const std::string_view word(attribute);
        at += word.size() + 1;
        if (!is_carried(word)) continue;
        if (auto copied = copy_one(from, to, attribute, name); !copied) return copied;
    }
    return Done{};
}

}  // namespace vakt::sys
