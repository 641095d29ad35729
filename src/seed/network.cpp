// SPDX-License-Identifier: Apache-2.0
// network-config: one interface with one IPv4 address, fixed or from DHCP.
#include "seed/network.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "seed/map_reader.h"
#include "seed/names.h"

namespace vakt::seed {
namespace {

constexpr std::size_t kMostServers = 3;
constexpr std::size_t kMostDomains = 6;
constexpr const char* kOneInterface = "one interface is configured here, and this is another";

bool is_interface(const std::string& name) {
    constexpr std::size_t kLongest = 15;
    return !name.empty() && name.size() <= kLongest &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-' || c == '.';
           });
}

/// What the two versions have in common.
class NetworkReader {
 public:
    explicit NetworkReader(Complaints& complaints) : complaints_(complaints) {}

    std::optional<Network> run(const yaml::Node& document) {
        const auto* node = &document;
        if (const auto* const inner = document.find("network")) {
            MapReader outer(document, "network-config", complaints_);
            outer.only(std::array<Key, 1>{{{"network"}}});
            node = inner;
        }
        MapReader map(*node, "network-config", complaints_);
        if (node->inner.empty()) return std::nullopt;
        if (const auto version = map.number("version", 1, 2)) {
            if (*version == 1)
                version_1(map);
            else
                version_2(map);
        } else if (const auto* const config = map.scalar("config");
                   config == nullptr || config->text != "disabled") {
            map.complain("version", "1 or 2 is wanted");
        }
        if (!found_) return std::nullopt;
        return std::move(network_);
    }

 private:
    // ---- version 1: a list of things, each with a type ----

    void version_1(MapReader& map) {
        map.only(std::array<Key, 2>{{{"version"}, {"config"}}});
        for (const auto& node : map.list("config")) {
            MapReader row(node, "a row of config", complaints_);
            const auto type = row.text("type").value_or("");
            if (type == "physical")
                physical(row);
            else if (type == "nameserver")
                name_server_row(row);
            else if (type != "loopback")
                row.complain("type", quoted(type) + " is not done here: physical, nameserver");
        }
    }

    void physical(MapReader& row) {
        row.only(std::array<Key, 5>{{{"type"}, {"name"}, {"mac_address"}, {"mtu"}, {"subnets"}}});
        if (!first(row.line())) return;
        take_interface(row, "name", row.text("name").value_or(""));
        take_mac(row, "mac_address");
        network_.mtu = mtu(row);
        const auto subnets = row.list("subnets");
        if (subnets.size() > 1) row.complain("subnets", "one address is given here, not more");
        if (!subnets.empty()) subnet(subnets[0]);
    }

    void subnet(const yaml::Node& node) {
        MapReader map(node, "a subnet", complaints_);
        map.only(std::array<Key, 7>{{{"type"},
                                     {"address"},
                                     {"netmask"},
                                     {"gateway"},
                                     {"dns_nameservers"},
                                     {"dns_search"},
                                     {"control"}}});
        const auto type = map.text("type").value_or("");
        if (type == "dhcp" || type == "dhcp4") {
            network_.dhcp = true;
        } else if (type == "static") {
            take_address(map, "address", map.text("address").value_or(""), map.text("netmask"));
            network_.gateway = address(map, "gateway");
        } else if (type != "manual") {
            map.complain("type", quoted(type) + " is not done here: dhcp, static");
        }
        name_servers(map, "dns_nameservers", "dns_search");
    }

    void name_server_row(MapReader& row) {
        row.only(std::array<Key, 3>{{{"type"}, {"address"}, {"search"}}});
        name_servers(row, "address", "search");
    }

    // ---- version 2: netplan's ----

    void version_2(MapReader& map) {
        constexpr const char* kNot = "not done here: ethernets";
        map.only(std::array<Key, 8>{{{"version"},
                                     {"ethernets"},
                                     {"renderer", "there is none here to choose"},
                                     {"wifis", kNot},
                                     {"bonds", kNot},
                                     {"bridges", kNot},
                                     {"vlans", kNot},
                                     {"tunnels", kNot}}});
        const auto* const ethernets = map.map("ethernets");
        if (ethernets == nullptr) return;
        for (const auto& node : ethernets->inner)
            if (node.key != "lo") ethernet(node);
    }

    void ethernet(const yaml::Node& node) {
        MapReader map(node, "an interface", complaints_);
        map.only(std::array<Key, 11>{{{"match"},
                                      {"set-name"},
                                      {"dhcp4"},
                                      {"dhcp6"},
                                      {"addresses"},
                                      {"gateway4"},
                                      {"routes"},
                                      {"nameservers"},
                                      {"mtu"},
                                      {"optional"},
                                      {"gateway6", "IPv6 is not done here"}}});
        if (!first(node.line)) return;
        if (const auto* const match = map.map("match")) {
            MapReader inner(*match, "match", complaints_);
            inner.only(std::array<Key, 2>{{{"macaddress"}, {"name"}}});
            take_mac(inner, "macaddress");
            if (const auto name = inner.text("name")) network_.interface = *name;
        }
        // What is matched has its own name; without a match the key is the name.
        if (network_.interface.empty())
            take_interface(map, "", map.text("set-name").value_or(node.key));
        else
            take_interface(map, "match", network_.interface);
        network_.dhcp = map.flag("dhcp4").value_or(false);
        if (map.flag("dhcp6").value_or(false)) map.complain("dhcp6", "IPv6 is not done here");
        const auto addresses = map.texts("addresses");
        if (addresses.size() > 1 || (network_.dhcp && !addresses.empty()))
            map.complain("addresses", "one address is given here, not more");
        if (!addresses.empty()) take_address(map, "addresses", addresses[0], std::nullopt);
        network_.gateway = address(map, "gateway4");
        for (const auto& route : map.list("routes")) default_route(route);
        if (const auto* const servers = map.map("nameservers")) {
            MapReader inner(*servers, "nameservers", complaints_);
            inner.only(std::array<Key, 2>{{{"addresses"}, {"search"}}});
            name_servers(inner, "addresses", "search");
        }
        network_.mtu = mtu(map);
    }

    void default_route(const yaml::Node& node) {
        MapReader map(node, "a route", complaints_);
        map.only(std::array<Key, 2>{{{"to"}, {"via"}}});
        const auto to = map.text("to").value_or("");
        if (to != "default" && to != "0.0.0.0/0")
            map.complain("to", "the default route is the only one here");
        const auto via = address(map, "via");
        if (network_.gateway && via)
            map.complain("via", "there is a gateway already");
        else if (via)
            network_.gateway = via;
        else if (!map.has("via"))
            map.complain("via", "is wanted");
    }

    // ---- both ----

    bool first(int line) {
        if (found_) complaints_.push_back({line, kOneInterface});
        return !std::exchange(found_, true);
    }

    void take_interface(MapReader& map, std::string_view key, const std::string& name) {
        network_.interface = name;
        if (!is_interface(name)) map.complain(key, quoted(name) + " is no name of an interface");
    }

    void take_mac(MapReader& map, std::string_view key) {
        const auto text = map.text(key);
        if (!text) return;
        const auto mac = read_mac(*text);
        if (!mac) return map.complain(key, quoted(*text) + " is not like 52:54:00:12:34:56");
        network_.mac = *mac;
    }

    void take_address(MapReader& map, std::string_view key, const std::string& text,
                      const std::optional<std::string>& mask) {
        constexpr unsigned kMost = 32;
        const auto slash = text.find('/');
        network_.address = read_address(std::string_view(text).substr(0, slash));
        if (!network_.address)
            return map.complain(key, quoted(text) + " is no IPv4 address like 192.0.2.7/24");
        std::optional<unsigned> prefix;
        if (slash != std::string::npos)
            prefix = parse_decimal<unsigned>(std::string_view(text).substr(slash + 1));
        else if (mask)
            prefix = read_mask(*mask);
        if (!prefix || *prefix > kMost)
            return map.complain(key, "a prefix from /0 to /32 is wanted behind it, or a netmask");
        network_.prefix = *prefix;
    }

    std::optional<std::uint32_t> address(MapReader& map, std::string_view key) {
        const auto text = map.text(key);
        if (!text) return std::nullopt;
        const auto read = read_address(*text);
        if (!read) map.complain(key, quoted(*text) + " is no IPv4 address");
        return read;
    }

    std::optional<std::uint32_t> mtu(MapReader& map) {
        constexpr std::uint32_t kLeast = 576;
        constexpr std::uint32_t kMost = 9000;
        return map.number("mtu", kLeast, kMost);
    }

    void name_servers(MapReader& map, std::string_view servers, std::string_view search) {
        for (const auto& text : map.texts(servers)) {
            const auto read = read_address(text);
            if (!read)
                map.complain(servers, quoted(text) + " is no IPv4 address");
            else if (network_.name_servers.size() == kMostServers)
                map.complain(servers, "a resolver asks three at most");
            else
                network_.name_servers.push_back(*read);
        }
        for (const auto& text : map.texts(search)) {
            if (!is_domain_name(text))
                map.complain(search, quoted(text) + " is no domain");
            else if (network_.search.size() == kMostDomains)
                map.complain(search, "a resolver tries six at most");
            else
                network_.search.push_back(text);
        }
    }

    Complaints& complaints_;
    Network network_;
    bool found_ = false;
};

std::string pair(const char* key, const std::string& value) {
    return std::string(key) + "=\"" + value + "\"\n";
}

}  // namespace

std::optional<Network> read_network(const yaml::Node& document, Complaints& complaints) {
    return NetworkReader(complaints).run(document);
}

std::string network_text(const Network& network) {
    const auto text = [](const std::optional<std::uint32_t>& address) {
        return address ? address_text(*address) : std::string();
    };
    std::string servers;
    for (const auto server : network.name_servers)
        servers += (servers.empty() ? "" : " ") + address_text(server);
    std::string search;
    for (const auto& domain : network.search) search += (search.empty() ? "" : " ") + domain;
    const bool is_fixed = !network.dhcp && network.address;
    return pair("INTERFACE", network.interface) + pair("MAC", network.mac) +
           pair("METHOD", network.dhcp ? "dhcp"
                          : is_fixed   ? "static"
                                       : "none") +
           pair("ADDRESS", text(network.address)) +
           pair("NETMASK", is_fixed ? address_text(mask_of(network.prefix)) : "") +
           pair("PREFIX", is_fixed ? std::to_string(network.prefix) : "") +
           pair("GATEWAY", text(network.gateway)) + pair("NAMESERVERS", servers) +
           pair("SEARCH", search) +
           pair("MTU", network.mtu ? std::to_string(*network.mtu) : std::string());
}

}  // namespace vakt::seed
