// SPDX-License-Identifier: Apache-2.0
// A client of the bridge by a script, one step an argument:
//
//   bridge_peer SOCKET STEP...
//     hello[=NAME]            says who it is, and prints the welcome
//     least=N sources=A,B app=X unit=X text=X   the filter of the next open or narrow
//     open=now|oldest|acked|after:SEQ           (SEQ of the boot that the welcome named)
//     narrow                  another filter
//     credit=N                grants so many
//     window=N                from here on so many are granted anew whenever half are used up
//     read=N                  until N records and gaps more have come (60 s at most)
//     until=TEXT              until a record whose text has TEXT
//     rest=MS                 until nothing has come for so long
//     ack                     acknowledges the last one
//     account                 asks for it and prints it
//     raw=HEX                 says these bytes as they are
//     flood=N                 asks for the account so often, and reads nothing meanwhile
//     refused                 waits to be refused, and for the end
//     quiet                   prints no records any more
//
// It prints what comes, a line each:
//   welcome oldest=1 next=7 sources=fifo:fifo,k:kmsg
//   record 5 fifo pri=13 app=X pid=P uid=U repeats=0 text
//   gap 6 fifo restart unknown 0 0 words
#include <map>

#include "test/support/bridge_client.h"

namespace {

using namespace vakt;
using namespace std::chrono_literals;
using test::BridgeClient;

const char* name_of(syslog::Source source) {
    constexpr const char* kNames[] = {"bridge", "fifo",    "kmsg", "journal",
                                      "socket", "forward", "udp"};
    return kNames[static_cast<int>(source)];
}
const char* name_of(syslog::Loss loss) {
    constexpr const char* kNames[] = {"overrun", "source", "rate_guard", "restart", "too_long"};
    return kNames[static_cast<int>(loss)];
}

std::string text_of(std::string_view text) { return std::string(text); }

class Peer {
 public:
    explicit Peer(std::string path) : path_(std::move(path)) {
        if (!client_.connect(path_)) BridgeClient::fault("nobody listens at " + path_);
    }

    void step(const std::string& argument) {
        const auto split = argument.find('=');
        const auto name = argument.substr(0, split);
        const auto value = split == std::string::npos ? "" : argument.substr(split + 1);
        const auto found = steps_.find(name);
        if (found == steps_.end()) BridgeClient::fault("no such step: " + argument);
        (this->*found->second)(value);
        std::fflush(stdout);
    }

 private:
    void hello(const std::string& value) {
        client_.say(wire::Hello{1, wire::kBridgeVersion, value});
        while (!welcome_) hear(10s);
    }
    void least(const std::string& value) {
        condition().least_severe = static_cast<std::uint8_t>(std::stoi(value));
    }
    void sources(const std::string& value) {
        for (int source = 0; source < 7; ++source)
            if (("," + value + ",").find("," + text_of(name_of(syslog::Source(source))) + ",") !=
                std::string::npos)
                condition().sources |= static_cast<std::uint16_t>(1U << source);
    }
    void app(const std::string& value) { condition().apps.push_back(value); }
    void unit(const std::string& value) { condition().units.push_back(value); }
    void text(const std::string& value) { condition().texts.push_back(value); }
    void open(const std::string& value) {
        wire::Open open;
        open.boot_id = boot_;
        open.filter = filter_;
        if (value == "now") open.from = wire::From::now;
        if (value == "oldest") open.from = wire::From::oldest;
        if (value == "acked") open.from = wire::From::acknowledged;
        if (value.starts_with("after:")) {
            open.from = wire::From::after;
            open.seq = std::stoull(value.substr(6));
        }
        client_.say(open);
        filter_ = {};
    }
    void narrow(const std::string&) {
        client_.say(wire::Narrow{filter_});
        filter_ = {};
    }
    void credit(const std::string& value) {
        client_.say(wire::Credit{static_cast<std::uint32_t>(std::stoul(value))});
    }
    void window(const std::string& value) {
        window_ = static_cast<std::uint32_t>(std::stoul(value));
        grant();
    }
    void read(const std::string& value) {
        const auto wanted = records_ + std::stoull(value);
        while (records_ < wanted) hear(60s);
    }
    void until(const std::string& value) {
        wanted_ = value;
        while (!wanted_.empty()) hear(60s);
    }
    void rest(const std::string& value) {
        while (client_.hear_into([this](const auto& message) { take(message); },
                                 std::chrono::milliseconds(std::stol(value)))) {
        }
    }
    void ack(const std::string&) { client_.say(wire::Ack{boot_, last_}); }
    void account(const std::string&) {
        account_.reset();
        client_.say(wire::AccountAsked{});
        while (!account_) hear(10s);
        std::printf("%s", account_->c_str());
    }
    void raw(const std::string& value) {
        std::string bytes;
        for (std::size_t at = 0; at + 1 < value.size(); at += 2)
            bytes.push_back(static_cast<char>(std::stoi(value.substr(at, 2), nullptr, 16)));
        client_.say_bytes(bytes);
    }
    void flood(const std::string& value) {
        for (auto left = std::stoul(value); left > 0; --left) {
            const auto bytes = wire::encode(wire::ToBridge(wire::AccountAsked{}));
            if (::send(client_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) return;
        }
    }
    void refused(const std::string&) {
        may_end_ = true;
        while (!client_.closed()) hear(10s);
        if (!refused_) BridgeClient::fault("closed without a word");
    }
    void quiet(const std::string&) { quiet_ = true; }

    void hear(std::chrono::milliseconds limit) {
        const bool heard = client_.hear_into([this](const auto& message) { take(message); }, limit);
        if (heard || (client_.closed() && may_end_)) return;
        BridgeClient::fault(client_.closed() ? "the bridge has closed" : "nothing comes");
    }
    void grant() {
        if (window_ != 0 && client_.credit() <= window_ / 2)
            client_.say(wire::Credit{window_ - static_cast<std::uint32_t>(client_.credit())});
    }
    void take(const wire::FromBridge& message) {
        std::visit([this](const auto& it) { on(it); }, message);
    }
    void on(const wire::Welcome& welcome) {
        welcome_ = true;
        boot_ = welcome.boot_id;
        std::string sources;
        for (const auto& one : welcome.sources)
            sources += (sources.empty() ? "" : ",") + one.name + ":" + name_of(one.source);
        std::printf("welcome oldest=%llu next=%llu sources=%s\n",
                    static_cast<unsigned long long>(welcome.oldest),
                    static_cast<unsigned long long>(welcome.next), sources.c_str());
    }
    void on(const wire::Refused& refused) {
        refused_ = true;
        std::printf("refused %d %s\n", static_cast<int>(refused.reason), refused.words.c_str());
    }
    void on(const wire::AccountText& account) { account_ = account.text; }
    void on(const wire::Batch& batch) {
        for (const auto& record : BridgeClient::records(batch)) {
            ++records_;
            std::visit([this](const auto& it) { show(it); }, record);
        }
        grant();
    }
    void show(const wire::StampedEntry& it) {
        const auto& record = it.entry.record;
        last_ = it.stamp.seq;
        if (!wanted_.empty() && record.text.find(wanted_) != std::string_view::npos)
            wanted_.clear();
        if (quiet_) return;
        const auto sender = it.entry.sender;
        std::printf("record %llu %s pri=%d app=%s pid=%s uid=%s repeats=%u %s\n",
                    static_cast<unsigned long long>(it.stamp.seq), name_of(it.entry.source),
                    record.pri ? static_cast<int>(record.pri->number()) : -1,
                    text_of(record.app).c_str(), sender ? std::to_string(sender->pid).c_str() : "-",
                    sender ? std::to_string(sender->uid).c_str() : "-", it.stamp.repeats,
                    text_of(record.text).c_str());
    }
    void show(const wire::StampedGap& it) {
        if (it.stamp.seq != 0) last_ = it.stamp.seq;
        if (quiet_) return;
        std::printf("gap %llu %s %s %s %llu %llu %s\n",
                    static_cast<unsigned long long>(it.stamp.seq), name_of(it.gap.source),
                    name_of(it.gap.reason),
                    it.gap.count ? std::to_string(*it.gap.count).c_str() : "unknown",
                    static_cast<unsigned long long>(it.gap.from),
                    static_cast<unsigned long long>(it.gap.to), text_of(it.gap.words).c_str());
    }
    relay::Condition& condition() {
        if (filter_.any_of.empty()) filter_.any_of.emplace_back();
        return filter_.any_of.back();
    }

    using Step = void (Peer::*)(const std::string&);
    const std::map<std::string, Step> steps_ = {
        {"hello", &Peer::hello},   {"least", &Peer::least},     {"sources", &Peer::sources},
        {"app", &Peer::app},       {"unit", &Peer::unit},       {"text", &Peer::text},
        {"open", &Peer::open},     {"narrow", &Peer::narrow},   {"credit", &Peer::credit},
        {"window", &Peer::window}, {"read", &Peer::read},       {"until", &Peer::until},
        {"rest", &Peer::rest},     {"ack", &Peer::ack},         {"account", &Peer::account},
        {"raw", &Peer::raw},       {"refused", &Peer::refused}, {"flood", &Peer::flood},
        {"quiet", &Peer::quiet},
    };
    std::string path_;
    BridgeClient client_;
    relay::Filter filter_;
    report::BootId boot_{};
    std::uint32_t window_ = 0;
    std::uint64_t records_ = 0;
    std::uint64_t last_ = 0;
    std::string wanted_;
    std::optional<std::string> account_;
    bool welcome_ = false;
    bool refused_ = false;
    bool may_end_ = false;
    bool quiet_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    Peer peer(argv[1]);
    for (int at = 2; at < argc; ++at) peer.step(argv[at]);
    return 0;
}
