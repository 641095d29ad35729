// SPDX-License-Identifier: Apache-2.0
// Reads a journal as the bridge does and prints what it is given, a line each, fields parted by
// tabs:
//
//   E CURSOR PRI HOST APP PID MSGID UNIT UID FLAGS STRUCTURED TEXT
//   G COUNT WORDS      a gap ("?": unknown)
//   T WORDS            trouble
//
// usage: journal_dump [-e] [-c CURSOR] [-d DIRECTORY] [-t FILE]
//        journal_dump -f SOCKET [-t FILE]      what journald forwards to SOCKET instead; no CURSOR
//
// Begins behind CURSOR, else at the oldest entry of this boot, with -e at the end; prints "R" once
// it waits. FLAGS are letters: c cut, m malformed, t time known, n monotonic time known. Blanks of
// other kinds, backslashes and control bytes stand as \xNN. Each turn of the source is one write,
// so a line is whole or the last one. FILE gets texts of more than 1000 bytes
// as they are.

#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "source/datagram_source.h"
#include "source/journal_source.h"
#include "sys/clock.h"

namespace {

using namespace vakt;

void put(std::string& to, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    to += '\t';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte == 0x7f || c == '\\') {
            to += "\\x";
            to += kHex[byte >> 4];
            to += kHex[byte & 15U];
        } else {
            to += c;
        }
    }
}

class Printer : public source::RecordSink {
 public:
    explicit Printer(const std::string& texts)
        : texts_(texts.empty() ? nullptr : std::fopen(texts.c_str(), "w")) {}
    void read(const source::JournalSource& from) { from_ = &from; }

    void entry(const syslog::Entry& entry) override {
        const auto& record = entry.record;
        out_ += 'E';
        put(out_, from_ != nullptr ? from_->cursor() : "");
        put(out_, record.pri ? std::to_string(record.pri->number()) : "-");
        put(out_, record.host);
        put(out_, record.app);
        put(out_, record.pid);
        put(out_, record.msgid);
        put(out_, entry.unit);
        put(out_, entry.sender ? std::to_string(entry.sender->uid) : "-");
        std::string flags;
        if (entry.cut) flags += 'c';
        if (record.malformed) flags += 'm';
        if (record.time_ns) flags += 't';
        if (entry.mono_ns != 0) flags += 'n';
        put(out_, flags);
        put(out_, record.structured);
        put(out_, record.text);
        out_ += '\n';
        if (texts_ == nullptr || record.text.size() <= 1000) return;
        std::fwrite(record.text.data(), 1, record.text.size(), texts_);
        std::fflush(texts_);
    }
    void gap(const syslog::Gap& gap) override {
        out_ += 'G';
        put(out_, gap.count ? std::to_string(*gap.count) : "?");
        put(out_, gap.words);
        out_ += '\n';
        read_over();
    }
    void read_over() override {
        for (std::string_view rest = out_; !rest.empty();) {
            const auto wrote = ::write(STDOUT_FILENO, rest.data(), rest.size());
            if (wrote <= 0) ::_exit(1);
            rest.remove_prefix(static_cast<std::size_t>(wrote));
        }
        out_.clear();
    }
    void trouble(const Error& error) override {
        out_ += 'T';
        put(out_, describe(error));
        out_ += '\n';
        read_over();
    }

 private:
    const source::JournalSource* from_ = nullptr;
    std::FILE* texts_;  // until the process ends
    std::string out_;
};

int read_forwarded(loop::Loop& loop, const std::string& path, Printer& printer) {
    constexpr mode_t kAll = 0666;
    auto socket = sys::DatagramSocket::at_path(path, kAll);
    if (!socket) {
        printer.trouble(socket.error());
        return 1;
    }
    sys::DatagramBatch batch;
    source::DatagramSource source(loop, std::move(*socket), syslog::Source::forward, batch, printer,
                                  [] {
                                      return source::Time{{sys::wall_ns(), 0}, 0};
                                  });
    if (!source.start()) return 1;
    static_cast<void>(::write(STDOUT_FILENO, "R\n", 2) == 2);
    loop.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    source::JournalBegin begin;
    std::string directory;
    std::string texts;
    std::string forward;
    int option = 0;
    while ((option = ::getopt(argc, argv, "ec:d:t:f:")) != -1) {
        if (option == 'e')
            begin.otherwise = source::JournalBegin::At::end;
        else if (option == 'c')
            begin.cursor = optarg;
        else if (option == 'd')
            directory = optarg;
        else if (option == 't')
            texts = optarg;
        else if (option == 'f')
            forward = optarg;
        else
            return 2;
    }
    auto loop = loop::Loop::make();
    if (!loop) return 1;
    Printer printer(texts);
    if (!forward.empty()) return read_forwarded(*loop, forward, printer);
    source::JournalSource journal(*loop, directory, begin, printer);
    printer.read(journal);
    journal.start();
    static_cast<void>(::write(STDOUT_FILENO, "R\n", 2) == 2);
    loop->run();
    return 0;
}
