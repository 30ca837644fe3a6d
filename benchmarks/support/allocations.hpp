// Counts what a program allocates.
#pragma once

#include <cstdint>

/// How often this program has called `operator new`, in any of its forms. Of the whole program: link `allocations.cpp`.
std::uint64_t allocations_so_far() noexcept;
