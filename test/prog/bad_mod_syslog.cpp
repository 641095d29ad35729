// SPDX-License-Identifier: Apache-2.0
// A helper with the faults the attack suite exists for, so that the suite can show it finds them.
// Never installed.
//
// Same arguments and answers as mod_syslog. It trusts its arguments, follows links, empties the
// target before it has read the source, hangs up whatever process the pid file names, and asks
// nobody for leave.

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

int answer(const char* code) {
    std::fputs(code, stdout);
    return 0;
}

bool copy(const std::string& from, const std::string& to) {
    FILE* source = std::fopen(from.c_str(), "r");
    FILE* target = std::fopen(to.c_str(), "w");
    if (source == nullptr || target == nullptr) return false;
    long copied = 0;
    for (int c = std::getc(source); c != EOF; c = std::getc(source), ++copied) {
        std::putc(c, target);
        std::fflush(target);
    }
    std::fclose(source);
    std::fclose(target);
    return copied > 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return answer("-1");
    const std::string mode = argv[1];
    const std::string own = argv[2];
    if (mode != "otp" && mode != "nootp") return answer("-1");
    if (mode == "otp") {
        ::unlink((own + "/syslog.otp").c_str());
        if (::mknod((own + "/syslog.otp").c_str(), S_IFIFO | 0666, 0) != 0) return answer("-2");
    }
    if (!copy(own + (mode == "otp" ? "/syslog.conf.OTP" : "/syslog.conf.ORIG"), argv[3]))
        return answer("-2");
    int pid = 0;
    FILE* file = std::fopen("/etc/syslog.pid", "r");
    if (file == nullptr || std::fscanf(file, "%d", &pid) != 1) return answer("-2");  // NOLINT
    std::fclose(file);
    if (::kill(pid, SIGHUP) != 0) return answer("-3");
    if (mode == "nootp") {
        ::sleep(1);
        ::unlink((own + "/syslog.otp").c_str());
    }
    return answer("0");
}
