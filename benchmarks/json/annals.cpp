// The contestant that the other is compared with: this library, as its users write it.
#include "loops.hpp"

#include <annals/codec/json.hpp>

#include <cstdlib>

namespace {

struct format {
    static boost::json::value to_value(const shop::ordered& event) { return annals::to_json(event); }
    static std::string        to_text(const shop::ordered& event) { return annals::json_text(event); }

    template <class Sink>
    static void from_value(const boost::json::value& value, Sink&& sink) {
        const auto event = annals::from_json<shop::ordered>(value);
        if (!event) std::abort();
        sink(*event);
    }
    template <class Sink>
    static void from_text(const std::string& text, Sink&& sink) {
        const auto event = annals::from_json_text<shop::ordered>(text);
        if (!event) std::abort();
        sink(*event);
    }
};

}  // namespace

json_codec annals_json(const std::vector<shop::ordered>& batch) { return json_codec_of<format>(batch); }
