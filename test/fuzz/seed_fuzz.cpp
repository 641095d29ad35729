// SPDX-License-Identifier: Apache-2.0
// A seed's documents from anyone, parted by a line "%%": an error has words for every line of it,
// and what is planned stays where it may.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "release/args_file.h"
#include "seed/names.h"
#include "seed/plan.h"

namespace {

std::string take_document(std::string_view& text) {
    constexpr std::string_view kPart = "%%\n";
    const auto end = std::min(text.find(kPart), text.size());
    std::string document(text.substr(0, end));
    text.remove_prefix(std::min(end + kPart.size(), text.size()));
    return document;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const seed::Surroundings around{.places = {"/e"},
                                    .etc = "/e/seed",
                                    .passwd = "otp:x:1000:1000::/:\n",
                                    .groups = "vakt:x:999:\n",
                                    .user = "otp"};
    seed::Documents documents;
    documents.user_data = seed::Document{"U", take_document(text)};
    documents.meta_data = seed::Document{"M", take_document(text)};
    documents.network_config = seed::Document{"N", take_document(text)};
    const auto plan = seed::make_plan(documents, around);
    if (!plan) {
        const auto words = describe(plan.error());
        if (words.empty() || words.find("\n\n") != std::string::npos) std::abort();
        for (const char c : words)
            if ((c < ' ' || c > '~') && c != '\n') std::abort();
        return 0;
    }
    if (plan->instance_id.empty()) std::abort();
    for (const auto& file : plan->files) {
        if (!seed::fault_of_path(file.path, around.places).empty()) std::abort();
        if (file.mode > 0777) std::abort();
        const auto same = std::count_if(plan->files.begin(), plan->files.end(),
                                        [&](const auto& other) { return other.path == file.path; });
        if (same != 1) std::abort();
        // erlexec reads no quote that is left open, and a shell no second line in a value.
        if (file.path == "/e/seed/vm.args" &&
            release::split_arguments(file.content, true).open_quote != 0)
            std::abort();
    }
    return 0;
}
