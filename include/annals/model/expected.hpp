// `expected<T, E>`: std::expected where the standard library has it, tl::expected elsewhere.
#pragma once

#include <version>

#if defined(__cpp_lib_expected) && __cpp_lib_expected >= 202202L
#include <expected>
namespace annals {
using std::expected;
using std::unexpected;
}  // namespace annals
#else
#include <tl/expected.hpp>
namespace annals {
using tl::expected;
using tl::unexpected;
}  // namespace annals
#endif
