// SPDX-License-Identifier: Apache-2.0
// The messages between the bridge and its clients, version 1.
#include "wire/bridge_bytes.h"

#include <concepts>
#include <span>

#include "base/byte_stream.h"
#include "base/bytes.h"

namespace vakt::wire {
namespace {

constexpr std::size_t kSize = 4;  // of the size itself
constexpr std::uint8_t kToBridge = 1;
constexpr std::uint8_t kFromBridge = 65;
constexpr std::uint8_t kFroms = 4;
constexpr std::uint8_t kRefusals = 5;
constexpr std::uint8_t kSources = syslog::kSourceNames.size();

// ---- out ----

/// Grows as it is written to, unlike a ByteWriter: an account has no bound worth reserving.
class Out {
 public:
    explicit Out(std::uint8_t kind) : bytes_(kSize, '\0') { number(kind); }

    template <std::unsigned_integral T>
    void number(T value) {
        unsigned char digits[sizeof(T)];
        put_number(digits, value);
        bytes_.append(reinterpret_cast<const char*>(digits), sizeof(T));
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void number(Enum value) { number(static_cast<std::uint8_t>(value)); }
    void bytes(std::string_view text) { bytes_.append(text); }
    void text(std::string_view text) {
        number(static_cast<std::uint8_t>(text.size()));
        bytes(text);
    }
    void boot_id(const report::BootId& id) {
        for (const auto byte : id) number(byte);
    }

    [[nodiscard]] std::string whole() && {
        put_number(reinterpret_cast<unsigned char*>(bytes_.data()),
                   static_cast<std::uint32_t>(bytes_.size() - kSize));
        return std::move(bytes_);
    }

 private:
    std::string bytes_;
};

void put(Out& out, const relay::Filter& filter) {
    out.number(static_cast<std::uint8_t>(filter.strict));
    out.number(static_cast<std::uint8_t>(filter.any_of.size()));
    for (const auto& condition : filter.any_of) {
        out.number(condition.least_severe);
        out.number(condition.facilities);
        out.number(condition.sources);
        for (const auto* words : {&condition.apps, &condition.units, &condition.texts}) {
            out.number(static_cast<std::uint8_t>(words->size()));
            for (const auto& word : *words) out.text(word);
        }
    }
}
void put(Out& out, const Hello& hello) {
    out.number(hello.least);
    out.number(hello.most);
    out.text(hello.name);
}
void put(Out& out, const Open& open) {
    out.number(open.from);
    out.boot_id(open.boot_id);
    out.number(open.seq);
    put(out, open.filter);
}
void put(Out& out, const Credit& credit) { out.number(credit.more); }
void put(Out& out, const Ack& ack) {
    out.boot_id(ack.boot_id);
    out.number(ack.seq);
}
void put(Out& out, const Narrow& narrow) { put(out, narrow.filter); }
void put(Out&, const AccountAsked&) {}

void put(Out& out, const Welcome& welcome) {
    out.number(welcome.version);
    out.boot_id(welcome.boot_id);
    out.number(welcome.oldest);
    out.number(welcome.next);
    out.number(static_cast<std::uint8_t>(welcome.sources.size()));
    for (const auto& source : welcome.sources) {
        out.number(source.origin);
        out.number(source.source);
        out.text(source.name);
    }
}
void put(Out& out, const Refused& refused) {
    out.number(refused.reason);
    out.text(refused.words);
}
void put(Out& out, const Batch& batch) {
    out.boot_id(batch.boot_id);
    out.number(batch.count);
    out.bytes(batch.records);
}
void put(Out& out, const AccountText& account) { out.bytes(account.text); }

template <class Message>
std::string encode_from(std::uint8_t first, const Message& message) {
    Out out(static_cast<std::uint8_t>(first + message.index()));
    std::visit([&](const auto& content) { put(out, content); }, message);
    return std::move(out).whole();
}

// ---- in ----

/// Where one thing is not as it is written, `good` is false in the end; what is read until then is
/// bounded by the bytes.
struct In {
    ByteReader bytes;
    bool good = true;

    std::string text(std::size_t most, std::size_t least = 0) {
        const auto read = bytes.text(most);
        good = good && read.size() >= least;
        return std::string(read);
    }
    report::BootId boot_id() {
        report::BootId id{};
        for (auto& byte : id) byte = bytes.number<std::uint8_t>();
        return id;
    }
    /// A count of things to follow, 0 to `most`; 0 where nothing more can be read.
    std::size_t count(std::size_t most) {
        const std::size_t count = bytes.number<std::uint8_t>();
        good = good && bytes.good() && count <= most;
        return good ? count : 0;
    }
    std::string_view rest() { return bytes.bytes(bytes.left()); }
};

relay::Filter filter(In& in) {
    relay::Filter filter;
    filter.strict = in.bytes.flag();
    filter.any_of.resize(in.count(relay::Filter::kMostConditions));
    for (auto& condition : filter.any_of) {
        condition.least_severe = in.bytes.one_of<std::uint8_t>(8);
        condition.facilities = in.bytes.number<std::uint32_t>();
        condition.sources = in.bytes.number<std::uint16_t>();
        for (auto* words : {&condition.apps, &condition.units, &condition.texts}) {
            words->resize(in.count(relay::Filter::kMostWords));
            for (auto& word : *words) word = in.text(relay::Filter::kLongestWord, 1);
        }
    }
    return filter;
}

// One for each kind, in the order of the variant; braces read their values from left to right.
Hello read(In& in, Hello*) {
    return {in.bytes.number<std::uint8_t>(), in.bytes.number<std::uint8_t>(),
            in.text(kLongestName)};
}
Open read(In& in, Open*) {
    return {in.bytes.one_of<From>(kFroms), in.boot_id(), in.bytes.number<std::uint64_t>(),
            filter(in)};
}
Credit read(In& in, Credit*) { return {in.bytes.number<std::uint32_t>()}; }
Ack read(In& in, Ack*) { return {in.boot_id(), in.bytes.number<std::uint64_t>()}; }
Narrow read(In& in, Narrow*) { return {filter(in)}; }
AccountAsked read(In&, AccountAsked*) { return {}; }

Welcome read(In& in, Welcome*) {
    Welcome welcome{in.bytes.number<std::uint8_t>(),
                    in.boot_id(),
                    in.bytes.number<std::uint64_t>(),
                    in.bytes.number<std::uint64_t>(),
                    {}};
    welcome.sources.resize(in.count(255));
    for (auto& source : welcome.sources)
        source = {in.bytes.number<std::uint8_t>(), in.bytes.one_of<syslog::Source>(kSources),
                  in.text(kLongestName)};
    return welcome;
}
Refused read(In& in, Refused*) { return {in.bytes.one_of<Refusal>(kRefusals), in.text(255)}; }
Batch read(In& in, Batch*) { return {in.boot_id(), in.bytes.number<std::uint16_t>(), in.rest()}; }
AccountText read(In& in, AccountText*) { return {std::string(in.rest())}; }

/// The message of the variant's `I`th kind, or a later one's.
template <class Message, std::size_t I = 0>
std::optional<Message> read_kind(std::size_t kind, In& in) {
    if constexpr (I == std::variant_size_v<Message>) {
        return std::nullopt;
    } else {
        if (kind != I) return read_kind<Message, I + 1>(kind, in);
        Message message = read(in, static_cast<std::variant_alternative_t<I, Message>*>(nullptr));
        if (!in.good || !in.bytes.all_read()) return std::nullopt;
        return message;
    }
}

template <class Message>
std::optional<Message> parse(std::uint8_t first, std::string_view bytes) {
    In in{ByteReader({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()})};
    const auto kind = in.bytes.number<std::uint8_t>();
    if (kind < first) return std::nullopt;
    return read_kind<Message>(static_cast<std::size_t>(kind - first), in);
}

}  // namespace

std::optional<ToBridge> parse_to_bridge(std::string_view bytes) {
    if (bytes.size() > kLongestToBridge) return std::nullopt;
    return parse<ToBridge>(kToBridge, bytes);
}
std::optional<FromBridge> parse_from_bridge(std::string_view bytes) {
    return parse<FromBridge>(kFromBridge, bytes);
}

std::string encode(const ToBridge& message) { return encode_from(kToBridge, message); }
std::string encode(const FromBridge& message) { return encode_from(kFromBridge, message); }

}  // namespace vakt::wire
