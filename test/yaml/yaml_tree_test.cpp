// SPDX-License-Identifier: Apache-2.0
#include "yaml/yaml_tree.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;
using yaml::Node;

TEST_GROUP(YamlTree){static Node read(const std::string& text){Complaints complaints;
auto tree = yaml::parse_tree(text, complaints);
CHECK_TEXT(complaints.empty(), complaints.empty() ? "" : complaints[0].words.c_str());
return tree;
}
static void refused(int line, const char* words, const std::string& text) {
    Complaints complaints;
    (void)yaml::parse_tree(text, complaints);
    CHECK_EQUAL_TEXT(1U, complaints.size(), text.substr(0, 60).c_str());
    CHECK_EQUAL_TEXT(line, complaints[0].line, complaints[0].words.c_str());
    STRCMP_CONTAINS(words, complaints[0].words.c_str());
}
static std::string nested(std::size_t depth) {
    return "a: " + std::string(depth, '[') + std::string(depth, ']');
}
}
;

TEST(YamlTree, maps_lists_and_texts_have_their_lines) {
    const auto tree = read("#cloud-config\na: 1\nb:\n  - x\n  - 'y'\nc: {d: e}\n");
    CHECK(tree.kind == Node::Kind::map);
    CHECK_EQUAL(3U, tree.inner.size());
    STRCMP_EQUAL("1", tree.find("a")->text.c_str());
    CHECK_EQUAL(2, tree.find("a")->line);
    CHECK_EQUAL(3, tree.find("b")->line);
    CHECK_EQUAL(5, tree.find("b")->inner[1].line);
    STRCMP_EQUAL("e", tree.find("c")->find("d")->text.c_str());
    CHECK(tree.find("d") == nullptr);
}

TEST(YamlTree, a_block_of_text_keeps_its_lines_and_a_folded_one_does_not) {
    const auto tree = read("a: |\n  one\n  two\nb: >\n  one\n  two\nc: |-\n  x\n");
    STRCMP_EQUAL("one\ntwo\n", tree.find("a")->text.c_str());
    STRCMP_EQUAL("one two\n", tree.find("b")->text.c_str());
    STRCMP_EQUAL("x", tree.find("c")->text.c_str());
}

TEST(YamlTree, quotes_are_told_from_plain_texts) {
    const auto tree = read("a: 0644\nb: '0644'\nc: \"0644\"\n");
    CHECK_TRUE(tree.find("a")->plain);
    CHECK_FALSE(tree.find("b")->plain);
    CHECK_FALSE(tree.find("c")->plain);
}

TEST(YamlTree, nothing_a_tilde_and_null_are_null_but_in_quotes_they_are_texts) {
    const auto tree = read("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n");
    for (const char* key : {"a", "b", "c"}) CHECK_TRUE(tree.find(key)->is_null());
    for (const char* key : {"d", "e"}) CHECK_FALSE(tree.find(key)->is_null());
}

TEST(YamlTree, an_empty_text_is_an_empty_map) {
    for (const char* text : {"", "\n", "# only a word\n", "---\n", "{}"}) {
        const auto tree = read(text);
        CHECK(tree.kind == Node::Kind::map);
        CHECK_TRUE(tree.inner.empty());
    }
}

TEST(YamlTree, json_is_taken_too) {
    STRCMP_EQUAL("b", read("{\"a\": [\"b\", 1]}").find("a")->inner[0].text.c_str());
}

TEST(YamlTree, what_is_no_yaml_is_refused_with_its_line) {
    refused(3, "no YAML", "a: 1\nb: [1\nc: 2\n");
    refused(2, "no YAML", "a: 1\n\tb: 2\n");
    refused(3, "no YAML", "a: 1\nb: 'x\n");
}

TEST(YamlTree, a_key_said_twice_is_refused_with_both_lines) {
    refused(3, "'a' is said in line 1 already", "a: 1\nb: 2\na: 3\n");
}

TEST(YamlTree, anchors_aliases_and_tags_are_refused) {
    refused(1, "anchors", "a: &x 1\n");
    refused(1, "anchors", "a: !!binary eA==\n");
    refused(1, "anchors", "a: &x [1]\n");
    refused(1, "anchors", "a: !x {b: 1}\n");
}

TEST(YamlTree, one_document_is_wanted) {
    refused(2, "a second document", "a: 1\n---\nb: 2\n");
    (void)read("---\na: 1\n...\n");
}

TEST(YamlTree, a_key_is_a_text) { refused(1, "a key that is no text", "? [a]\n: b\n"); }

TEST(YamlTree, nesting_has_a_limit) {
    (void)read(nested(yaml::kMaxNesting - 1));
    refused(1, "nested more than", nested(yaml::kMaxNesting));
    refused(1, "nested more than", nested(50'000));
}

TEST(YamlTree, values_have_a_limit) {
    const auto list = [](std::size_t count) {
        std::string text = "a:\n";
        for (std::size_t at = 0; at < count; ++at) text += "- b\n";
        return text;
    };
    (void)read(list(yaml::kMaxNodes - 2));
    refused(static_cast<int>(yaml::kMaxNodes), "values are not taken", list(yaml::kMaxNodes - 1));
}

TEST(YamlTree, bytes_have_a_limit) {
    (void)read("a: " + std::string(yaml::kMaxText - 3, 'b'));
    refused(0, "bytes", "a: " + std::string(yaml::kMaxText - 2, 'b'));
}

TEST(YamlTree, what_is_no_utf_8_is_refused_with_its_line) {
    refused(2, "UTF-8", "a: 1\nb: \xff\n");
    refused(1, "UTF-8", std::string("\xff\xfe\x61\0", 4));
    refused(2, "UTF-8", std::string("a: 1\nb\0: 2\n", 10));
    STRCMP_EQUAL("\xc3\xa9", read("a: \xc3\xa9").find("a")->text.c_str());
}
