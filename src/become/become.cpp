// SPDX-License-Identifier: Apache-2.0
// This process becomes another program, also where the system has no execve(2).
#include "become/become.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>

#include "sys/error.h"

#ifdef __sun
extern "C" char** environ;  // no header there has it
#endif

namespace vakt::become {
namespace {

using Main = int (*)(int, char**, char**);

/// As main() has them: theirs to write to, and a null behind them.
struct Argv {
    explicit Argv(std::vector<std::string> all) : words(std::move(all)) {
        for (auto& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
    }
    std::vector<std::string> words;
    std::vector<char*> pointers;
};

Error loader_error(const std::string& doing) {
    const char* const why = ::dlerror();
    return refusal(doing + ": " + (why != nullptr ? why : "no reason is given"));
}

}  // namespace

Result<int> enter(const std::string& path, const std::vector<std::string>& arguments) {
    // Never closed: its threads outlive every return.
    void* const program = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (program == nullptr) return loader_error("load");
    void* const entry = ::dlsym(program, "main");
    if (entry == nullptr) return loader_error("find main");
    Argv argv(arguments);
    return reinterpret_cast<Main>(entry)(static_cast<int>(argv.words.size()), argv.pointers.data(),
                                         ::environ);
}

Result<int> execute(const std::string& path, const std::vector<std::string>& arguments) {
    Argv argv(arguments);
    ::execv(path.c_str(), argv.pointers.data());
    const auto refused = sys::last_error("execute", path);
    if (refused.code.value() != ENOSYS && refused.code.value() != ENOEXEC) return refused;
    auto entered = enter(path, arguments);
    if (!entered) return refusal(describe(refused) + "; " + describe(entered.error()));
    return entered;
}

}  // namespace vakt::become
