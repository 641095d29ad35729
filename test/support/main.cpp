// SPDX-License-Identifier: Apache-2.0
// The runner of all CppUTest groups; its last line is the suite's count.
#include <CppUTest/CommandLineTestRunner.h>
#include <CppUTest/TestRegistry.h>
#include <CppUTestExt/MockSupportPlugin.h>

int main(int argc, char** argv) {
    MockSupportPlugin mocks;
    TestRegistry::getCurrentRegistry()->installPlugin(&mocks);
    return CommandLineTestRunner::RunAllTests(argc, argv);
}
