// The promises that a log was found to break.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/error.hpp>
#include <annals/model/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::conformance {

inline std::string text_of(const receipt& got) {
    return "version " + std::to_string(got.version.value) + ", position " + std::to_string(got.position.value) + ", " +
           std::to_string(got.count) + " events";
}
inline std::string text_of(const expected<receipt, error>& answer) {
    return answer ? text_of(*answer) : answer.error().message();
}

/// For logs that end with their object.
struct never_reopened {};

class findings {
public:
    /// What the promises that follow are about.
    void begin(std::string_view subject) { subject_ = subject; }

    void add(std::string_view promise, std::string_view instead = {}) {
        std::string text{subject_};
        text.append(": ").append(promise);
        if (!instead.empty()) text.append("; instead: ").append(instead);
        broken_.push_back(std::move(text));
    }
    /// True if the promise was kept.
    bool check(bool kept, std::string_view promise, std::string_view instead = {}) {
        if (!kept) add(promise, instead);
        return kept;
    }
    bool check(const expected<receipt, error>& answer, const receipt& due, std::string_view promise) {
        const bool kept = answer && *answer == due;
        return kept || check(false, promise, text_of(answer) + " and not " + text_of(due));
    }
    bool check(const expected<receipt, error>& answer, errc due, std::string_view promise) {
        const bool kept = !answer && answer.error().code == due;
        return kept || check(false, promise, text_of(answer));
    }

    [[nodiscard]] const std::vector<std::string>& broken() const noexcept { return broken_; }

private:
    std::string              subject_;
    std::vector<std::string> broken_;
};

}  // namespace annals::conformance
