// SPDX-License-Identifier: Apache-2.0
// A NoCloud seed's user-data: a #cloud-config with files, a host name, and the mapping `vakt:`.
#include "seed/user_data.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace vakt::seed {
namespace {

constexpr const char* kNotDone = "not done here: write_files, hostname, fqdn, vakt";
constexpr std::array<Key, 13> kKeys{{{"write_files"},
                                     {"hostname"},
                                     {"fqdn"},
                                     {"vakt"},
                                     {"runcmd", kNotDone},
                                     {"bootcmd", kNotDone},
                                     {"packages", kNotDone},
                                     {"package_update", kNotDone},
                                     {"users", kNotDone},
                                     {"password", kNotDone},
                                     {"chpasswd", kNotDone},
                                     {"ssh_authorized_keys", kNotDone},
                                     {"network", "it has a document of its own: network-config"}}};

/// What a text begins with when it is user-data of another kind, and what that is.
struct OtherKind {
    std::string_view begins;
    std::string_view is;
};
constexpr std::array<OtherKind, 8> kOtherKinds{{{"\x1f\x8b", "gzip"},
                                                {"#!", "a script"},
                                                {"#include", "an include"},
                                                {"#cloud-boothook", "a boot hook"},
                                                {"#cloud-config-archive", "an archive"},
                                                {"## template:", "a template"},
                                                {"Content-Type:", "MIME"},
                                                {"MIME-Version:", "MIME"}}};

bool is_cloud_config(std::string_view text, Complaints& complaints) {
    constexpr std::string_view kHead = "#cloud-config";
    for (const auto& [begins, is] : kOtherKinds) {
        if (!text.starts_with(begins)) continue;
        complaints.push_back({1, "this is " + std::string(is) + "; #cloud-config alone is read"});
        return false;
    }
    auto first = take_line(text);
    if (first.ends_with('\r')) first.remove_suffix(1);
    while (first.ends_with(' ')) first.remove_suffix(1);
    if (first == kHead) return true;
    complaints.push_back({1, "the first line is not #cloud-config"});
    return false;
}

class FileRows {
 public:
    FileRows(const Surroundings& around, Complaints& complaints)
        : around_(around), complaints_(complaints) {}

    std::vector<FileWrite> run(MapReader& map) {
        const auto rows = map.list("write_files");
        if (rows.size() > kMostFiles)
            map.complain("write_files", std::to_string(kMostFiles) + " files at most");
        for (const auto& row : rows.first(std::min(rows.size(), kMostFiles)))
            rows_.push_back(read_write_file(row, around_, complaints_));
        std::stable_partition(rows_.begin(), rows_.end(),
                              [](const FileWrite& row) { return !row.defer; });
        for (auto& row : rows_) join(row);
        return std::move(files_);
    }

 private:
    void join(FileWrite& file) {
        const auto same = std::find_if(files_.begin(), files_.end(), [&](const FileWrite& other) {
            return other.path == file.path;
        });
        if (same == files_.end()) return files_.push_back(std::move(file));
        if (!file.append)
            complaints_.push_back(
                {file.line, quoted(file.path) + " is written by another row, too"});
        const auto before = std::move(*same);
        *same = std::move(file);
        same->content = before.content + same->content;
        same->append = before.append;
    }

    const Surroundings& around_;
    Complaints& complaints_;
    std::vector<FileWrite> rows_;
    std::vector<FileWrite> files_;
};

}  // namespace

UserData read_user_data(std::string_view text, const Surroundings& around, Complaints& complaints) {
    UserData data;
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return data;
    if (!is_cloud_config(text, complaints)) return data;
    const auto tree = yaml::parse_tree(text, complaints);
    if (!complaints.empty()) return data;
    MapReader map(tree, "#cloud-config", complaints);
    map.only(kKeys);
    read_host_name(map, "hostname", data.host);
    if (const auto fqdn = map.text("fqdn")) {
        HostName whole;
        read_host_name(map, "fqdn", whole);
        data.host.fqdn = whole.fqdn;
        if (data.host.name.empty()) data.host.name = whole.name;
    }
    data.files = FileRows(around, complaints).run(map);
    if (const auto* const node = map.map("vakt"))
        data.node = read_node_settings(*node, around, complaints);
    return data;
}

}  // namespace vakt::seed
