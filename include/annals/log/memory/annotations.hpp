// The metadata of an append, as a memory log keeps it.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/memory/arena.hpp>
#include <annals/model/context.hpp>

#include <cstddef>
#include <new>

namespace annals::detail {

/// What was said about an append, beside its event ids.
struct annotations {
    uuid             correlation;
    uuid             causation;
    std::string_view actor;
    key_values_view  values;
};

/// A copy of what `about` says, or null if it says nothing. Throws std::bad_alloc.
inline const annotations* keep_annotations(const metadata& about, arena& memory) {
    if (about.correlation.is_nil() && about.causation.is_nil() && about.actor.empty() && about.values.empty())
        return nullptr;
    const std::size_t count  = about.values.size();
    auto* const       values = static_cast<key_value_view*>(memory.allocate(count * sizeof(key_value_view)));
    for (std::size_t i = 0; i < count; ++i)
        ::new (values + i) key_value_view{memory.copy(about.values[i].key), memory.copy(about.values[i].value)};
    return ::new (memory.allocate(sizeof(annotations)))
        annotations{about.correlation, about.causation, memory.copy(about.actor), key_values_view{values, count}};
}

}  // namespace annals::detail
