// SPDX-License-Identifier: Apache-2.0
// The bridge's black box without the bridge:
//   black_box_peer serve FILE SIZE SYNC_MS PMSG SEVERITY BOOT_ID FIRST <COMMANDS
//       log PRI TEXT | storm COUNT PRI | account | size BYTES | pid; PMSG "-" is none, FIRST the
//       first record's number. What it has to say comes as "says: ...". At the end of the commands
//       it leaves as the bridge does.
//   black_box_peer show FILE        a line for each record in it, then "damaged N"
// A Bridge that has records in a list stands in for the real one.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include "bridge/bridge.h"
#include "prog/syslog_bridge_black_box.h"
#include "report/black_box.h"
#include "sys/clock.h"
#include "wire/record_bytes.h"

using namespace vakt;

struct bridge::Bridge::Parts {
    std::uint64_t first = 1;
    std::deque<std::string> records;
};

bridge::Bridge::Bridge(std::span<std::byte>, const report::BootId&, std::uint64_t first)
    : parts_(std::make_unique<Parts>()) {
    parts_->first = first;
}
bridge::Bridge::~Bridge() = default;
std::uint64_t bridge::Bridge::next_seq() const { return parts_->first + parts_->records.size(); }
std::vector<std::string_view> bridge::Bridge::newest(std::uint64_t from, std::size_t most) const {
    const auto& all = parts_->records;
    const auto skipped = from > parts_->first ? from - parts_->first : 0;
    const auto begin = std::max(skipped, all.size() - std::min(all.size(), most));
    return {all.begin() + static_cast<std::ptrdiff_t>(std::min(begin, all.size())), all.end()};
}
void bridge::Bridge::accept(Origin, const syslog::Entry& entry, const Now& now, std::string_view) {
    std::string record(wire::kLongestRecord, '\0');
    record.resize(
        wire::put_entry(entry, {.seq = next_seq(), .read_ns = now.wall_ns},
                        {reinterpret_cast<unsigned char*>(record.data()), record.size()}));
    parts_->records.push_back(std::move(record));
}

namespace {

class Peer {
 public:
    Peer(loop::Loop& loop, prog::BlackBoxSetup setup, std::uint64_t first)
        : loop_(loop),
          setup_(std::move(setup)),
          bridge_({}, setup_.boot, first),
          box_(loop, bridge_, setup_,
               [](const auto& words) { std::cout << "says: " << words << std::endl; }),
          input_(loop, 0, loop::Ready::read, [this] { read(); }) {
        if (!input_.on()) std::exit(2);
    }

 private:
    void read() {
        char bytes[4096];
        const auto got = ::read(0, bytes, sizeof bytes);
        if (got <= 0) {
            box_.leave();
            std::cout << box_.account() << std::endl;
            return loop_.stop();
        }
        text_.append(bytes, static_cast<std::size_t>(got));
        for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
            carry_out(std::istringstream(text_.substr(0, end)));
            text_.erase(0, end + 1);
        }
        box_.turn_over();
    }
    void carry_out(std::istringstream line) {
        std::string verb;
        unsigned count = 1;
        unsigned pri = 0;
        line >> verb;
        if (verb == "account") std::cout << box_.account() << std::endl;
        if (verb == "pid") std::cout << ::getpid() << std::endl;
        if (verb == "switches") {
            rusage used{};
            ::getrusage(RUSAGE_SELF, &used);
            std::cout << used.ru_nvcsw << std::endl;
        }
        if (verb == "size") {
            line >> setup_.size;
            box_.change(setup_);
        }
        if (verb == "storm") line >> count;
        if (verb != "storm" && verb != "log") return;
        std::string text;
        line >> pri >> std::ws;
        std::getline(line, text);
        for (unsigned i = 0; i < count; ++i)
            log(pri, verb == "log" ? text : "storm " + std::to_string(i));
    }
    void log(unsigned pri, const std::string& text) {
        syslog::Entry entry;
        entry.record.pri = syslog::Pri(static_cast<std::uint8_t>(pri));
        entry.record.app = "peer";
        entry.record.text = text;
        entry.source = syslog::Source::socket;
        box_.saw(entry);
        bridge_.accept(0, entry, {sys::now(), sys::wall_ns()});
    }

    loop::Loop& loop_;
    prog::BlackBoxSetup setup_;
    bridge::Bridge bridge_;
    prog::BlackBox box_;
    loop::Watch input_;
    std::string text_;
};

int serve(char** arguments) {
    ::signal(SIGPIPE, SIG_IGN);
    prog::BlackBoxSetup setup;
    setup.path = arguments[0];
    setup.size = std::strtoull(arguments[1], nullptr, 10);
    setup.sync_interval = std::chrono::milliseconds(std::strtol(arguments[2], nullptr, 10));
    if (std::string(arguments[3]) != "-") setup.pmsg = arguments[3];
    setup.severity = static_cast<syslog::Severity>(std::strtol(arguments[4], nullptr, 10));
    setup.boot = *report::parse_boot_id(arguments[5]);
    auto loop = loop::Loop::make();
    if (!loop) return 1;
    const Peer peer(*loop, setup, std::strtoull(arguments[6], nullptr, 10));
    loop->run();
    return 0;
}

int show(char** arguments) {
    std::ifstream in(arguments[0], std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    report::BoxReader reader(1'000'000);
    reader.feed({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    for (const auto& one : reader.lines())
        std::cout << one.serial << ' ' << report::boot_id_text(one.line.boot_id).substr(34) << ' '
                  << one.line.sequence << ' ' << int{one.line.pri} << ' ' << one.line.text << '\n';
    std::cout << "damaged " << reader.damaged() << '\n';
    return 0;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): whatever is thrown here ends the test, as it should
int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "serve" && argc == 9) return serve(argv + 2);
    if (what == "show" && argc == 3) return show(argv + 2);
    std::cerr << "usage: see the head of black_box_peer.cpp\n";
    return 2;
}
