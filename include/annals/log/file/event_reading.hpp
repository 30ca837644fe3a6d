// From the bytes of a frame to a reader's handlers: in place, where an event lies in the file as it does in memory.
#pragma once

#include <annals/codec/record_reader.hpp>
#include <annals/log/file/failure.hpp>
#include <annals/log/file/records.hpp>
#include <annals/log/schemas/schema_readers.hpp>
#include <annals/log/memory/folding_place.hpp>
#include <annals/schema/schemas_of.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// What was said about the appends of frames, decoded when a handler asks for it, once for each frame.
class frame_annotations {
public:
    void show(const frame_view& frame, context& in) {
        if (frame.head().annotations == 0) return;
        if (frame.data() != shown_ || frame.first() != shown_first_) {  // decompressed frames come to lie where others were
            shown_       = frame.data();
            shown_first_ = frame.first();
            values_.clear();
            if (auto decoded = decode<annotations_record>(frame.annotations())) record_ = std::move(*decoded);
            else record_ = {};
            for (const key_value& each : record_.values) values_.push_back({each.key, each.value});
        }
        in.correlation = record_.correlation;
        in.causation   = record_.causation;
        in.actor       = record_.actor;
        in.values      = key_values_view{values_.data(), values_.size()};
    }

private:
    const std::byte*            shown_       = nullptr;
    std::uint64_t               shown_first_ = 0;
    annotations_record          record_;
    std::vector<key_value_view> values_;
};

/// The context of an event in a frame, made when a handler asks for it.
struct frame_context {
    frame_view         frame;
    const frame_part*  part;
    std::uint64_t      before;  // events of the frame before the part's
    std::uint64_t      index;   // of the event, in the part
    frame_annotations* annotations;

    context operator()() const {
        context made;
        made.stream   = frame_view::name_of(*part);
        made.version  = version{part->first_version + index};
        made.position = position{frame.first() + before + index};
        made.time     = timestamp{frame.head().time};
        made.id       = frame.id(before + index);
        made.first_of_append = position{frame.first() + before};
        annotations->show(frame, made);
        return made;
    }
};

/// Hands an event that is just as its type says to a reader, if that reads such events, and goes on to the next. Where the type
/// says how long it is, the next one is found without waiting for what the head says. Frames lie at multiples of 8.
template <class Events, class Reader>
struct event_visitor {
    Reader&              reader;
    const frame_context& where;
    event_place          at;
    const std::byte*     end;
    bool                 failed = false;

    template <class E>
    [[gnu::always_inline]] void operator()(std::type_identity<E>) {
        if constexpr (layout_of<E>.bitwise && std::is_trivially_copyable_v<E> && alignof(E) <= 8) {
            if (at.size() != sizeof(E) || sizeof(E) > static_cast<std::size_t>(end - at.payload)) [[unlikely]] {
                failed = true;
                return;
            }
            const std::byte* const payload = at.payload;
            at.payload += in_words(sizeof(E));
            at.head += sizeof(event_head);
            if constexpr (reads_stored<Events, Reader, E>()) {
                if (!byte_reader::bools_hold<E>(payload)) [[unlikely]] {
                    failed = true;
                    return;
                }
                deliver_stored<Events>(reader, *reinterpret_cast<const E*>(payload), where);
            }
        } else {
            const event_place here = at;
            if (!at.advance(end))
                failed = true;
            else if constexpr (reads_stored<Events, Reader, E>())
                decode_and_deliver<E>(here.bytes());
        }
    }

private:
    template <class E>
    [[gnu::noinline]] void decode_and_deliver(std::span<const std::byte> bytes) {
        if (const E* const in_place = view_in_place<E>(bytes)) return deliver_stored<Events>(reader, *in_place, where);
        E event{};
        if (decode_into(bytes, event))
            deliver_stored<Events>(reader, event, where);
        else
            failed = true;
    }
};

/// Hands events of frames to a reader.
template <class Events, class Reader>
class event_delivery {
public:
    event_delivery(const schema_readers<Events>& how, Reader& reader) : how_(how), reader_(reader) {}

    /// Hands the events from `first` to before `last` of a part to the reader. `at` is before the part's event `stands`, and
    /// then behind the last one that was read. False if the bytes are no events of their schemas.
    bool forwards(const frame_view& frame, const frame_part& part, std::uint64_t before, event_place& at, std::uint64_t stands,
                  std::uint64_t first, std::uint64_t last) {
        return at.advance(frame.end(), first - stands) &&
               hand_over(reader_, {frame, &part, before, first, &annotations_}, at, frame.end(), last);
    }

    /// The same from the last one to the first.
    bool backwards(const frame_view& frame, const frame_part& part, std::uint64_t before, event_place at, std::uint64_t first,
                   std::uint64_t last) {
        places_.clear();
        for (std::uint64_t i = 0; i < last; ++i) {
            places_.push_back(at);
            if (!at.advance(frame.end())) return false;
        }
        for (std::uint64_t i = last; i-- > first;)
            if (!hand_over(reader_, {frame, &part, before, i, &annotations_}, places_[i], frame.end(), i + 1)) return false;
        return true;
    }

    /// Hands one event to the reader. `at` is where it is.
    bool one(const frame_view& frame, const frame_part& part, std::uint64_t before, event_place at, std::uint64_t index) {
        return hand_over(reader_, {frame, &part, before, index, &annotations_}, at, frame.end(), index + 1);
    }

private:
    static constexpr std::uint64_t worth_a_copy = 8;  // events

    bool hand_over(Reader& reader, const frame_context& where, event_place& at, const std::byte* end, std::uint64_t last) {
        if (!how_.is_plain()) return hand_over_any(reader, where, at, end, last);
        if (last - where.index < worth_a_copy) return hand_over_plain<Reader&>(reader, where, at, end, last);
        return hand_over_plain<folding_place<Reader>>(reader, where, at, end, last);
    }

    static Reader& reader_in(Reader& place) { return place; }
    static Reader& reader_in(folding_place<Reader>& place) { return place.reader; }

    // Functions of their own, so that the compiler has all registers for the one loop that matters.
    template <class Place>
    [[gnu::noinline]] static bool hand_over_plain(Reader& own, frame_context where, event_place& from, const std::byte* end,
                                                  std::uint64_t last) {
        Place                         place(own);
        event_visitor<Events, Reader> visitor{reader_in(place), where, from, end};
#if __has_cpp_attribute(clang::code_align)
        [[clang::code_align(64)]]
#endif
        for (; where.index != last; ++where.index)
            if (!visit_type<stored<Events>>(visitor.at.schema(), visitor) || visitor.failed) [[unlikely]]
                return false;
        from = visitor.at;
        return true;
    }
    [[gnu::noinline]] bool hand_over_any(Reader& reader, frame_context where, event_place& from, const std::byte* end,
                                         std::uint64_t last) {
        const auto&                   entries = how_.entries();
        event_visitor<Events, Reader> visitor{reader, where, from, end};
        for (; where.index != last; ++where.index) {
            const std::size_t schema = visitor.at.schema();
            if (schema >= entries.size()) return false;
            if (const std::uint32_t type = entries[schema].exact; type != schema_readers<Events>::none) {
                if (!visit_type<stored<Events>>(type, visitor) || visitor.failed) return false;
            } else {
                const event_place here = visitor.at;
                if (entries[schema].type == schema_readers<Events>::none || !visitor.at.advance(end)) return false;
                if (!how_.reader(schema).read(here.bytes(), reader, where, room_)) return false;
            }
        }
        from = visitor.at;
        return true;
    }

    const schema_readers<Events>& how_;
    Reader&                       reader_;
    frame_annotations             annotations_;
    std::vector<std::byte>        room_;
    std::vector<event_place>      places_;
};

}  // namespace annals::detail
