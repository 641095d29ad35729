// SPDX-License-Identifier: Apache-2.0
// The content of each kind of lease message, for the codec of whole messages alone.
#pragma once

#include "base/byte_stream.h"
#include "wire/lease_bytes.h"

namespace vakt::wire {

[[nodiscard]] std::uint8_t kind_of(const LeaseMessage& message);
void put_content(ByteWriter& out, const LeaseMessage& message);

/// Reads what it can, and the reader knows whether that was right.
using ReadContent = LeaseMessage (*)(ByteReader&);
/// nullptr for a kind that does not exist.
[[nodiscard]] ReadContent content_reader(std::uint8_t kind);

/// What the reader alone cannot know to be wrong.
[[nodiscard]] bool makes_sense(const LeaseMessage& message);

}  // namespace vakt::wire
