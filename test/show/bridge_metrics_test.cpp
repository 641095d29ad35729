// SPDX-License-Identifier: Apache-2.0
#include "show/bridge_metrics.h"

#include <CppUTest/TestHarness.h>

using vakt::show::bridge_metrics;

TEST_GROUP(BridgeMetrics){static bool has(const std::string& text, const std::string& line){
    return text.find(line + "\n") != std::string::npos;
}
}
;

TEST(BridgeMetrics, each_key_of_a_subject_is_one_family_and_each_line_a_sample) {
    const auto text = bridge_metrics(
        "source fifo kind=fifo received=7 open=1\nsource k kind=kmsg received=9 open=0\n");
    STRCMP_EQUAL(
        "# TYPE vakt_bridge_source_received counter\n"
        "# HELP vakt_bridge_source_received received of the source, as syslog_bridge(8) has it.\n"
        "vakt_bridge_source_received_total{source=\"fifo\",kind=\"fifo\"} 7\n"
        "vakt_bridge_source_received_total{source=\"k\",kind=\"kmsg\"} 9\n"
        "# TYPE vakt_bridge_source_open gauge\n"
        "# HELP vakt_bridge_source_open open of the source, as syslog_bridge(8) has it.\n"
        "vakt_bridge_source_open{source=\"fifo\",kind=\"fifo\"} 1\n"
        "vakt_bridge_source_open{source=\"k\",kind=\"kmsg\"} 0\n"
        "# EOF\n",
        text.c_str());
}

TEST(BridgeMetrics, a_subject_without_a_name_has_no_label_of_its_own) {
    const auto text = bridge_metrics("ring size=4194304 dropped=3 bytes=17\n");
    CHECK_TRUE(has(text, "vakt_bridge_ring_size 4194304"));
    CHECK_TRUE(has(text, "vakt_bridge_ring_dropped_total 3"));
    CHECK_TRUE(has(text, "vakt_bridge_ring_bytes 17"));
}

TEST(BridgeMetrics, what_counts_nothing_is_a_label) {
    const auto text = bridge_metrics("client 4 name=vm\\x20one pid=12 uid=0 delivered=5\n");
    CHECK_TRUE(has(text,
                   "vakt_bridge_client_delivered_total{client=\"4\",name=\"vm\\\\x20one\","
                   "pid=\"12\",uid=\"0\"} 5"));
}

TEST(BridgeMetrics, what_is_not_so_written_is_passed_over) {
    STRCMP_EQUAL("# EOF\n", bridge_metrics("").c_str());
    STRCMP_EQUAL("# EOF\n", bridge_metrics("\n\nring\nring x\nRING a=1\n").c_str());
    STRCMP_EQUAL("# EOF\n", bridge_metrics("ring a=b c= =3 D=4 e=-1\n").c_str());
}
