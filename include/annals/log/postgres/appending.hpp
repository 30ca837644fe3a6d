// Appending to a log in PostgreSQL: those who append at the same time share a transaction.
#pragma once

#include <annals/log/encoded_append.hpp>
#include <annals/log/postgres/session.hpp>
#include <annals/log/query.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Where an append is to be.
struct postgres_target {
    std::int64_t version = 0, position = 0, stream = 0, category = 0, time = 0;
};

/// A stream as it is at some last position of the log.
struct postgres_known_stream {
    std::int64_t number = 0, category = 0, version = 0;
};

/// What is known of the log as long as nobody else has appended: its last position, and streams. Who knows that needs to ask
/// for nothing when it appends, but whether it still is the last position.
class postgres_knowledge {
public:
    void forget() {
        head_ = time_ = 0;
        streams_.clear();
    }
    /// 0 if that is not known.
    [[nodiscard]] std::int64_t                 head() const noexcept { return head_; }
    [[nodiscard]] const postgres_known_stream* find(std::string_view name) const {
        const auto found = streams_.find(name);
        return found != streams_.end() ? &found->second : nullptr;
    }
    /// The time of the last event.
    [[nodiscard]] std::int64_t time() const noexcept { return time_; }
    /// An append of `count` events was written, and `position` is the last.
    void learn(std::string_view name, std::int64_t position, std::int64_t count, std::int64_t time,
               const postgres_known_stream& now) {
        if (head_ != position - count || streams_.size() > most) streams_.clear();  // somebody else was here
        head_            = position;
        time_            = time;
        const auto found = streams_.find(name);
        if (found != streams_.end())
            found->second = now;
        else
            streams_.emplace(std::string{name}, now);
    }

private:
    static constexpr std::size_t most = 20'000;

    std::int64_t                                              head_ = 0, time_ = 0;
    std::map<std::string, postgres_known_stream, std::less<>> streams_;
};

/// An append's only event.
struct postgres_single {
    uuid                            id;
    std::int64_t                    schema = 0;
    std::span<const std::byte>      about, payload;
    const std::vector<std::string>* tags = nullptr;
};

/// What two COPYs take.
struct postgres_copy_rows {
    std::vector<char> events, tags;
};

/// An append as it is sent: one call of a function, or in several steps, alone in its transaction.
struct postgres_append {
    std::string_view stream;
    expected_version expects = any_version;
    postgres_values  values;     // of `append_1`, or of `begin_append_1` if it is alone
    std::uint64_t    count = 0;  // of events
    std::int64_t     time  = 0;
    /// If it is one event that needs not be recognised.
    std::optional<postgres_single> one{};
    /// If it is alone: what to copy behind a version and a position, and the condition to be looked at before.
    std::function<postgres_copy_rows(const postgres_target&)> rows{};
    std::function<expected<void, error>(postgres_session&)>   check{};

    /// If the server looks at the condition: whether all that it finds is in the way; else it is looked at again, alone.
    std::string_view                 sql             = call_of_append;
    bool                             finds_the_truth = false;
    std::function<postgres_append()> alone{};

    bool                                    may_be_there = false;  // for a connection was lost behind it
    std::optional<expected<receipt, error>> answer{};

    static constexpr std::string_view call_of_append = "SELECT {s}.append_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    static constexpr std::string_view call_of_append_if =
        "SELECT {s}.append_if_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    static constexpr std::size_t recognise = 4;  // the index among the values

    [[nodiscard]] bool is_alone() const { return rows != nullptr; }
    void               look_again(std::int64_t status) {
                      if (status == 4 && finds_the_truth && !may_be_there)
            fail({errc::condition_failed, "something came that the decision has not read", {}});
        else
            go_alone();
    }
    void go_alone() {
        auto other = alone();
        values     = std::move(other.values);
        rows       = std::move(other.rows);
    }
    /// What was known of its stream was not enough, or it may be there.
    void look_first() { one.reset(); }
    void fail(error why) {
        if (may_be_there) why.code = errc::durability_unknown;
        if (why.stream.empty()) why.stream = stream;
        answer = unexpected<error>(std::move(why));
    }
    /// Takes what a function of the log's said of an append that is decided.
    void decide(std::int64_t status, std::int64_t version_now, std::int64_t position_now) {
        if (status >= 4) return look_again(status);
        may_be_there          = false;
        const auto version_at = version{static_cast<std::uint64_t>(version_now)};
        if (status == 0 || status == 1)
            answer = receipt{version_at, position{static_cast<std::uint64_t>(position_now)}, count};
        else if (status == 2)
            fail({errc::version_conflict, "the stream is not at the expected version", {}, version_at});
        else
            fail({errc::duplicate_event, "some of the event ids were appended before, but not as this batch", {}, version_at});
    }
};

/// The numbers of an array that a function of the log's answers.
inline std::vector<std::int64_t> bigints_of(const postgres_result& result) {
    std::vector<std::int64_t> all;
    if (result.rows() != 1 || result.is_nothing(0, 0)) return all;
    const auto bytes = result.bytes(0, 0);
    if (bytes.size() < 20) return all;
    const auto* const at = reinterpret_cast<const char*>(bytes.data());
    for (std::size_t i = 20; i + 12 <= bytes.size(); i += 12) all.push_back(big_endian_at<std::int64_t>(at + i + 4));
    return all;
}

/// Of a COPY: as many rows as there are events, and tags.
template <class Events>
postgres_copy_rows rows_of(const encoded_append<Events>& encoded, const std::vector<uuid>& ids,
                           const std::vector<std::int64_t>& schemas, const postgres_target& at) {
    static constexpr std::string_view signature{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
    postgres_copy_rows                made;
    const auto                        begin = [](std::vector<char>& to) { put_bytes(to, bytes_of_text(signature)); };
    const auto                        put   = [](std::vector<char>& to, auto value) {
        put_big_endian(to, static_cast<std::int32_t>(sizeof(value)));
        put_big_endian(to, value);
    };
    const auto put_all = [](std::vector<char>& to, std::span<const std::byte> bytes) {
        put_big_endian(to, static_cast<std::int32_t>(bytes.size()));
        put_bytes(to, bytes);
    };
    begin(made.events);
    begin(made.tags);
    std::int32_t nth = 0;
    for (const auto& each : encoded.events()) {
        auto& to = made.events;
        put_big_endian(to, std::int16_t{10});
        put(to, at.position + nth + 1);
        put(to, at.stream);
        put(to, at.version + nth + 1);
        put(to, at.time);
        put(to, static_cast<std::int32_t>(at.category));
        put(to, nth);
        put(to, static_cast<std::int16_t>(schemas[static_cast<std::size_t>(nth)]));
        put_all(to, std::as_bytes(std::span(ids[static_cast<std::size_t>(nth)].bytes)));
        if (encoded.about().empty())
            put_big_endian(to, std::int32_t{-1});
        else
            put_all(to, encoded.about());
        put_all(to, encoded.payload(each));
        ++nth;
        for (const std::string& tag : each.tags) {
            put_big_endian(made.tags, std::int16_t{2});
            put_all(made.tags, bytes_of_text(tag));
            put(made.tags, at.position + nth);
        }
    }
    put_big_endian(made.events, std::int16_t{-1});
    if (made.tags.size() == signature.size())
        made.tags.clear();
    else
        put_big_endian(made.tags, std::int16_t{-1});
    return made;
}

/// Tags, and which events of an append they are of, from 1.
inline void add_tags(postgres_values& values, const std::vector<std::pair<std::string_view, std::int64_t>>& tags) {
    values.add_array(postgres_array_of_bytes, postgres_bytes, tags.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, bytes_of_text(tags[i].first)); });
    values.add_array(postgres_array_of_bigint, postgres_bigint, tags.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, tags[i].second); });
}

/// Whether so much goes by COPY.
template <class Events>
bool is_large(const encoded_append<Events>& encoded) {
    const auto& all = encoded.events();
    return all.size() >= 500 || all.back().end >= std::size_t{1} << 20U;
}

/// The values of an append: those of `append_1`, or if it is alone those of `begin_append_1`.
template <class Events>
postgres_append append_of(std::string_view stream, expected_version expects, std::int64_t time, bool recognise,
                          const std::vector<uuid>& ids, const std::vector<std::int64_t>& schemas,
                          const encoded_append<Events>& encoded, bool is_alone) {
    postgres_append made;
    const auto&     all = encoded.events();
    made.stream         = stream;
    made.expects        = expects;
    made.count          = all.size();
    auto& values        = made.values;
    values.add(bytes_of_text(stream));
    values.add(bytes_of_text(category_of(stream)));
    values.add(expects.names_a_version() ? as_bigint(expects.at().value) : std::int64_t{expects.holds(version{0}) ? -1 : -2});
    values.add(time);
    values.add(recognise);
    values.add_array(postgres_array_of_uuid, postgres_uuid, all.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, std::as_bytes(std::span(ids[i].bytes))); });
    if (is_alone) {
        made.rows = [&](const postgres_target& at) { return rows_of(encoded, ids, schemas, at); };
        return made;
    }
    values.add_array(postgres_array_of_bigint, postgres_bigint, all.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, schemas[i]); });
    values.add_array(postgres_array_of_bytes, postgres_bytes, all.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, encoded.payload(all[i])); });
    values.add_bytes_or_nothing(encoded.about());
    std::vector<std::pair<std::string_view, std::int64_t>> tags;
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const std::string& tag : all[i].tags) tags.emplace_back(tag, static_cast<std::int64_t>(i + 1));
    add_tags(values, tags);
    made.time = time;
    if (made.count == 1 && !recognise)
        made.one =
            postgres_single{ids.front(), schemas.front(), encoded.about(), encoded.payload(all.front()), &all.front().tags};
    return made;
}

}  // namespace annals::detail
