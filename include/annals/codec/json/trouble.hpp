// What is wrong with JSON that is read, and where: noted at the place, and completed on the way back from it, so that what is right
// costs nothing.
#pragma once

#include <annals/codec/json/error.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

/// A function that answers false has left the reason here, and the way from its value to the place; who called it puts its own
/// step before that.
class json_trouble {
public:
    [[gnu::noinline, gnu::cold]] bool fail(std::string_view reason) {
        reason_ = reason;
        return false;
    }
    // These add a step to the way to the place that is wrong.
    [[gnu::noinline, gnu::cold]] bool in_member(std::string_view name) {
        path_.insert(0, member_step(name));
        return false;
    }
    [[gnu::noinline, gnu::cold]] bool in_element(std::size_t index) {
        path_.insert(0, element_step(index));
        return false;
    }

    /// The object's only member, or null.
    [[nodiscard]] const boost::json::key_value_pair* only_member(const boost::json::value& in) {
        const auto* const object = in.if_object();
        if (object == nullptr)
            fail("expected an object");
        else if (object->size() != 1)
            fail("expected an object of one member");
        else
            return object->begin();
        return nullptr;
    }
    /// A list, of so many elements; else null.
    [[nodiscard]] const boost::json::array* elements_of(const boost::json::value& in) {
        const auto* const list = in.if_array();
        if (list == nullptr) fail("expected an array");
        return list;
    }
    [[nodiscard]] const boost::json::array* elements_of(const boost::json::value& in, std::size_t count) {
        const auto* const list = elements_of(in);
        if (list == nullptr || list->size() == count) return list;
        fail("expected an array of " + std::to_string(count));
        return nullptr;
    }

    /// The error, with the whole path.
    [[nodiscard]] json_error error() && { return {path_.insert(0, "$"), std::move(reason_)}; }

protected:
    std::string path_;
    std::string reason_;
};

}  // namespace annals::detail
