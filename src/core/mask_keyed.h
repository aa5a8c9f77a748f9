// Masks under a key: the same value gives the same result in every table under one key.
#pragma once

#include "core/mask_row.h"

namespace ddm::core
{

inline constexpr KindSet hashed_kinds = set_of(Kind::Text, Kind::Integer, Kind::Numeric, Kind::Uuid, Kind::Bytea);

Status make_hash(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_token(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_md5(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_pseudonym(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_noise(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_date_shift(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_fpe(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_fpe_pan(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
