// SPDX-License-Identifier: Apache-2.0
// network-config: one interface with one IPv4 address, fixed or from DHCP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "yaml/yaml_tree.h"

namespace vakt::seed {

struct Network {
    std::string interface;  ///< "eth0": 1 to 15 bytes
    std::string mac;        ///< the interface with this one, whatever its name; "": not said
    bool dhcp = false;      ///< else, with an address, fixed; with neither, left down
    std::optional<std::uint32_t> address;
    unsigned prefix = 0;  ///< 0 to 32
    std::optional<std::uint32_t> gateway;
    std::vector<std::uint32_t> name_servers;  ///< at most 3, as in resolv.conf
    std::vector<std::string> search;          ///< at most 6 domains
    std::optional<std::uint32_t> mtu;         ///< 576 to 9000
};

/// Version 1 or 2 of cloud-init's, also below a key `network`. Refused: more than one interface or
/// address, IPv6, and every kind and key that is not done (bonds, bridges, vlans, wifis, rules,
/// routes but the default one). The loopback interface may be said and is passed over. nullopt when
/// the network is to stay as it is (`config: disabled`, an empty document).
[[nodiscard]] std::optional<Network> read_network(const yaml::Node& document,
                                                  Complaints& complaints);

/// KEY="VALUE" lines for sh: INTERFACE, MAC, METHOD (dhcp, static, none), ADDRESS, NETMASK, PREFIX,
/// GATEWAY, NAMESERVERS, SEARCH, MTU; what is not said is empty.
[[nodiscard]] std::string network_text(const Network& network);

}  // namespace vakt::seed
