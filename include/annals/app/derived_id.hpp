// Ids that follow from other ids, so that what is done again gets the same ones.
#pragma once

#include <annals/model/context.hpp>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>

#include <algorithm>
#include <string_view>

namespace annals {

/// The name-based UUID (version 5, RFC 9562, section 5.5) of a name in the namespace of an id: always the same one.
[[nodiscard]] inline uuid derived_id(const uuid& from, std::string_view name) {
    boost::uuids::uuid space{};
    std::copy(std::begin(from.bytes), std::end(from.bytes), space.begin());
    const boost::uuids::uuid made = boost::uuids::name_generator_sha1(space)(name.data(), name.size());
    uuid                     id;
    std::copy(made.begin(), made.end(), std::begin(id.bytes));
    return id;
}

}  // namespace annals
