// SPDX-License-Identifier: Apache-2.0
// systemd's journal as a source of the bridge, where libsystemd is.
#include <utility>

#include "prog/syslog_bridge_sources.h"
#include "source/journal_source.h"

namespace vakt::prog {
namespace {

class OpenJournal final : public OpenSource {
 public:
    explicit OpenJournal(SourceSetup& setup)
        : journal_(setup.loop, setup.row.path, {.cursor = std::move(setup.cursor)}, setup.sink) {}
    Status start() override {
        journal_.start();
        return Done{};
    }
    void stop() override { journal_.stop(); }
    [[nodiscard]] std::string_view position() const override { return journal_.cursor(); }
    [[nodiscard]] source::SourceCounts counts() const override { return journal_.counts(); }

 private:
    source::JournalSource journal_;
};

}  // namespace

Result<std::unique_ptr<OpenSource>> open_journal(SourceSetup& setup) {
    return std::unique_ptr<OpenSource>(std::make_unique<OpenJournal>(setup));
}

}  // namespace vakt::prog
