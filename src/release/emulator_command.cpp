// SPDX-License-Identifier: Apache-2.0
// What erlexec would execute: the emulator itself, with its argv and environment.
#include "release/emulator_command.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace vakt::release {
namespace {

using Words = std::vector<std::string>;
using Names = std::span<const std::string_view>;

// Behind "+M" and the letter of an allocator.
constexpr std::string_view kAllocators = "uBIDEFHLRSTXZ";
constexpr std::array<std::string_view, 23> kOfAllocators = {
    "as",     "asbcst", "atags",  "acul",   "acnl",   "acfml", "acful", "cp",
    "e",      "t",      "lmbcs",  "mbcgs",  "mbsd",   "mmbcs", "mmmbc", "mmsbc",
    "msbclt", "ramv",   "rmbcmt", "rsbcmt", "rsbcst", "sbct",  "smbcs"};
constexpr std::array<std::string_view, 21> kOfM = {
    "ea",      "ummc", "uycs",   "usac", "im", "is",  "lpm", "Mamcbf", "Mrmcbf", "Mmcs", "Mscs",
    "Mscrfsd", "Msco", "Mscrpm", "Ye",   "Ym", "Ytp", "Ytt", "Iscs",   "Xscs",   "dai"};
constexpr std::array<std::string_view, 19> kOfS = {
    "bt", "bwtdcpu", "bwtdio", "bwt", "cl", "ct", "ecio", "fwi",    "tbt",  "wct",
    "wt", "wtdcpu",  "wtdio",  "ws",  "ss", "pp", "ub",   "ssdcpu", "ssdio"};
constexpr std::array<std::string_view, 8> kOfH = {"",    "ms",   "mbs",   "pds",
                                                  "max", "maxk", "maxel", "mqd"};
constexpr std::array<std::string_view, 1> kOfR = {"g"};
constexpr std::array<std::string_view, 4> kOfZ = {"dbbl", "dntgc", "ebwt", "osrl"};
constexpr std::array<std::string_view, 5> kOfIo = {"Os", "Ot", "Op", "OPt", "OPp"};
constexpr std::array<std::string_view, 3> kDirty = {"Dcpu", "DPcpu", "Dio"};
constexpr std::string_view kWithValue = "aACehinPQtTRWKS";
// Of later ones, behind "+", and since which erts.
struct Since {
    unsigned erts;
    std::string_view flag;
};
constexpr std::array<Since, 6> kLater = {{{kErtsOfOtp27, "MMlp"},
                                          {kErtsOfOtp27, "hmaxib"},
                                          {kErtsOfOtp27, "zhft"},
                                          {kErtsOfOtp27, "pad"},
                                          {kErtsOfOtp29, "Mumadtn"},
                                          {kErtsOfOtp29, "Di"}}};

bool is_one_of(std::string_view word, Names names) {
    return std::find(names.begin(), names.end(), word) != names.end();
}
bool begins_one_of(std::string_view word, Names names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return word.starts_with(name); });
}

enum class Takes { nothing, a_value, wrong };

/// What erlexec takes `flag` for, without its "+" and but for +B and +c.
Takes takes(std::string_view flag, unsigned erts) {
    const auto value_if = [](bool is) { return is ? Takes::a_value : Takes::nothing; };
    if (flag.empty()) return Takes::nothing;
    const auto is_later = [&](const Since& since) {
        return erts >= since.erts &&
               (since.flag == flag || (since.flag == "Di" && flag.starts_with("Di")));
    };
    if (std::any_of(kLater.begin(), kLater.end(), is_later)) return Takes::a_value;
    const auto rest = flag.substr(1);
    switch (flag.front()) {
        case 'J':
            return Takes::a_value;
        case 'M':
            return value_if(is_one_of(rest, kOfM) ||
                            (!rest.empty() && kAllocators.find(rest[0]) != kAllocators.npos &&
                             is_one_of(rest.substr(1), kOfAllocators)));
        case 'I':
            if (is_one_of(rest, kOfIo)) return Takes::a_value;
            return begins_one_of(rest, kOfIo) ? Takes::nothing : Takes::wrong;
        case 'S':
            if (rest.starts_with('D') && !begins_one_of(rest, kDirty)) return Takes::wrong;
            return value_if(rest.empty() || rest == "P" || is_one_of(rest, kDirty));
        case 'h':
            return value_if(is_one_of(rest, kOfH));
        case 'r':
            return value_if(is_one_of(rest, kOfR));
        case 's':
            return value_if(is_one_of(rest, kOfS));
        case 'z':
            return value_if(is_one_of(rest, kOfZ));
        case 'p':
            return value_if(rest == "c");
        default:
            return value_if(rest.empty() && kWithValue.find(flag.front()) != kWithValue.npos);
    }
}

class Maker {
 public:
    Maker(const EmulatorPlace& place, const Words& flags) : place_(place), flags_(flags) {}

    Result<EmulatorCommand> run() {
        made_.set.emplace_back("PATH", emulator_search_path(place_));
        for (at_ = 0; at_ < flags_.size(); ++at_) {
            const auto& word = flags_[at_];
            if (is_all_made_) break;
            if (word == "-extra" || (word == "++S" && from_15_)) {
                if (word == "++S") others_.insert(others_.end(), {"-noshell", "-S"});
                others_.insert(
                    others_.end(),
                    flags_.begin() + static_cast<std::ptrdiff_t>(at_ + (word == "++S" ? 1 : 0)),
                    flags_.end());
                break;
            }
            auto taken = word.starts_with('+')   ? plus(word)
                         : word.starts_with('-') ? minus(word)
                                                 : keep(word);
            if (!taken) return taken.error();
        }
        if (has_no_epmd_ && !has_proto_dist_)
            return refusal("-no_epmd without -proto_dist: say which distribution is meant");
        if (is_all_made_) others_.insert(others_.end(), {"-s", "erlang", "halt"});
        return command();
    }

 private:
    // ---- flags ----

    Status keep(const std::string& word) {
        others_.push_back(word);
        return Done{};
    }
    Status keep(std::initializer_list<const char*> words) {
        others_.insert(others_.end(), words.begin(), words.end());
        return Done{};
    }
    /// A separator is no value.
    [[nodiscard]] bool has(std::size_t more) const {
        if (at_ + more >= flags_.size()) return false;
        const auto next = flags_.begin() + static_cast<std::ptrdiff_t>(at_ + 1);
        return std::find(next, next + static_cast<std::ptrdiff_t>(more), "--") ==
               next + static_cast<std::ptrdiff_t>(more);
    }
    [[nodiscard]] static Error missing(const std::string& flag) {
        return refusal(flag + " without its value");
    }

    /// The flag for the emulator itself, with as many of the words behind it.
    Status emulators(const std::string& flag, std::size_t values = 0) {
        if (!has(values)) return missing(flag);
        early_.push_back("-" + flag.substr(1));
        for (; values > 0; --values) early_.push_back(flags_[++at_]);
        return Done{};
    }

    Status plus(const std::string& word) {
        if (word.starts_with("++") && from_15_) return keep(word);
        if (word.starts_with("+B")) return plus_b(word);
        if (word.starts_with("+c")) {
            const bool named =
                word == "+c" && has(1) && (flags_[at_ + 1] == "true" || flags_[at_ + 1] == "false");
            return emulators(word, named ? 1 : 0);
        }
        switch (takes(std::string_view(word).substr(1), place_.erts)) {
            case Takes::a_value:
                return emulators(word, 1);
            case Takes::wrong:
                return refusal(word + ": erlexec knows no such flag");
            case Takes::nothing:
                break;
        }
        return emulators(word);
    }

    Status plus_b(const std::string& word) {
        if (word.size() > 2) {
            if (std::string_view("icd").find(word[2]) == std::string_view::npos)
                return refusal(word + ": erlexec knows no such flag");
            return emulators(word);
        }
        return emulators(word, has(1) && flags_[at_ + 1].starts_with('i') ? 1 : 0);
    }

    Status minus(const std::string& word) {
        if (word == "-env") {
            if (!has(2)) return missing(word);
            made_.set.emplace_back(flags_[at_ + 1], flags_[at_ + 2]);
            at_ += 2;
            return Done{};
        }
        if (word == "-name" || word == "-sname" || word == "-start_epmd") return named(word);
        if (word == "-emu_type") return suffix(word, type_);
        if (word == "-emu_flavor") return suffix(word, flavor_);
        if (word == "-epmd") {
            if (!has(1)) return missing(word);
            ++at_;
            return Done{};
        }
        if (word == "-compile") {
            early_.emplace_back("-B");
            return keep({"-noshell", "-noinput", "-s", "c", "lc_batch"});
        }
        if (word == "-make") {
            early_.emplace_back("-B");
            is_all_made_ = true;
            return keep({"-noshell", "-noinput", "-s", "make", "all_or_nothing"});
        }
        if (word == "-noinput") return keep({"-noshell", "-noinput"});
        if (word == "-version") {
            early_.emplace_back("-V");
            return Done{};
        }
        if (word == "-emu_args" || word == "-keep_window") return Done{};
        return refused_or_kept(word);
    }

    Status refused_or_kept(const std::string& word) {
        if (word == "-detached")
            return refusal(
                "-detached needs another process: leave it out; -noinput gives no console either");
        if (word == "-man") return refusal("-man needs another program: leave it out");
        if (word == "-emu_args_exit" || word == "-emu_name_exit" || word == "-emu_qouted_cmd_exit")
            return refusal(word + " starts nothing: ask erlexec itself");
        if (word == "-smpdisable" || (word == "-smp" && has(1) && flags_[at_ + 1] == "disable"))
            return refusal(word + ": there is no such emulator any more: use \"+S 1\" instead");
        has_no_epmd_ = has_no_epmd_ || word == "-no_epmd";
        has_proto_dist_ = has_proto_dist_ || word == "-proto_dist";
        return keep(word);
    }

    Status named(const std::string& word) {
        if (!has(1)) return missing(word);
        const auto& value = flags_[++at_];
        if (word == "-start_epmd" && value != "true" && value != "false")
            return refusal("-start_epmd " + value + ": it is true or false");
        others_.push_back(word);
        return keep(value);
    }

    // Its value is no more than a word.
    Status suffix(const std::string& word, std::string& of) {
        if (!has(1)) return missing(word);
        of = flags_[at_ + 1];
        return keep(word);
    }

    // ---- the command ----

    EmulatorCommand command() {
        made_.path = place_.bin + "/" + place_.emulator +
                     (type_.empty() || type_ == "opt" ? "" : "." + type_) + "." + flavor_;
        auto& all = made_.arguments;
        all.push_back(place_.escript_name.value_or(made_.path));
        all.insert(all.end(), early_.begin(), early_.end());
        all.insert(all.end(), {"--", "-root", place_.root, "-bindir", place_.bin, "-progname",
                               place_.program, "--"});
        if (place_.home) all.insert(all.end(), {"-home", *place_.home});
        if (place_.epmd_port) all.insert(all.end(), {"-epmd_port", *place_.epmd_port});
        all.emplace_back("--");
        all.insert(all.end(), others_.begin(), others_.end());
        return std::move(made_);
    }

    const EmulatorPlace& place_;
    const Words& flags_;
    const bool from_15_ = place_.erts >= kErtsOfOtp27;
    std::size_t at_ = 0;
    Words early_;   ///< the emulator's own
    Words others_;  ///< init's
    std::string type_;
    std::string flavor_ = "smp";
    bool is_all_made_ = false;  ///< -make: what stands behind it is not looked at
    bool has_no_epmd_ = false;
    bool has_proto_dist_ = false;
    EmulatorCommand made_;
};

}  // namespace

namespace {

std::string search_path_from_15(const EmulatorPlace& place) {
    auto made = place.bin;
    if (!place.path) return made + ":" + place.root + "/bin";
    if (place.path->find(place.root) == std::string::npos)
        return made + ":" + place.root + "/bin:" + *place.path;
    for (std::size_t at = 0; at <= place.path->size();) {
        const auto end = std::min(place.path->find(':', at), place.path->size());
        const auto part = place.path->substr(at, end - at);
        if (part != place.bin) made += ":" + part;
        at = end + 1;
    }
    return made;
}

}  // namespace

std::string emulator_search_path(const EmulatorPlace& place) {
    if (place.erts >= kErtsOfOtp27) return search_path_from_15(place);
    const auto own = place.bin + ":";
    auto and_root = own + place.root + "/bin:";
    if (!place.path) return and_root;
    if (place.path->find(place.root) == std::string::npos) return and_root + *place.path;
    auto rest = *place.path;
    for (auto at = rest.find(own); at != std::string::npos; at = rest.find(own, at))
        rest.erase(at, own.size());
    return own + rest;
}

Result<EmulatorCommand> emulator_command(const EmulatorPlace& place, const Words& flags) {
    return Maker(place, flags).run();
}

}  // namespace vakt::release
