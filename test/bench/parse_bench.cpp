// SPDX-License-Identifier: Apache-2.0
// How many messages a second one core reads, form by form, beside a loop that only looks for the
// newlines.
//
// usage: parse_bench [SECONDS]       of each form, default 1
//
// Each form is 4096 lines that differ in PRI, time and numbers, of about 120 bytes. A form is
// measured in turns with the bare loop over the same bytes, and the best turn of each counts: what
// another process takes away is nobody's speed.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "syslog/journal.h"
#include "syslog/kmsg.h"
#include "syslog/message.h"
#include "syslog/structured.h"

namespace {

using namespace vakt::syslog;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLines = 4096;
constexpr Context kNow{1'795'315'403'000'000'000, 3600};

std::uint64_t sum = 0;  // so that nothing is left out

std::string two(std::size_t n) {
    return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}
std::string clock_of(std::size_t n) {
    return two(n / 3600 % 24) + ":" + two(n / 60 % 60) + ":" + two(n % 60);
}
std::string padded(std::string line) {
    constexpr std::size_t kBytes = 120;
    while (line.size() < kBytes) line += 'o';
    return line;
}

std::string file_format(std::size_t n) {  // RSYSLOG_FileFormat with PRI, as the FIFO has it
    return padded("<" + std::to_string(n % 192) + ">2026-11-21T" + clock_of(n) +
                  ".962539+00:00 board app[" + std::to_string(n) + "]: event " + std::to_string(n) +
                  " ");
}
std::string traditional(std::size_t n) {
    return padded("<" + std::to_string(n % 192) + ">Nov 21 " + clock_of(n) + " board app[" +
                  std::to_string(n) + "]: event " + std::to_string(n) + " ");
}
std::string local(std::size_t n) {  // syslog(3)
    return padded("<" + std::to_string(n % 192) + ">Nov 21 " + clock_of(n) + " app[" +
                  std::to_string(n) + "]: event " + std::to_string(n) + " ");
}
std::string rfc5424(std::size_t n) {
    return padded("<" + std::to_string(n % 192) + ">1 2026-11-21T" + clock_of(n) +
                  ".962539Z board app " + std::to_string(n) + " ID47 - event ");
}
std::string rfc5424_structured(std::size_t n) {
    return padded("<" + std::to_string(n % 192) + ">1 2026-11-21T" + clock_of(n) +
                  ".962539Z board app " + std::to_string(n) +
                  " ID47 [a@32473 iut=\"3\" src=\"Application\" id=\"1011\"] event ");
}
std::string kmsg(std::size_t n) {
    return padded(std::to_string(n % 192) + "," + std::to_string(n) + "," +
                  std::to_string(5'000'000 + n) + ",-;usb 1-1: new high-speed USB device number ");
}

struct Kind {
    const char* name;
    std::function<std::string(std::size_t)> line;
    void (*read)(std::string_view line);
};

void read_any(std::string_view line) {
    const auto record = read_message(line, kNow);
    sum += record.text.size() + record.pid.size() + static_cast<std::uint64_t>(*record.time_ns);
}
void read_structured(std::string_view line) {
    const auto record = read_message(line, kNow);
    sum += record.text.size();
    for (SdReader reader(record.structured); const auto part = reader.next();)
        sum += part->value.size();
}
void read_kernel(std::string_view line) {
    const auto record = read_kmsg(line);
    sum += record->record.text.size() + record->sequence;
}

template <class Each>
void for_lines(std::string_view bytes, Each&& each) {
    while (!bytes.empty()) {
        const auto* end = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
        const auto size = static_cast<std::size_t>(end - bytes.data());
        each(bytes.substr(0, size));
        bytes.remove_prefix(size + 1);
    }
}

double seconds_of(const std::function<void()>& work) {
    const auto began = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - began).count();
}

void measure(const Kind& form, double limit) {
    std::string bytes;
    for (std::size_t n = 0; n < kLines; ++n) bytes += form.line(n * 7919 % 100000) + "\n";
    double ours = 1e9;
    double bare = 1e9;
    const auto until = Clock::now() + std::chrono::duration<double>(limit);
    do {
        ours = std::min(ours, seconds_of([&] { for_lines(bytes, form.read); }));
        bare = std::min(bare, seconds_of([&] {
                            for_lines(bytes, [](std::string_view line) { sum += line.size(); });
                        }));
    } while (Clock::now() < until);
    std::printf(
        "%-24s %6.2f million lines/s  %5.0f ns a line  (%zu bytes; bare loop %6.2f million/s)\n",
        form.name, kLines / ours / 1e6, ours / kLines * 1e9, bytes.size() / kLines,
        kLines / bare / 1e6);
}

void measure_journal(double limit) {
    JournalFields fields;
    double ours = 1e9;
    const auto until = Clock::now() + std::chrono::duration<double>(limit);
    do {
        ours = std::min(
            ours, seconds_of([&] {
                for (std::size_t n = 0; n < kLines; ++n) {
                    fields.begin(static_cast<std::int64_t>(n), n);
                    for (const auto field :
                         {"_UID=0", "_GID=0", "_CAP_EFFECTIVE=1fffebcffff",
                          "_MACHINE_ID=3d1219c7c4c5404aaa1f6d2a48adfda4", "_HOSTNAME=board",
                          "_TRANSPORT=syslog", "PRIORITY=5", "SYSLOG_FACILITY=1",
                          "SYSLOG_IDENTIFIER=app", "SYSLOG_TIMESTAMP=Nov 22 02:43:23 ",
                          "_PID=29403", "_BOOT_ID=719c9ca601c84ac3b87daebd2aaf535d", "_COMM=logger",
                          "_EXE=/usr/bin/logger", "_SYSTEMD_UNIT=app.service",
                          "_SOURCE_REALTIME_TIMESTAMP=1795315403257386",
                          "MESSAGE=event 1234 ooooooooooooooooooooooooooooooooooo"})
                        fields.add(field);
                    sum += fields.entry().record.text.size();
                }
            }));
    } while (Clock::now() < until);
    std::printf("%-24s %6.2f million entries/s %5.0f ns an entry (17 fields, without sd-journal)\n",
                "journal fields", kLines / ours / 1e6, ours / kLines * 1e9);
}

}  // namespace

int main(int argc, char** argv) {
    const double limit = argc > 1 ? std::atof(argv[1]) : 1;
    for (const Kind& form :
         {Kind{"rsyslog's file format", file_format, read_any},
          Kind{"RFC 3164", traditional, read_any}, Kind{"RFC 3164 of syslog(3)", local, read_any},
          Kind{"RFC 5424", rfc5424, read_any},
          Kind{"RFC 5424, data walked", rfc5424_structured, read_structured},
          Kind{"kmsg", kmsg, read_kernel}})
        measure(form, limit);
    measure_journal(limit);
    return sum == 0 ? 1 : 0;
}
