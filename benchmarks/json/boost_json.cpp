// Boost.JSON's own conversion of structs that Boost.Describe knows. What lives no longer than a text is made of memory on the
// stack, as its documentation advises and this library does too.
#include "loops.hpp"

#include <boost/describe.hpp>
#include <boost/json.hpp>

namespace shop {

BOOST_DESCRIBE_STRUCT(line, (), (article, count, cents))
BOOST_DESCRIBE_STRUCT(ordered, (), (order, placed, customer, street, mail, lines))

}  // namespace shop

namespace {

struct format {
    static boost::json::value to_value(const shop::ordered& event) { return boost::json::value_from(event); }
    static std::string        to_text(const shop::ordered& event) {
               unsigned char                   room[4096];
               boost::json::monotonic_resource storage(room, sizeof(room));
               return boost::json::serialize(boost::json::value_from(event, &storage));
    }

    template <class Sink>
    static void from_value(const boost::json::value& value, Sink&& sink) {
        sink(boost::json::value_to<shop::ordered>(value));
    }
    template <class Sink>
    static void from_text(const std::string& text, Sink&& sink) {
        unsigned char                   room[4096];
        boost::json::monotonic_resource storage(room, sizeof(room));
        sink(boost::json::value_to<shop::ordered>(boost::json::parse(text, &storage)));
    }
};

}  // namespace

json_codec boost_json(const std::vector<shop::ordered>& batch) { return json_codec_of<format>(batch); }
