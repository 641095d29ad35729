// SPDX-License-Identifier: Apache-2.0
// What suites ask about start_erl's files:
//   start_peer args WORD ...     the flags as erlexec would take them together, a line each
//   start_peer ledger FILE       the entries of a ledger of starts: "KIND TEXT", oldest first
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "release/args_file.h"
#include "report/ledger.h"
#include "sys/open.h"

namespace {

using namespace vakt;

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

int show_args(std::span<char* const> words) {
    const auto read = [](const std::string& name) { return sys::read_regular(name, 1 << 20); };
    const auto made = release::expand_arguments(
        {words.begin(), words.end()},
        {variable("ERL_AFLAGS"), variable("ERL_FLAGS"), variable("ERL_ZFLAGS"),
         release::major_of(variable("VAKT_ERTS"))},
        read);
    if (!made) {
        std::fprintf(stderr, "%s\n", describe(made.error()).c_str());
        return 1;
    }
    for (const auto& word : made->flags) std::printf("%s\n", word.c_str());
    return 0;
}

int show_ledger(const char* path) {
    const auto bytes = sys::read_regular(path, 1 << 20);
    if (!bytes) {
        std::fprintf(stderr, "%s\n", describe(bytes.error()).c_str());
        return 1;
    }
    const auto* const start = reinterpret_cast<const std::uint8_t*>(bytes->data());
    constexpr const char* kNames[] = {"?",       "boot",  "healthy",  "note", "recovered",
                                      "snoozed", "clean", "reported", "info"};
    for (const auto& entry : report::read_ledger({start, bytes->size()}).entries) {
        const std::string text(entry.text.view());
        std::printf("%s %s\n", kNames[static_cast<std::size_t>(entry.kind)], text.c_str());
    }
    return 0;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): whatever is thrown here ends the test, as it should
int main(int argc, char** argv) {
    const std::span<char* const> words(argv, static_cast<std::size_t>(argc));
    if (words.size() >= 2 && std::string(words[1]) == "args") return show_args(words.subspan(2));
    if (words.size() == 3 && std::string(words[1]) == "ledger") return show_ledger(words[2]);
    std::fprintf(stderr, "usage: start_peer args WORD ... | ledger FILE\n");
    return 2;
}
