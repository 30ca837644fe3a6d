// Appends of one event each whose outcome is foreseen, for nobody else has appended: no statement looks anything up for them.
#pragma once

#include <annals/log/postgres/appending.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Several such appends, one behind the other, as one statement.
struct postgres_addition {
    struct member {
        postgres_append* append;
        postgres_target  at;
    };

    std::vector<member> members;
    std::string_view    sql{};
    postgres_values     values{};
};

inline constexpr std::string_view postgres_call_of_add = "SELECT {s}.add_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// Takes those of a group that can be added as things are known.
inline postgres_addition addition_of(std::vector<postgres_append*>& group, const postgres_knowledge& known) {
    postgres_addition made;
    if (known.head() == 0) return made;
    std::map<std::string_view, postgres_known_stream> ahead;
    std::int64_t                                      head = known.head(), time = known.time();
    bool                                              has_tags = false;
    std::erase_if(group, [&](postgres_append* each) {
        const auto  found = ahead.find(each->stream);
        const auto* now   = found != ahead.end() ? &found->second : known.find(each->stream);
        if (!each->one || !now || !each->expects.holds(version{static_cast<std::uint64_t>(now->version)})) return false;
        time          = std::max(time, each->time);
        const auto at = postgres_target{now->version + 1, ++head, now->number, now->category, time};
        ahead.insert_or_assign(each->stream, postgres_known_stream{at.stream, at.category, at.version});
        has_tags = has_tags || !each->one->tags->empty();
        made.members.push_back({each, at});
        return true;
    });
    if (made.members.empty()) return made;
    auto&      values = made.values;
    const auto first  = made.members.front();
    values.add(first.at.position);
    if (made.members.size() == 1 && !has_tags) {
        made.sql = postgres_insert;
        for (const std::int64_t each :
             {first.at.stream, first.at.version, first.at.time, first.at.category, first.append->one->schema})
            values.add(each);
        values.add(first.append->one->id);
        values.add_bytes_or_nothing(first.append->one->about);
        values.add(first.append->one->payload);
        return made;
    }
    made.sql            = postgres_call_of_add;
    const auto& all     = made.members;
    const auto  add_all = [&](auto value_of) {
        values.add_array(postgres_array_of_bigint, postgres_bigint, all.size(),
                          [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, value_of(all[i])); });
    };
    using member = const postgres_addition::member&;
    add_all([](member each) { return each.at.stream; });
    add_all([](member each) { return each.at.version; });
    add_all([](member each) { return each.at.time; });
    add_all([](member each) { return each.at.category; });
    add_all([](member each) { return each.append->one->schema; });
    values.add_array(postgres_array_of_uuid, postgres_uuid, all.size(), [&](std::vector<char>& to, std::size_t i) {
        put_bytes(to, std::as_bytes(std::span(all[i].append->one->id.bytes)));
    });
    values.add_array(
        postgres_array_of_bytes, postgres_bytes, all.size(),
        [&](std::vector<char>& to, std::size_t i) { put_bytes(to, all[i].append->one->about); },
        [&](std::size_t i) { return all[i].append->one->about.empty(); });
    values.add_array(postgres_array_of_bytes, postgres_bytes, all.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, all[i].append->one->payload); });
    std::vector<std::pair<std::string_view, std::int64_t>> tags;
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const std::string& tag : *all[i].append->one->tags) tags.emplace_back(tag, static_cast<std::int64_t>(i + 1));
    add_tags(values, tags);
    return made;
}

}  // namespace annals::detail
