// Why a command was not carried out.
#pragma once

#include <annals/log/error.hpp>

#include <utility>
#include <variant>

namespace annals {

/// Why a command was not carried out: the domain refused it, or the log failed.
template <class Refusal>
class failure {
public:
    constexpr failure(Refusal why) : why_(std::in_place_index<0>, std::move(why)) {}
    failure(error why) : why_(std::in_place_index<1>, std::move(why)) {}

    /// The domain's refusal, or null if the log failed.
    [[nodiscard]] constexpr const Refusal* refusal() const noexcept { return std::get_if<0>(&why_); }
    /// The log's error, or null if the domain refused.
    [[nodiscard]] constexpr const error* log_error() const noexcept { return std::get_if<1>(&why_); }

    /// True if the domain refused for just this reason.
    friend constexpr bool operator==(const failure& failed, const Refusal& reason)
        requires requires { static_cast<bool>(reason == reason); }
    {
        return failed.refusal() && *failed.refusal() == reason;
    }

private:
    std::variant<Refusal, error> why_;
};

}  // namespace annals
