// Where a memory log keeps its events: payloads of mixed types one behind the other, and beside them one small number
// for each that says which type it is.
//
//     block   types     2 0 0 1 2 …            one byte each (two, for a list of more than 256 types)
//             payloads  withdrawn opened …     each at its own size, rounded up to the strictest alignment of the list
//
// The size of each event follows from its type, so there are no headers, no variant as wide as the widest event and no
// allocation for each event; and a replay is a switch over bytes that lie one behind the other. A mask beside each block
// says which types it holds, so that a reader that handles none of them passes it by.
#pragma once

#include <annals/log/memory/folding_place.hpp>
#include <annals/log/memory/stable_vector.hpp>
#include <annals/model/context.hpp>
#include <annals/model/deliver_stored.hpp>
#include <annals/model/dispatch.hpp>
#include <annals/model/events.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace annals::detail {

/// How many bytes a `T` takes among payloads of this alignment.
template <class T, std::size_t Alignment>
inline constexpr std::size_t stride = (sizeof(T) + Alignment - 1) / Alignment * Alignment;

template <class Events>
struct payload_layout;

template <class... E>
struct payload_layout<events<E...>> {
    static constexpr std::size_t alignment = [] {
        std::size_t       strictest = 1;
        const std::size_t all[]     = {alignof(E)..., 1};
        for (std::size_t each : all)
            if (each > strictest) strictest = each;
        return strictest;
    }();

    static constexpr std::size_t smallest_stride = [] {
        const std::size_t all[]    = {sizeof(E)..., static_cast<std::size_t>(-1)};
        std::size_t       smallest = all[0];
        for (std::size_t each : all)
            if (each < smallest) smallest = each;
        return (smallest + alignment - 1) / alignment * alignment;
    }();

    static constexpr bool trivially_destructible = [] {
        const bool all[] = {std::is_trivially_destructible_v<E>..., true};
        for (bool each : all)
            if (!each) return false;
        return true;
    }();

    using type_number = std::conditional_t<(sizeof...(E) <= 256), std::uint8_t, std::uint16_t>;

    /// The bit that stands for a type in a block's mask. With more than 64 types, several share one.
    static constexpr std::uint64_t mask_of(std::size_t index) { return std::uint64_t{1} << (index % 64); }

    /// The bits of the types that `Reader` reads, be it as what became of them.
    template <class Reader, class List>
    static constexpr std::uint64_t wanted_by = [] {
        const bool    wanted[] = {reads_stored<List, Reader, E>()..., false};
        std::uint64_t all      = 0;
        for (std::size_t i = 0; i < sizeof...(E); ++i)
            if (wanted[i]) all |= mask_of(i);
        return all;
    }();
};

/// The context of a stored event, made by its log when a handler asks for it.
struct stored_context {
    context (*make)(const void* log, std::uint64_t position);
    const void*   log;
    std::uint64_t position;

    context operator()() const { return make(log, position); }
};

/// Hands the event at `payload` to a reader, if it reads such events, and goes on to the next. Does not name the log's list
/// unless that has older events, for the reason that is given for `visit_type`.
template <class Reader, std::size_t Alignment, class List>
struct payload_visitor {
    Reader&          reader;
    const std::byte* payload;
    stored_context   where;

    template <class E>
    [[gnu::always_inline]] void operator()(std::type_identity<E>) {
        const E& event = *__builtin_launder(reinterpret_cast<const E*>(payload));
        if constexpr (!std::is_void_v<List>)
            deliver_stored<List>(reader, event, where);
        else
            deliver_if_read(reader, event, where);
        payload += stride<E, Alignment>;
    }
};

/// Destroys the event at `payload` and goes on to the next.
template <std::size_t Alignment>
struct payload_destroyer {
    std::byte* payload;

    template <class E>
    void operator()(std::type_identity<E>) {
        std::launder(reinterpret_cast<E*>(payload))->~E();
        payload += stride<E, Alignment>;
    }
};

/// The events of a log of `List`.
template <class List>
class payload_blocks {
    using events = annals::stored<List>;
    using layout = payload_layout<events>;

    template <class Reader>
    using visitor_for = payload_visitor<Reader, layout::alignment, std::conditional_t<has_older_events<List>, List, void>>;

public:
    using type_number = typename layout::type_number;

    payload_blocks() = default;
    payload_blocks(const payload_blocks&)            = delete;
    payload_blocks& operator=(const payload_blocks&) = delete;
    ~payload_blocks() {
        destroy(cursor{}, tail_);
        while (blocks_.size() != 0) drop_block();
    }

    /// For the writer: constructs an event behind those staged before it, where no reader looks yet, and returns where.
    /// May throw what allocation or the event's constructor throws; what was staged before is still there.
    template <class E, class Source>
    const std::byte* stage(Source&& source, std::uint64_t position) {
        constexpr std::size_t bytes  = stride<E, layout::alignment>;
        constexpr std::size_t number = types_in<events>.index_of(id_of<E>);
        if (!has_room(bytes)) add_block(bytes, position);
        block&           into    = blocks_[draft_.blocks - 1];
        std::byte* const payload = into.payloads + draft_.bytes;
        ::new (static_cast<void*>(payload)) E(std::forward<Source>(source));
        into.types[draft_.types] = static_cast<type_number>(number);
        into.mask.store(into.mask.load(std::memory_order_relaxed) | layout::mask_of(number), std::memory_order_relaxed);
        ++draft_.types;
        draft_.bytes += bytes;
        return payload;
    }

    /// For the writer: keeps what was staged. Readers see it once its positions are published.
    void commit() noexcept {
        tail_ = draft_;
        published_.store(tail_.blocks, std::memory_order_release);
    }

    /// For the writer: destroys what was staged.
    void roll_back() noexcept {
        destroy(tail_, draft_);
        while (blocks_.size() > tail_.blocks) drop_block();
        draft_ = tail_;
    }

    /// Hands the events from `first` to `last`, which are published, to `reader`, in order. `payload` is where the first
    /// one lies; `where` makes the context of each.
    template <class Reader>
    void scan(std::uint64_t first, std::uint64_t last, const std::byte* payload, Reader& reader, stored_context where) const {
        constexpr std::uint64_t wanted = layout::template wanted_by<Reader, List>;
        const std::uint64_t     count  = published_.load(std::memory_order_acquire);
        for (std::uint64_t i = block_of(first, count); i < count && blocks_[i].first <= last; ++i) {
            const block&        at  = blocks_[i];
            const std::uint64_t end = i + 1 < count && blocks_[i + 1].first <= last ? blocks_[i + 1].first : last + 1;
            if (first < at.first) {
                first   = at.first;
                payload = at.payloads;
            }
            where.position = first;
            if ((at.mask.load(std::memory_order_relaxed) & wanted) != 0)
                hand_over(at.types + (first - at.first), at.types + (end - at.first), payload, reader, where);
        }
    }

    /// Hands one event, of the type with this number, to `reader`.
    template <class Reader>
    static void deliver_one(std::size_t type, const std::byte* payload, Reader& reader, stored_context where) {
        if constexpr (events::size <= longest_inlined) {
            visitor_for<Reader> visitor{reader, payload, where};
            visit(type, visitor);
        } else {
            const auto number = static_cast<type_number>(type);
            hand_over(&number, &number + 1, payload, reader, where);
        }
    }

private:
    struct block {
        std::uint64_t              first;  // the position of its first event
        type_number*               types;
        std::byte*                 payloads;
        std::size_t                byte_capacity;
        std::atomic<std::uint64_t> mask{0};
    };

    // A place between two events: so many blocks, and so many types and bytes in the last of them.
    struct cursor {
        std::uint64_t blocks = 0;
        std::size_t   types  = 0;
        std::size_t   bytes  = 0;
    };

    // A type's number comes from `stage`, so it needs no check: that saves a comparison for each event.
    template <class Visitor>
    [[gnu::always_inline]] static void visit(std::size_t type, Visitor& visitor) {
        if (!visit_type<events>(type, visitor)) __builtin_unreachable();
    }

    // Hands events that lie one behind the other to a reader. A function of its own, so that the compiler has all registers
    // for the one loop that matters.
    template <class Reader>
    [[gnu::noinline]] static void hand_over(const type_number* type, const type_number* end, const std::byte* payload,
                                            Reader& reader, stored_context where) {
        folding_place<Reader> place(reader);
        visitor_for<Reader>   visitor{place.reader, payload, where};
        // Where clang happens to put a loop decides over a tenth of its time, so it is told where.
#if __has_cpp_attribute(clang::code_align)
        [[clang::code_align(64)]]
#endif
        for (; type != end; ++type, ++visitor.where.position)
            visit(*type, visitor);
    }

    std::uint64_t block_of(std::uint64_t position, std::uint64_t count) const noexcept {
        std::uint64_t low = 0;
        while (count - low > 1) {
            const std::uint64_t middle = low + (count - low) / 2;
            (blocks_[middle].first <= position ? low : count) = middle;
        }
        return low;
    }

    bool has_room(std::size_t bytes) const noexcept {
        if (draft_.blocks == 0) return false;
        return draft_.bytes + bytes <= blocks_[draft_.blocks - 1].byte_capacity;
    }

    void add_block(std::size_t bytes, std::uint64_t position) {
        constexpr std::align_val_t alignment{layout::alignment};
        const std::size_t          usual    = smallest_block << (draft_.blocks < 7 ? draft_.blocks : 7);
        const std::size_t          size     = usual < bytes ? bytes : usual;
        const std::size_t          capacity = size / layout::smallest_stride;  // so there is a number for each payload

        blocks_.reserve_more(1);
        auto* const payloads = static_cast<std::byte*>(::operator new(size, alignment));
        type_number* types   = nullptr;
        try {
            types = static_cast<type_number*>(::operator new(capacity * sizeof(type_number)));
        } catch (...) {
            ::operator delete(payloads, alignment);
            throw;
        }
        blocks_.emplace_back(position, types, payloads, size);
        draft_ = cursor{draft_.blocks + 1, 0, 0};
    }

    void drop_block() noexcept {
        const block& last = blocks_[blocks_.size() - 1];
        ::operator delete(last.types);
        ::operator delete(last.payloads, std::align_val_t{layout::alignment});
        blocks_.drop_last(1);
    }

    void destroy(cursor from, const cursor& to) noexcept {
        if constexpr (!layout::trivially_destructible)
            for (std::uint64_t i = from.blocks == 0 ? 0 : from.blocks - 1; i < to.blocks; ++i) {
                const block&      at    = blocks_[i];
                const bool        first = i + 1 == from.blocks;
                const std::size_t begin = first ? from.types : 0;
                const std::size_t end   = i + 1 == to.blocks ? to.types : blocks_[i + 1].first - at.first;
                payload_destroyer<layout::alignment> destroyer{at.payloads + (first ? from.bytes : 0)};
                for (std::size_t n = begin; n < end; ++n) visit(at.types[n], destroyer);
            }
    }

    static constexpr std::size_t smallest_block = 4096;

    stable_vector<block>       blocks_;
    std::atomic<std::uint64_t> published_{0};
    cursor                     tail_;   // what is committed
    cursor                     draft_;  // what is staged behind it
};

}  // namespace annals::detail
