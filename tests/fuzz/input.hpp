// What a fuzzer's input says. What does not hold ends the program, which the fuzzer reports with the input.
#pragma once

#include "support/every_field.hpp"

#include <annals/model/dispatch.hpp>
#include <annals/model/type_list.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string_view>
#include <type_traits>

namespace fuzz {

using input = std::span<const std::uint8_t>;

inline std::span<const std::byte> as_bytes(input data) { return std::as_bytes(data); }
inline std::string_view           as_text(input data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

/// Ends the program if something does not hold.
inline void must(bool holds, std::string_view what) {
    if (holds) return;
    std::cerr << "does not hold: " << what << '\n';
    std::abort();
}

/// Calls `visit` with the event that the first byte chooses, as a std::type_identity, and the other bytes.
template <class... E, class Visit>
void with_chosen(annals::events<E...>, input data, const Visit& visit) {
    if (data.empty()) return;
    annals::detail::dispatch<sizeof...(E)>(data[0], [&](auto index) {
        visit(std::type_identity<annals::detail::element_at<annals::detail::type_list<E...>, index()>>{}, data.subspan(1));
    });
}

/// A schema's text, a zero, and a record.
struct schema_and_record {
    std::string_view           schema;
    std::span<const std::byte> record;

    explicit schema_and_record(input data) {
        const std::size_t zero = as_text(data).find('\0');
        schema                 = as_text(data).substr(0, zero);
        if (zero != std::string_view::npos) record = as_bytes(data.subspan(zero + 1));
    }
};

}  // namespace fuzz
