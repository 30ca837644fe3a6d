// Contexts as JSON, and contexts that own their texts.
#pragma once

#include <annals/codec/json/read.hpp>
#include <annals/codec/json/scalars.hpp>
#include <annals/codec/json/write.hpp>
#include <annals/model/context.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

/// A context that outlives the log that gave it: it owns what the context's views show. Copies share it.
class owned_context {
public:
    owned_context() = default;
    explicit owned_context(const context& of) : view_(of) {
        std::size_t letters = of.stream.size() + of.actor.size();
        for (const auto& [key, value] : of.values) letters += key.size() + value.size();
        auto kept = std::make_shared<texts>();
        kept->letters.reserve(letters);
        kept->values.reserve(of.values.size());
        view_.stream = kept->keep(of.stream);
        view_.actor  = kept->keep(of.actor);
        for (const auto& [key, value] : of.values) {
            const std::string_view kept_key = kept->keep(key);
            kept->values.push_back({kept_key, kept->keep(value)});
        }
        view_.values = {kept->values.data(), kept->values.size()};
        texts_       = std::move(kept);
    }

    [[nodiscard]] const context& get() const noexcept { return view_; }
                                 operator const context&() const noexcept { return view_; }
    const context*               operator->() const noexcept { return &view_; }

private:
    struct texts {
        std::string                 letters;
        std::vector<key_value_view> values;

        // There is room for them all, so that none moves.
        std::string_view keep(std::string_view text) {
            const std::size_t at = letters.size();
            letters.append(text);
            return std::string_view(letters).substr(at);
        }
    };

    context                      view_;
    std::shared_ptr<const texts> texts_;
};

namespace detail {

inline void put_context(boost::json::value& out, const context& of) {
    auto& object = out.emplace_object();
    object.reserve(9);
    put_text(add_member(object, "stream"), of.stream);
    put_integer(add_member(object, "version"), of.version.value);
    put_integer(add_member(object, "position"), of.position.value);
    put_time(add_member(object, "time"), of.time.nanoseconds, 1, nanoseconds_per_second);
    put_uuid(add_member(object, "id"), of.id);
    if (!of.correlation.is_nil()) put_uuid(add_member(object, "correlation"), of.correlation);
    if (!of.causation.is_nil()) put_uuid(add_member(object, "causation"), of.causation);
    if (!of.actor.empty()) put_text(add_member(object, "actor"), of.actor);
    auto& values = add_member(object, "values").emplace_array();
    values.reserve(of.values.size());
    for (const auto& [key, value] : of.values) {
        auto& pair = add_element(values).emplace_array();
        pair.reserve(2);
        put_text(add_element(pair), key);
        put_text(add_element(pair), value);
    }
}

// A context's members as fields, which are read like those of any struct.
struct context_fields {
    std::string                                      stream;
    std::uint64_t                                    version  = 0;
    std::uint64_t                                    position = 0;
    timestamp                                        time;
    uuid                                             id;
    std::optional<uuid>                              correlation;
    std::optional<uuid>                              causation;
    std::optional<std::string>                       actor;
    std::vector<std::pair<std::string, std::string>> values;
};

inline bool context_from(const boost::json::value& in, json_reader& reader, owned_context& out) {
    context_fields fields;
    if (!reader.get(in, fields)) return false;
    std::vector<key_value_view> values;
    values.reserve(fields.values.size());
    for (const auto& [key, value] : fields.values) values.push_back({key, value});
    out = owned_context(context{fields.stream, annals::version{fields.version}, annals::position{fields.position}, fields.time,
                                fields.id, fields.correlation.value_or(uuid{}), fields.causation.value_or(uuid{}),
                                fields.actor ? std::string_view(*fields.actor) : std::string_view{},
                                key_values_view(values.data(), values.size())});
    return true;
}

}  // namespace detail
}  // namespace annals
