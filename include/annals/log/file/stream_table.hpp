// Which streams a file log has, and where the last frame of each lies: what the log keeps in memory of each stream.
#pragma once

#include <annals/log/file/stream_record.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

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

/// Streams by their names, numbered from 0 in the order in which they came. A hash table with buckets and linear probing
/// (Knuth, The Art of Computer Programming 3, 6.4), of which at least a quarter is free: a search reads one line of the table
/// and one of the records, rarely more. Not for several threads at once. Names and states stay where they are as long as the
/// table lives, also when it grows or is moved. A table that was moved from can only be assigned to.
class stream_table {
public:
    static constexpr std::uint32_t none         = 0xffffffff;
    static constexpr std::size_t   longest_name = 0xffff;

    /// The count of slots is 2 to the power of some bits. A stream's number plus one is in the lower so many bits of its slot.
    /// A search begins at the group whose index is the upper bits of the hash, and goes on to the next while groups are full.
    static constexpr unsigned      fewest_slots_bits = 5, most_slots_bits = 31;
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
    static constexpr std::size_t record_chunk = 1024;      // records
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
