// SPDX-License-Identifier: Apache-2.0
// A whole seed to what is written because of it, or to everything that is wrong with it.
#include "seed/plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/crc32.h"
#include "base/users.h"
#include "seed/meta_data.h"
#include "seed/network.h"

namespace vakt::seed {
namespace {

std::string hex(std::uint32_t number) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (unsigned shift = 32; shift > 0; shift -= 4) text += kDigits[number >> (shift - 4) & 0xfU];
    return text;
}

class Planner {
 public:
    Planner(const Documents& documents, const Surroundings& around)
        : documents_(documents), around_(around) {}

    Result<Plan> run() {
        MetaData meta;
        UserData user;
        std::optional<Network> network;
        take(documents_.meta_data, [&](const std::string& text, Complaints& complaints) {
            const auto tree = yaml::parse_tree(text, complaints);
            if (complaints.empty()) meta = read_meta_data(tree, complaints);
        });
        take(documents_.user_data, [&](const std::string& text, Complaints& complaints) {
            user = read_user_data(text, around_, complaints);
        });
        take(documents_.network_config, [&](const std::string& text, Complaints& complaints) {
            const auto tree = yaml::parse_tree(text, complaints);
            if (complaints.empty()) network = read_network(tree, complaints);
        });
        if (!documents_.meta_data) say("the seed has no meta-data");
        plan_.instance_id = meta.instance_id;
        plan_.digest = hex(crc32(all_));
        plan_.files = std::move(user.files);
        host(meta.host, user.host);
        if (network) network_files(*network);
        node_files(user.node);
        no_file_is_a_directory();
        remark(meta);
        if (!wrong_.empty()) return refusal(wrong_);
        return std::move(plan_);
    }

 private:
    template <class Read>
    void take(const std::optional<Document>& document, const Read& read) {
        if (!document) return;
        // A zero parts them, which no document has.
        all_ += document->text + '\0';
        Complaints complaints;
        read(document->text, complaints);
        if (!complaints.empty()) say(in_lines(std::move(complaints), document->name));
    }
    void say(const std::string& words) { wrong_ += (wrong_.empty() ? "" : "\n") + words; }

    FileWrite& own(const char* name, std::string content) {
        FileWrite file;
        file.path = around_.etc + "/" + name;
        file.content = std::move(content);
        const bool twice =
            std::any_of(plan_.files.begin(), plan_.files.end(),
                        [&](const FileWrite& other) { return other.path == file.path; });
        if (twice) say(user_data() + ": " + file.path + " is written by another key already");
        plan_.files.push_back(std::move(file));
        return plan_.files.back();
    }
    [[nodiscard]] std::string user_data() const {
        return documents_.user_data ? documents_.user_data->name : "user-data";
    }

    /// A file cannot be where another one's directory is to be.
    void no_file_is_a_directory() {
        Complaints complaints;
        for (const auto& above : plan_.files)
            for (const auto& file : plan_.files)
                if (file.path.starts_with(above.path + "/"))
                    complaints.push_back({file.line != 0 ? file.line : above.line,
                                          quoted(file.path) + " is below " + quoted(above.path) +
                                              ", which is written as a file, too"});
        if (!complaints.empty()) say(in_lines(std::move(complaints), user_data()));
    }

    void host(const HostName& from_meta, const HostName& from_user) {
        auto name = from_user.name.empty() ? from_meta.name : from_user.name;
        if (name.empty()) return;
        auto fqdn = from_user.fqdn;
        if (fqdn.empty() && name == from_meta.name) fqdn = from_meta.fqdn;
        own("hosts", std::string("127.0.0.1 localhost\n") + kOwnAddress + " " + fqdn +
                         (fqdn.empty() ? "" : " ") + name + "\n");
        own("hostname", std::move(name) + "\n");
    }

    void network_files(const Network& network) {
        own("network", network_text(network));
        std::string text;
        if (!network.search.empty()) {
            text += "search";
            for (const auto& domain : network.search) text += " " + domain;
            text += "\n";
        }
        for (const auto server : network.name_servers)
            text += "nameserver " + address_text(server) + "\n";
        // With DHCP and nothing said it is the lease's.
        if (!text.empty() || !network.dhcp) own("resolv.conf", std::move(text));
    }

    void node_files(const NodeSettings& node) {
        if (auto text = args_text(node); !text.empty()) own("vm.args", std::move(text));
        if (!node.cookie.empty()) {
            const auto uid = find_id(around_.passwd, around_.user);
            if (!uid) say(user_data() + ": cookie: there is no user " + quoted(around_.user));
            auto& file = own("erlang.cookie", node.cookie + "\n");
            file.mode = 0400;
            file.uid = uid.value_or(0);
        }
        const bool is_written =
            std::any_of(plan_.files.begin(), plan_.files.end(),
                        [&](const FileWrite& file) { return file.path == node.args_file; });
        if (node.args_file.empty() || is_written) return;
        plan_.wanted = node.args_file;
        plan_.unless = in_lines({{node.args_file_line, "args_file: " + quoted(node.args_file) +
                                                           " is neither there nor written"}},
                                user_data());
    }

    void remark(const MetaData& meta) {
        for (const auto& key : meta.unused)
            plan_.remarks.push_back(documents_.meta_data->name + ": " + quoted(key) +
                                    " is not used");
        if (documents_.vendor_data) plan_.remarks.emplace_back("vendor-data is not used");
    }

    const Documents& documents_;
    const Surroundings& around_;
    std::string all_;
    std::string wrong_;
    Plan plan_;
};

}  // namespace

Result<Plan> make_plan(const Documents& documents, const Surroundings& around) {
    return Planner(documents, around).run();
}

}  // namespace vakt::seed
