// Values as PostgreSQL sends and takes them in binary: big endian.
#pragma once

#include <annals/model/context.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <libpq-fe.h>

namespace annals::detail {

/// Numbers of PostgreSQL's own types, which never change (pg_type.dat).
enum postgres_type : Oid {
    postgres_any     = 0,
    postgres_bool    = 16,
    postgres_bytes   = 17,
    postgres_bigint  = 20,
    postgres_small   = 21,
    postgres_integer = 23,
    postgres_text    = 25,
    postgres_uuid    = 2950,

    postgres_array_of_bytes  = 1001,
    postgres_array_of_bigint = 1016,
    postgres_array_of_uuid   = 2951
};

template <class Integer>
void put_big_endian(std::vector<char>& to, Integer value) {
    const auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
    char       bytes[sizeof(Integer)];
    for (std::size_t i = 0; i < sizeof(Integer); ++i)
        bytes[i] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * (sizeof(Integer) - 1 - i))));
    to.insert(to.end(), bytes, bytes + sizeof(Integer));
}
template <class Integer>
Integer big_endian_at(const char* from) {
    std::make_unsigned_t<Integer> bits = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i)
        bits = static_cast<std::make_unsigned_t<Integer>>(std::uint64_t{bits} << 8U | static_cast<unsigned char>(from[i]));
    return static_cast<Integer>(bits);
}
inline void put_bytes(std::vector<char>& to, std::span<const std::byte> bytes) {
    const auto* const first = reinterpret_cast<const char*>(bytes.data());
    to.insert(to.end(), first, first + bytes.size());
}
inline std::span<const std::byte> bytes_of_text(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}
/// PostgreSQL has no unsigned numbers: what is too large for it is as large as can be.
inline std::int64_t as_bigint(std::uint64_t value) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(value < most ? value : most);
}
inline std::int64_t bigint_of(std::span<const std::byte> bytes) {
    const auto* const at = reinterpret_cast<const char*>(bytes.data());
    switch (bytes.size()) {
        case 8: return big_endian_at<std::int64_t>(at);
        case 4: return big_endian_at<std::int32_t>(at);
        case 2: return big_endian_at<std::int16_t>(at);
        case 1: return *at;
        default: return 0;
    }
}
inline uuid uuid_of(std::span<const std::byte> bytes) {
    uuid id;
    if (bytes.size() == sizeof(id.bytes)) std::memcpy(id.bytes, bytes.data(), sizeof(id.bytes));
    return id;
}

/// The values of `$1`, `$2`, … of a statement, with their types.
class postgres_values {
public:
    void add(std::int64_t value) {
        begin(postgres_bigint);
        put_big_endian(bytes_, value);
        end();
    }
    void add(std::uint64_t value) { add(as_bigint(value)); }
    void add_integer(std::int32_t value) {
        begin(postgres_integer);
        put_big_endian(bytes_, value);
        end();
    }
    void add(bool value) {
        begin(postgres_bool);
        bytes_.push_back(value ? 1 : 0);
        end();
    }
    void add(std::span<const std::byte> bytes) {
        begin(postgres_bytes);
        put_bytes(bytes_, bytes);
        end();
    }
    void add_bytes_or_nothing(std::span<const std::byte> bytes) { bytes.empty() ? add_nothing(postgres_bytes) : add(bytes); }
    void add(const uuid& id) {
        begin(postgres_uuid);
        put_bytes(bytes_, std::as_bytes(std::span(id.bytes)));
        end();
    }
    void add_text(std::string_view text) {
        begin(postgres_text);
        put_bytes(bytes_, bytes_of_text(text));
        end();
    }
    /// As it would be written into SQL, of whatever type the place has. Not with a zero byte in it.
    void add_written(std::string_view text) {
        begin(postgres_any, 0);
        put_bytes(bytes_, bytes_of_text(text));
        end();
        bytes_.push_back('\0');
    }
    void add_nothing(Oid type) {
        begin(type);
        places_.back().is_nothing = true;
    }
    /// An array: `put(index)` puts the bytes of each element behind those of the one before, by `put_bytes` or the like.
    template <class Put>
    void add_array(Oid array, Oid element, std::size_t count, Put&& put) {
        add_array(array, element, count, put, [](std::size_t) { return false; });
    }
    /// `is_nothing(index)` says whether there is none at this place.
    template <class Put, class IsNothing>
    void add_array(Oid array, Oid element, std::size_t count, Put&& put, IsNothing&& is_nothing) {
        begin(array);
        put_big_endian(bytes_, std::int32_t{count == 0 ? 0 : 1});
        put_big_endian(bytes_, std::int32_t{1});
        put_big_endian(bytes_, static_cast<std::uint32_t>(element));
        if (count != 0) {
            put_big_endian(bytes_, static_cast<std::int32_t>(count));
            put_big_endian(bytes_, std::int32_t{1});
        }
        for (std::size_t i = 0; i < count; ++i)
            if (is_nothing(i))
                put_big_endian(bytes_, std::int32_t{-1});
            else
                put_sized(bytes_, [&] { put(bytes_, i); });
        end();
    }
    /// Writes a length in front of what `put` puts.
    template <class Put>
    static void put_sized(std::vector<char>& to, Put&& put) {
        const std::size_t at = to.size();
        to.resize(at + 4);
        put();
        const auto length = static_cast<std::uint32_t>(to.size() - at - 4);
        for (std::size_t i = 0; i < 4; ++i) to[at + i] = static_cast<char>(static_cast<unsigned char>(length >> (24 - 8 * i)));
    }
    /// Changes one that is a bool.
    void set(std::size_t index, bool value) { bytes_[places_[index].at] = value ? 1 : 0; }

    [[nodiscard]] std::size_t             size() const noexcept { return bytes_.size(); }
    [[nodiscard]] const std::vector<Oid>& types() const noexcept { return types_; }

    /// Calls `send(count, values, lengths, formats)`, as libpq wants them.
    template <class Send>
    auto with(Send&& send) const {
        std::vector<const char*> values;
        std::vector<int>         lengths, formats;
        for (const place& each : places_) {
            values.push_back(each.is_nothing ? nullptr : bytes_.empty() ? "" : bytes_.data() + each.at);
            lengths.push_back(static_cast<int>(each.length));
            formats.push_back(each.format);
        }
        return send(static_cast<int>(places_.size()), values.data(), lengths.data(), formats.data());
    }

private:
    struct place {
        std::size_t at = 0, length = 0;
        int         format     = 1;
        bool        is_nothing = false;
    };
    void begin(Oid type, int format = 1) {
        types_.push_back(type);
        places_.push_back({bytes_.size(), 0, format, false});
    }
    void end() { places_.back().length = bytes_.size() - places_.back().at; }

    std::vector<char>  bytes_;
    std::vector<place> places_;
    std::vector<Oid>   types_;
};

}  // namespace annals::detail
