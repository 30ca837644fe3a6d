// A state with the place up to which it was folded.
#pragma once

#include <annals/model/context.hpp>

namespace annals {

/// An aggregate, or another projection of one stream, as it was at a version of the stream. Version 0 is an unknown stream,
/// with the default state.
template <class State>
struct loaded {
    State           state{};
    annals::version version{};
};

}  // namespace annals
