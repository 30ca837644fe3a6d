// A condition of an append as the server can look at it, so that an append on a condition is one statement like any other.
#pragma once

#include <annals/log/postgres/binary.hpp>
#include <annals/log/schemas/schema_readers.hpp>
#include <annals/log/tagged.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals::detail {

/// The server knows tags and schemas, but does not read events: what it finds is all that may be in a condition's way, and
/// where events of older shapes or with other tags are about, not all of it is. Then somebody who reads has to look again.
struct postgres_condition {
    bool                                              is_usable = false;  // by the server
    bool                                              is_exact  = false;  // what it finds is in the way
    std::int64_t                                      after = 0, schemas = 0;
    std::vector<std::int64_t>                         wanted;  // for each list: bits of the schemas that its events may have
    std::vector<std::pair<std::string, std::int64_t>> tags;    // and the tags that they carry, with the list's number from 1

    template <class Events, class Condition>
    static postgres_condition of(const Condition& condition, const schema_readers<Events>& known) {
        postgres_condition made;
        made.is_usable = !known.has_other_tags() && known.entries().size() < 64;
        made.is_exact  = made.is_usable && !has_older_events<Events> && known.count() == known.entries().size();
        made.after     = as_bigint(condition.after.value);
        made.schemas   = static_cast<std::int64_t>(known.count());
        (void)is_any_found(condition, [&](const log_query& what, auto& reader) {
            using reader_type = std::remove_cvref_t<decltype(reader)>;
            made.wanted.push_back(static_cast<std::int64_t>(known.template wanted_by<reader_type>()));
            // One that is asked at run time reads all, and leaves out what is not of its list.
            if constexpr (is_known_at_run_time<Condition>) made.is_exact = false;
            for_each_tag_in(what.name, [&](std::string_view tag) {
                made.tags.emplace_back(tag, static_cast<std::int64_t>(made.wanted.size()));
                return true;
            });
        });
        return made;
    }
    void add_to(postgres_values& values) const {
        values.add(after);
        values.add(schemas);
        values.add_array(postgres_array_of_bigint, postgres_bigint, wanted.size(),
                         [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, wanted[i]); });
        values.add_array(postgres_array_of_bytes, postgres_bytes, tags.size(),
                         [&](std::vector<char>& to, std::size_t i) { put_bytes(to, bytes_of_text(tags[i].first)); });
        values.add_array(postgres_array_of_bigint, postgres_bigint, tags.size(),
                         [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, tags[i].second); });
    }

private:
    template <class Condition>
    static constexpr bool is_known_at_run_time = requires(const Condition& condition) {
        condition.parts;
    };
};

}  // namespace annals::detail
