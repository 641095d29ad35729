# SPDX-License-Identifier: Apache-2.0
# usage: awk -f scripts/sources-of.awk FILE
# Prints FILE and the sources it cannot do without: for every header of ours that it or one of them includes, the .cpp beside it,
# and those of the same room that have no header of their own and include that one.
function exists(file,    line, there) {
    there = (getline line < file) >= 0
    close(file)
    return there
}
function place(name) { return exists("src/" name) ? "src/" name : exists(name) ? name : "" }
function room(file) {
    sub(/[^\/]*$/, "", file)
    return file
}
# The headers of ours that a file includes, into names; how many there are.
function includes(file, names,    line, n, found) {
    while ((getline line < file) > 0)
        if (line ~ /^#include "/) {
            gsub(/^#include "|".*$/, "", line)
            if ((found = place(line)) != "") names[++n] = found
        }
    close(file)
    return n
}
function visit(file,    names, n, i, parts, k) {
    if (file in seen) return
    seen[file] = 1
    if (file ~ /\.cpp$/) print file
    n = includes(file, names)
    for (i = 1; i <= n; i++) {
        visit(names[i])
        k = split(headerless[names[i]], parts)
        for (; k > 0; k--) visit(parts[k])
        sub(/\.h$/, ".cpp", names[i])
        if (exists(names[i])) visit(names[i])
    }
}
BEGIN {
    while (("ls src/*/*.cpp drivers/*.cpp drivers/beam/*.cpp" | getline source) > 0) {
        header = source
        sub(/\.cpp$/, ".h", header)
        if (exists(header)) continue
        split("", names)
        for (i = includes(source, names); i > 0; i--)
            if (room(names[i]) == room(source)) headerless[names[i]] = headerless[names[i]] " " source
    }
    visit(ARGV[1])
}
