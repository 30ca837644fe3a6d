// What the compiler calls a type, as text.
#pragma once

#include <cstddef>
#include <string_view>

namespace annals::detail {

// The text around the type in the signature is the same for every type; it is measured on a type whose name is known.
struct signature_margins {
    std::size_t front, back;
};

template <class T>
consteval std::string_view signature_with_type() {
    return {__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}

consteval signature_margins measure_margins() {
    constexpr std::string_view known = signature_with_type<int>();
    constexpr std::size_t      front = known.rfind("int");
    return {front, known.size() - front - 3};
}
inline constexpr signature_margins margins = measure_margins();

/// The type with its namespaces and template arguments. Text that follows on the type in one program, not in a file.
template <class T>
consteval std::string_view type_text() {
    constexpr std::string_view signature = signature_with_type<T>();
    return {signature.data() + margins.front, signature.size() - margins.front - margins.back};
}

}  // namespace annals::detail
