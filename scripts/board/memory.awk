# SPDX-License-Identifier: Apache-2.0
# Where the board's memory goes: reads what bench.sh has the board say (sections "== NAME", then the file's lines; dmesg, iomem,
# meminfo, processes), and prints a table in MB that adds up to the machine's memory. -v total=KB
function mb(kb) { return sprintf("%7.2f", kb / 1024) }
function row(what, kb) { printf "  %s  %s\n", mb(kb), what; sum += kb }
/^== / { part = $2; next }
part == "dmesg" && /Memory: [0-9]+K\/[0-9]+K available/ {
    line = $0
    sub(/.*Memory: /, "", line)
    split(line, words, /[ \/(,]+/)
    for (i = 1; i in words; ++i) {
        if (words[i] == "code") text = words[i - 2] + 0
        if (words[i] == "rwdata") data = words[i - 1] + 0
        if (words[i] == "rodata") rodata = words[i - 1] + 0
        if (words[i] == "bss") bss = words[i - 1] + 0
    }
    present = words[2] + 0
}
part == "meminfo" { sub(/:/, "", $1); mem[$1] = $2 }
part == "dmesg" && /ramoops: using 0x/ { ramoops = hex(substr($0, match($0, /using 0x/) + 8)) / 1024 }
part == "processes" { anon[$1] += $3; pss[$1] += $2; locked[$1] += $4; tables[$1] += $5; count[$1]++ }
function hex(text, value, i) {
    value = 0
    for (i = 1; i <= length(text) && index("0123456789abcdef", substr(text, i, 1)); ++i) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return value
}
END {
    outside = total - mem["MemTotal"]
    printf "outside of MemTotal\n"
    row("firmware, its tables, the holes below 1 MB", total - present - ramoops)
    row("ramoops, which outlives a reset", ramoops)
    row("kernel code", text)
    row("kernel constants", rodata)
    row("kernel data", data + bss)
    row("the table of pages, 64 bytes for 4 KB", total / 64)
    row("what else is set aside at boot (hash tables, the log, page tables)", outside - sum)
    printf "inside, and not available\n"
    row("slab, what cannot be given back", mem["SUnreclaim"])
    row("stacks of threads in the kernel", mem["KernelStack"])
    row("page tables of processes", mem["PageTables"])
    row("files in memory (/run, /dev, /tmp)", mem["Shmem"])
    row("memory of processes", mem["AnonPages"])
    row("pages that are locked in memory: the keeper's code", locked_files())
    known = mem["MemFree"] + mem["Buffers"] + mem["Cached"] + mem["AnonPages"] + mem["Slab"] + mem["KernelStack"] + mem["PageTables"] + mem["Percpu"]
    row("pages of the kernel that nobody counts (modules, vmalloc, drivers)", mem["MemTotal"] - known + mem["Percpu"])
    row("kept free, and files that are not counted as available", total - sum - mem["MemAvailable"])
    printf "  %s  not available: the system, and Vakt\n", mb(sum)
    printf "  %s  available\n", mb(mem["MemAvailable"])
    printf "processes, MB: in all, with a share of what is shared; of their own; locked; page tables\n"
    for (name in count) printf "  %s %s %s %s  %s%s\n", mb(pss[name]), mb(anon[name]), mb(locked[name]), mb(tables[name]), name, (count[name] > 1 ? " x " count[name] : "")
}
# Of what is locked, what is no memory of the process's own.
function locked_files(kb) {
    kb = mem["Mlocked"] - anon["wd_keeper"]
    return kb > 0 ? kb : 0
}
