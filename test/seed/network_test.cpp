// SPDX-License-Identifier: Apache-2.0
#include "seed/network.h"

#include <CppUTest/TestHarness.h>

#include "test/support/seed_case.h"

using namespace vakt;
using namespace vakt::seed;

TEST_GROUP(Network) {
    std::string said;
    std::optional<seed::Network> read(const std::string& text) {
        return read_document(text, said, read_network);
    }
    void written(const char* wanted, const std::string& text) {
        const auto network = read(text);
        STRCMP_EQUAL("", said.c_str());
        CHECK_TRUE(network.has_value());
        STRCMP_EQUAL(wanted, network_text(*network).c_str());
    }
    void refused(const char* words, const std::string& text) {
        (void)read(text);
        STRCMP_CONTAINS(words, said.c_str());
    }
    static std::string ethernet(const std::string& keys) {
        return "version: 2\nethernets:\n  eth0: {" + keys + "}\n";
    }
    static std::string subnet(const std::string& keys) {
        return "version: 1\nconfig:\n- {type: physical, name: eth0, subnets: [{" + keys + "}]}\n";
    }
    const char* fixed =
        "INTERFACE=\"eth0\"\nMAC=\"\"\nMETHOD=\"static\"\nADDRESS=\"192.0.2.7\"\n"
        "NETMASK=\"255.255.255.0\"\nPREFIX=\"24\"\nGATEWAY=\"192.0.2.1\"\n"
        "NAMESERVERS=\"192.0.2.2 192.0.2.3\"\nSEARCH=\"example.org\"\nMTU=\"\"\n";
    const char* dhcp =
        "INTERFACE=\"eth0\"\nMAC=\"\"\nMETHOD=\"dhcp\"\nADDRESS=\"\"\nNETMASK=\"\"\nPREFIX=\"\"\n"
        "GATEWAY=\"\"\nNAMESERVERS=\"\"\nSEARCH=\"\"\nMTU=\"\"\n";
};

TEST(Network, a_fixed_address_in_version_1) {
    written(fixed, subnet("type: static, address: 192.0.2.7/24, gateway: 192.0.2.1, "
                          "dns_nameservers: [192.0.2.2, 192.0.2.3], dns_search: example.org"));
    written(fixed, subnet("type: static, address: 192.0.2.7, netmask: 255.255.255.0, gateway: "
                          "192.0.2.1, dns_nameservers: [192.0.2.2]") +
                       "- {type: nameserver, address: 192.0.2.3, search: [example.org]}\n");
}

TEST(Network, a_fixed_address_in_version_2) {
    const std::string servers =
        "nameservers: {addresses: [192.0.2.2, 192.0.2.3], search: [example.org]}";
    written(fixed, ethernet("addresses: [192.0.2.7/24], gateway4: 192.0.2.1, " + servers));
    written(fixed, ethernet("addresses: [192.0.2.7/24], routes: [{to: default, via: 192.0.2.1}], " +
                            servers));
}

TEST(Network, dhcp_in_both_versions_and_below_a_key_network) {
    written(dhcp, subnet("type: dhcp"));
    written(dhcp, subnet("type: dhcp4"));
    written(dhcp, ethernet("dhcp4: true"));
    written(dhcp, "network: {version: 2, ethernets: {eth0: {dhcp4: yes}}}");
}

TEST(Network, an_interface_is_found_by_its_mac) {
    STRCMP_EQUAL("52:54:00:12:34:56",
                 read("version: 2\nethernets:\n  any: {match: {macaddress: '52:54:00:12:34:56'}, "
                      "set-name: lan0, dhcp4: true}")
                     ->mac.c_str());
    STRCMP_EQUAL("52:54:00:12:34:56",
                 read("version: 1\nconfig: [{type: physical, name: eth0, mac_address: "
                      "'52:54:00:12:34:56'}]")
                     ->mac.c_str());
    refused("macaddress: 'x' is not like", ethernet("match: {macaddress: x}"));
}

TEST(Network, an_interface_without_an_address_is_left_down) {
    CHECK_TRUE(network_text(*read(ethernet(""))).find("METHOD=\"none\"") != std::string::npos);
}

TEST(Network, disabled_or_nothing_leaves_the_network_as_it_is) {
    for (const char* text : {"", "config: disabled", "network: {config: disabled}", "version: 2",
                             "version: 1\nconfig: []", "version: 2\nethernets: {lo: {}}"}) {
        CHECK_FALSE_TEXT(read(text).has_value(), text);
        STRCMP_EQUAL("", said.c_str());
    }
}

TEST(Network, loopback_may_be_said_and_a_second_interface_is_refused) {
    (void)read("version: 1\nconfig: [{type: loopback, name: lo}, {type: physical, name: eth0}]");
    STRCMP_EQUAL("", said.c_str());
    refused("D:3: one interface is configured here",
            "version: 2\nethernets: {eth0: {dhcp4: true},\n  eth1: {dhcp4: true}}");
}

TEST(Network, one_address_is_given) {
    refused("addresses: one address", ethernet("addresses: [192.0.2.7/24, 192.0.2.8/24]"));
    refused("addresses: one address", ethernet("dhcp4: true, addresses: [192.0.2.7/24]"));
    refused("subnets: one address",
            "version: 1\nconfig: [{type: physical, name: eth0, subnets: [{type: dhcp}, {type: "
            "dhcp}]}]");
}

TEST(Network, addresses_are_ipv4_with_a_prefix_up_to_32) {
    refused("addresses: 'fe80::1/64' is no IPv4", ethernet("addresses: ['fe80::1/64']"));
    refused("addresses: a prefix", ethernet("addresses: [192.0.2.7]"));
    refused("addresses: a prefix", ethernet("addresses: [192.0.2.7/33]"));
    CHECK_EQUAL(32U, read(ethernet("addresses: [192.0.2.7/32]"))->prefix);
    refused("address: a prefix", subnet("type: static, address: 192.0.2.7, netmask: 255.0.255.0"));
    refused("gateway4: 'x' is no IPv4", ethernet("gateway4: x"));
    refused("dhcp6: IPv6", ethernet("dhcp6: true"));
    refused("gateway6: IPv6", ethernet("gateway6: '::1'"));
}

TEST(Network, three_servers_six_domains_and_an_mtu_of_576_to_9000) {
    const auto servers = [](const char* list) {
        return ethernet(std::string("nameservers: {addresses: [") + list + "]}");
    };
    CHECK_EQUAL(3U, read(servers("1.1.1.1, 1.1.1.2, 1.1.1.3"))->name_servers.size());
    refused("addresses: a resolver asks three", servers("1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4"));
    refused("search: a resolver tries six",
            ethernet("nameservers: {search: [a, b, c, d, e, f, g]}"));
    CHECK_EQUAL(9000U, read(ethernet("mtu: 9000"))->mtu.value());
    refused("mtu: '9001'", ethernet("mtu: 9001"));
    refused("mtu: '575'", ethernet("mtu: 575"));
}

TEST(Network, what_is_not_done_is_refused_by_its_name) {
    refused("version: '3' is no number", "version: 3");
    refused("version: 1 or 2 is wanted", "config: []");
    refused("wifis: not done here", "version: 2\nwifis: {}");
    refused("D:2: type: 'bond' is not done here", "version: 1\nconfig: [{type: bond, name: b}]");
    refused("to: the default route", ethernet("routes: [{to: 10.0.0.0/8, via: 192.0.2.1}]"));
    refused("via: there is a gateway",
            ethernet("gateway4: 1.1.1.1, routes: [{to: default, via: 1.1.1.2}]"));
    refused("via: is wanted", ethernet("routes: [{to: default}]"));
    refused("'wakeonlan' is no key", ethernet("wakeonlan: true"));
    refused("is no name of an interface", "version: 2\nethernets: {'a b': {}}");
    refused("is no name of an interface", "version: 2\nethernets: {abcdefghijklmnop: {}}");
}
