// What is known of a process at a place in the log, and what its own streams say of how far it is.
#pragma once

#include <annals/app/reaction.hpp>
#include <annals/log/append.hpp>
#include <annals/model/context.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace annals {

namespace detail {

template <class Timeouts>
struct due_timeout;
template <class... Timeout>
struct due_timeout<events<Timeout...>> {
    uuid                                     id;  // of the event that scheduled it
    uuid                                     correlation;
    std::string                              stream;
    std::int64_t                             due;  // nanoseconds of UTC
    std::variant<std::monostate, Timeout...> timeout;
};

/// What has to be known of a process at a place in the log, beside what is in its streams.
template <class Process>
struct process_memory {
    std::vector<due_timeout<typename timeouts_of<Process>::type>> due;  // in the order of their times
};

/// What a process has reacted to stands in the metadata of what it recorded: of its inputs, all up to a position in the log; of
/// its timeouts and refusals, all up to a version of its own stream.
struct reaction_marks {
    std::uint64_t input = 0;
    std::uint64_t own   = 0;

    static constexpr std::string_view input_key = "input", own_key = "own";

    static reaction_marks in(const key_values_view& values) {
        return {number(values.find(input_key)), number(values.find(own_key))};
    }
    [[nodiscard]] std::vector<key_value> values() const {
        return {{std::string{input_key}, std::to_string(input)}, {std::string{own_key}, std::to_string(own)}};
    }

private:
    static std::uint64_t number(const std::string_view* text) {
        std::uint64_t value = 0;
        if (text) (void)std::from_chars(text->data(), text->data() + text->size(), value);
        return value;
    }
};

}  // namespace detail
}  // namespace annals
