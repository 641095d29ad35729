// SPDX-License-Identifier: Apache-2.0
#include <sys/acl.h>

#include <cerrno>

#include "sys/attributes.h"
#include "sys/error.h"

namespace vakt::sys {

// Of what says who may do what there is the access control list alone (facl_get(3SEC)); a trivial
// one is what owner and mode say, and those are carried over without us.
Status copy_attributes(const Fd& from, const Fd& to, const std::string& name) {
    acl_t* list = nullptr;
    if (::facl_get(from.get(), ACL_NO_TRIVIAL, &list) != 0)
        return errno == ENOSYS || errno == ENOTSUP
                   ? Status(Done{})
                   : Status(last_error("read the access control list of", name));
    if (list == nullptr) return Done{};
    const bool set = ::facl_set(to.get(), list) == 0;
    const int code = errno;
    ::acl_free(list);
    errno = code;
    if (!set) return last_error("set the access control list of", name);
    return Done{};
}

}  // namespace vakt::sys
