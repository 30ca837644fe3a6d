// What schemas are written in: words, signs and numbers, with white space, line breaks and comments between them.
#pragma once

#include <annals/schema/enumerators.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace annals {

/// Why a text is no schema, and where.
struct schema_error {
    std::size_t place = 0;  // in the text
    std::string reason;

    /// One line for people, given the text: `line 3, column 12: field 'cents' stands twice`.
    [[nodiscard]] std::string message(std::string_view text) const {
        std::size_t line = 1, column = 1;
        for (char letter : text.substr(0, place)) {
            column = letter == '\n' ? 1 : column + 1;
            line += letter == '\n' ? 1 : 0;
        }
        return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + reason;
    }

    friend bool operator==(const schema_error&, const schema_error&) = default;
};

namespace detail {

/// Reads a text from its begin to its end. What begins with `#` is a comment, to the end of the line.
class schema_reader {
public:
    explicit schema_reader(std::string_view text) : text_(text) {}

    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] bool        at_end() {
               skip();
               return at_ == text_.size();
    }

    [[nodiscard]] bool fail(std::size_t place, std::string reason) {
        error_ = {place, std::move(reason)};
        return false;
    }
    [[nodiscard]] schema_error take_error() { return std::move(error_); }

    void skip() {
        for (; at_ != text_.size(); ++at_) {
            const char letter = text_[at_];
            if (letter == '#')
                at_ = std::min(text_.find('\n', at_), text_.size()) - 1;
            else if (letter != ' ' && letter != '\t' && letter != '\n' && letter != '\r')
                return;
        }
    }
    [[nodiscard]] bool next_is(char sign) {
        skip();
        return at_ != text_.size() && text_[at_] == sign;
    }
    [[nodiscard]] bool take(char sign) {
        const bool found = next_is(sign);
        at_ += found ? 1 : 0;
        return found;
    }
    [[nodiscard]] bool need(char sign) { return take(sign) || fail(at_, std::string("expected '") + sign + "'"); }
    /// The end of a list, where there might be more of it.
    [[nodiscard]] bool need_end(char sign) { return take(sign) || fail(at_, std::string("expected ',' or '") + sign + "'"); }

    /// A name, or nothing.
    [[nodiscard]] std::string_view word() {
        return letters([](char letter) { return letter == '-' || is_letter_of_name(letter); });
    }
    /// An event's name: whatever its `event_name` says, as far as one can see where it ends.
    [[nodiscard]] std::string_view event_word() {
        return letters([](char letter) {
            const auto code = static_cast<unsigned char>(letter);
            return code > ' ' && code != 0x7f && letter != '{' && letter != '}' && letter != '#';
        });
    }
    /// A number, which has one spelling: no zeros before it.
    [[nodiscard]] bool number(std::uint64_t& value, std::uint64_t highest = std::numeric_limits<std::uint64_t>::max()) {
        const std::string_view digits = letters([](char letter) { return letter >= '0' && letter <= '9'; });
        const std::size_t      from   = at_ - digits.size();
        value                         = 0;
        for (char letter : digits) {
            const auto digit = static_cast<std::uint64_t>(letter - '0');
            if (digit > highest || value > (highest - digit) / 10) return fail(from, "the number is too large");
            value = value * 10 + digit;
        }
        if (digits.empty()) return fail(from, "expected a number");
        if (digits.size() > 1 && digits[0] == '0') return fail(from, "a number begins with zeros");
        return true;
    }

private:
    template <class Belongs>
    std::string_view letters(Belongs belongs) {
        skip();
        const std::size_t from = at_;
        while (at_ != text_.size() && belongs(text_[at_])) ++at_;
        return text_.substr(from, at_ - from);
    }

    std::string_view text_;
    std::size_t      at_ = 0;
    schema_error     error_;
};

}  // namespace detail

}  // namespace annals
