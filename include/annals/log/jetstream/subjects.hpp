// The subjects of a log: one for each of its streams.
#pragma once

#include <annals/log/query.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

/// Into how many partitions a log's streams fall, for ever: it stands in their subjects, so that consumers can have one each.
inline constexpr std::size_t jetstream_partitions = 16;

/// Which of them a stream is in: FNV-1a.
inline std::size_t jetstream_partition_of(std::string_view stream) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char letter : stream) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    return static_cast<std::size_t>((hash ^ hash >> 32U) % jetstream_partitions);
}

/// Names as one word of a subject, each another word: `.`, `*`, `>`, `%`, spaces, control characters and what is no ASCII are
/// written as `%2E`; nothing as `%`.
inline std::string subject_word(std::string_view name) {
    static constexpr char digits[] = "0123456789ABCDEF";
    if (name.empty()) return "%";
    std::string word;
    word.reserve(name.size());
    for (const char letter : name) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte > 0x20 && byte < 0x7f && letter != '.' && letter != '*' && letter != '>' && letter != '%')
            word.push_back(letter);
        else
            word.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
    return word;
}
/// The name that a word stands for; nothing, if it is none of them.
inline std::optional<std::string> name_of_word(std::string_view word) {
    const auto digit = [](char letter) {
        return letter >= '0' && letter <= '9' ? letter - '0' : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
    };
    std::string name;
    if (word == "%") return name;
    name.reserve(word.size());
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] != '%') {
            name.push_back(word[i]);
            continue;
        }
        if (i + 2 >= word.size() || digit(word[i + 1]) < 0 || digit(word[i + 2]) < 0) return std::nullopt;
        name.push_back(static_cast<char>(digit(word[i + 1]) * 16 + digit(word[i + 2])));
        i += 2;
    }
    return name.empty() ? std::nullopt : std::optional(std::move(name));
}

/// `<log>.events.<partition>.<category>.<id>`, `<log>.schemas`. A stream without a `-` has no id, which is written `%-`.
class jetstream_subjects {
public:
    explicit jetstream_subjects(std::string_view log)
        : events_(std::string{log} + ".events."),
          schemas_(std::string{log} + ".schemas"),
          everything_(std::string{log} + ".>"),
          appended_(std::string{log} + "%.appended") {}

    [[nodiscard]] std::string of_stream(std::string_view stream) const {
        const std::string_view category = category_of(stream);
        std::string            subject  = events_ + partition_word(jetstream_partition_of(stream));
        subject.append(".").append(subject_word(category)).append(".");
        return subject.append(category.size() == stream.size() ? "%-" : subject_word(annals::id_of(stream)));
    }
    /// All streams of a category, or all of a partition of them.
    [[nodiscard]] std::string of_category(std::string_view category) const {
        return (events_ + "*.").append(subject_word(category)).append(".*");
    }
    [[nodiscard]] std::string of_category(std::string_view category, std::size_t partition) const {
        return (events_ + partition_word(partition)).append(".").append(subject_word(category)).append(".*");
    }
    [[nodiscard]] std::string of_partition(std::size_t partition) const { return events_ + partition_word(partition) + ".>"; }
    [[nodiscard]] std::string of_all() const { return events_ + ">"; }

    [[nodiscard]] const std::string& schemas() const noexcept { return schemas_; }
    [[nodiscard]] const std::string& everything() const noexcept { return everything_; }
    /// Where it is said that something was appended. In no log, for none has a `%` in its name.
    [[nodiscard]] const std::string& appended() const noexcept { return appended_; }

    /// What a server takes on one line, with all else that stands there. It closes the connection over longer ones.
    static constexpr std::size_t longest = 3072;

    [[nodiscard]] bool is_of_stream(std::string_view subject) const noexcept {
        return subject.substr(0, events_.size()) == events_;
    }
    /// The stream of a subject; nothing, if it is none of a stream.
    [[nodiscard]] std::optional<std::string> stream_of(std::string_view subject) const {
        if (!is_of_stream(subject)) return std::nullopt;
        subject.remove_prefix(events_.size());
        const std::size_t first = subject.find('.'), last = subject.rfind('.');
        if (first == std::string_view::npos || first == last) return std::nullopt;
        auto name = name_of_word(subject.substr(first + 1, last - first - 1));
        if (!name) return std::nullopt;
        const std::string_view id = subject.substr(last + 1);
        if (id == "%-") return name;
        const auto rest = name_of_word(id);
        return rest ? std::optional(name->append("-").append(*rest)) : std::nullopt;
    }

private:
    static std::string partition_word(std::size_t partition) { return {static_cast<char>('a' + partition)}; }

    std::string events_, schemas_, everything_, appended_;
};

}  // namespace annals::detail
