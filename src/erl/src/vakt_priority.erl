%% SPDX-License-Identifier: Apache-2.0
%% @doc Facilities and severities: from their numbers, and from the names that syslog.conf(5) has for them.
-module(vakt_priority).

-export([facility/1, severity/1, facility_at/1, severity_at/1]).
-export_type([facility/0, severity/0]).

-type facility() ::
    kern | user | mail | daemon | auth | syslog | lpr | news | uucp | cron | authpriv | ftp | ntp | audit | alert | clock
    | local0 | local1 | local2 | local3 | local4 | local5 | local6 | local7.
%% RFC 5424, table 1; 12 to 15 as rsyslog and syslog-ng call them.

-type severity() :: emergency | alert | critical | error | warning | notice | info | debug.
%% The levels of `logger'.

%% @doc The facility of a number.
-spec facility(0..23) -> facility().
facility(0) -> kern;
facility(1) -> user;
facility(2) -> mail;
facility(3) -> daemon;
facility(4) -> auth;
facility(5) -> syslog;
facility(6) -> lpr;
facility(7) -> news;
facility(8) -> uucp;
facility(9) -> cron;
facility(10) -> authpriv;
facility(11) -> ftp;
facility(12) -> ntp;
facility(13) -> audit;
facility(14) -> alert;
facility(15) -> clock;
facility(16) -> local0;
facility(17) -> local1;
facility(18) -> local2;
facility(19) -> local3;
facility(20) -> local4;
facility(21) -> local5;
facility(22) -> local6;
facility(23) -> local7.

%% @doc The severity of a number.
-spec severity(0..7) -> severity().
severity(0) -> emergency;
severity(1) -> alert;
severity(2) -> critical;
severity(3) -> error;
severity(4) -> warning;
severity(5) -> notice;
severity(6) -> info;
severity(7) -> debug.

%% @doc The facility whose name the bytes begin with, and the bytes after it.
-spec facility_at(binary()) -> {facility(), binary()} | none.
facility_at(<<"kern", Rest/binary>>) -> {kern, Rest};
facility_at(<<"user", Rest/binary>>) -> {user, Rest};
facility_at(<<"mail", Rest/binary>>) -> {mail, Rest};
facility_at(<<"daemon", Rest/binary>>) -> {daemon, Rest};
facility_at(<<"authpriv", Rest/binary>>) -> {authpriv, Rest};
facility_at(<<"auth", Rest/binary>>) -> {auth, Rest};
facility_at(<<"security", Rest/binary>>) -> {auth, Rest};
facility_at(<<"syslog", Rest/binary>>) -> {syslog, Rest};
facility_at(<<"lpr", Rest/binary>>) -> {lpr, Rest};
facility_at(<<"news", Rest/binary>>) -> {news, Rest};
facility_at(<<"uucp", Rest/binary>>) -> {uucp, Rest};
facility_at(<<"cron", Rest/binary>>) -> {cron, Rest};
facility_at(<<"ftp", Rest/binary>>) -> {ftp, Rest};
facility_at(<<"ntp", Rest/binary>>) -> {ntp, Rest};
facility_at(<<"audit", Rest/binary>>) -> {audit, Rest};
facility_at(<<"alert", Rest/binary>>) -> {alert, Rest};
facility_at(<<"clock", Rest/binary>>) -> {clock, Rest};
facility_at(<<"local", N, Rest/binary>>) when N >= $0, N =< $7 -> {facility(16 + N - $0), Rest};
facility_at(_) -> none.

%% @doc The severity whose name, new or old, the bytes begin with, and the bytes after it.
-spec severity_at(binary()) -> {severity(), binary()} | none.
severity_at(<<"emerg", Rest/binary>>) -> {emergency, Rest};
severity_at(<<"panic", Rest/binary>>) -> {emergency, Rest};
severity_at(<<"alert", Rest/binary>>) -> {alert, Rest};
severity_at(<<"crit", Rest/binary>>) -> {critical, Rest};
severity_at(<<"error", Rest/binary>>) -> {error, Rest};
severity_at(<<"err", Rest/binary>>) -> {error, Rest};
severity_at(<<"warning", Rest/binary>>) -> {warning, Rest};
severity_at(<<"warn", Rest/binary>>) -> {warning, Rest};
severity_at(<<"notice", Rest/binary>>) -> {notice, Rest};
severity_at(<<"info", Rest/binary>>) -> {info, Rest};
severity_at(<<"debug", Rest/binary>>) -> {debug, Rest};
severity_at(_) -> none.
