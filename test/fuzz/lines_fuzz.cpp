// SPDX-License-Identifier: Apache-2.0
// The line splitter against a reference that is too simple to be wrong: any bytes, in any pieces,
// give the same lines. Input: byte 0 the longest line (8 to 71), byte 1 the size of a piece (0: all
// at once), byte 2 when to flush; then the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "syslog/lines.h"

namespace {

using vakt::syslog::Line;
using vakt::syslog::Lines;

// One byte at a time, the whole line kept.
class Reference {
 public:
    explicit Reference(std::size_t longest) : longest_(longest) {}
    void byte(char c) {
        const bool own_end = flushed_ && c == '\n';
        flushed_ = false;
        if (own_end) return;
        if (c != '\n') {
            if (!skipping_) line_ += c;
            if (line_.size() > longest_ + 1) end();
            return;
        }
        if (!skipping_) end();
        skipping_ = false;
    }
    void flush() {
        if (line_.empty()) return;
        end();
        flushed_ = !skipping_;
    }
    std::vector<std::string> given;
    std::uint64_t read = 0;

 private:
    void end() {
        auto line = line_;
        const bool too_long = line.size() > longest_ + 1;
        line_.clear();
        if (!too_long && line.ends_with('\r')) line.pop_back();
        ++read;
        if (line.size() > longest_) {
            line = line.substr(0, longest_ - Lines::kMark.size()) + std::string(Lines::kMark);
            skipping_ = true;  // a newline, if it is what ended the line, takes this back
        }
        if (!line.empty()) given.push_back(line);
    }

    std::size_t longest_;
    std::string line_;
    bool skipping_ = false;
    bool flushed_ = false;
};

void insist(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const std::size_t longest = 8 + data[0] % 64;
    const std::size_t piece = data[1] == 0 ? size : data[1];
    const std::size_t flush_every = data[2];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);

    Lines lines(longest);
    Reference reference(longest);
    std::vector<std::string> given;
    const auto take = [&](const Line& line) {
        insist(!line.text.empty() && line.text.size() <= longest);
        insist(!line.cut || line.text.ends_with(Lines::kMark));
        given.emplace_back(line.text);
    };
    std::size_t pieces = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const auto part = bytes.substr(at, piece);
        lines.feed(part, take);
        for (const char c : part) reference.byte(c);
        if (flush_every != 0 && ++pieces % flush_every == 0) {
            lines.flush(take);
            reference.flush();
        }
    }
    lines.flush(take);
    reference.flush();
    insist(given == reference.given);
    insist(lines.counts().read == reference.read);
    insist(lines.counts().bytes == bytes.size());
    insist(lines.counts().read - lines.counts().empty == given.size());
    insist(!lines.partial());
    return 0;
}
