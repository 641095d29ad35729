// SPDX-License-Identifier: Apache-2.0
// What doctor looks at for the node that is started at boot, and for os_sup.
#include "prog/vaktctl_doctor_node.h"

#include <algorithm>

#include "base/text.h"
#include "base/users.h"
#include "swap/allow.h"

namespace vakt::prog {
namespace {

using doctor::NodeFacts;

void look_at_term(const Tree& tree, NodeFacts& facts) {
    facts.term = doctor::term_of(tree.text(facts.start.path).value_or(""));
    if (!facts.term || facts.term->empty()) return;
    bool any = false;
    facts.term_known = false;
    for (const std::string root :
         {"/etc/terminfo/", "/lib/terminfo/", "/usr/share/terminfo/", "/usr/share/lib/terminfo/"}) {
        any |= tree.file(root).there();
        const auto name = root + (*facts.term)[0] + "/" + *facts.term;
        facts.term_known |= tree.file(name).there();
    }
    facts.term_known |= !any;
}

/// Every way in which a boot would start it.
void look_at_starters(const Tree& tree, NodeFacts& facts) {
    const std::string systemd = "/etc/systemd/system/";
    for (const auto& folder : tree.entries(systemd))
        if (folder.ends_with(".wants") &&
            !tree.target(systemd + folder + "/vakt-node.service").empty())
            facts.starters.emplace_back("vakt-node.service");
    // several run levels are one way
    for (const std::string level : {"2", "3", "4", "5"}) {
        const auto script = "/etc/rc" + level + ".d/S75otp.system";
        if (!tree.target(script).empty() || tree.file(script).there()) {
            facts.starters.push_back(script);
            break;
        }
    }
    const auto inittab = tree.text("/etc/inittab").value_or("");
    for (std::string_view rest = inittab; !rest.empty();) {
        const auto line = take_line(rest);
        if (!line.starts_with('#') && line.find("otp.system") != std::string_view::npos &&
            line.find("shutdown") == std::string_view::npos) {
            facts.starters.emplace_back("/etc/inittab");
            break;
        }
    }
    if (tree.file("/lib/svc/manifest/site/vakt.xml").there())
        facts.starters.emplace_back("/lib/svc/manifest/site/vakt.xml");
}

void look_at_release(const Tree& tree, NodeFacts& facts) {
    const auto& root = facts.root.path;
    for (const auto& name : tree.entries(root))
        if (name.starts_with("erts-")) facts.erts.push_back(name);
    facts.data = tree.named(root + "/releases/start_erl.data");
    const auto line = tree.line(facts.data.path);
    const auto words = split_words(line);
    if (words.size() == 2 && words[1].find('/') == std::string_view::npos) {
        facts.sys_config = tree.named(root + "/releases/" + std::string(words[1]) + "/sys.config");
        const auto text = tree.text(facts.sys_config.path).value_or("");
        facts.os_mon = doctor::read_os_sup(text, "os_mon");
        facts.vakt = doctor::read_os_sup(text, "vakt");
    }
    for (const auto& name : tree.entries(root + "/lib")) {
        const auto lib = std::string(root).append("/lib/").append(name);
        if (name.starts_with("vakt-"))
            facts.copies.push_back(tree.named(lib + "/priv/bin/mod_syslog"));
        if (!name.starts_with("os_mon-")) continue;
        const auto app = lib + "/ebin/os_mon.app";
        auto keys = tree.text(app).value_or("");
        std::erase_if(keys, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
        if (keys.find("{start_os_sup,true}") != std::string::npos) facts.edited_app = app;
        const auto helper = tree.named(lib + "/priv/bin/mod_syslog");
        const auto program = tree.text(helper.path);
        if (program && program->find("syslog.allow") == std::string::npos)
            facts.strangers.push_back(helper);
    }
}

void look_at_policy(const Tree& tree, const std::string& policy, NodeFacts& facts) {
    facts.policy = policy;
    const auto text = tree.text(policy);
    if (!text) return;
    const auto flavours = swap::compiled_flavours();
    const auto allow = swap::parse_allow(*text, flavours);
    if (!allow) {
        facts.refusal = describe(allow.error());
        return;
    }
    for (const auto& row : *allow) {
        const auto* const flavour = swap::find_flavour(flavours, row.flavour);
        facts.swaps.push_back({tree.named(row.conf), tree.named(row.own + "/syslog.conf.ORIG"),
                               tree.named(row.own + "/syslog.conf.OTP"), row.own,
                               flavour != nullptr && flavour->rereads});
    }
}

}  // namespace

std::optional<NodeFacts> look_at_node(const Tree& tree, const NodePlaces& places,
                                      const keeper::Rights& rights) {
    const auto conf = tree.text(places.conf);
    if (!conf) return std::nullopt;
    NodeFacts facts;
    facts.conf = tree.named(places.conf);
    const auto said = [&](const char* key) { return doctor::setting(*conf, key).value_or(""); };
    facts.user = said("VAKT_USER");
    facts.uid = find_id(tree.text("/etc/passwd").value_or(""), facts.user);
    facts.command = said("HEART_COMMAND");
    if (facts.uid)
        facts.may_reboot = keeper::may(rights, *facts.uid, keeper::Verb::reboot, /*owner=*/nullptr);
    const auto root = said("ROOTDIR");
    facts.root = tree.named(root);
    facts.log = tree.named(root + "/log");
    facts.start = tree.named(root + "/bin/start");
    if (const auto mounts = tree.text("/proc/mounts"))
        facts.mount = doctor::find_mount(*mounts, root);
    look_at_term(tree, facts);
    look_at_starters(tree, facts);
    look_at_release(tree, facts);
    look_at_policy(tree, places.policy, facts);
    facts.mod_syslog = tree.named(places.programs + "mod_syslog");
    return facts;
}

}  // namespace vakt::prog
