// SPDX-License-Identifier: Apache-2.0
// What the keeper tells of itself: the messages that answer StatusAsked, version 1.
#include "wire/status_bytes.h"

#include "wire/lease_parts.h"

namespace vakt::wire::lease {

using parts::in_millis;
using parts::instant;
using parts::length;
using parts::put;
using parts::signed_length;

void put(ByteWriter& out, const StatusBoard& board) {
    put(out, board.now);
    put(out, board.deadline);
    out.number(static_cast<std::uint8_t>(board.mode));
    out.number(static_cast<std::uint8_t>(board.rung));
    out.number(static_cast<std::uint8_t>(board.end));
    out.number(static_cast<std::uint8_t>(board.cause));
    out.text(board.subject.view());
    out.number(board.flags);
    out.text(board.oldest.view());
    out.number(static_cast<std::uint8_t>(board.oldest_is_evidence));
    put(out, board.oldest_silent_from);
    put(out, board.oldest_deadline);
    put(out, board.started);
    out.number(board.beats);
    out.number(board.pets);
    out.number(board.pet_failures);
    out.number(board.refused);
    out.number(board.boots);
    out.number(board.failed_boots);
    for (const auto count : board.beat_intervals) out.number(count);
    out.text(board.error.view());
    out.text(board.version.view());
}

void put(ByteWriter& out, const StatusLease& row) {
    out.text(row.name.view());
    out.number(row.uid);
    out.number(static_cast<std::uint8_t>(row.required));
    out.number(static_cast<std::uint8_t>(row.presence));
    out.number(static_cast<std::uint8_t>(row.phase));
    out.number(static_cast<std::uint8_t>(row.cause));
    out.number(static_cast<std::uint8_t>(row.held));
    out.number(in_millis(row.timing.beat_timeout));
    out.number(in_millis(row.timing.boot_delay));
    put(out, row.last_good_beat);
    put(out, row.deadline);
    put(out, row.snoozed_until);
    out.number(row.vm_pid);
}

void put(ByteWriter& out, const StatusDevice& row) {
    out.number(row.number);
    out.text(row.name.view());
    out.text(row.driver.view());
    out.text(row.identity.view());
    out.number(static_cast<std::uint8_t>(row.state));
    out.number(in_millis(row.granted));
    put(out, row.petted);
    out.number(in_millis(row.time_left));
    out.number(row.boot_status);
    out.number(row.abilities);
}

void put(ByteWriter& out, const StatusEvidence& row) {
    out.text(row.name.view());
    put(out, row.good);
    out.number(in_millis(row.freshness));
    out.number(in_millis(row.grace));
    put(out, row.deadline);
    out.number(static_cast<std::uint8_t>(row.asking));
}

StatusBoard status_board(ByteReader& in) {
    StatusBoard board;
    board.now = instant(in);
    board.deadline = instant(in);
    board.mode = in.one_of<keeper::Keeper::Mode>(keeper::Keeper::kModes);
    board.rung = in.one_of<keeper::Rung>(keeper::kRungs);
    board.end = in.one_of<keeper::EndKind>(keeper::kEndKinds);
    board.cause = in.one_of<keeper::Cause>(keeper::kCauses);
    board.subject = in.text(keeper::Name::capacity());
    board.flags = in.number<std::uint16_t>();
    board.oldest = in.text(keeper::Name::capacity());
    board.oldest_is_evidence = in.flag();
    board.oldest_silent_from = instant(in);
    board.oldest_deadline = instant(in);
    board.started = instant(in);
    board.beats = in.number<std::uint64_t>();
    board.pets = in.number<std::uint64_t>();
    board.pet_failures = in.number<std::uint32_t>();
    board.refused = in.number<std::uint32_t>();
    board.boots = in.number<std::uint32_t>();
    board.failed_boots = in.number<std::uint32_t>();
    for (auto& count : board.beat_intervals) count = in.number<std::uint32_t>();
    board.error = in.text(decltype(board.error)::capacity());
    board.version = in.text(decltype(board.version)::capacity());
    return board;
}

StatusLease status_lease(ByteReader& in) {
    StatusLease row;
    row.name = in.text(keeper::Name::capacity());
    row.uid = in.number<std::uint32_t>();
    row.required = in.flag();
    row.presence = in.one_of<keeper::Presence>(keeper::kPresences);
    row.phase = in.one_of<keeper::Ladder::Phase>(keeper::Ladder::kPhases);
    row.cause = in.one_of<keeper::Cause>(keeper::kCauses);
    row.held = in.flag();
    row.timing.beat_timeout = length(in);
    row.timing.boot_delay = length(in);
    row.last_good_beat = instant(in);
    row.deadline = instant(in);
    row.snoozed_until = instant(in);
    row.vm_pid = in.number<std::uint32_t>();
    return row;
}

StatusDevice status_device(ByteReader& in) {
    StatusDevice row;
    row.number = in.number<std::uint8_t>();
    row.name = in.text(decltype(row.name)::capacity());
    row.driver = in.text(decltype(row.driver)::capacity());
    row.identity = in.text(decltype(row.identity)::capacity());
    row.state = in.one_of<keeper::DeviceState>(keeper::kDeviceStates);
    row.granted = length(in);
    row.petted = instant(in);
    row.time_left = signed_length(in);
    row.boot_status = in.number<std::uint32_t>();
    row.abilities = in.number<std::uint8_t>();
    return row;
}

StatusEvidence status_evidence(ByteReader& in) {
    StatusEvidence row;
    row.name = in.text(keeper::Name::capacity());
    row.good = instant(in);
    row.freshness = length(in);
    row.grace = length(in);
    row.deadline = instant(in);
    row.asking = in.flag();
    return row;
}

}  // namespace vakt::wire::lease
