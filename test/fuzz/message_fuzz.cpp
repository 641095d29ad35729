// SPDX-License-Identifier: Apache-2.0
// Any bytes as a syslog message and as a read of /dev/kmsg: each part of the record lies within
// them, nothing is read twice, and what is walked ends. Input: the message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "syslog/kmsg.h"
#include "syslog/message.h"
#include "syslog/structured.h"

namespace {

using namespace vakt::syslog;

void check(bool holds) {
    if (!holds) std::abort();
}

void lies_within(std::string_view part, std::string_view bytes) {
    if (part.empty()) return;
    check(part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size());
}

void check(const Record& record, std::string_view bytes) {
    for (const auto part :
         {record.host, record.app, record.pid, record.msgid, record.structured, record.text})
        lies_within(part, bytes);
    // The text is the end of the message, the others stand before it in their order.
    const auto* behind = bytes.data();
    for (const auto part : {record.host, record.app, record.pid})
        if (!part.empty()) {
            check(part.data() >= behind);
            behind = part.data() + part.size();
        }
    if (!record.text.empty()) check(record.text.data() >= behind);
    std::vector<char> room(bytes.size());
    std::size_t parts = 0;
    for (SdReader reader(record.structured); const auto part = reader.next();) {
        lies_within(part->value, record.structured);
        check(!part->id.empty());
        check(unescape_sd(part->value, room).size() <= part->value.size());
        check(++parts <= record.structured.size());
    }
    check(record.structured.empty() || parts > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto record = read_message(bytes, Context{1795284255LL * 1'000'000'000, 3600});
    check(record, bytes);
    check(record.malformed || record.pri || record.time_ns);
    if (const auto kernel = read_kmsg(bytes)) {
        lies_within(kernel->record.text, bytes);
        lies_within(kernel->dictionary, bytes);
        static_cast<void>(kmsg_value(kernel->dictionary, "SUBSYSTEM"));
        std::vector<char> room(size);
        check(unescape_kmsg(kernel->record.text, room).size() <= kernel->record.text.size());
    }
    return 0;
}
