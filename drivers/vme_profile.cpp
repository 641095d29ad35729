// SPDX-License-Identifier: Apache-2.0
// The rows of vme_boards.h, which the kernel's driver reads too, as the keeper's driver wants them.
#include "drivers/vme_profile.h"

#include <array>

#include "drivers/vme_boards.h"

namespace vakt::drivers {

namespace {

static_assert(vme_boards[VME_BOARDS - 1].name != nullptr);

constexpr Register place(unsigned offset, unsigned width) {
    return {offset, static_cast<Width>(width)};
}

constexpr Field field(const vme_field& row) {
    return {place(row.offset, row.width), row.mask, row.active_low != 0};
}

/// What a profile's spans look at.
struct Lists {
    std::array<VmeStep, VME_MAX_STEPS> steps{};
    std::array<ServiceWord, VME_MAX_KEYS> service{};
    std::array<ResetBit, VME_MAX_CAUSES> reset_bits{};
};

constexpr auto kLists = [] {
    std::array<Lists, VME_BOARDS> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& row = vme_boards[i];
        for (std::size_t n = 0; n < row.steps_count; ++n)
            all[i].steps[n] = {wdt::Millis(row.steps[n].ms), row.steps[n].code};
        for (std::size_t n = 0; n < row.keys_count; ++n)
            all[i].service[n] = {place(row.keys[n].offset, row.keys[n].width), row.keys[n].value};
        for (std::size_t n = 0; n < row.causes_count; ++n)
            all[i].reset_bits[n] = {row.causes[n].mask, row.causes[n].flag};
    }
    return all;
}();

constexpr auto kProfiles = [] {
    std::array<VmeProfile, VME_BOARDS> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& row = vme_boards[i];
        all[i] = VmeProfile{
            .name = row.name,
            .size = row.size,
            .order = row.little_endian != 0 ? wdt::ByteOrder::little : wdt::ByteOrder::big,
            .enable = field(row.enable),
            .timeout_mask = row.timeout_mask,
            .steps = std::span(kLists[i].steps).first(row.steps_count),
            .service = std::span(kLists[i].service).first(row.keys_count),
            .reset_status = field(row.status),
            .reset_bits = std::span(kLists[i].reset_bits).first(row.causes_count),
            .half = field(row.half),
            .can_disable = row.can_stop != 0,
        };
    }
    return all;
}();

}  // namespace

std::span<const VmeProfile> vme_profiles() { return kProfiles; }

const VmeProfile* find_vme_profile(std::string_view name) {
    for (const auto& profile : kProfiles)
        if (profile.name == name) return &profile;
    return nullptr;
}

}  // namespace vakt::drivers
