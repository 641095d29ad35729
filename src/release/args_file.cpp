// SPDX-License-Identifier: Apache-2.0
// erl's flags as erlexec takes them together: argument files (-args_file) and the environment.
#include "release/args_file.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace vakt::release {
namespace {

constexpr const char* kCommandLine = "the flags";

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class Splitter {
 public:
    Splitter(std::string_view text, bool comments) : text_(text), comments_(comments) {}

    Arguments run() {
        while (skip_blanks()) word();
        return std::move(made_);
    }

 private:
    [[nodiscard]] bool more() const { return at_ < text_.size(); }
    char step() {
        if (text_[at_] == '\n') ++line_;
        return text_[at_++];
    }
    [[nodiscard]] bool at_comment() const { return comments_ && text_[at_] == '#'; }

    /// Whether a word begins.
    bool skip_blanks() {
        while (more() && (is_blank(text_[at_]) || at_comment())) {
            if (at_comment())
                at_ = std::min(text_.find('\n', at_), text_.size());
            else
                step();
        }
        return more();
    }

    void word() {
        Argument made{.text = {}, .line = line_};
        while (more() && !is_blank(text_[at_]) && !at_comment()) {
            const auto from = line_;
            const char c = step();
            if (c == '\\') {
                if (more()) made.text.push_back(step());
            } else if (c == '"' || c == '\'') {
                while (more() && text_[at_] != c) made.text.push_back(step());
                if (more())
                    ++at_;
                else
                    made_.open_quote = from;
            } else {
                made.text.push_back(c);
            }
        }
        made_.words.push_back(std::move(made));
    }

    std::string_view text_;
    bool comments_;
    std::size_t at_ = 0;
    unsigned line_ = 1;
    Arguments made_;
};

class Expander {
 public:
    Expander(const ReadArgsFile& read, bool from_15) : read_(read), from_15_(from_15) {}

    Status take(const std::vector<Argument>& words, const std::string& where, bool from_a_file) {
        for (std::size_t at = 0; at < words.size(); ++at) {
            const auto& word = words[at].text;
            if (word == "-extra") {
                for (++at; at < words.size(); ++at) extra_.push_back(words[at].text);
                if (from_15_ && !from_a_file) made_.flags.emplace_back("--");
            } else if (word == "-S" && from_15_ && where == kCommandLine) {
                take_call(words, at);
                break;
            } else if (word != "-args_file") {
                made_.flags.push_back(word);
            } else if (++at == words.size()) {
                return refusal(place(where, words.back(), from_a_file) +
                               "-args_file without the name of a file");
            } else if (auto taken = take_file(words[at].text); !taken) {
                return refusal(place(where, words[at], from_a_file) + describe(taken.error()));
            }
        }
        return Done{};
    }

    /// One that is not there at all leaves no separator either.
    Status take_part(const std::vector<Argument>& words, const std::string& where) {
        if (words.empty()) return Done{};
        auto taken = take(words, where, false);
        if (where != kCommandLine) return separated(std::move(taken), words);
        if (taken) made_.flags.emplace_back("--");
        return taken;
    }

    Expanded result() {
        if (!extra_.empty()) made_.flags.emplace_back("-extra");
        made_.flags.insert(made_.flags.end(), extra_.begin(), extra_.end());
        made_.flags.insert(made_.flags.end(), call_.begin(), call_.end());
        return std::move(made_);
    }

    Arguments split(std::string_view text, bool comments, const std::string& where) {
        auto split = split_arguments(text, comments);
        if (split.open_quote != 0)
            warn(where, split.open_quote, comments, "a quote that is never closed");
        if (split.cut_off) warn(where, 0, comments, "a byte of zero, where erlexec stops reading");
        return split;
    }

 private:
    // "++S" is the emulator command's word for it; a "--" in it is no separator.
    void take_call(const std::vector<Argument>& words, std::size_t at) {
        call_.emplace_back("++S");
        for (++at; at < words.size(); ++at)
            call_.push_back(words[at].text == "--" ? "\\--" : words[at].text);
        made_.flags.emplace_back("--");
    }

    static std::string place(const std::string& where, const Argument& word, bool in_a_file) {
        return in_a_file ? where + ":" + std::to_string(word.line) + ": " : where + ": ";
    }
    void warn(const std::string& where, unsigned line, bool in_a_file, const char* what) {
        made_.warnings.push_back(place(where, {.text = {}, .line = line}, in_a_file && line != 0) +
                                 what);
    }

    // Up to erts 14 the separator is a word of its part: behind -extra it is one of the extra
    // words.
    Status separated(Status taken, const std::vector<Argument>& words) {
        if (!taken) return taken;
        const bool has_extra = std::any_of(words.begin(), words.end(),
                                           [](const auto& word) { return word.text == "-extra"; });
        if (!has_extra || !from_15_) (has_extra ? extra_ : made_.flags).emplace_back("--");
        return taken;
    }

    Status take_file(const std::string& name) {
        if (std::find(open_.begin(), open_.end(), name) != open_.end())
            return refusal("-args_file " + name + ": the files go round in a circle");
        if (open_.size() == kDeepest)
            return refusal("-args_file " + name + ": files within files, too deep");
        const auto text = read_(name);
        if (!text) return refusal("-args_file " + name + ": " + describe(text.error()));
        open_.push_back(name);
        const auto words = split(*text, true, name).words;
        auto taken = words.empty() ? Status(Done{}) : separated(take(words, name, true), words);
        open_.pop_back();
        return taken;
    }

    static constexpr std::size_t kDeepest = 64;
    const ReadArgsFile& read_;
    const bool from_15_;
    std::vector<std::string> open_;
    Expanded made_;
    std::vector<std::string> extra_;
    std::vector<std::string> call_;  // -S and what stands behind it
};

}  // namespace

unsigned major_of(std::string_view erts) {
    unsigned major = 0;
    std::from_chars(erts.data(), erts.data() + erts.size(), major);
    return major;
}

Arguments split_arguments(std::string_view text, bool comments) {
    const auto end = text.find('\0');
    auto made = Splitter(text.substr(0, end), comments).run();
    made.cut_off = end != std::string_view::npos;
    return made;
}

Result<Expanded> expand_arguments(const std::vector<std::string>& command_line,
                                  const ErlFlags& environment, const ReadArgsFile& read) {
    const bool from_15 = environment.erts >= kErtsOfOtp27;
    Expander expander(read, from_15);
    const bool alone = !from_15 && environment.before.empty() && environment.after.empty() &&
                       environment.last.empty();
    const auto end = std::find(command_line.begin(), command_line.end(), "-extra");
    if (alone && std::find(command_line.begin(), end, "-args_file") == end)
        return Expanded{command_line, {}};  // taken as it is, no "--" either
    std::vector<Argument> given;
    given.reserve(command_line.size());
    for (const auto& word : command_line) given.push_back({.text = word, .line = 0});
    const std::pair<const char*, std::vector<Argument>> parts[] = {
        {"ERL_AFLAGS", expander.split(environment.before, false, "ERL_AFLAGS").words},
        {kCommandLine, std::move(given)},
        {"ERL_FLAGS", expander.split(environment.after, false, "ERL_FLAGS").words},
        {"ERL_ZFLAGS", expander.split(environment.last, false, "ERL_ZFLAGS").words}};
    for (const auto& [where, words] : parts)
        if (auto taken = expander.take_part(words, where); !taken) return taken.error();
    return expander.result();
}

}  // namespace vakt::release
