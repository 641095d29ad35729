// SPDX-License-Identifier: Apache-2.0
// vaktctl doctor: what is wrong with an installation, each finding with its cure.
#include "prog/vaktctl_doctor.h"

#include <sys/stat.h>

#include "base/json_text.h"
#include "ctl/printable.h"
#include "doctor/findings.h"
#include "prog/vaktctl_doctor_look.h"
#include "prog/vaktctl_verbs.h"

namespace vakt::prog {
namespace {

std::string in_json(const doctor::Findings& findings) {
    JsonText out;
    out.open('{').key("version").value(1).key("findings").open('[');
    for (const auto& found : findings) {
        out.open('{').key("level").value(doctor::name_of(found.level));
        out.key("subject").value(found.subject).key("text").value(found.words);
        out.key("cure").value(found.cure).close('}');
    }
    out.close(']').close('}');
    return out.text() + "\n";
}

ctl::Tone tone_of(doctor::Level level) {
    if (level == doctor::Level::wrong) return ctl::Tone::alarm;
    return level == doctor::Level::weak ? ctl::Tone::warning : ctl::Tone::dim;
}

std::string in_text(const doctor::Findings& findings, const ctl::Look& look) {
    ctl::Page page(look);
    for (const auto& found : findings) {
        page.row(doctor::name_of(found.level),
                 {{ctl::printable(found.subject), tone_of(found.level)},
                  {ctl::printable(found.words), ctl::Tone::plain}});
        if (!found.cure.empty())
            page.row("  cure", {{ctl::printable(found.cure), ctl::Tone::good}});
    }
    if (doctor::exit_status(findings) == 0)
        page.row("well", {{"nothing is wrong", ctl::Tone::good}});
    return page.text();
}

}  // namespace

int doctor(const ctl::Options& options, const ctl::Look& look) {
    struct stat root {};
    if (!options.root.empty() &&
        (::stat(options.root.c_str(), &root) != 0 || !S_ISDIR(root.st_mode)))
        return complain(kUsage, ctl::printable(options.root) + " is no directory");
    const DoctorPlaces places{options.root,
                              options.config,
                              options.socket,
                              options.run,
                              options.state,
                              VAKT_SYSCONFDIR "/vakt/bridge.conf",
                              options.bridge,
                              VAKT_SYSCONFDIR "/vakt/node.conf",
                              VAKT_SYSCONFDIR "/vakt/syslog.allow"};
    const auto facts = options.clashes ? look_for_clashes(places) : look_around(places);
    doctor::Findings findings;
    if (options.clashes)
        doctor::examine_clashes(facts, findings);
    else
        findings = doctor::examine(facts);
    show(options.json ? in_json(findings) : in_text(findings, look));
    if (options.clashes) return doctor::stops_a_boot(findings) ? 1 : 0;
    return doctor::exit_status(findings);
}

}  // namespace vakt::prog
