// SPDX-License-Identifier: Apache-2.0
// The runner of all CppUTest groups; its last line is the suite's count.
#include <CppUTest/CommandLineTestRunner.h>
#include <CppUTest/TestRegistry.h>
#include <CppUTestExt/MockSupportPlugin.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// `words`: " GROUP GROUP.NAME ", what this machine cannot do (scripts/cross-left-out.sh). The
/// runner's own -xg and -xn leave out nothing as soon as there are two of them.
void leave_out(TestRegistry& registry, std::string_view words) {
    std::vector<UtestShell*> kept;
    while (auto* test = registry.getFirstTest()) {
        registry.unDoLastAddTest();
        const std::string group = test->getGroup().asCharString();
        const std::string name = test->getName().asCharString();
        if (words.find(" " + group + " ") == words.npos &&
            words.find(" " + group + "." + name + " ") == words.npos)
            kept.push_back(test);
    }
    while (!kept.empty()) {
        registry.addTest(kept.back());
        kept.pop_back();
    }
}

}  // namespace

int main(int argc, char** argv) {
    MockSupportPlugin mocks;
    auto& registry = *TestRegistry::getCurrentRegistry();
    registry.installPlugin(&mocks);
    if (const char* words = std::getenv("VAKT_LEFT_OUT")) leave_out(registry, words);
    return CommandLineTestRunner::RunAllTests(argc, argv);
}
