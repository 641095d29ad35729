// SPDX-License-Identifier: Apache-2.0
// The account's text.
#include "bridge/account.h"

namespace vakt::bridge {

namespace {

void add(std::string& line, std::string_view key, std::string_view value) {
    line.append(" ").append(key).append("=").append(value);
}
void add(std::string& line, std::string_view key, std::uint64_t value) {
    add(line, key, std::to_string(value));
}

void add_ring(std::string& text, const RingFigures& ring) {
    text += "ring";
    add(text, "size", ring.size);
    add(text, "segments", ring.segments);
    add(text, "boot", report::boot_id_text(ring.boot));
    add(text, "begin", ring.begin);
    add(text, "oldest", ring.oldest);
    add(text, "next", ring.next);
    add(text, "kept", ring.kept);
    add(text, "urgent", ring.urgent);
    add(text, "other", ring.other);
    add(text, "bytes", ring.bytes);
    add(text, "dropped", ring.dropped);
    add(text, "went_on", ring.went_on ? 1 : 0);
    text += '\n';
}

void add_source(std::string& text, const SourceAccount& source) {
    const auto& f = source.figures;
    text += "source " + one_word(source.name);
    add(text, "kind", syslog::kSourceNames[static_cast<std::size_t>(source.source)]);
    add(text, "received", source.received());
    add(text, "accepted", f.accepted);
    add(text, "folded", f.folded);
    add(text, "held_back", f.held_back);
    add(text, "withheld", f.withheld);
    add(text, "lost", f.lost);
    add(text, "unknown_gaps", f.unknown_gaps);
    add(text, "malformed", f.malformed);
    add(text, "bytes", f.bytes);
    add(text, "repeats", f.repeats);
    add(text, "gaps", f.gaps);
    add(text, "open", source.open ? 1 : 0);
    text += '\n';
}

void add_client(std::string& text, const ClientAccount& client) {
    text += "client " + std::to_string(client.number);
    add(text, "name", one_word(client.name));
    add(text, "pid", client.pid);
    add(text, "uid", client.uid);
    add(text, "offered", client.offered);
    add(text, "delivered", client.delivered);
    add(text, "filtered", client.filtered);
    add(text, "dropped", client.dropped);
    add(text, "queued", client.queued);
    add(text, "credit", client.credit);
    add(text, "granted", client.granted);
    add(text, "acked", client.acked);
    add(text, "gaps", client.gaps);
    text += '\n';
}

}  // namespace

std::string one_word(std::string_view name) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (name.empty()) return "-";
    std::string word;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > ' ' && byte < 0x7F && c != '=' && c != '"' && c != '\\') {
            word += c;
        } else {
            word += "\\x";
            word += kDigits[byte >> 4U];
            word += kDigits[byte & 15U];
        }
    }
    return word;
}

std::string account_text(const Account& account) {
    std::string text;
    add_ring(text, account.ring);
    for (const auto& source : account.sources) add_source(text, source);
    for (const auto& client : account.clients) add_client(text, client);
    return text;
}

}  // namespace vakt::bridge
