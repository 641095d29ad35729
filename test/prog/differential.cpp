// SPDX-License-Identifier: Apache-2.0
// The same messages through rsyslog's parsers and through ours (test/prog/differential.sh).
//
// usage: differential send SOCKET            every message of the corpus, then "differential end"
//        differential compare FILE [-v]      what rsyslog made of them, a JSON object a line
//
// Every difference must be one of those that test/differential/rules.h explains, and each of these
// must be found: compare prints how often, and ends with status 1 where that is not so.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <string>

#include "syslog/message.h"
#include "test/differential/corpus.h"
#include "test/differential/rules.h"

namespace {

using namespace vakt;
using namespace vakt::differential;

constexpr std::uint64_t kSeed = 20261121;
constexpr std::size_t kMade = 20000;
constexpr std::string_view kEnd = "<13>differential: end";

int send_all(const char* path) {
    const int out = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
    if (::connect(out, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
        std::perror("connect");
        return 1;
    }
    auto all = corpus(kSeed, kMade);
    all.emplace_back(kEnd);
    for (const auto& bytes : all) {
        if (::send(out, bytes.data(), bytes.size(), 0) < 0) {
            std::perror("send");
            return 1;
        }
    }
    return 0;
}

/// A JSON string's bytes, from behind its opening quote to behind its closing one.
std::string take_string(std::string_view& json) {
    std::string out;
    while (!json.empty() && json.front() != '"') {
        char c = json.front();
        json.remove_prefix(1);
        if (c == '\\' && !json.empty()) {
            c = json.front();
            json.remove_prefix(1);
            constexpr std::string_view kShort = "bfnrt";
            if (c == 'u' && json.size() >= 4) {
                c = static_cast<char>(std::stoi(std::string(json.substr(0, 4)), nullptr, 16));
                json.remove_prefix(4);
            } else if (const auto at = kShort.find(c); at != std::string_view::npos) {
                c = "\b\f\n\r\t"[at];
            }
        }
        out += c;
    }
    if (!json.empty()) json.remove_prefix(1);
    return out;
}

/// {"name":"value", ...}: values are strings.
Theirs read_line(std::string_view json) {
    std::map<std::string, std::string> all;
    while (true) {
        const auto begin = json.find('"');
        if (begin == std::string_view::npos) break;
        json.remove_prefix(begin + 1);
        const auto name = take_string(json);
        const auto value = json.find('"');
        if (value == std::string_view::npos) break;
        json.remove_prefix(value + 1);
        all[name] = take_string(json);
    }
    return {all["pri"],    all["time"],    all["generated"], all["host"], all["fromhost"],
            all["app"],    all["proc"],    all["msgid"],     all["sd"],   all["msg"],
            all["rawmsg"], all["version"], all["tag"]};
}

std::string printable(std::string_view bytes) {
    std::string out;
    for (const char c : bytes.substr(0, 300)) {
        char hex[8];
        std::snprintf(hex, sizeof(hex), "\\x%02x", static_cast<unsigned char>(c));
        out += c < ' ' || c == 0x7f ? std::string(hex) : std::string(1, c);
    }
    return out;
}

int compare(const char* file, bool verbose) {
    std::ifstream in(file, std::ios::binary);
    const auto all = corpus(kSeed, kMade);
    std::map<std::string, std::size_t> explained;
    std::map<std::string, std::size_t> strange;
    std::size_t compared = 0;
    std::size_t same = 0;
    std::size_t fields = 0;
    std::size_t dropped = 0;
    std::size_t rewritten = 0;  // a NUL inside: they write it "#000"
    std::string line;
    bool more = static_cast<bool>(std::getline(in, line));
    for (const auto& bytes : all) {
        const auto theirs = more ? read_line(line) : Theirs{};
        if (stripped(bytes).find('\0') != std::string_view::npos) {
            ++rewritten;
            more = static_cast<bool>(std::getline(in, line));
            continue;
        }
        if (!more || stripped(theirs.rawmsg) != stripped(bytes)) {
            ++dropped;
            if (!stripped(bytes).empty()) std::printf("NOT THERE: %s\n", printable(bytes).c_str());
            continue;
        }
        more = static_cast<bool>(std::getline(in, line));
        ++compared;
        const syslog::Context context{now_of(theirs), 0};
        const auto record = syslog::read_message(bytes, context);
        bool differs = false;
        for (const auto& difference : differences(record, theirs)) {
            differs = true;
            ++fields;
            const auto* rule = explain(bytes, record, theirs, difference);
            if (rule != nullptr) {
                ++explained[rule->name];
                if (!verbose) continue;
            }
            if (rule == nullptr && ++strange[difference.field] > 12) continue;
            std::printf("%s %s: ours [%s], theirs [%s] of [%s]\n",
                        rule != nullptr ? rule->name : "UNEXPLAINED", difference.field,
                        printable(difference.ours).c_str(), printable(difference.theirs).c_str(),
                        printable(bytes).c_str());
        }
        if (!differs) ++same;
    }
    std::printf("%zu messages, %zu compared, %zu the same in every field, %zu dropped by rsyslog\n",
                all.size(), compared, same, dropped);
    bool good = strange.empty() && compared > all.size() * 9 / 10;
    for (const auto& rule : rules()) {
        const auto count = explained[rule.name];
        std::printf("%6zu  %s: %s\n", count, rule.name, rule.reason);
        if (count == 0) good = false;
    }
    for (const auto& [field, count] : strange)
        std::printf("%6zu  UNEXPLAINED in %s\n", count, field.c_str());
    return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "send") return send_all(argv[2]);
    if (argc >= 3 && std::string_view(argv[1]) == "compare") return compare(argv[2], argc > 3);
    return 2;
}
