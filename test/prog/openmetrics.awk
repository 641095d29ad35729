# SPDX-License-Identifier: Apache-2.0
# usage: awk -f openmetrics.awk FILE
# Judges a text by the rules of OpenMetrics 1.0 that a collector stumbles over; says each offence and fails.
function bad(why) { printf "%d: %s: %s\n", NR, why, $0; faults++ }

ended { bad("something after # EOF"); next }
$0 == "# EOF" { ended = 1; next }
/^# (TYPE|UNIT|HELP) / {
    if ($3 != family) {
        if ($3 in seen) bad("a family in two pieces")
        seen[family = $3] = 1
        type = unit = ""
        bucket = -1
    }
    if ($2 == "TYPE") {
        type = $4
        if (type !~ /^(gauge|counter|histogram|info)$/) bad("unknown type")
    }
    if ($2 == "UNIT") {
        unit = $4
        if (family !~ ("_" unit "$")) bad("the unit does not end the name")
    }
    next
}
/^#/ { bad("a comment"); next }
{
    if (!match($0, /^[a-zA-Z_:][a-zA-Z0-9_:]*/)) { bad("no name"); next }
    name = substr($0, 1, RLENGTH)
    rest = substr($0, RLENGTH + 1)
    suffix = substr(name, length(family) + 1)
    if (index(name, family) != 1) bad("outside its family")
    if (type == "counter" && suffix != "_total") bad("a counter without _total")
    if (type == "info" && suffix != "_info") bad("an info without _info")
    if (type == "gauge" && suffix != "") bad("a gauge with a suffix")
    if (type == "histogram" && suffix != "_bucket") bad("no bucket")
    labels = ""
    if (substr(rest, 1, 1) == "{") {
        if (!match(rest, /^\{[a-z_]+="([^"\\]|\\[\\n"])*"(,[a-z_]+="([^"\\]|\\[\\n"])*")*\}/)) bad("labels")
        labels = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
    }
    if (rest !~ /^ -?[0-9]+(\.[0-9]+)?$/) { bad("no number"); next }
    if ((name labels) in sample) bad("a sample twice")
    sample[name labels] = 1
    value = substr(rest, 2) + 0
    if (type ~ /^(counter|histogram)$/ && value < 0) bad("less than nothing counted")
    if (type == "histogram") {
        if (value < bucket) bad("buckets that do not add up")
        bucket = value
        if (labels ~ /\+Inf/) whole[family] = 1
    }
    if (type == "histogram" && labels !~ /^\{le="([0-9]+\.[0-9]+|\+Inf)"\}$/) bad("a bucket's bound")
    samples++
}
END {
    if (!ended) { print "no # EOF at the end"; faults++ }
    if (!samples) { print "no samples"; faults++ }
    if (("vakt_beat_interval_seconds" in seen) && !("vakt_beat_interval_seconds" in whole)) { print "no +Inf bucket"; faults++ }
    exit faults > 0
}
