// SPDX-License-Identifier: Apache-2.0
// The corpus of the differential test.
#include "test/differential/corpus.h"

namespace vakt::differential {

const std::vector<std::string>& recorded() {
    static const std::vector<std::string> kAll = {
        // RFC 5424, section 6.5 (in several pieces:)
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
        "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xEF\xBB\xBF'su root' "
        "failed for lonvick on /dev/pts/8",
        "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make "
        "the do-nuts.",
        "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
        "[exampleSDID@32473 iut=\"3\" eventSource=\"Application\" eventID=\"1011\"] "
        "\xEF\xBB\xBF"
        "An application event log entry...",
        "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
        "[exampleSDID@32473 iut=\"3\" eventSource=\"Application\" eventID=\"1011\"]"
        "[examplePriority@32473 class=\"high\"]",
        // RFC 3164, section 5.4
        "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
        "Use the BFG!",
        "<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!",
        "<165>Aug 24 05:34:00 CST 1987 mymachine myproc[10]: %% It's time to make the do-nuts.  %% "
        " "
        "Ingredients: Mix=OK, Jelly=OK # Devices: Mixer=OK, Jelly_Injector=OK, Frier=OK # "
        "Transport: Conveyer1=OK, Conveyer2=OK # %%",
        "<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All "
        "Folks!",
        // what syslog(3) and logger send to /dev/log
        "<13>Nov 21 18:04:15 root: hello",
        "<11>Nov 21 18:15:22 jt: err one",
        "<30>Nov 21 18:04:15 systemd[1]: Started Session 4 of User root.",
        "<86>Nov 21 18:04:15 CRON[4711]: pam_unix(cron:session): session opened for user "
        "root(uid=0) "
        "by (uid=0)",
        "<38>Nov 21 18:04:15 sshd[991]: Failed password for invalid user admin from 203.0.113.7 "
        "port "
        "40022 ssh2",
        "<13>1 2026-11-21T18:04:03.962539+00:00 vm root - - [timeQuality tzKnown=\"1\" "
        "isSynced=\"0\"] hello",
        "<78>Nov 21 18:17:01 /USR/SBIN/CRON[2310]: (root) CMD (run-parts /etc/cron.hourly)",
        "<22>Nov 21 18:04:15 postfix/smtpd[1234]: connect from unknown[192.0.2.9]",
        // what daemons forward
        "<30>2026-11-21T18:04:03.962539+00:00 vm dhclient[77]: DHCPACK of 192.0.2.5",
        "<4>Nov 21 18:04:15 router kernel: [1234.567890] eth0: link down",
        "<46>Nov 21 18:04:15 vm rsyslogd:  [origin software=\"rsyslogd\" swVersion=\"8.2302.0\"] "
        "start",
        "<45>Nov 21 18:04:15 vm syslog-ng[12]: syslog-ng starting up; version='3.38.1'",
        "<46>Nov 21 18:04:15 vm syslogd (GNU inetutils 2.4): restart",
        "<29>Nov 21 18:04:15 fe80::1 radvd[3]: attempting to reread config file",
        "<6>kernel: usb 1-1: new high-speed USB device number 2",
        // busybox and Solaris, as they stand in files
        "Nov 21 18:04:15 vm kern.info kernel: Linux version 6.1.0",
        "Nov 21 18:04:15 vm user.notice root: hello",
        "<38>Nov 21 18:04:15 sparky sshd[123]: [ID 800047 auth.info] Accepted publickey for root",
        "<4>Nov 21 18:04:15 sparky genunix: [ID 702911 kern.notice] NOTICE: core_log",
        // network gear
        "<189>29: *Mar  1 00:25:56.123: %SYS-5-CONFIG_I: Configured from console by vty0",
        "<189>2971: Nov 21 2026 18:04:15: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up",
        "<166>Nov 21 2026 18:04:15 asa : %ASA-6-302013: Built outbound TCP connection 1",
        "<187>Nov 21 18:04:15.123 switch1 %PORT-3-LINK: down",
        "<134>Nov 21 18:04:15 fw1 CEF:0|Vendor|Product|1.0|100|name|5|src=192.0.2.1",
        "<14>1 2026-11-21T18:04:15Z - - - - -",
        "<14>1 - - - - - -",
        "<14>1 - - - - - - text",
        "<14>{\"json\": \"no header\", \"n\": 1}",
        "<14>http://example.org/x: not a tag",
        "no pri at all: but a colon",
        "<13>",
        "<13> ",
        "<13>:",
        "<13>[x]: y",
        "<13>tag:no blank",
        "<13>tag[1]:no blank",
        "<13>tag[1] no colon",
        "<13>tag[]: empty",
        "<13>tag[un closed: x",
        "<13>Nov 21 18:04:15 host only",
        "<13>Nov 21 18:04:15",
        "<13>Nov 21 18:04:15 ",
    };
    return kAll;
}

namespace {

std::string pri(Dice& dice) {
    if (!dice.one_in(12)) return "<" + std::to_string(dice.below(192)) + ">";
    static const std::vector<std::string> kOdd = {
        "",    "<>",  "<192>", "<999>", "<1000>", "<013>", "<00>",  "<-1>",
        "<13", "13>", "< 13>", "<13 >", "<a>",    "<0>",   "<191>", "<13><14>"};
    return dice.of(kOdd);
}

std::string two(std::size_t number) {
    const auto text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
}
std::string clock(Dice& dice) {
    return two(dice.below(24)) + ":" + two(dice.below(60)) + ":" + two(dice.below(60));
}
std::string iso_time(Dice& dice) {
    static const std::vector<std::string> kZone = {"Z", "+00:00", "+02:00", "-07:30",
                                                   "z", "",       "+0200"};
    static const std::vector<std::string> kFraction = {"",         ".1",         ".123", ".123456",
                                                       ".1234567", ".123456789", "."};
    const auto zone = dice.below(dice.one_in(10) ? kZone.size() : 4);
    const auto fraction = dice.below(dice.one_in(10) ? kFraction.size() : 4);
    return "20" + two(10 + dice.below(30)) + "-" + two(1 + dice.below(12)) + "-" +
           two(1 + dice.below(28)) + "T" + clock(dice) + kFraction[fraction] + kZone[zone];
}
std::string bsd_time(Dice& dice) {
    static const std::vector<std::string> kMonth = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::to_string(1 + dice.below(28));
    std::string text = dice.one_in(60) ? "nov" : dice.of(kMonth);
    text += dice.one_in(60) ? "" : " ";
    if (day.size() == 1 && !dice.one_in(10)) text += dice.one_in(4) ? "0" : " ";
    text += day + " ";
    if (dice.one_in(20)) text += "2026 ";
    text += clock(dice);
    if (dice.one_in(20)) text += ".123";
    if (dice.one_in(30)) text += ":";
    return text;
}

std::string text(Dice& dice) {
    static const std::vector<std::string> kParts = {"hello",
                                                    "world",
                                                    "a=1",
                                                    "x: y",
                                                    "[1]",
                                                    "\"q\"",
                                                    "http://a/b",
                                                    "100%",
                                                    "-",
                                                    "<14>",
                                                    "{\"a\":1}",
                                                    "gr\xC3\xBC\xC3\x9F",
                                                    "\xEF\xBB\xBF",
                                                    "\xFF\xFE",
                                                    "\t",
                                                    "\n",
                                                    "\x01",
                                                    "\x1b[0m",
                                                    "\x7f",
                                                    "a\\nb",
                                                    "] x",
                                                    "  ",
                                                    "user@host",
                                                    "Nov",
                                                    "1",
                                                    "kern.info",
                                                    "[ID 702911 kern.notice]"};
    std::string all;
    for (auto words = dice.below(8); words-- > 0;) {
        // The odd ones seldom.
        all += kParts[dice.below(dice.one_in(3) ? kParts.size() : 11)];
        if (!dice.one_in(8)) all += ' ';
    }
    if (dice.one_in(100)) all += std::string(1000 + dice.below(3000), 'l');
    if (dice.one_in(20)) all += '\n';
    if (dice.one_in(50)) all += '\0';
    return all;
}

std::string host(Dice& dice) {
    static const std::vector<std::string> kAll = {
        "host",  "web-1.example.org", "192.0.2.1", "h",   "2001:db8::1",
        "UPPER", "with_underscore",   "[::1]",     "h/x", "h:",
        "x,y"};
    return kAll[dice.below(dice.one_in(10) ? kAll.size() : 5)];
}
std::string tag(Dice& dice) {
    static const std::vector<std::string> kName = {
        "app",      "sshd",
        "CRON",     "postfix/smtpd",
        "a.b-c_d",  "kernel",
        "x",        "/usr/sbin/cron",
        "%ASA-6-1", "a(b)",
        "app1:sub", "\xC3\xBC",
        "a\"b",     "averyveryverylongtagthatislongerthan32characters"};
    static const std::vector<std::string> kRest = {": ",   "[1]: ", "[4711]: ", "[a-b]: ", ":",
                                                   "[1]:", "[1] ",  "[]: ",     "[ 1]: ",  " ",
                                                   "[1",   "[1]",   ""};
    return kName[dice.below(dice.one_in(6) ? kName.size() : 6)] +
           kRest[dice.below(dice.one_in(6) ? kRest.size() : 3)];
}

std::string structured(Dice& dice) {
    static const std::vector<std::string> kValue = {
        "1", "", "a b", "\\\"q\\\"", "x\\]y", "\\\\", "\xC3\xBC", "a=b", "\\n", "[", "\n"};
    static const std::vector<std::string> kOdd = {
        "[]",          "[a",           "[a b]",   "[a b=c]", "[a b=\"c]", "[a  b=\"c\"]",
        "[a b=\"]\"]", "[a b=\"c\" ]", "[a] [b]", "--",      "x"};
    if (dice.one_in(15)) return dice.of(kOdd);
    if (dice.one_in(2)) return "-";
    std::string all;
    for (auto elements = 1 + dice.below(3); elements-- > 0;) {
        all += "[id" + std::to_string(dice.below(9)) + "@32473";
        for (auto parts = dice.below(4); parts-- > 0;)
            all += " p" + std::to_string(parts) + "=\"" + dice.of(kValue) + "\"";
        all += "]";
    }
    return all;
}
std::string field(Dice& dice, std::size_t longest) {
    static const std::vector<std::string> kAll = {"-",   "app",  "x.y-z",    "1234", "ID47",
                                                  "a:b", "a[1]", "\xC3\xBC", "\x01"};
    if (dice.one_in(40)) return std::string(longest + dice.below(3), 'f');
    return kAll[dice.below(dice.one_in(10) ? kAll.size() : 5)];
}

std::string made(Dice& dice) {
    const auto kind = dice.below(20);
    if (kind < 8) {
        auto all = pri(dice) + "1 " + (dice.one_in(8) ? "-" : iso_time(dice)) + " " + host(dice) +
                   " " + field(dice, 48) + " " + field(dice, 128) + " " + field(dice, 32) + " " +
                   structured(dice);
        if (!dice.one_in(6)) all += " " + text(dice);
        return all;
    }
    if (kind < 14)
        return pri(dice) + (dice.one_in(4) ? iso_time(dice) : bsd_time(dice)) + " " + host(dice) +
               " " + tag(dice) + text(dice);
    if (kind < 17) return pri(dice) + bsd_time(dice) + " " + tag(dice) + text(dice);
    if (kind < 19) return pri(dice) + tag(dice) + text(dice);
    return pri(dice) + text(dice);
}

std::string bent(Dice& dice, std::string bytes) {
    for (auto changes = 1 + dice.below(3); changes-- > 0 && !bytes.empty();) {
        const auto at = dice.below(std::min<std::size_t>(bytes.size(), 80));
        switch (dice.below(4)) {
            case 0:
                bytes.erase(at, 1);
                break;
            case 1:
                bytes.insert(at, 1, static_cast<char>(" :[]<>-1a\""[dice.below(10)]));
                break;
            case 2:
                bytes[at] = static_cast<char>(dice.below(256));
                break;
            default:
                if (dice.one_in(3)) bytes.resize(at + 1);
        }
    }
    return bytes;
}

}  // namespace

std::vector<std::string> corpus(std::uint64_t seed, std::size_t made_ones) {
    Dice dice(seed);
    auto all = recorded();
    while (made_ones-- > 0) {
        auto bytes = dice.one_in(12) ? dice.of(recorded()) : made(dice);
        if (dice.one_in(5)) bytes = bent(dice, std::move(bytes));
        if (bytes.empty()) bytes = "x";
        all.push_back(std::move(bytes));
    }
    return all;
}

}  // namespace vakt::differential
