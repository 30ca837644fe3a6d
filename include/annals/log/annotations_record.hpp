// What is said of an append as it is stored.
#pragma once

#include <annals/log/append.hpp>

#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// What was said about an append, beside its event ids. Left out if nothing was.
struct annotations_record {
    uuid                   correlation;
    uuid                   causation;
    std::string            actor;
    std::vector<key_value> values;
};

/// Nothing, if nothing was said.
inline bool says_nothing(const metadata& about) {
    return about.correlation.is_nil() && about.causation.is_nil() && about.actor.empty() && about.values.empty();
}

}  // namespace annals::detail
