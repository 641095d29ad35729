// SPDX-License-Identifier: Apache-2.0
// heart's actions as words, so that a failing test can be read.
#pragma once

#include <CppUTest/SimpleString.h>

#include <string>

#include "heart/heart.h"

namespace vakt::heart {

inline std::string words(const Ack&) { return "Ack"; }
inline std::string words(const TellCommand& a) { return "TellCommand(" + a.text + ")"; }
inline std::string words(const Report& a) { return "Report(" + a.text + ")"; }
inline std::string words(const Renew&) { return "Renew"; }
inline std::string words(const Warn& a) { return "Warn(" + std::to_string(a.percent) + ")"; }
inline std::string words(const GiveUp& a) {
    return "GiveUp(" + std::to_string(static_cast<int>(a.cause)) + ")";
}
inline std::string words(const Escalate& a) {
    return "Escalate(" + std::to_string(static_cast<int>(a.failure)) + ")";
}
inline std::string words(const VmGone&) { return "VmGone"; }
inline std::string words(const Retire&) { return "Retire"; }
inline std::string words(const KillVm& a) { return a.abort ? "KillVm(ABRT)" : "KillVm(KILL)"; }
inline std::string words(const RunCommand& a) { return "RunCommand(" + a.text + ")"; }
inline std::string words(const Leave&) { return "Leave"; }

inline std::string words(const Actions& actions) {
    std::string all;
    for (const auto& action : actions) {
        if (!all.empty()) all += ' ';
        all += std::visit([](const auto& a) { return words(a); }, action);
    }
    return all;
}

}  // namespace vakt::heart
