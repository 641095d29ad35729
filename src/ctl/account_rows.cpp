// SPDX-License-Identifier: Apache-2.0
// The bridge's account, read, checked and shown.
#include "ctl/account_rows.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/json_text.h"
#include "base/text.h"
#include "ctl/printable.h"

namespace vakt::ctl {
namespace {

using std::string;
using std::string_view;

struct Sum {
    string_view row;
    string_view total;
    string_view less;  ///< taken off the total; "" is nothing
    std::array<string_view, 4> parts;
};
constexpr std::array kSums = {
    Sum{"ring", "next", "begin", {"kept", "dropped"}},
    Sum{"ring", "kept", "", {"urgent", "other"}},
    Sum{"source", "received", "", {"accepted", "folded", "held_back", "withheld"}},
    Sum{"client", "offered", "", {"delivered", "filtered", "dropped", "queued"}},
    Sum{"client", "granted", "", {"credit", "delivered", "gaps"}},
};

/// More than 0 of them is worth a look.
constexpr std::array<string_view, 8> kLosses = {"lost",    "unknown_gaps", "dropped", "held_back",
                                                "refused", "malformed",    "errors",  "failed"};

std::optional<std::uint64_t> number(const AccountRow& row, string_view key) {
    const auto found =
        std::ranges::find(row.cells, key, [](const auto& cell) { return string_view(cell.first); });
    if (found == row.cells.end()) return std::nullopt;
    return parse_decimal<std::uint64_t>(found->second);
}

string label(const AccountRow& row) {
    return printable(row.name.empty() ? row.row : row.row + " " + row.name);
}

/// In words, if it does not hold.
std::optional<string> broken(const AccountRow& row, const Sum& sum) {
    const auto total = number(row, sum.total);
    const auto less = sum.less.empty() ? std::optional<std::uint64_t>(0) : number(row, sum.less);
    if (!total || !less) return std::nullopt;
    std::uint64_t parts = 0;
    string names;
    for (const auto key : sum.parts) {
        if (key.empty()) continue;
        const auto part = number(row, key);
        if (!part) return std::nullopt;
        parts += *part;
        (names += names.empty() ? "" : " + ") += key;
    }
    if (*total - *less == parts) return std::nullopt;
    return label(row) + ": " + string(sum.total) +
           (sum.less.empty() ? "" : " - " + string(sum.less)) + " is " +
           std::to_string(*total - *less) + ", but " + names + " is " + std::to_string(parts);
}

}  // namespace

std::vector<AccountRow> account_rows(string_view text) {
    std::vector<AccountRow> rows;
    while (!text.empty()) {
        const auto words = split_words(take_line(text));
        if (words.empty()) continue;
        AccountRow row;
        for (const auto word : words) {
            const auto equals = word.find('=');
            if (equals != string_view::npos)
                row.cells.emplace_back(word.substr(0, equals), word.substr(equals + 1));
            else
                (row.row.empty() ? row.row : row.name) = word;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<string> broken_sums(const std::vector<AccountRow>& rows) {
    std::vector<string> words;
    for (const auto& row : rows)
        for (const auto& sum : kSums)
            if (sum.row == row.row)
                if (auto what = broken(row, sum)) words.push_back(std::move(*what));
    return words;
}

string account_text(const std::vector<AccountRow>& rows, const Look& look) {
    Page page(look);
    for (const auto& row : rows) {
        std::vector<Piece> pieces;
        if (!row.name.empty()) pieces.push_back({printable(row.name), Tone::good});
        for (const auto& [key, value] : row.cells) {
            const bool is_loss = std::ranges::find(kLosses, key) != kLosses.end() && value != "0";
            pieces.push_back(
                {printable(key) + " " + printable(value), is_loss ? Tone::warning : Tone::plain});
        }
        page.row(printable(row.row), pieces);
    }
    return page.text();
}

string account_json(const std::vector<AccountRow>& rows, const std::vector<string>& broken) {
    JsonText out;
    out.open('{').key("version").value(1).key("sums_hold").value(broken.empty());
    out.key("broken").open('[');
    for (const auto& words : broken) out.value(words);
    out.close(']').key("rows").open('[');
    for (const auto& row : rows) {
        out.open('{').key("row").value(row.row);
        // A client's is its number, and `name` is a cell of it.
        if (!row.name.empty()) out.key(row.row == "client" ? "number" : "name").value(row.name);
        for (const auto& [key, value] : row.cells) {
            out.key(key);
            if (const auto number = parse_decimal<std::uint64_t>(value))
                out.value(*number);
            else
                out.value(value);
        }
        out.close('}');
    }
    return out.close(']').close('}').text() + '\n';
}

}  // namespace vakt::ctl
