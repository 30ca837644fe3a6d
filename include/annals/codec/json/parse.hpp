// JSON text to a Boost.JSON value whose floating-point numbers are the nearest to what the text says. Boost's own parser, unless
// a later one is asked for precision, may be off by the last bit, and a double would not survive text.
#pragma once

#include <annals/codec/json/double_text.hpp>
#include <annals/codec/json/error.hpp>
#include <annals/codec/json/text.hpp>

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

// Builds a value of what a parser finds.
class json_builder {
public:
    static constexpr std::size_t max_object_size = boost::json::object::max_size();
    static constexpr std::size_t max_array_size  = boost::json::array::max_size();
    static constexpr std::size_t max_key_size    = boost::json::string::max_size();
    static constexpr std::size_t max_string_size = boost::json::string::max_size();

    // The stack is in `room` as long as it is enough.
    json_builder(boost::json::storage_ptr storage, unsigned char* room, std::size_t size)
        : stack_(boost::json::storage_ptr(), room, size) {
        stack_.reset(std::move(storage));
    }
    boost::json::value release() { return stack_.release(); }

    using error = boost::json::error_code;
    using view  = boost::json::string_view;

    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_object_begin(error&) { return true; }
    bool on_object_end(std::size_t count, error&) {
        stack_.push_object(count);
        return true;
    }
    bool on_array_begin(error&) { return true; }
    bool on_array_end(std::size_t count, error&) {
        stack_.push_array(count);
        return true;
    }
    bool on_key_part(view text, std::size_t, error&) {
        stack_.push_chars(text);
        return true;
    }
    bool on_key(view text, std::size_t, error&) {
        stack_.push_key(text);
        return true;
    }
    bool on_string_part(view text, std::size_t, error&) {
        stack_.push_chars(text);
        return true;
    }
    bool on_string(view text, std::size_t, error&) {
        stack_.push_string(text);
        return true;
    }
    bool on_number_part(view text, error&) {
        number_.append(text.data(), text.size());
        return true;
    }
    bool on_int64(std::int64_t value, view, error&) {
        stack_.push_int64(value);
        number_.clear();
        return true;
    }
    bool on_uint64(std::uint64_t value, view, error&) {
        stack_.push_uint64(value);
        number_.clear();
        return true;
    }
    bool on_double(double value, view text, error&) {
        if (number_.empty())
            stack_.push_double(double_from(plain_view(text), value));
        else {
            stack_.push_double(double_from(number_.append(text.data(), text.size()), value));
            number_.clear();
        }
        return true;
    }
    bool on_bool(bool value, error&) {
        stack_.push_bool(value);
        return true;
    }
    bool on_null(error&) {
        stack_.push_null();
        return true;
    }
    bool on_comment_part(view, error&) { return true; }
    bool on_comment(view, error&) { return true; }

private:
    boost::json::value_stack stack_;
    std::string              number_;  // its parts, where the parser gives it in parts
};

/// Parses all of a text. On an error the value is null and `error` says what and where.
inline boost::json::value parse_json(std::string_view text, boost::json::storage_ptr storage, json_error& error) {
    boost::json::parse_options options;
    options.max_depth = 4096;  // what reads the value has limits of its own
    unsigned char                           room[2048];
    boost::json::basic_parser<json_builder> parser(options, std::move(storage), room, sizeof(room));
    boost::json::error_code                 trouble;
    std::size_t                             read = parser.write_some(false, text.data(), text.size(), trouble);
    if (!trouble && read < text.size()) trouble = boost::json::error::extra_data;
    if (!trouble) return parser.handler().release();
    error.path   = "$";
    error.reason = trouble.message() + " at byte " + std::to_string(read);
    return nullptr;
}

}  // namespace annals::detail
