// SPDX-License-Identifier: Apache-2.0
// A whole seed to what is written because of it, or to everything that is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "seed/user_data.h"

namespace vakt::seed {

/// One document, and how messages call it.
struct Document {
    std::string name;
    std::string text;
};

/// The documents of a seed that are there.
struct Documents {
    std::optional<Document> meta_data;
    std::optional<Document> user_data;
    std::optional<Document> network_config;
    bool vendor_data = false;  ///< there is one
};

struct Plan {
    std::string instance_id;
    std::string digest;  ///< of the documents: another one for other texts
    /// Each path once, and none below another; in the order in which they are to be written.
    std::vector<FileWrite> files;
    std::string wanted;  ///< a file that must be there, which none of `files` is; or ""
    std::string unless;  ///< what to say when it is not
    std::vector<std::string> remarks;  ///< what was passed over, in words
};

/// Besides the files of user-data, in around.etc: `hostname` and `hosts`, `network` and
/// `resolv.conf`, `vm.args`, and `erlang.cookie`, which around.user alone may read; each where the
/// seed says something of it. An error's words are one line for everything that is
/// wrong, in all documents, "NAME:LINE: what".
[[nodiscard]] Result<Plan> make_plan(const Documents& documents, const Surroundings& around);

}  // namespace vakt::seed
