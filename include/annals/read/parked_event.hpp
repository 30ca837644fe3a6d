// What a subscription puts aside.
#pragma once

#include <annals/model/context.hpp>

#include <exception>
#include <string>

namespace annals {

/// An event that a handler threw on, and that was put aside so that others are not held up.
struct parked_event {
    std::string      stream;
    annals::version  version{};
    annals::position position{};
    uuid             id{};
    std::string      reason;  // what() of the exception, if it has that

    parked_event() = default;
    parked_event(const context& where, const std::exception_ptr& why)
        : stream(where.stream), version(where.version), position(where.position), id(where.id) {
        try {
            std::rethrow_exception(why);
        } catch (const std::exception& thrown) { reason = thrown.what(); } catch (...) {
            reason = "something that is no std::exception";
        }
    }
};

}  // namespace annals
