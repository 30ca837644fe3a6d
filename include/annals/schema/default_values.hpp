// Which fields of a struct have a default: those that its default initialisation gives a value.
#pragma once

#include <annals/model/type_list.hpp>
#include <annals/schema/description.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

// Comes by each struct as `schema_writer` does.
template <class Visit>
struct struct_walker {
    static constexpr std::size_t deepest = 64;

    Visit&      visit;
    type_id     enclosing[deepest]{};
    std::size_t depth = 0;

    template <class Struct>
    void structure() {
        for (std::size_t i = 0; i < depth; ++i)
            if (enclosing[i].mark == id_of<Struct>.mark) return;
        visit(std::type_identity<Struct>{});
        enclosing[depth++] = id_of<Struct>;
        [&]<std::size_t... I>(std::index_sequence<I...>) { (type<field_type<I, Struct>>(), ...); }
        (std::make_index_sequence<field_count<Struct>>{});
        --depth;
    }
    template <template <class...> class List, class... T>
    void types(std::type_identity<List<T...>>) {
        (type<T>(), ...);
    }

    template <class T>
    void type() {
        constexpr field_kind kind = kind_of<T>;
        if constexpr (kind == field_kind::another)
            type<typename stored_type<T>::type>();
        else if constexpr (kind == field_kind::structure)
            structure<T>();
        else if constexpr (kind == field_kind::tuple || kind == field_kind::variant)
            types(std::type_identity<T>{});
        else if constexpr (kind == field_kind::map) {
            type<typename T::key_type>();
            type<typename T::mapped_type>();
        } else if constexpr (kind == field_kind::array || kind == field_kind::optional || kind == field_kind::list ||
                             kind == field_kind::set)
            type<typename T::value_type>();
    }
};

// An object that was default-initialised in memory full of one byte, so that one can see what was given a value. To the
// compiler it looks as if `touch` wrote to the memory, whatever it is: it can take the bytes neither for dead nor for
// indeterminate.
template <class Struct>
class patterned {
public:
    explicit patterned(unsigned char pattern) : room_(new room) {
        std::memset(room_->storage, pattern, sizeof(Struct));
        touch();
        object_ = ::new (static_cast<void*>(room_->storage)) Struct;
        touch();
    }
    patterned(const patterned&)            = delete;
    patterned& operator=(const patterned&) = delete;
    ~patterned() { std::destroy_at(object_); }

    [[nodiscard]] Struct& object() noexcept { return *object_; }

private:
    struct room {
        alignas(Struct) std::byte storage[sizeof(Struct)];
    };

    std::unique_ptr<room> room_;
    Struct*               object_ = nullptr;

    void touch() noexcept { asm volatile("" : : "r"(room_->storage) : "memory"); }
};

// True if a part of two objects, made in memory full of one byte and of another, was given a value in at least one of them:
// the value itself may be one of the bytes.
template <class T>
bool was_initialised(const T& first, unsigned char first_pattern, const T& second, unsigned char second_pattern) {
    constexpr field_kind kind = kind_of<T>;
    if constexpr (kind == field_kind::structure) return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (was_initialised(field<I>(first), first_pattern, field<I>(second), second_pattern) && ...);
        }
    (std::make_index_sequence<field_count<T>>{});
    else if constexpr (kind == field_kind::array) {
        for (std::size_t i = 0; i < first.size(); ++i)
            if (!was_initialised(first[i], first_pattern, second[i], second_pattern)) return false;
        return true;
    }
    else if constexpr (std::is_empty_v<T> || !std::is_trivially_default_constructible_v<T>) return true;
    else {
        const auto untouched = [](const T& value, unsigned char pattern) {
            std::byte in_memory[sizeof(T)];
            std::memcpy(in_memory, &value, sizeof(T));
            for (std::byte each : in_memory)
                if (each != std::byte{pattern}) return false;
            return true;
        };
        return !(untouched(first, first_pattern) && untouched(second, second_pattern));
    }
}

}  // namespace detail

/// Calls `visit` with `std::type_identity<S>` for each struct `S` that the schema of `E` names, in the order in which they
/// begin in its text and as often, `E` itself first: for each type of kind `structure` in the schema's description.
template <class E, class Visit>
void for_each_struct(Visit&& visit) {
    detail::struct_walker<std::remove_reference_t<Visit>> walker{visit};
    walker.template structure<E>();
}

/// Which fields of a struct have a default: a default member initialiser, or a type that initialises itself, as texts,
/// containers, optionals and time points do. Numbers, enums, durations and arrays of them do not, and structs if all their
/// fields do. Makes the struct twice, by default initialisation; throws what that throws.
template <class Struct>
[[nodiscard]] std::vector<bool> fields_with_default() {
    constexpr unsigned char   pattern = 0xa5, other_pattern = 0x5a;
    detail::patterned<Struct> first(pattern), second(other_pattern);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::vector<bool>{
            detail::was_initialised(field<I>(first.object()), pattern, field<I>(second.object()), other_pattern)...};
    }
    (std::make_index_sequence<field_count<Struct>>{});
}

/// Which fields of an event, and of the structs in it, have a default. Says so to `differences_between`.
class default_fields {
public:
    /// `schema` is what `schema_text<E>` says, under whatever name.
    template <class E>
    [[nodiscard]] static default_fields of(const description& schema) {
        default_fields fields;
        fields.known_.resize(schema.types.size());
        std::size_t place = 0;
        for_each_struct<E>([&]<class Struct>(std::type_identity<Struct>) {
            while (schema[place].kind != field_kind::structure) ++place;
            fields.known_[place++] = fields_with_default<Struct>();
        });
        return fields;
    }

    [[nodiscard]] bool operator()(std::size_t structure, std::size_t field) const { return known_[structure][field]; }

private:
    std::vector<std::vector<bool>> known_;  // by place of a type, and of a field
};

}  // namespace annals
