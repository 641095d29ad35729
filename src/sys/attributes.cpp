// SPDX-License-Identifier: Apache-2.0
// Extended attributes, the Linux side (a system without f*xattr replaces this file).
#include "sys/attributes.h"

#include <sys/xattr.h>

#include <cerrno>
#include <string_view>

#include "sys/error.h"

namespace vakt::sys {
namespace {

bool is_carried(std::string_view name) {
    return name == "system.posix_acl_access" || name == "security.selinux" ||
           name == "security.SMACK64" || name.starts_with("user.");
}

Status copy_one(const Fd& from, const Fd& to, const char* attribute, const std::string& name) {
    std::string value(65536, '\0');  // XATTR_SIZE_MAX
    const auto size = ::fgetxattr(from.get(), attribute, value.data(), value.size());
    if (size < 0 && (errno == ENODATA || errno == ENOTSUP)) return Done{};
    if (size < 0) return last_error("read an attribute for", name);
    value.resize(static_cast<std::size_t>(size));

    std::string there(65536, '\0');
    const auto has = ::fgetxattr(to.get(), attribute, there.data(), there.size());
    if (has == size && value == std::string_view(there).substr(0, value.size())) return Done{};
    if (::fsetxattr(to.get(), attribute, value.data(), value.size(), 0) != 0)
        return last_error("set " + std::string(attribute) + " of", name);
    return Done{};
}

}  // namespace

Status copy_attributes(const Fd& from, const Fd& to, const std::string& name) {
    std::string names(65536, '\0');  // XATTR_LIST_MAX
    const auto size = ::flistxattr(from.get(), names.data(), names.size());
    if (size < 0 && (errno == ENOTSUP || errno == ENOSYS)) return Done{};
    if (size < 0) return last_error("list attributes for", name);
    names.resize(static_cast<std::size_t>(size));
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
