// An append as PostgreSQL takes it.
#pragma once

#include <annals/log/encoded_append.hpp>
#include <annals/log/postgres/condition.hpp>
#include <annals/log/postgres/session.hpp>
#include <annals/log/query.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// An event of an append, encoded.
struct postgres_new_event {
    uuid                            id;
    std::int64_t                    schema = 0;
    std::span<const std::byte>      payload;
    const std::vector<std::string>* tags = nullptr;
};

/// An append, as it is decided together with others or alone in its transaction. What it refers to outlives it.
struct postgres_append {
    std::string_view                stream;
    expected_version                expects = any_version;
    std::int64_t                    time    = 0;
    bool                            has_ids = false;  // of its caller's, by which it may be known
    std::span<const std::byte>      about;
    std::vector<postgres_new_event> events;
    std::size_t                     bytes = 0;  // of the payloads

    /// If it is on a condition: what looks at it, with the append alone in a transaction.
    std::function<expected<void, error>(postgres_session&)> check{};
    /// What the server can look at instead, and whether all that it finds is in the way; else it is looked at again, alone.
    const postgres_condition* condition       = nullptr;
    bool                      finds_the_truth = false;

    /// Where it is seen that the numbers of its schemas may not be right any more, and what was there when they were. It is
    /// sent back then, to be made anew.
    const std::atomic<std::uint64_t>* replacements    = nullptr;
    std::uint64_t                     were_replaced   = 0;
    bool                              is_to_make_anew = false;

    bool                                    looks_first  = false;  // for more is to be asked than what is known of the log
    bool                                    is_alone     = false;
    bool                                    may_be_there = false;  // for a connection was lost behind it
    std::optional<expected<receipt, error>> answer{};
    std::exception_ptr                      thrown{};  // is the answer then

    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(events.size()); }
    /// Whether so much goes by COPY.
    [[nodiscard]] bool is_large() const { return events.size() >= 500 || bytes >= std::size_t{1} << 20U; }
    [[nodiscard]] bool has_to_be_alone() const { return is_alone || is_large(); }

    [[nodiscard]] bool is_outdated() const { return replacements && *replacements != were_replaced; }

    void send_back() {
        is_to_make_anew = true;
        answer          = unexpected<error>(error{errc::locked, "the server was replaced", {}});
    }
    void fail(error why) {
        if (may_be_there) why.code = errc::durability_unknown;
        if (why.stream.empty()) why.stream = stream;
        answer = unexpected<error>(std::move(why));
    }
    /// Takes what a function of the log's said of an append that is decided.
    void decide(std::int64_t status, std::int64_t version_now, std::int64_t position_now) {
        const auto version_at = version{static_cast<std::uint64_t>(version_now)};
        if (status == 4 && finds_the_truth && !may_be_there)
            return fail({errc::condition_failed, "something came that the decision has not read", {}});
        if (status >= 4) {
            is_alone = true;
            return;
        }
        may_be_there = false;
        if (status == 0 || status == 1)
            answer = receipt{version_at, position{static_cast<std::uint64_t>(position_now)}, events.size()};
        else if (status == 2)
            fail({errc::version_conflict, "the stream is not at the expected version", {}, version_at});
        else
            fail({errc::duplicate_event, "some of the event ids were appended before, but not as this batch", {}, version_at});
    }
};

template <class Events>
postgres_append append_of(std::string_view stream, expected_version expects, std::int64_t time, const metadata& about,
                          const std::vector<uuid>& ids, const std::vector<std::int64_t>& schemas,
                          const encoded_append<Events>& encoded) {
    postgres_append made{stream, expects, time, !about.event_ids.empty(), encoded.about(), {}, encoded.size_in_bytes()};
    made.looks_first = made.has_ids;
    made.events.reserve(ids.size());
    for (const auto& each : encoded.events()) {
        const std::size_t nth = made.events.size();
        made.events.push_back({ids[nth], schemas[nth], encoded.payload(each), &each.tags});
    }
    return made;
}

/// What a function of the log's answers: an array of at most six numbers. Allocates nothing, for what it tells is done.
struct postgres_answer {
    std::array<std::int64_t, 6> numbers{};
    std::size_t                 count = 0;

    explicit postgres_answer(const postgres_result& result) {
        if (result.rows() != 1 || result.is_nothing(0, 0)) return;
        const auto        bytes = result.bytes(0, 0);
        const auto* const at    = reinterpret_cast<const char*>(bytes.data());
        for (std::size_t i = 20; i + 12 <= bytes.size() && count < numbers.size(); i += 12)
            numbers[count++] = big_endian_at<std::int64_t>(at + i + 4);
    }
    [[nodiscard]] std::int64_t operator[](std::size_t index) const { return numbers[index]; }
};

/// Tags, and which events of an append they are of, from 1.
inline void add_tags(postgres_values& values, const std::vector<std::pair<std::string_view, std::int64_t>>& tags) {
    values.add_array(postgres_array_of_bytes, postgres_bytes, tags.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, bytes_of_text(tags[i].first)); });
    values.add_array(postgres_array_of_bigint, postgres_bigint, tags.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, tags[i].second); });
}

inline constexpr std::string_view postgres_call_of_begin_append = "SELECT {s}.begin_append_1($1, $2, $3, $4, $5, $6)";
/// The values for it.
inline postgres_values values_of_begin_append(const postgres_append& append) {
    postgres_values values;
    values.add(bytes_of_text(append.stream));
    values.add(bytes_of_text(category_of(append.stream)));
    values.add(append.expects.names_a_version() ? as_bigint(append.expects.at().value)
                                                : std::int64_t{append.expects.holds(version{0}) ? -1 : -2});
    values.add(append.time);
    values.add(append.has_ids || append.may_be_there);
    const auto& all = append.events;
    values.add_array(postgres_array_of_uuid, postgres_uuid, all.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, std::as_bytes(std::span(all[i].id.bytes))); });
    return values;
}

inline constexpr std::string_view postgres_call_of_append = "SELECT {s}.append_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
inline constexpr std::string_view postgres_call_of_append_if =
    "SELECT {s}.append_if_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
/// The values for either.
inline postgres_values values_of_append(const postgres_append& append) {
    postgres_values values = values_of_begin_append(append);
    const auto&     all    = append.events;
    values.add_array(postgres_array_of_bigint, postgres_bigint, all.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, all[i].schema); });
    values.add_array(postgres_array_of_bytes, postgres_bytes, all.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, all[i].payload); });
    values.add_bytes_or_nothing(append.about);
    std::vector<std::pair<std::string_view, std::int64_t>> tags;
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const std::string& tag : *all[i].tags) tags.emplace_back(tag, static_cast<std::int64_t>(i + 1));
    add_tags(values, tags);
    if (append.condition) append.condition->add_to(values);
    return values;
}

}  // namespace annals::detail
