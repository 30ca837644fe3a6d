// From a stored record to a reader: which of the listed shapes it is, how it is decoded, and what became of it. What is the
// same for all records of one schema is found out once, when a log is opened.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/codec/transcoder.hpp>
#include <annals/model/expected.hpp>
#include <annals/model/deliver_stored.hpp>
#include <annals/model/dispatch.hpp>
#include <annals/schema/default_values.hpp>
#include <annals/schema/matching.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

template <class T>
std::vector<std::byte> encoded_field(const T& value) {
    encoding_measure measure;
    measure.add(value);
    std::vector<std::byte> bytes(measure.failed ? 0 : measure.bytes);
    if (!measure.failed) put(value, bytes.data());
    return bytes;
}

/// The encoded defaults of an event's fields, and of those of the structs in it. `schema` is that of `E`.
template <class E>
encoded_defaults defaults_of(const description& schema) {
    encoded_defaults all;
    std::size_t      place = 0;
    for_each_struct<E>([&]<class Struct>(std::type_identity<Struct>) {
        while (schema[place].kind != field_kind::structure) ++place;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            [[maybe_unused]] const Struct made{};
            all[place++] = std::vector<std::vector<std::byte>>{encoded_field<field_type<I, Struct>>(field<I>(made))...};
        }
        (std::make_index_sequence<field_count<Struct>>{});
    });
    return all;
}

/// Reads the records of one stored schema.
template <class Events>
class record_reader {
public:
    /// Finds out how records of a schema are read, or why they cannot be.
    [[nodiscard]] static expected<record_reader, schema_mismatch> for_schema(std::string_view name, std::string_view text) {
        auto match = match_schema<Events>(name, text);
        if (!match) return unexpected<schema_mismatch>(std::move(match.error()));
        record_reader reader(match->type);
        if (match->stored != match->current) {
            encoded_defaults defaults;
            with_stored_type<Events>(match->type,
                                     [&]<class E>(std::type_identity<E>) { defaults = defaults_of<E>(match->current); });
            reader.plan_ =
                std::make_shared<const transcoder>(std::move(match->stored), std::move(match->current), std::move(defaults));
        }
        return reader;
    }

    /// True if records are just what the type says, so that no plan is needed.
    [[nodiscard]] bool is_exact() const noexcept { return !plan_; }

    /// The place of what records are read as in `stored<Events>`.
    [[nodiscard]] std::size_t type() const noexcept { return type_; }

    /// Hands a record to `reader`, if that reads such events: in place where the layout and the alignment allow, and through
    /// its upcasts. `where()` makes its context; `room` is scratch memory that may be used again. Throws what a handler, an
    /// upcast or the decoder throws.
    template <class Reader, class Where>
    [[nodiscard]] expected<void, codec_error> read(std::span<const std::byte> record, Reader& reader, const Where& where,
                                                   std::vector<std::byte>& room) const {
        decoding_visitor<Reader, Where> visitor{*this, record, reader, where, room, {}};
        visit_type<stored<Events>>(type_, visitor);
        return std::move(visitor.done);
    }

private:
    template <class Reader, class Where>
    struct decoding_visitor {
        const record_reader&        how;
        std::span<const std::byte>  record;
        Reader&                     reader;
        const Where&                where;
        std::vector<std::byte>&     room;
        expected<void, codec_error> done;

        template <class E>
        void operator()(std::type_identity<E>) {
            if constexpr (reads_stored<Events, Reader, E>()) {
                if (how.plan_) {
                    if (done = (*how.plan_)(record, room); !done) return;
                    record = room;
                }
                if (const E* const in_place = view_in_place<E>(record)) return deliver_stored<Events>(reader, *in_place, where);
                E event{};
                if (done = decode_into(record, event); !done) return;
                deliver_stored<Events>(reader, event, where);
            }
        }
    };

    explicit record_reader(std::size_t type) : type_(type) {}

    std::size_t                       type_ = 0;  // in `stored<Events>`
    std::shared_ptr<const transcoder> plan_;      // null where the record is what the type says
};

}  // namespace detail
}  // namespace annals
