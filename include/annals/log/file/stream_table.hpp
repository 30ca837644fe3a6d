// Which streams a file log has, and where the last frame of each lies: what the log keeps in memory of each stream.
#pragma once

#include <boost/endian/conversion.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals::detail {

/// Where a stream is in the log. Addresses are segment number << 32 | offset in the segment; 0 is none.
struct stream_state {
    std::uint64_t version   = 0;      // of its last event
    std::uint64_t last      = 0;      // the address of the last frame that has events of it
    std::uint64_t milestone = 0;      // the address of the last milestone among its frames
    std::uint16_t ordinal   = 0;      // how many of its frames came since that milestone: 0 to 255
    bool          ended     = false;  // nothing is appended to it any more
    bool          trimmed   = false;  // there is a rule about its past, in the owner's hands
    std::uint32_t zero      = 0;      // in place of padding, whose bytes would be any: records are saved as they are
};
static_assert(sizeof(stream_state) == 32 && std::has_unique_object_representations_v<stream_state>);

/// What a table holds of a stream, in memory and in a saved index: one cache line. A name of up to 30 bytes stands in it. Of a
/// longer one, the last eight bytes say where it begins among the long names.
struct alignas(64) stream_record {
    static constexpr std::size_t short_name = 30;

    stream_state  state{};
    std::uint16_t name_size        = 0;
    char          name[short_name] = {};

    [[nodiscard]] bool          has_long_name() const noexcept { return name_size > short_name; }
    [[nodiscard]] std::uint64_t long_name() const noexcept {
        std::uint64_t offset = 0;
        std::memcpy(&offset, name + short_name - sizeof(offset), sizeof(offset));
        return offset;
    }
    void set_long_name(std::uint64_t offset) noexcept {
        std::memcpy(name + short_name - sizeof(offset), &offset, sizeof(offset));
    }
};
static_assert(sizeof(stream_record) == 64 && std::is_trivially_copyable_v<stream_record>);

/// A hash of a name. It is the same on every machine and in every version, for it is the order of saved tables. `k` are the
/// first 64 bits behind the point of the square roots of 2, 3, 5 and 7. `fold` multiplies two words, and combines both halves
/// of the product by exclusive or, as `^` does everywhere here. Words are little-endian. It begins with h = k0 ^ size * k1
/// (modulo 2^64).
///   1. As long as more than 16 bytes are left, the first two words a, b of them are taken: h = fold(a ^ k1, b ^ h).
///   2. Then a, b are
///      - the last two words of the name, if it has 16 bytes or more (they may overlap what was taken);
///      - its first word and its last, if it has 8 to 15 (they may overlap each other);
///      - the same with words of 32 bits, if it has 4 to 7;
///      - else, 0 and the number whose bytes are its first, its middle one (at size / 2) and its last, the first one lowest;
///        for an empty name 0 and 0.
///   3. h = fold(a ^ k2, b ^ h), and the hash is fold(h ^ k3, k0).
/// Whoever chooses names can choose some that collide: that makes them slow to find.
inline std::uint64_t hash_of_name(std::string_view name) noexcept {
    constexpr std::uint64_t k0 = 0x6a09e667f3bcc908, k1 = 0xbb67ae8584caa73b, k2 = 0x3c6ef372fe94f82b, k3 = 0xa54ff53a5f1d36f1;
    const auto fold = [](std::uint64_t left, std::uint64_t right) {
        __extension__ using wide = unsigned __int128;
        const wide product       = static_cast<wide>(left) * right;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    };
    const auto* const bytes = reinterpret_cast<const unsigned char*>(name.data());
    const std::size_t size  = name.size();
    const auto        word  = [=](std::size_t at) { return boost::endian::load_little_u64(bytes + at); };
    const auto        half  = [=](std::size_t at) { return std::uint64_t{boost::endian::load_little_u32(bytes + at)}; };

    std::uint64_t h = k0 ^ std::uint64_t{size} * k1, a = 0, b = 0;
    for (std::size_t at = 0; size - at > 16; at += 16) h = fold(word(at) ^ k1, word(at + 8) ^ h);
    if (size >= 16) {
        a = word(size - 16);
        b = word(size - 8);
    } else if (size >= 8) {
        a = word(0);
        b = word(size - 8);
    } else if (size >= 4) {
        a = half(0);
        b = half(size - 4);
    } else if (size != 0) {
        b = std::uint64_t{bytes[0]} | std::uint64_t{bytes[size / 2]} << 8U | std::uint64_t{bytes[size - 1]} << 16U;
    }
    h = fold(a ^ k2, b ^ h);
    return fold(h ^ k3, k0);
}

/// Memory that a saved index is in, and that its table then lives in. Begins at a multiple of 64.
class index_buffer {
public:
    index_buffer() = default;
    /// The bytes are any. Throws std::bad_alloc.
    explicit index_buffer(std::size_t size)
        : owner_(::operator new(size, alignment), [](void* memory) { ::operator delete(memory, alignment); }),
          bytes_(static_cast<std::byte*>(owner_.get()), size) {}
    /// A copy.
    explicit index_buffer(std::span<const std::byte> bytes) : index_buffer(bytes.size()) {
        if (!bytes.empty()) std::memcpy(bytes_.data(), bytes.data(), bytes.size());
    }
    /// Memory of somebody else, such as a private mapping of a file, which can be written and ends with its owner.
    index_buffer(std::span<std::byte> bytes, std::shared_ptr<void> owner) noexcept : owner_(std::move(owner)), bytes_(bytes) {}

    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }
    /// Leaves out what is behind `size`.
    void cut(std::size_t size) noexcept { bytes_ = bytes_.first(size < bytes_.size() ? size : bytes_.size()); }

private:
    static constexpr std::align_val_t alignment{64};

    std::shared_ptr<void> owner_;
    std::span<std::byte>  bytes_;
};

/// Sixteen slots of the hash table: one cache line. They are filled from the first one on, and never emptied. A slot is 0, or
/// a stream's number plus one in its lower bits, and bits of its hash above.
struct alignas(64) slot_group {
    static constexpr unsigned size = 16;

    std::uint32_t slots[size] = {};

    [[nodiscard]] bool is_full() const noexcept { return slots[size - 1] != 0; }
    /// For each slot that has the bits of `wanted` under the mask, a bit. Without branches, which would be guessed wrongly, and
    /// that is known only when the line has come from memory.
    [[nodiscard]] unsigned like(std::uint32_t wanted, std::uint32_t mask) const noexcept {
        unsigned found = 0;
        for (unsigned i = 0; i < size; ++i) found |= static_cast<unsigned>(((slots[i] ^ wanted) & mask) == 0) << i;
        return found;
    }
};
static_assert(sizeof(slot_group) == 64);

/// Streams by their names, numbered from 0 in the order in which they came. A hash table with buckets and linear probing (Knuth,
/// The Art of Computer Programming 3, 6.4), of which at least a quarter is free: a search reads one line of the table and one of
/// the records, rarely more. Not for several threads at once. Names and states stay where they are as long as the table lives,
/// also when it grows or is moved. A table that was moved from can only be assigned to.
class stream_table {
public:
    static constexpr std::uint32_t none         = 0xffffffff;
    static constexpr std::size_t   longest_name = 0xffff;

    /// The count of slots is 2 to the power of some bits. A stream's number plus one is in the lower so many bits of its slot. A
    /// search begins at the group whose index is the upper bits of the hash, and goes on to the next while groups are full.
    static constexpr unsigned fewest_slots_bits = 5, most_slots_bits = 31;
    static constexpr std::uint64_t most_streams(unsigned slots_bits) { return (std::uint64_t{1} << slots_bits) / 4 * 3; }

    /// The parts of a saved table, in a buffer of its own.
    struct saved_parts {
        std::size_t   records    = 0;  // where they are, at a multiple of 64
        std::uint32_t streams    = 0;
        std::size_t   slots      = 0;  // where they are, at a multiple of 64
        unsigned      slots_bits = 0;  // their count is 2 to the power of it
        std::size_t   names      = 0;  // where the long ones are
        std::size_t   names_size = 0;
    };

    stream_table() = default;
    /// A table in memory that has one, which was checked: see `load_index`.
    stream_table(index_buffer buffer, const saved_parts& parts) noexcept : loaded_(std::move(buffer)) {
        std::byte* const memory = loaded_.bytes().data();
        loaded_records_         = reinterpret_cast<stream_record*>(memory + parts.records);
        loaded_names_           = reinterpret_cast<const char*>(memory + parts.names);
        loaded_names_size_      = parts.names_size;
        groups_                 = reinterpret_cast<slot_group*>(memory + parts.slots);
        slots_bits_             = parts.slots_bits;
        size_ = loaded_size_ = parts.streams;
    }

    /// The stream's number, or `none`.
    [[nodiscard]] std::uint32_t find(std::string_view name) const noexcept {
        return size_ == 0 ? none : find(name, hash_of_name(name));
    }

    /// Lets the first of the two lines come from memory that `find` reads, for a name that is looked up soon.
    void prefetch(std::string_view name) const noexcept {
        if (size_ != 0) __builtin_prefetch(&groups_[first_group(hash_of_name(name), slots_bits_)]);
    }

    /// The stream's number; if there is none of this name, one is added, with a state that says nothing. The name has 1 to
    /// 65535 bytes. Throws std::bad_alloc, and nothing has changed then.
    std::uint32_t find_or_add(std::string_view name) {
        const std::uint64_t hash = hash_of_name(name);
        if (size_ != 0)
            if (const std::uint32_t found = find(name, hash); found != none) return found;
        const std::uint64_t place = name.size() > stream_record::short_name ? place_for_name(name.size()) : 0;
        make_room_for_record();
        make_room_for_slot();

        stream_record& made = record(size_);
        made.name_size      = static_cast<std::uint16_t>(name.size());
        if (made.has_long_name()) {
            std::memcpy(name_chunks_[place / name_chunk].get() + place % name_chunk, name.data(), name.size());
            names_used_ = place + name.size();
            made.set_long_name(loaded_names_size_ + place);
        } else {
            std::memcpy(made.name, name.data(), name.size());
        }
        add_slot(groups_, slots_bits_, hash, size_);
        return size_++;
    }

    [[nodiscard]] std::string_view name(std::uint32_t number) const noexcept { return name_in(record(number)); }

    [[nodiscard]] stream_state&       operator[](std::uint32_t number) noexcept { return record(number).state; }
    [[nodiscard]] const stream_state& operator[](std::uint32_t number) const noexcept { return record(number).state; }

    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

    /// How many bytes it holds.
    [[nodiscard]] std::size_t memory() const noexcept {
        return loaded_.bytes().size() + chunks_.size() * sizeof(stream_record) * record_chunk +
               name_chunks_.size() * name_chunk + (own_groups_ ? group_count() * sizeof(slot_group) : 0) +
               chunks_.capacity() * sizeof(chunks_[0]) + name_chunks_.capacity() * sizeof(name_chunks_[0]);
    }

    /// What is saved: the bytes of all records, of the slots, and of the long names, as they are in memory.
    using pieces = std::vector<std::span<const std::byte>>;
    void add_records_to(pieces& to) const {
        add(to, loaded_records_, loaded_size_);
        std::size_t left = size_ - loaded_size_;
        for (std::size_t i = 0; left != 0; ++i) {
            const std::size_t count = left < record_chunk ? left : record_chunk;
            add(to, chunks_[i].get(), count);
            left -= count;
        }
    }
    void add_slots_to(pieces& to) const {
        static constexpr slot_group empty[(1U << fewest_slots_bits) / slot_group::size] = {};
        groups_ ? add(to, groups_, group_count()) : add(to, empty, std::size(empty));
    }
    [[nodiscard]] std::uint64_t saved_slots() const noexcept {
        return std::uint64_t{1} << (groups_ ? slots_bits_ : fewest_slots_bits);
    }
    void add_names_to(pieces& to) const {
        add(to, loaded_names_, loaded_names_size_);
        for (std::size_t at = 0; at < names_used_; at += name_chunk)
            add(to, name_chunks_[at / name_chunk].get(), names_used_ - at < name_chunk ? names_used_ - at : name_chunk);
    }
    [[nodiscard]] std::uint64_t saved_names() const noexcept { return loaded_names_size_ + names_used_; }

private:
    static constexpr std::size_t record_chunk = 1024;     // records
    static constexpr std::size_t name_chunk   = 1U << 16;  // bytes: room for any name

    template <class T>
    static void add(pieces& to, const T* first, std::size_t count) {
        if (count != 0) to.push_back(std::as_bytes(std::span<const T>(first, count)));
    }

    [[nodiscard]] const stream_record& record(std::uint32_t number) const noexcept {
        if (number < loaded_size_) return loaded_records_[number];
        return chunks_[(number - loaded_size_) / record_chunk][(number - loaded_size_) % record_chunk];
    }
    [[nodiscard]] stream_record& record(std::uint32_t number) noexcept {
        return const_cast<stream_record&>(std::as_const(*this).record(number));
    }
    [[nodiscard]] std::string_view name_in(const stream_record& record) const noexcept {
        if (!record.has_long_name()) return {record.name, record.name_size};
        const std::uint64_t offset = record.long_name();
        if (offset < loaded_names_size_) return {loaded_names_ + offset, record.name_size};
        const std::uint64_t own = offset - loaded_names_size_;
        return {name_chunks_[own / name_chunk].get() + own % name_chunk, record.name_size};
    }

    [[nodiscard]] std::size_t group_count() const noexcept { return (std::size_t{1} << slots_bits_) / slot_group::size; }
    static std::size_t first_group(std::uint64_t hash, unsigned bits) noexcept {
        return hash >> (64 - bits + std::countr_zero(slot_group::size));
    }
    [[nodiscard]] std::uint32_t find(std::string_view name, std::uint64_t hash) const noexcept {
        const std::uint32_t numbers = (std::uint32_t{1} << slots_bits_) - 1;
        for (std::size_t i = first_group(hash, slots_bits_);; i = (i + 1) & (group_count() - 1)) {
            const slot_group& group = groups_[i];
            for (unsigned like = group.like(static_cast<std::uint32_t>(hash), ~numbers); like != 0; like &= like - 1) {
                const std::uint32_t number = (group.slots[std::countr_zero(like)] & numbers) - 1;
                if (number == none) return none;  // an empty slot, behind which there is nothing
                if (name_in(record(number)) == name) return number;
            }
            if (!group.is_full()) return none;
        }
    }
    static void add_slot(slot_group* groups, unsigned bits, std::uint64_t hash, std::uint32_t number) noexcept {
        const std::uint32_t numbers = (std::uint32_t{1} << bits) - 1;
        std::size_t         i       = first_group(hash, bits);
        while (groups[i].is_full()) i = (i + 1) & (numbers / slot_group::size);
        groups[i].slots[std::countr_zero(groups[i].like(0, ~std::uint32_t{0}))] =
            (static_cast<std::uint32_t>(hash) & ~numbers) | (number + 1);
    }

    // Where a long name can be put: names lie in one chunk each.
    std::uint64_t place_for_name(std::size_t size) {
        std::uint64_t place = names_used_;
        if (place % name_chunk + size > name_chunk) place = (place / name_chunk + 1) * name_chunk;
        if (place / name_chunk == name_chunks_.size()) name_chunks_.push_back(std::make_unique<char[]>(name_chunk));
        return place;
    }
    void make_room_for_record() {
        if ((size_ - loaded_size_) / record_chunk == chunks_.size())
            chunks_.push_back(std::make_unique<stream_record[]>(record_chunk));
    }
    void make_room_for_slot() {
        if (groups_ && size_ < most_streams(slots_bits_)) return;
        const unsigned bits = groups_ ? slots_bits_ + 1 : fewest_slots_bits;
        if (bits > most_slots_bits) throw std::bad_alloc();
        auto larger = std::make_unique<slot_group[]>((std::size_t{1} << bits) / slot_group::size);
        // Some at a time, so that their lines come from memory together.
        constexpr std::uint32_t some = 32;
        std::uint64_t           hashes[some];
        for (std::uint32_t begin = 0; begin < size_; begin += some) {
            const std::uint32_t count = size_ - begin < some ? size_ - begin : some;
            for (std::uint32_t i = 0; i < count; ++i) {
                hashes[i] = hash_of_name(name(begin + i));
                __builtin_prefetch(&larger[first_group(hashes[i], bits)], 1);
            }
            for (std::uint32_t i = 0; i < count; ++i) add_slot(larger.get(), bits, hashes[i], begin + i);
        }
        own_groups_ = std::move(larger);
        groups_     = own_groups_.get();
        slots_bits_ = bits;
    }

    slot_group*                                   groups_         = nullptr;  // null if there was never a stream
    unsigned                                      slots_bits_     = 0;
    std::uint32_t                                 size_           = 0;
    stream_record*                                loaded_records_ = nullptr;
    std::uint32_t                                 loaded_size_    = 0;
    std::vector<std::unique_ptr<stream_record[]>> chunks_;  // what came after the loaded ones
    const char*                                   loaded_names_      = nullptr;
    std::uint64_t                                 loaded_names_size_ = 0;
    std::vector<std::unique_ptr<char[]>>          name_chunks_;  // their places are counted behind the loaded ones
    std::uint64_t                                 names_used_ = 0;
    std::unique_ptr<slot_group[]>                 own_groups_;
    index_buffer                                  loaded_;
};

}  // namespace annals::detail
