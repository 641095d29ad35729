// SPDX-License-Identifier: Apache-2.0
// Erlang terms made and taken apart.
#pragma once

#include <erl_nif.h>

#include <cstring>
#include <optional>
#include <string_view>

namespace vakt::beam {

inline ERL_NIF_TERM atom(ErlNifEnv* env, const char* name) { return enif_make_atom(env, name); }

inline ERL_NIF_TERM binary(ErlNifEnv* env, std::string_view bytes) {
    ERL_NIF_TERM term = 0;
    auto* to = enif_make_new_binary(env, bytes.size(), &term);
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    return term;
}

inline ERL_NIF_TERM ok(ErlNifEnv* env, ERL_NIF_TERM term) {
    return enif_make_tuple2(env, atom(env, "ok"), term);
}
inline ERL_NIF_TERM error(ErlNifEnv* env, ERL_NIF_TERM why) {
    return enif_make_tuple2(env, atom(env, "error"), why);
}
inline ERL_NIF_TERM error(ErlNifEnv* env, std::string_view words) {
    return error(env, binary(env, words));
}

/// Valid as long as the call.
inline std::optional<std::string_view> bytes_of(ErlNifEnv* env, ERL_NIF_TERM term) {
    ErlNifBinary found;
    if (enif_inspect_binary(env, term, &found) == 0) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(found.data), found.size);
}

inline std::optional<unsigned> number_of(ErlNifEnv* env, ERL_NIF_TERM term) {
    unsigned number = 0;
    if (enif_get_uint(env, term, &number) == 0) return std::nullopt;
    return number;
}

inline bool is_atom(ErlNifEnv* env, ERL_NIF_TERM term, const char* name) {
    return enif_is_identical(term, enif_make_atom(env, name)) != 0;
}

}  // namespace vakt::beam
