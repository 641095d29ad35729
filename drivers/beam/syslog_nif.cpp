// SPDX-License-Identifier: Apache-2.0
// The NIF of vakt_nif: sources and the bridge inside the emulator, for one Erlang process.
#include <erl_nif.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "bridge/bridge.h"
#include "drivers/beam/syslog_nif_keep.h"
#include "drivers/beam/syslog_nif_loop.h"
#include "drivers/beam/syslog_nif_system.h"
#include "drivers/beam/syslog_nif_terms.h"
#include "drivers/beam/vakt_syslog_pipe.h"
#include "inside/inside.h"
#include "sys/clock.h"
#include "sys/error.h"

namespace vakt::beam {

using namespace std::chrono_literals;

/// All that is made of one library's code.
struct Guts {
    Guts(loop::Loop its_loop, Keep& keep)
        : loop(std::move(its_loop)),
          inside(std::in_place, loop,
                 std::span(static_cast<std::byte*>(keep.memory), keep.memory_size), keep.boot,
                 [this](const std::string& name, const std::string& words) {
                     said.emplace_back(name, words);
                 }) {}

    loop::Loop loop;
    std::vector<std::pair<std::string, std::string>> said;
    std::optional<inside::Inside> inside;
    std::optional<Alarm> alarm;
    std::uint64_t turns = 0;
    std::chrono::nanoseconds slowest{0};      // of all calls on a normal scheduler, by the clock
    std::chrono::nanoseconds slowest_cpu{0};  // of turns, by the processor's time
};

namespace {

// What sources may take of a turn, and a turn in all; a scheduler's slice is 1 ms.
constexpr auto kOfSources = 150us;
constexpr auto kOfTurn = 300us;
// What Erlang's timers would be too coarse for.
constexpr auto kSoon = 2ms;
constexpr std::size_t kPrefix = 4;  // of the bridge's messages

ErlNifResourceType* shell_type = nullptr;
const char this_library = 0;

void close_shell(ErlNifEnv* env, Shell* shell, bool hand_over) {
    auto* guts = std::exchange(shell->guts, nullptr);
    if (guts == nullptr) return;
    {
        const InEnvironment in(guts->loop, env);
        if (hand_over) leave(*shell->keep, guts->inside->hand_over());
        guts->inside.reset();
        guts->alarm.reset();
    }
    delete guts;
    if (shell->keep->open == shell) shell->keep->open = nullptr;
}

void shell_over(ErlNifEnv* env, void* object) {
    auto* shell = static_cast<Shell*>(object);
    if (shell->keep == nullptr) return;
    const Locked locked(*shell->keep);
    close_shell(env, shell, false);
}

// A process that dies takes its descriptors with it.
void shell_down(ErlNifEnv* env, void* object, ErlNifPid* /*pid*/, ErlNifMonitor* /*monitor*/) {
    shell_over(env, object);
}

Shell* shell_of(ErlNifEnv* env, ERL_NIF_TERM term) {
    void* object = nullptr;
    if (enif_get_resource(env, term, shell_type, &object) == 0) return nullptr;
    return static_cast<Shell*>(object);
}

/// Does `work(guts)` under the lock and with the environment; "closed" for one that is.
template <class Work>
ERL_NIF_TERM in_shell(ErlNifEnv* env, ERL_NIF_TERM term, Work work) {
    auto* shell = shell_of(env, term);
    if (shell == nullptr) return enif_make_badarg(env);
    const Locked locked(*shell->keep);
    if (shell->guts == nullptr || shell->keep->tenant != &this_library) return atom(env, "closed");
    const InEnvironment in(shell->guts->loop, env);
    return work(*shell->guts);
}

/// The same on a normal scheduler, which it says what it took.
template <class Work>
ERL_NIF_TERM in_slice(ErlNifEnv* env, ERL_NIF_TERM term, Work work) {
    return in_shell(env, term, [&](Guts& guts) {
        const auto begin = sys::now();
        const auto result = work(guts, begin);
        const auto took = std::chrono::nanoseconds(sys::now() - begin);
        guts.slowest = std::max(guts.slowest, took);
        const auto percent = std::clamp<std::int64_t>(took / 10us, 1, 100);
        enif_consume_timeslice(env, static_cast<int>(percent));
        return result;
    });
}

/// What this thread has had of a processor: what others take of it is not in it.
std::chrono::nanoseconds cpu_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string own_account(const Keep& keep, const Guts& guts) {
    return "inside version=" VAKT_VERSION " turns=" + std::to_string(guts.turns) +
           " slowest_ns=" + std::to_string(guts.slowest.count()) +
           " slowest_cpu_ns=" + std::to_string(guts.slowest_cpu.count()) +
           " upgrades=" + std::to_string(keep.upgrades) + "\n";
}

// open(Ring) -> {ok, Handle, WentOn} | {error, busy | upgrading | Words}
ERL_NIF_TERM open(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    auto& keep = *static_cast<Keep*>(enif_priv_data(env));
    const auto size = number_of(env, argv[0]);
    if (!size || *size < bridge::Bridge::kLeastMemory) return enif_make_badarg(env);
    const Locked locked(keep);
    if (keep.tenant == nullptr) {
        keep.tenant = &this_library;
        keep.close = close_shell;
    }
    if (keep.tenant != &this_library) return error(env, atom(env, "upgrading"));
    if (keep.open != nullptr) return error(env, atom(env, "busy"));
    if (!size_memory(keep, std::size_t{*size} / 8 * 8)) return error(env, "no memory for the ring");
    auto loop = loop::Loop::make();
    if (!loop) return error(env, describe(loop.error()));
    auto* shell = static_cast<Shell*>(enif_alloc_resource(shell_type, sizeof(Shell)));
    *shell = {.keep = &keep, .guts = nullptr, .owner = {}, .monitor = {}};
    enif_self(env, &shell->owner);
    const auto handle = enif_make_resource(env, shell);
    enif_release_resource(shell);
    tell(*loop, shell->owner);
    shell->guts = new Guts(std::move(*loop), keep);
    {
        const InEnvironment in(shell->guts->loop, env);
        shell->guts->alarm.emplace(shell->guts->loop);
    }
    shell->guts->inside->account_with(
        [&keep, guts = shell->guts] { return own_account(keep, *guts); });
    keep.open = shell;
    if (enif_monitor_process(env, shell, &shell->owner, &shell->monitor) != 0) {
        close_shell(env, shell, false);
        return error(env, "its process is gone");
    }
    return enif_make_tuple3(env, atom(env, "ok"), handle,
                            atom(env, shell->guts->inside->went_on() ? "true" : "false"));
}

// close(Handle) -> ok
ERL_NIF_TERM close(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    auto* shell = shell_of(env, argv[0]);
    if (shell == nullptr) return enif_make_badarg(env);
    const Locked locked(*shell->keep);
    if (shell->guts != nullptr && shell->keep->close != nullptr) {
        enif_demonitor_process(env, shell, &shell->monitor);
        shell->keep->close(env, shell, false);
    }
    return atom(env, "ok");
}

std::optional<syslog::Source> kind_of(ErlNifEnv* env, ERL_NIF_TERM term) {
    using syslog::Source;
    for (const auto kind : {Source::fifo, Source::socket, Source::kmsg, Source::udp})
        if (is_atom(env, term, syslog::kSourceNames[static_cast<std::size_t>(kind)].data()))
            return kind;
    if (is_atom(env, term, "thread")) return Source::socket;
    return std::nullopt;
}

/// {Kind, Name, Path, Mode, FoldRepeats, WithAuth, PerSecond, Burst}
std::optional<inside::SourceRow> row_of(ErlNifEnv* env, ERL_NIF_TERM term) {
    constexpr int kParts = 8;
    int count = 0;
    const ERL_NIF_TERM* parts = nullptr;
    if (enif_get_tuple(env, term, &count, &parts) == 0 || count != kParts) return std::nullopt;
    const auto kind = kind_of(env, parts[0]);
    const auto name = bytes_of(env, parts[1]);
    const auto path = bytes_of(env, parts[2]);
    const auto mode = number_of(env, parts[3]);
    const auto per_second = number_of(env, parts[6]);
    const auto burst = number_of(env, parts[7]);
    if (!kind || !name || name->empty() || name->size() > 32 || !path || !mode || !per_second ||
        !burst)
        return std::nullopt;
    inside::SourceRow row;
    row.settings = {.source = *kind,
                    .name = std::string(*name),
                    .guard = {*per_second, *burst},
                    .fold_repeats = is_atom(env, parts[4], "true"),
                    .with_auth = is_atom(env, parts[5], "true")};
    row.path = *path;
    row.mode = *mode;
    return row;
}

inside::ThreadPipe thread_pipe() {
    const auto pipe = vakt_syslog_pipe();
    return {pipe.fd, pipe.frames, vakt_syslog_take_lost};
}

Status opened(Keep& keep, Guts& guts, const inside::SourceRow& row, bool is_thread) {
    if (!is_thread) return guts.inside->open(row, take_handed(keep, row.settings.name));
    auto pipe = thread_pipe();
    if (pipe.fd < 0) return sys::last_error("make the pipe of", "threads");
    return guts.inside->open(row, std::move(pipe));
}

// source(Handle, Row) -> {ok, Origin} | {error, Words} | closed
ERL_NIF_TERM source(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    auto& keep = *static_cast<Keep*>(enif_priv_data(env));
    return in_shell(env, argv[0], [&](Guts& guts) {
        const auto row = row_of(env, argv[1]);
        if (!row) return enif_make_badarg(env);
        const ERL_NIF_TERM* parts = nullptr;
        int count = 0;
        enif_get_tuple(env, argv[1], &count, &parts);
        if (row->settings.source == syslog::Source::udp) {
            // What waits for it waits in the process's own socket, over an upgrade too.
            const bool stayed = take_handed(keep, row->settings.name).has_value();
            const auto origin = guts.inside->known(row->settings, stayed);
            if (!origin) return error(env, "there are as many sources as can be");
            return ok(env, enif_make_uint(env, *origin));
        }
        const auto status = opened(keep, guts, *row, is_atom(env, parts[0], "thread"));
        if (!status) return error(env, describe(status.error()));
        return ok(env, enif_make_uint(env, 0));
    });
}

// datagram(Handle, Origin, Bytes, Host) -> ok | closed
ERL_NIF_TERM datagram(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    return in_slice(env, argv[0], [&](Guts& guts, Instant /*begin*/) {
        const auto origin = number_of(env, argv[1]);
        const auto bytes = bytes_of(env, argv[2]);
        const auto host = bytes_of(env, argv[3]);
        if (!origin || *origin > 255 || !bytes || !host) return enif_make_badarg(env);
        guts.inside->datagram(static_cast<bridge::Origin>(*origin), *bytes, *host);
        return atom(env, "ok");
    });
}

// lost(Handle, Origin, Count | unknown, Words) -> ok | closed
ERL_NIF_TERM lost(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    return in_slice(env, argv[0], [&](Guts& guts, Instant /*begin*/) {
        const auto origin = number_of(env, argv[1]);
        const auto count = number_of(env, argv[2]);
        const auto words = bytes_of(env, argv[3]);
        if (!origin || *origin > 255 || !words) return enif_make_badarg(env);
        guts.inside->lost(static_cast<bridge::Origin>(*origin),
                          count ? std::optional<std::uint64_t>(*count) : std::nullopt, *words);
        return atom(env, "ok");
    });
}

// connect(Handle) -> Client :: pos_integer() | full | closed
ERL_NIF_TERM connect(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    return in_slice(env, argv[0], [&](Guts& guts, Instant /*begin*/) {
        const auto client = guts.inside->connected(inside::own_peer());
        return client ? enif_make_uint(env, *client) : atom(env, "full");
    });
}

// tell(Handle, Client, Message) -> ok | over | closed
ERL_NIF_TERM tell(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    return in_slice(env, argv[0], [&](Guts& guts, Instant /*begin*/) {
        const auto client = number_of(env, argv[1]);
        const auto bytes = bytes_of(env, argv[2]);
        if (!client || !bytes) return enif_make_badarg(env);
        return atom(env, guts.inside->message(*client, *bytes) ? "ok" : "over");
    });
}

// disconnect(Handle, Client) -> ok | closed
ERL_NIF_TERM disconnect(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    return in_slice(env, argv[0], [&](Guts& guts, Instant /*begin*/) {
        const auto client = number_of(env, argv[1]);
        if (!client) return enif_make_badarg(env);
        guts.inside->disconnected(*client);
        return atom(env, "ok");
    });
}

/// Each message without its size, all of them parts of one binary.
void put_packets(ErlNifEnv* env, bridge::ClientNumber client, std::string_view out,
                 std::vector<ERL_NIF_TERM>& packets) {
    const auto all = binary(env, out);
    const auto number = enif_make_uint(env, client);
    for (std::size_t at = 0; at + kPrefix <= out.size();) {
        const auto size =
            get_big_endian(reinterpret_cast<const unsigned char*>(out.data()) + at, kPrefix);
        const auto packet = enif_make_sub_binary(env, all, at + kPrefix, size);
        packets.push_back(enif_make_tuple2(env, number, packet));
        at += kPrefix + size;
    }
}

/// Milliseconds, never too early.
ERL_NIF_TERM wake(ErlNifEnv* env, Guts& guts, Instant at) {
    if (at == kNever) return atom(env, "infinity");
    const auto left = at - sys::now();
    if (left > 0ns && left < kSoon && guts.alarm->at(at)) return atom(env, "infinity");
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return enif_make_uint64(env, static_cast<ErlNifUInt64>(std::max<std::int64_t>(ms, 0)));
}

// turn(Handle, Selected | none) -> {Wake, [{Client, Packet}], [{Name, Words}]} | closed
ERL_NIF_TERM turn(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    auto& keep = *static_cast<Keep*>(enif_priv_data(env));
    return in_slice(env, argv[0], [&](Guts& guts, Instant begin) {
        const auto cpu_begin = cpu_time();
        drop_handed(keep);
        ++guts.turns;
        if (const auto* selected = selected_of(env, argv[1])) is_ready(guts.loop, selected);
        bool more = run_some(guts.loop, begin + kOfSources);
        std::vector<ERL_NIF_TERM> packets;
        bool done = false;
        do {
            done = guts.inside->give_out([&](bridge::ClientNumber client, std::string_view out) {
                put_packets(env, client, out, packets);
            });
        } while (!done && sys::now() < begin + kOfTurn);
        more = more || !done;
        std::vector<ERL_NIF_TERM> said;
        for (const auto& [name, words] : std::exchange(guts.said, {}))
            said.push_back(enif_make_tuple2(env, binary(env, name), binary(env, words)));
        guts.slowest_cpu = std::max(guts.slowest_cpu, cpu_time() - cpu_begin);
        const auto next = std::min(next_timer(guts.loop), guts.inside->wake_at());
        return enif_make_tuple3(
            env, more ? enif_make_uint(env, 0) : wake(env, guts, next),
            enif_make_list_from_array(env, packets.data(), static_cast<unsigned>(packets.size())),
            enif_make_list_from_array(env, said.data(), static_cast<unsigned>(said.size())));
    });
}

// ---- the library's life ----

bool take_types(ErlNifEnv* env) {
    const auto both = static_cast<ErlNifResourceFlags>(ERL_NIF_RT_CREATE | ERL_NIF_RT_TAKEOVER);
    const ErlNifResourceTypeInit of_shell = {shell_over, nullptr, shell_down, 3, nullptr};
    const ErlNifResourceTypeInit of_selected = {selected_over, selected_stop, nullptr, 3, nullptr};
    shell_type = enif_init_resource_type(env, "vakt_inside", &of_shell, both, nullptr);
    auto* selected = enif_init_resource_type(env, "vakt_selected", &of_selected, both, nullptr);
    select_type(selected);
    return shell_type != nullptr && selected != nullptr;
}

int load(ErlNifEnv* env, void** priv, ERL_NIF_TERM /*info*/) {
    if (!take_types(env)) return 1;
    auto* keep = make_keep();
    if (keep == nullptr) return 2;
    keep->libraries = 1;
    keep->tenant = &this_library;
    keep->close = close_shell;
    *priv = keep;
    return 0;
}

int upgrade(ErlNifEnv* env, void** priv, void** old_priv, ERL_NIF_TERM /*info*/) {
    auto* keep = static_cast<Keep*>(*old_priv);
    if (keep == nullptr || keep->magic != Keep::kMagic || !take_types(env)) return 1;
    const Locked locked(*keep);
    if (auto* shell = keep->open; shell != nullptr) {
        const auto owner = shell->owner;
        keep->close(env, shell, true);
        enif_send(env, &owner, nullptr, atom(env, "vakt_nif_upgraded"));
    }
    keep->tenant = &this_library;
    keep->close = close_shell;
    ++keep->libraries;
    ++keep->upgrades;
    *priv = keep;
    return 0;
}

void unload(ErlNifEnv* /*env*/, void* priv) {
    auto* keep = static_cast<Keep*>(priv);
    bool last = false;
    {
        const Locked locked(*keep);
        if (keep->tenant == &this_library) keep->tenant = nullptr;
        last = --keep->libraries == 0 && keep->open == nullptr;
    }
    if (last) free_keep(keep);
}

ErlNifFunc functions[] = {
    {"open", 1, open, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"close", 1, close, 0},
    {"source", 2, source, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"datagram", 4, datagram, 0},
    {"lost", 4, lost, 0},
    {"connect", 1, connect, 0},
    {"tell", 3, tell, 0},
    {"disconnect", 2, disconnect, 0},
    {"turn", 2, turn, 0},
    {"memory", 0, system_memory, 0},
    {"disk", 1, disk_space, ERL_NIF_DIRTY_JOB_IO_BOUND},
};

}  // namespace
}  // namespace vakt::beam

using vakt::beam::functions;
ERL_NIF_INIT(vakt_nif, functions, vakt::beam::load, nullptr, vakt::beam::upgrade,
             vakt::beam::unload)
