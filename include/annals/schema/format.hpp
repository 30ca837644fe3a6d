// `std::format("{}", annals::printed(event))`, where the standard library has it. It is a header of its own because <format>
// costs more to compile than all the rest of printing.
#pragma once

#include <annals/schema/print.hpp>

#include <version>

#if defined(__cpp_lib_format)
#include <format>
#include <string_view>

/// Takes what a text takes: `{:>40}`.
template <class T>
struct std::formatter<annals::printed<T>> : std::formatter<std::string_view> {
    template <class Context>
    auto format(const annals::printed<T>& what, Context& context) const {
        return std::formatter<std::string_view>::format(annals::to_text(what.value), context);
    }
};
#endif
