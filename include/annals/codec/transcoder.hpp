// From the encoding of one schema to that of another which differs in a harmless way: bytes to bytes. What has been added
// takes its default, what was widened is widened, and fields are put into their new order; everything else is copied.
#pragma once

#include <annals/codec/byte_walker.hpp>
#include <annals/model/expected.hpp>
#include <annals/schema/description.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace annals::detail {

/// The encoded defaults of the fields of each structure in a description, by its place: `defaults[place][field]`.
using encoded_defaults = std::map<std::size_t, std::vector<std::vector<std::byte>>>;

/// The plan by which records of one schema are read as those of another. Made once, when a log is opened. `compare` must have
/// found the difference harmless.
class transcoder {
public:
    transcoder(description stored, description current, encoded_defaults defaults)
        : stored_(std::move(stored)), current_(std::move(current)), defaults_(std::move(defaults)) {
        plan(0, 0);
    }

    /// Writes what `bytes` say in the other encoding, in place of what is in `out`.
    [[nodiscard]] expected<void, codec_error> operator()(std::span<const std::byte> bytes, std::vector<std::byte>& out) const {
        out.clear();
        byte_walker from(stored_, bytes);
        if (!convert(steps_.front(), from, out)) return unexpected<codec_error>(from.error());
        if (from.left() != 0) return unexpected<codec_error>(codec_error{codec_errc::left_over, bytes.size() - from.left()});
        return {};
    }

private:
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    // How a value of a stored type becomes one of a current type.
    struct step {
        std::size_t              stored  = 0;
        std::size_t              current = 0;
        bool                     is_copy = false;
        std::vector<std::size_t> sources{};  // of each current field the stored one, or `none`
        std::vector<std::size_t> parts{};    // of each part the step that makes it, or `none`
    };

    std::size_t plan(std::size_t stored, std::size_t current) {
        const auto [known, is_new] = planned_.try_emplace({stored, current}, steps_.size());
        if (!is_new) return known->second;
        const std::size_t                             index = known->second;
        const described_type&                         from  = stored_[stored];
        const described_type&                         to    = current_[current];
        std::set<std::pair<std::size_t, std::size_t>> assumed;
        steps_.push_back({stored, current, is_same(stored, current, assumed), {}, {}});
        if (steps_[index].is_copy) return index;
        step made{stored, current, false, {}, {}};
        if (from.kind != to.kind) {
            if (to.kind == field_kind::optional) made.parts.push_back(plan(stored, to.parts[0].type));
        } else if (to.kind == field_kind::structure) {
            for (const described_part& part : to.parts) {
                const auto source = find_field(from, part.name);
                made.sources.push_back(source ? *source : none);
                made.parts.push_back(source ? plan(from.parts[*source].type, part.type) : none);
            }
        } else
            for (std::size_t i = 0; i < from.parts.size() && i < to.parts.size(); ++i)
                made.parts.push_back(plan(from.parts[i].type, to.parts[i].type));
        steps_[index] = std::move(made);
        return index;
    }

    // True if the two have the same encoding. What is asked again within itself is taken to be so.
    bool is_same(std::size_t stored, std::size_t current, std::set<std::pair<std::size_t, std::size_t>>& assumed) const {
        if (!assumed.insert({stored, current}).second) return true;
        const described_type& from = stored_[stored];
        const described_type& to   = current_[current];
        if (from.kind != to.kind || from.number != to.number || from.count != to.count) return false;
        // A variant may have been extended at its end.
        if (to.kind == field_kind::variant ? from.parts.size() > to.parts.size() : from.parts.size() != to.parts.size())
            return false;
        for (std::size_t i = 0; i < from.parts.size(); ++i)
            if (from.parts[i].name != to.parts[i].name || !is_same(from.parts[i].type, to.parts[i].type, assumed)) return false;
        return true;
    }

    bool convert(const step& how, byte_walker& from, std::vector<std::byte>& out) const {
        const described_type& stored  = stored_[how.stored];
        const described_type& current = current_[how.current];
        if (how.is_copy) {
            const std::byte* const begin = from.at();
            if (!from.skip(how.stored)) return false;
            out.insert(out.end(), begin, from.at());
            return true;
        }
        if (stored.kind != current.kind) {
            if (current.kind != field_kind::optional) return widen(stored, current, from, out);
            out.push_back(std::byte{1});
            return convert(steps_[how.parts[0]], from, out);
        }
        switch (current.kind) {
            case field_kind::structure: return convert_fields(how, from, out);
            case field_kind::optional: {
                bool flag = false;
                if (!from.take_flag(flag)) return false;
                out.push_back(std::byte{flag});
                return !flag || convert(steps_[how.parts[0]], from, out);
            }
            case field_kind::variant: {
                std::size_t number = 0;
                if (!from.take_alternative(stored, number)) return false;
                out.push_back(static_cast<std::byte>(number));
                return convert(steps_[how.parts[number]], from, out);
            }
            case field_kind::list:
            case field_kind::set:
            case field_kind::map: return convert_elements(how, from, out);
            case field_kind::array:
                for (std::uint64_t i = 0; i < current.count; ++i)
                    if (!convert(steps_[how.parts[0]], from, out)) return false;
                return true;
            case field_kind::tuple: return convert_parts(how, from, out);
            default: return widen(stored, current, from, out);
        }
    }

    bool convert_parts(const step& how, byte_walker& from, std::vector<std::byte>& out) const {
        for (std::size_t part : how.parts)
            if (!convert(steps_[part], from, out)) return false;
        return true;
    }

    bool convert_elements(const step& how, byte_walker& from, std::vector<std::byte>& out) const {
        const std::size_t place = out.size();
        out.resize(place + 4);
        const byte_walker as_current(current_, {});
        const bool        filled = as_current.takes_filler(current_[how.current]);
        std::size_t       count  = 0;
        const bool        done   = from.each_element(stored_[how.stored], count, [&] {
            if (filled) out.push_back(std::byte{0});
            return convert_parts(how, from, out);
        });
        for (std::size_t i = 0; i < 4; ++i) out[place + i] = static_cast<std::byte>(count >> (8 * i));
        return done;
    }

    // Fields are looked up where they lie, for they may be needed in another order.
    bool convert_fields(const step& how, byte_walker& from, std::vector<std::byte>& out) const {
        std::vector<byte_walker> fields;
        for (const described_part& part : stored_[how.stored].parts) {
            fields.push_back(from);
            if (!from.skip(part.type)) return false;
        }
        const auto defaults = defaults_.find(how.current);
        for (std::size_t i = 0; i < how.parts.size(); ++i) {
            if (how.sources[i] == none) {
                const std::vector<std::byte>& bytes = defaults->second[i];
                out.insert(out.end(), bytes.begin(), bytes.end());
            } else if (byte_walker& source = fields[how.sources[i]]; !convert(steps_[how.parts[i]], source, out)) {
                from = source;
                return false;
            }
        }
        return true;
    }

    // Numbers, and enums by their number.
    static bool widen(const described_type& stored, const described_type& current, byte_walker& from,
                      std::vector<std::byte>& out) {
        std::uint64_t bits = 0;
        if (!from.take_number(width_of(stored.number), bits)) return false;
        if (stored.number == number_kind::f32 && current.number == number_kind::f64)
            bits = std::bit_cast<std::uint64_t>(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
        else if (!is_unsigned(stored.number)) {
            const std::size_t unused = 64 - 8 * width_of(stored.number);
            bits                     = static_cast<std::uint64_t>(static_cast<std::int64_t>(bits << unused) >> unused);
        }
        for (std::size_t i = 0; i < width_of(current.number); ++i) out.push_back(static_cast<std::byte>(bits >> (8 * i)));
        return true;
    }

    description                                                stored_;
    description                                                current_;
    encoded_defaults                                           defaults_;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> planned_;
    std::vector<step>                                          steps_;
};

}  // namespace annals::detail
