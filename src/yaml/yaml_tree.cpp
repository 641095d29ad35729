// SPDX-License-Identifier: Apache-2.0
// libyaml's events, put together to a tree.
#include "yaml/yaml_tree.h"

#include <yaml.h>

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace vakt::yaml {
namespace {

/// libyaml's parser over a text, with an owner.
class Events {
 public:
    explicit Events(std::string_view text) : made_(yaml_parser_initialize(&parser_) == 1) {
        if (!made_) return;
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    ~Events() {
        yaml_event_delete(&event_);
        if (made_) yaml_parser_delete(&parser_);
    }
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;

    /// The next one, in the place of the one before it; false when there is none to be had.
    bool next() {
        yaml_event_delete(&event_);
        event_ = {};
        return made_ && yaml_parser_parse(&parser_, &event_) == 1;
    }
    [[nodiscard]] const yaml_event_t& event() const { return event_; }
    [[nodiscard]] int line() const { return static_cast<int>(event_.start_mark.line) + 1; }
    [[nodiscard]] Complaint fault() const {
        const auto* const words = parser_.problem != nullptr ? parser_.problem : "out of memory";
        const auto line = static_cast<int>(parser_.problem_mark.line) + 1;
        return {line, std::string("this is no YAML: ") + words};
    }

 private:
    yaml_parser_t parser_{};
    yaml_event_t event_{};
    bool made_;
};

std::string text_of(const unsigned char* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

/// Anchors and tags stand in three places of libyaml's event.
bool has_extras(const yaml_event_t& event) {
    switch (event.type) {
        case YAML_SCALAR_EVENT:
            return event.data.scalar.anchor != nullptr || event.data.scalar.tag != nullptr;
        case YAML_SEQUENCE_START_EVENT:
            return event.data.sequence_start.anchor != nullptr ||
                   event.data.sequence_start.tag != nullptr;
        case YAML_MAPPING_START_EVENT:
            return event.data.mapping_start.anchor != nullptr ||
                   event.data.mapping_start.tag != nullptr;
        default:
            return event.type == YAML_ALIAS_EVENT;
    }
}

class Builder {
 public:
    Builder(std::string_view text, Complaints& complaints)
        : events_(text), complaints_(complaints) {}

    Node run() {
        Node root{.kind = Node::Kind::map, .line = 1};
        if (!step() || !step()) return root;  // the stream begins, then its document or its end
        if (events_.event().type == YAML_STREAM_END_EVENT) return root;
        if (!step() || !value(root, 0)) return root;
        if (root.is_null()) root = {.kind = Node::Kind::map, .line = 1};
        if (!step() || !step()) return root;  // the document ends, then the stream
        if (events_.event().type != YAML_STREAM_END_EVENT)
            (void)refuse(events_.line(), "a second document: one is wanted");
        return root;
    }

 private:
    [[nodiscard]] bool refuse(int line, std::string words) {
        complaints_.push_back({line, std::move(words)});
        return false;
    }
    bool step() {
        if (!events_.next()) {
            complaints_.push_back(events_.fault());
            return false;
        }
        if (!has_extras(events_.event())) return true;
        return refuse(events_.line(), "anchors (&), aliases (*) and tags (!) are not taken");
    }

    /// The value that the event in hand begins. False: something is wrong and has been said.
    // Nested at most kMaxNesting deep.
    // NOLINTNEXTLINE(misc-no-recursion)
    bool value(Node& node, std::size_t depth) {
        if (++nodes_ > kMaxNodes)
            return refuse(events_.line(),
                          "more than " + std::to_string(kMaxNodes) + " values are not taken");
        const auto& event = events_.event();
        if (node.line == 0) node.line = events_.line();
        if (event.type == YAML_SCALAR_EVENT) {
            const auto& scalar = event.data.scalar;
            node.kind = Node::Kind::text;
            node.text = text_of(scalar.value, scalar.length);
            node.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
            return true;
        }
        if (depth == kMaxNesting)
            return refuse(events_.line(),
                          "nested more than " + std::to_string(kMaxNesting) + " deep");
        if (event.type == YAML_SEQUENCE_START_EVENT) return list(node, depth);
        return map(node, depth);
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    bool list(Node& node, std::size_t depth) {
        node.kind = Node::Kind::list;
        for (;;) {
            if (!step()) return false;
            if (events_.event().type == YAML_SEQUENCE_END_EVENT) return true;
            Node inner;
            if (!value(inner, depth + 1)) return false;
            node.inner.push_back(std::move(inner));
        }
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    bool map(Node& node, std::size_t depth) {
        node.kind = Node::Kind::map;
        for (;;) {
            if (!step()) return false;
            const auto& event = events_.event();
            if (event.type == YAML_MAPPING_END_EVENT) return true;
            if (event.type != YAML_SCALAR_EVENT)
                return refuse(events_.line(), "a key that is no text");
            Node inner{.line = events_.line(),
                       .key = text_of(event.data.scalar.value, event.data.scalar.length)};
            if (const auto* const other = node.find(inner.key))
                return refuse(inner.line, quoted(inner.key) + " is said in line " +
                                              std::to_string(other->line) + " already");
            if (!step() || !value(inner, depth + 1)) return false;
            node.inner.push_back(std::move(inner));
        }
    }

    Events events_;
    Complaints& complaints_;
    std::size_t nodes_ = 0;
};

/// What libyaml must not see: it reads UTF-16 where a text begins so, and a zero ends its strings.
bool is_text(std::string_view text, Complaints& complaints) {
    int line = 1;
    while (!text.empty()) {
        const auto length = utf8_length(text);
        if (length == 0 || text.front() == '\0') {
            complaints.push_back({line, "this is no UTF-8 text"});
            return false;
        }
        if (text.front() == '\n') ++line;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace

const Node* Node::find(std::string_view wanted) const {
    const auto found = std::find_if(inner.begin(), inner.end(),
                                    [&](const Node& node) { return node.key == wanted; });
    return found == inner.end() ? nullptr : &*found;
}

bool Node::is_null() const {
    return kind == Kind::text && plain && (text.empty() || text == "~" || text == "null");
}

Node parse_tree(std::string_view text, Complaints& complaints) {
    if (text.size() > kMaxText) {
        complaints.push_back({0, "more than " + std::to_string(kMaxText) + " bytes"});
        return {};
    }
    if (!is_text(text, complaints)) return {};
    return Builder(text, complaints).run();
}

}  // namespace vakt::yaml
