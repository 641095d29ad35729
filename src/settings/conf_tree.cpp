// SPDX-License-Identifier: Apache-2.0
// A configuration text as a tree of plain values, each with its line: all that meets libconfig.
#include "settings/conf_tree.h"

#include <libconfig.h>

namespace vakt::settings {
namespace {

class Config {
 public:
    Config() { config_init(&config_); }
    ~Config() { config_destroy(&config_); }
    Config(const Config&) = delete;
    Config& operator=(const Config&) = delete;
    config_t* operator*() { return &config_; }

 private:
    config_t config_{};
};

// The depth is bounded: screen() has counted the brackets.
Node copy(config_setting_t* from) {  // NOLINT(misc-no-recursion)
    Node node;
    node.line = static_cast<int>(config_setting_source_line(from));
    if (const char* name = config_setting_name(from)) node.name = name;
    switch (config_setting_type(from)) {
        case CONFIG_TYPE_INT:
        case CONFIG_TYPE_INT64:
            node.kind = Node::Kind::integer;
            node.integer = config_setting_get_int64(from);
            break;
        case CONFIG_TYPE_FLOAT:
            node.kind = Node::Kind::real;
            node.real = config_setting_get_float(from);
            break;
        case CONFIG_TYPE_BOOL:
            node.kind = Node::Kind::flag;
            node.flag = config_setting_get_bool(from) == CONFIG_TRUE;
            break;
        case CONFIG_TYPE_STRING:
            node.kind = Node::Kind::text;
            if (const char* text = config_setting_get_string(from)) node.text = text;
            break;
        case CONFIG_TYPE_GROUP:
            node.kind = Node::Kind::group;
            break;
        default:
            node.kind = Node::Kind::list;
    }
    if (config_setting_is_aggregate(from) == CONFIG_TRUE) {
        const auto length = static_cast<unsigned>(config_setting_length(from));
        for (unsigned at = 0; at < length; ++at)
            node.inner.push_back(copy(config_setting_get_elem(from, at)));
    }
    return node;
}

std::string in_words(std::string_view fault) {
    if (fault == "duplicate setting name") return "this key is there twice in its group";
    if (fault == "mismatched element type in array")
        return "an array [ ] holds values of one kind; use ( ) for a list of groups";
    if (fault == "syntax error")
        return "syntax error: wanted is KEY = VALUE; with texts in \" \" (look at the line before, "
               "too)";
    return std::string(fault);
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (const auto& node : inner)
        if (node.name == key) return &node;
    return nullptr;
}

Node parse_tree(std::string_view text, Complaints& complaints) {
    if (text.size() > kMaxConfText) {
        complaints.push_back({0, "is larger than 64 KiB"});
        return {};
    }
    const auto screened = screen(text, complaints);
    if (!complaints.empty()) return {};
    Config config;
    if (config_read_string(*config, screened.c_str()) == CONFIG_TRUE)
        return copy(config_root_setting(*config));
    const char* words = config_error_text(*config);
    complaints.push_back(
        {config_error_line(*config), in_words(words != nullptr ? words : "unreadable")});
    return {};
}

}  // namespace vakt::settings
