// SPDX-License-Identifier: Apache-2.0
// soft_board: a process tree stands for a board, and this program for its watchdog and its power.
#include <getopt.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "drivers/dev_node.h"
#include "prog/soft_board_power.h"

namespace vakt {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr const char* kSocketVariable = "SOFT_BOARD_SOCKET";

int complain(const std::string& words) {
    std::fprintf(stderr, "soft_board: %s\n", words.c_str());
    return kFailed;
}

int usage() {
    std::fputs(
        "usage: soft_board --socket PATH [--log FILE] [--flags-file FILE] [--boot-id FILE]\n"
        "                  [--pstore DIR] [--pmsg FILE] [--console FILE] [--nowayout]\n"
        "                  [--longest MS] [--grace MS] [--boots N] [--] COMMAND [ARGUMENT ...]\n"
        "       soft_board [--end PATH] reboot|poweroff|halt\n",
        stderr);
    return kUsage;
}

/// Says it to the board at `path`, which runs on its own from there.
int say_end(const std::string& path, std::string_view word) {
    const auto node = drivers::socket_node(path);
    if (const auto opened = node->open(); !opened) return complain(describe(opened.error()));
    const auto text = prog::kEndWord + std::string(word);
    std::array<char, drivers::kSoftMost + 1> answer{};
    if (node->write(std::as_bytes(std::span(text))) < 0 ||
        node->read(std::as_writable_bytes(std::span(answer))) <= 0)
        return complain(path + " does not answer");
    return std::string_view(answer.data()) == prog::kEnding ? 0 : complain(path + " refuses");
}

struct Arguments {
    prog::BoardOptions board;
    std::string end;
    std::span<char*> command;
};

// none: not understood
std::optional<Arguments> read_arguments(int argc, char** argv) {
    const std::array<option, 13> kOptions{{{"socket", required_argument, nullptr, 's'},
                                           {"log", required_argument, nullptr, 'l'},
                                           {"flags-file", required_argument, nullptr, 'f'},
                                           {"boot-id", required_argument, nullptr, 'i'},
                                           {"pstore", required_argument, nullptr, 'p'},
                                           {"pmsg", required_argument, nullptr, 'm'},
                                           {"console", required_argument, nullptr, 'c'},
                                           {"nowayout", no_argument, nullptr, 'n'},
                                           {"longest", required_argument, nullptr, 'L'},
                                           {"grace", required_argument, nullptr, 'g'},
                                           {"boots", required_argument, nullptr, 'b'},
                                           {"end", required_argument, nullptr, 'e'},
                                           {}}};
    Arguments given;
    auto& files = given.board.files;
    for (;;) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
        const int found = ::getopt_long(argc, argv, "+", kOptions.data(), nullptr);
        if (found == -1) break;
        const auto number = parse_decimal<std::uint32_t>(optarg != nullptr ? optarg : "0");
        switch (found) {
            case 's':
                given.board.socket = optarg;
                break;
            case 'l':
                files.log = optarg;
                break;
            case 'f':
                files.flags = optarg;
                break;
            case 'i':
                files.boot_id = optarg;
                break;
            case 'p':
                files.pstore = optarg;
                break;
            case 'm':
                files.pmsg = optarg;
                break;
            case 'c':
                files.console = optarg;
                break;
            case 'e':
                given.end = optarg;
                break;
            case 'n':
                given.board.watchdog.nowayout = true;
                break;
            case 'L':
                if (!number) return std::nullopt;
                given.board.watchdog.longest = wdt::Millis(*number);
                break;
            case 'g':
                if (!number) return std::nullopt;
                given.board.grace = wdt::Millis(*number);
                break;
            case 'b':
                if (!number) return std::nullopt;
                given.board.most_boots = *number;
                break;
            default:
                return std::nullopt;
        }
    }
    given.command =
        std::span(argv, static_cast<std::size_t>(argc)).subspan(static_cast<std::size_t>(optind));
    if (given.command.empty()) return std::nullopt;
    return given;
}

}  // namespace
}  // namespace vakt

int main(int argc, char** argv) {
    using namespace vakt;
    const auto given = read_arguments(argc, argv);
    if (!given) return usage();
    if (given->board.socket.empty()) {
        const std::string_view word = given->command.front();
        // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
        const char* known = std::getenv(kSocketVariable);
        const auto path = given->end.empty() && known != nullptr ? known : given->end;
        if (given->command.size() != 1 || !prog::end_named(word) || path.empty()) return usage();
        return say_end(path, word);
    }
    auto options = given->board;
    // argv ends with a null pointer, and execvp wants it.
    options.command = std::span(given->command.data(), given->command.size() + 1);
    prog::BoardPower board(std::move(options));
    if (const auto on = board.turn_on(); !on) return complain(describe(on.error()));
    return board.run();
}
