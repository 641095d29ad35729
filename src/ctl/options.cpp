// SPDX-License-Identifier: Apache-2.0
// vaktctl's command line.
#include "ctl/options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "ctl/event_filter.h"
#include "ctl/printable.h"

namespace vakt::ctl {
namespace {

using std::string_view;

Error complaint(const std::string& words) { return refusal(words + "; vaktctl --help tells more"); }
std::string quoted(string_view word) { return "'" + printable(word.substr(0, 64)) + "'"; }

struct Row {
    string_view word;
    Verb verb;
    std::size_t least;  ///< arguments
    std::size_t most;
    string_view wanted;  ///< in words
};
constexpr std::array kVerbs = {
    Row{"status", Verb::status, 0, 0, ""},
    Row{"reset", Verb::reset, 0, 0, ""},
    Row{"doctor", Verb::doctor, 0, 1, "at most the word clashes"},
    Row{"drill", Verb::drill, 1, 2,
        "hang-vm, kill-vm, hang-heart, kill-heart or stop-petting, and perhaps a lease"},
    Row{"snooze", Verb::snooze, 1, 2, "SECONDS, and perhaps a lease"},
    Row{"disarm", Verb::disarm, 0, 1, "at most a device's number"},
    Row{"reboot", Verb::end, 0, 0, ""},
    Row{"poweroff", Verb::end, 0, 0, ""},
    Row{"halt", Verb::end, 0, 0, ""},
    Row{"watch", Verb::watch, 0, 1, "at most SECONDS"},
    Row{"healthy", Verb::healthy, 0, 0, ""},
    Row{"events", Verb::events, 0, 0, ""},
    Row{"account", Verb::account, 0, 0, ""},
    Row{"help", Verb::help, 0, 0, ""},
};

constexpr std::array kWithJson = {Verb::status, Verb::reset,  Verb::doctor,
                                  Verb::watch,  Verb::events, Verb::account};
// Of what is there already, before what comes.
constexpr std::uint32_t kLastWhenFollowing = 10;
constexpr std::uint32_t kMostLast = 1'000'000;

constexpr std::array<string_view, keeper::kDrillKinds> kDrills = {
    "hang-vm", "kill-vm", "hang-heart", "kill-heart", "stop-petting"};
constexpr std::array<string_view, keeper::kEndKinds> kEnds = {"reboot", "poweroff", "halt"};

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<string_view, N>& names, string_view name) {
    const auto* const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

std::optional<Duration> seconds(string_view text, std::uint32_t least, std::uint32_t most) {
    const auto number = parse_decimal<std::uint32_t>(text);
    if (!number || *number < least || *number > most) return std::nullopt;
    return std::chrono::seconds(*number);
}

class Reader {
 public:
    explicit Reader(Environment environment) {
        if (const auto path = environment("VAKT_KEEPER_SOCKET"); !path.empty())
            options_.socket = path;
        if (const auto path = environment("VAKT_BRIDGE_SOCKET"); !path.empty())
            options_.bridge = path;
        if (const auto state = environment("VAKT_STATE_DIR"); !state.empty())
            options_.state = state;
        options_.config = VAKT_SYSCONFDIR "/vakt/keeper.conf";
        options_.colour = environment("NO_COLOR").empty();
    }

    Result<Options> read(std::span<const char* const> arguments) {
        for (std::size_t at = 0; at < arguments.size(); ++at) {
            const string_view argument = arguments[at];
            if (!argument.starts_with("-") || argument == "-") {
                words_.push_back(argument);
                continue;
            }
            const auto equals = argument.find('=');
            const auto name = argument.substr(0, equals);
            if (equals == string_view::npos && flag(name)) continue;
            std::optional<string_view> value;
            if (equals != string_view::npos)
                value = argument.substr(equals + 1);
            else if (at + 1 < arguments.size())
                value = arguments[++at];
            if (const auto taken = option(name, value); !taken) return taken.error();
        }
        if (const auto taken = verb(); !taken) return taken.error();
        return options_;
    }

 private:
    bool flag(string_view name) {
        if (name == "-f" || name == "--follow") return options_.events.follow = true;
        if (name == "--json") return options_.json = true;
        if (name == "--yes") return options_.yes = true;
        if (name == "--now") return options_.now = true;
        if (name == "--no-colour" || name == "--no-color") {
            options_.colour = false;
            return true;
        }
        if (name == "--help" || name == "-h") return help_ = true;
        if (name == "--version") return version_ = true;
        return false;
    }

    Status option(string_view name, std::optional<string_view> value) {
        std::string* text = nullptr;
        if (name == "--socket") text = &options_.socket;
        if (name == "--bridge") text = &options_.bridge;
        if (name == "--run") text = &options_.run;
        if (name == "--state") text = &options_.state;
        if (name == "--config") text = &options_.config;
        if (name == "--root") text = &options_.root;
        const bool of_events =
            name == "-n" || name == "--lines" || name == "--after" || EventFilter::knows(name);
        if (text == nullptr && name != "--timeout" && !of_events)
            return complaint(quoted(name) + " is no option, or takes no value");
        if (!value || value->empty()) return complaint(std::string(name) + " wants a value");
        if (text != nullptr) {
            *text = *value;
            return Done{};
        }
        if (of_events) return event_option(name, *value);
        const auto patience = seconds(*value, 1, 3600);
        if (!patience) return complaint("--timeout wants 1 to 3600 seconds, not " + quoted(*value));
        options_.patience = *patience;
        return Done{};
    }

    Status event_option(string_view name, string_view value) {
        said_of_events_ = name;
        if (EventFilter::knows(name)) {
            if (const auto taken = filter_.take(name, value); !taken)
                return complaint(describe(taken.error()));
            return Done{};
        }
        auto& wish = options_.events;
        if (name == "--after") {
            wish.after = parse_place(value);
            if (wish.after) return Done{};
            return complaint("--after wants BOOTID:SEQ as --json shows them, not " + quoted(value));
        }
        const auto lines = parse_decimal<std::uint32_t>(value);
        if (!lines || *lines > kMostLast)
            return complaint(std::string(name) + " wants 0 to " + std::to_string(kMostLast) +
                             " lines, not " + quoted(value));
        wish.last = *lines;
        return Done{};
    }

    Status event_wish(Verb verb) {
        auto& wish = options_.events;
        if (wish.follow) said_of_events_ = "-f";
        if (verb != Verb::events && !said_of_events_.empty())
            return complaint(std::string(said_of_events_) + " is for events");
        wish.filter = filter_.filter();
        if (wish.follow && !wish.last && !wish.after) wish.last = kLastWhenFollowing;
        return Done{};
    }

    Status verb() {
        if (help_ || version_) {
            options_.verb = help_ ? Verb::help : Verb::version;
            return Done{};
        }
        if (words_.empty()) return complaint("what shall be done?");
        const auto* const row = std::ranges::find(kVerbs, words_[0], &Row::word);
        if (row == kVerbs.end()) return complaint(quoted(words_[0]) + " is nothing vaktctl does");
        options_.verb = row->verb;
        const auto count = words_.size() - 1;
        if (count < row->least || count > row->most) {
            const auto wanted = row->wanted.empty() ? "nothing more" : std::string(row->wanted);
            return complaint(std::string(row->word) + " wants " + wanted);
        }
        if (options_.now && row->verb != Verb::end)
            return complaint("--now is for reboot, poweroff and halt");
        if (const auto end = named<keeper::EndKind>(kEnds, words_[0])) options_.end = *end;
        if (options_.json && std::ranges::find(kWithJson, row->verb) == kWithJson.end())
            return complaint("--json is for status, reset, doctor, watch, events and account");
        if (const auto wished = event_wish(row->verb); !wished) return wished.error();
        return words_.size() > 1 ? parameters() : Status(Done{});
    }

    Status parameters() {
        const auto word = words_[1];
        if (options_.verb == Verb::drill) {
            const auto kind = named<keeper::DrillKind>(kDrills, word);
            if (!kind)
                return complaint(quoted(word) + " is no drill: " + std::string(kVerbs[3].wanted));
            options_.drill = *kind;
            if (*kind == keeper::DrillKind::stop_petting && words_.size() > 2)
                return complaint("stop-petting is of the whole board: it takes no lease");
        }
        if (options_.verb == Verb::snooze || options_.verb == Verb::watch) {
            const auto longest = options_.verb == Verb::snooze ? 900U : 86400U;
            const auto length = seconds(word, 1, longest);
            if (!length)
                return complaint(quoted(word) + " is not 1 to " + std::to_string(longest) +
                                 " seconds");
            options_.length = *length;
        }
        if (options_.verb == Verb::doctor) {
            if (word != "clashes") return complaint("doctor wants at most the word clashes");
            options_.clashes = true;
        }
        if (options_.verb == Verb::disarm) {
            const auto number = parse_decimal<std::uint8_t>(word);
            if (!number || *number >= keeper::kMaxDevices)
                return complaint(quoted(word) + " is no device: vaktctl status numbers them");
            options_.device = *number;
        }
        if (words_.size() > 2) {
            if (words_[2].empty() || words_[2].size() > keeper::Name::capacity())
                return complaint("a lease's name has 1 to 32 bytes");
            options_.lease = words_[2];
        }
        return Done{};
    }

    Options options_;
    EventFilter filter_;
    string_view said_of_events_;  // an option that is for events alone
    std::vector<string_view> words_;
    bool help_ = false;
    bool version_ = false;
};

}  // namespace

Result<Options> read_options(std::span<const char* const> arguments, Environment environment) {
    return Reader(environment).read(arguments);
}

const char* help() {
    return "usage: vaktctl [OPTION ...] VERB\n"
           "\n"
           "  status                  leases, watchdogs, evidence, and who is about to reset the "
           "board\n"
           "  reset                   why the board restarted the last time\n"
           "  doctor                  check this installation; each finding comes with its cure\n"
           "  doctor clashes          only whether two drivers or programs have one watchdog, for "
           "a boot\n"
           "  watch [SECONDS]         what happens, as it happens\n"
           "  events                  what the system says: all that the bridge keeps, or what "
           "comes\n"
           "                          -f, --follow: go on with what comes; -n N: the last N (with "
           "-f: 10)\n"
           "                          --after BOOTID:SEQ: what came behind that one\n"
           "                          --severity err: this and above; --facility F; --source S;\n"
           "                          --app A; --unit U; --text T; the same twice: one of them\n"
           "  account                 where all of it went: the bridge's sources, clients and "
           "losses\n"
           "  drill KIND [LEASE]      prove a step of the chain and follow it; this can reset the "
           "board\n"
           "                          KIND: hang-vm kill-vm hang-heart kill-heart stop-petting\n"
           "  snooze SECONDS [LEASE]  count a silent lease as good for so long, 900 s at most\n"
           "  healthy                 this boot has come up\n"
           "  disarm [DEVICE]         stop a watchdog, or all of them, for good\n"
           "  reboot|poweroff|halt    end the board, guarded by its watchdog; --now: without the "
           "system\n"
           "\n"
           "  --json                  for programs (status, reset, doctor, watch, events, "
           "account)\n"
           "  --yes                   ask nothing\n"
           "  --timeout SECONDS       how long to wait for an answer (5)\n"
           "  --socket PATH           the keeper's socket (VAKT_KEEPER_SOCKET, "
           "/run/vakt/keeper.sock)\n"
           "  --bridge PATH           the bridge's socket (VAKT_BRIDGE_SOCKET, "
           "/run/vakt/bridge.sock)\n"
           "  --run DIR               where the reset report is (/run/vakt)\n"
           "  --config FILE           keeper.conf, for doctor; --state DIR likewise\n"
           "  --root DIR              doctor looks at the system that is mounted there\n"
           "  --no-colour             also NO_COLOR\n"
           "  --help  --version\n"
           "\n"
           "Exit status: 0 done, 1 refused or found, 2 usage, 3 the keeper or the bridge cannot be "
           "reached.\n";
}

}  // namespace vakt::ctl
