// How the events of a log are read, whose schemas may be older than the types.
#pragma once

#include <annals/codec/record_reader.hpp>
#include <annals/log/error.hpp>
#include <annals/log/schemas/schema_record.hpp>
#include <annals/log/schemas/tagged_schemas.hpp>
#include <annals/model/deliver_stored.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// How the events of a log are read: for each schema that it has, which of the types.
template <class Events>
class schema_readers {
public:
    static constexpr std::uint32_t none = 0xffffffff;

    struct entry {
        std::uint32_t exact = none;  // the type's place in `stored<Events>`, if events are just as it says
        std::uint32_t type  = none;
    };

    /// Finds out how each schema is read. Errors: `incompatible_schema`, with what differs and what to write.
    static expected<schema_readers, error> make(const std::vector<schema_record>& schemas, const std::string& path) {
        schema_readers made;
        std::string    mismatches;
        for (const schema_record& schema : schemas) {
            auto reader = record_reader<Events>::for_schema(schema.name, text_without_tags(schema.text));
            if (!reader) {
                mismatches.append(mismatches.empty() ? "" : "\n").append(reader.error().message);
                continue;
            }
            if (schema.number >= made.entries_.size()) {
                made.entries_.resize(schema.number + std::size_t{1});
                made.readers_.resize(schema.number + std::size_t{1});
            }
            const auto type              = static_cast<std::uint32_t>(reader->type());
            made.entries_[schema.number] = {reader->is_exact() ? type : none, type};
            if (tags_of_type(type, stored<Events>{}) != tags_line_of(schema)) made.has_other_tags_ = true;
            made.readers_[schema.number] = std::move(*reader);
        }
        if (!mismatches.empty())
            return unexpected<error>(
                error{errc::incompatible_schema, "what is stored does not fit the types", {}, {}, std::move(mismatches), path});
        made.count_    = schemas.size();
        made.is_plain_ = true;
        for (std::uint32_t number = 0; number < made.entries_.size(); ++number)
            if (made.entries_[number].exact != number) made.is_plain_ = false;
        return made;
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// Whether each schema's number is the place of its type, and its events are just as that says: so it is in a log that one
    /// program wrote.
    [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }
    /// Whether the log holds events that were written with other tags than their types have now.
    [[nodiscard]] bool                         has_other_tags() const noexcept { return has_other_tags_; }
    [[nodiscard]] const std::vector<entry>&    entries() const noexcept { return entries_; }
    [[nodiscard]] const record_reader<Events>& reader(std::size_t number) const { return *readers_[number]; }

    /// The bits of the schemas whose events `Reader` reads, as a frame has them.
    template <class Reader>
    [[nodiscard]] std::uint64_t wanted_by() const {
        constexpr auto reads = []<class... E>(events<E...>) {
            return std::array<bool, sizeof...(E) + 1>{reads_stored<Events, Reader, E>()..., false};
        }(stored<Events>{});
        std::uint64_t mask = 0;
        for (std::size_t number = 0; number < entries_.size(); ++number)
            if (entries_[number].type != none && reads[entries_[number].type]) mask |= std::uint64_t{1} << (number % 64);
        return mask;
    }

private:
    // As the line with the tags has them.
    template <class... E>
    static std::string tags_of_type(std::uint32_t type, events<E...>) {
        std::string names;
        if constexpr (has_tagged_events<flat<Events>>) {
            std::uint32_t at = 0;
            ((at++ == type ? add_tag_names<Events, E>(names) : void()), ...);
        }
        return names;
    }
    static std::string_view tags_line_of(const schema_record& schema) {
        const std::size_t end = schema.text.find('\n');
        return end == std::string::npos ? std::string_view{} : std::string_view(schema.text).substr(end + 1);
    }

    std::vector<entry>                                entries_;  // by the schema's number
    std::vector<std::optional<record_reader<Events>>> readers_;
    std::size_t                                       count_          = 0;
    bool                                              is_plain_       = false;
    bool                                              has_other_tags_ = false;
};

}  // namespace annals::detail
