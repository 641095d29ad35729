// SPDX-License-Identifier: Apache-2.0
// A release's boot file (*.boot): whether it is whole, and which directories it loads from.
#include "release/boot_file.h"

#include <algorithm>

#include "base/byte_stream.h"

namespace vakt::release {
namespace {

// Tags of erl_ext_dist, OTP 25.
constexpr std::uint8_t kVersion = 131;
constexpr std::uint8_t kCompressed = 80;
constexpr std::uint8_t kSmallTuple = 104;
constexpr std::string_view kRoot = "$ROOT/";

/// One after the other, without recursion: a term is only so many more terms to come.
class Walk {
 public:
    explicit Walk(std::span<const std::uint8_t> bytes) : in_(bytes) {}

    /// Whether one whole term was there and nothing behind it.
    bool run() {
        while (wanted_ > 0) {
            --wanted_;
            // Each term takes a byte at least.
            if (!term() || !in_.good() || wanted_ > in_.left()) return false;
        }
        return in_.all_read();
    }
    BootPaths paths;
    std::vector<std::string_view> words;

 private:
    template <class Size>
    bool take_atom() {
        words.push_back(in_.bytes(in_.number<Size>()));
        return true;
    }
    template <class Size>
    bool skip(std::size_t more = 0) {
        const std::size_t size = in_.number<Size>();
        in_.bytes(size + more);
        return true;
    }
    bool expect(std::uint64_t terms) {
        wanted_ += terms;
        return true;
    }
    bool take_string() {
        const auto text = in_.bytes(in_.number<std::uint16_t>());
        words.push_back(text);
        if (!in_.good() || !text.starts_with(kRoot)) return true;
        std::string path(text.substr(kRoot.size()));
        if (std::find(paths.begin(), paths.end(), path) == paths.end())
            paths.push_back(std::move(path));
        return true;
    }

    bool term() {
        switch (in_.number<std::uint8_t>()) {
            case 97:  // SMALL_INTEGER_EXT
                in_.bytes(1);
                return true;
            case 98:  // INTEGER_EXT
                in_.bytes(4);
                return true;
            case 70:  // NEW_FLOAT_EXT
                in_.bytes(8);
                return true;
            case 99:  // FLOAT_EXT
                in_.bytes(31);
                return true;
            case 106:  // NIL_EXT
                return true;
            case 107:  // STRING_EXT
                return take_string();
            case 115:  // SMALL_ATOM_EXT
            case 119:  // SMALL_ATOM_UTF8_EXT
                return take_atom<std::uint8_t>();
            case 100:  // ATOM_EXT
            case 118:  // ATOM_UTF8_EXT
                return take_atom<std::uint16_t>();
            case 109:  // BINARY_EXT
                return skip<std::uint32_t>();
            case 110:  // SMALL_BIG_EXT
                return skip<std::uint8_t>(1);
            case 111:  // LARGE_BIG_EXT
                return skip<std::uint32_t>(1);
            case kSmallTuple:
                return expect(in_.number<std::uint8_t>());
            case 105:  // LARGE_TUPLE_EXT
                return expect(in_.number<std::uint32_t>());
            case 108:  // LIST_EXT, its tail too
                return expect(std::uint64_t{in_.number<std::uint32_t>()} + 1);
            case 116:  // MAP_EXT
                return expect(2 * std::uint64_t{in_.number<std::uint32_t>()});
            default:
                return false;
        }
    }

    ByteReader in_;
    std::uint64_t wanted_ = 1;
};

bool is_script(std::span<const std::uint8_t> term) {
    ByteReader in(term);
    if (in.number<std::uint8_t>() != kSmallTuple || in.number<std::uint8_t>() != 3) return false;
    const auto tag = in.number<std::uint8_t>();
    const bool is_short = tag == 115 || tag == 119;
    if (!is_short && tag != 100 && tag != 118) return false;
    const std::size_t size = is_short ? in.number<std::uint8_t>() : in.number<std::uint16_t>();
    return in.bytes(size) == "script";
}

}  // namespace

Result<BootPaths> read_boot_file(std::span<const std::uint8_t> bytes, std::string_view name) {
    const auto fault = [&](const char* why) {
        return refusal(std::string(name) + ": no boot file: " + why);
    };
    if (bytes.empty()) return fault("it is empty");
    if (bytes[0] != kVersion) return fault("it does not begin as one");
    const auto term = bytes.subspan(1);
    if (!term.empty() && term[0] == kCompressed) return BootPaths{};
    if (!is_script(term)) return fault("it holds no script");
    Walk walk(term);
    if (!walk.run()) return fault("it is cut off or damaged");
    return std::move(walk.paths);
}

std::vector<std::string_view> boot_words(std::span<const std::uint8_t> bytes) {
    if (bytes.empty() || bytes[0] != kVersion) return {};
    Walk walk(bytes.subspan(1));
    if (!walk.run()) return {};
    return std::move(walk.words);
}

}  // namespace vakt::release
