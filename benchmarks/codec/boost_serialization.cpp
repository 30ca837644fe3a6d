// Boost.Serialization's binary archives, which are kept, over a stream buffer that is kept; nothing is tracked, no class has
// a version, and what lies in memory as it is stored may be copied.
#include "stream_buffer.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/is_bitwise_serializable.hpp>
#include <boost/serialization/level.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/vector.hpp>

namespace shop {

template <class Archive>
void serialize(Archive& archive, paid& e, unsigned) {
    archive& e.account& e.cents& e.branch& e.teller;
}
template <class Archive>
void serialize(Archive& archive, line& e, unsigned) {
    archive& e.article& e.count& e.cents;
}
template <class Archive>
void serialize(Archive& archive, ordered& e, unsigned) {
    archive& e.order& e.placed& e.customer& e.street& e.mail& e.lines;
}

}  // namespace shop

BOOST_IS_BITWISE_SERIALIZABLE(shop::paid)
BOOST_IS_BITWISE_SERIALIZABLE(shop::line)
BOOST_CLASS_IMPLEMENTATION(shop::ordered, boost::serialization::object_serializable)
BOOST_CLASS_IMPLEMENTATION(std::vector<shop::line>, boost::serialization::object_serializable)
BOOST_CLASS_TRACKING(shop::ordered, boost::serialization::track_never)
BOOST_CLASS_TRACKING(std::vector<shop::line>, boost::serialization::track_never)

namespace {

template <class E>
class format {
public:
    void  start() { written_.write_to(room_); }
    bytes encode(const E& event) {
        const std::byte* const before = written_.end();
        output_ << event;
        return {before, written_.end()};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        E event;
        decode_into(encoding, event);
        sink(event);
    }
    void decode_into(bytes encoding, E& event) {
        read_.read_from(encoding);
        input_ >> event;
    }

private:
    static constexpr unsigned bare = boost::archive::no_header | boost::archive::no_codecvt;

    std::vector<std::byte>          room_ = std::vector<std::byte>(shop::batch_size * 512);
    stream_buffer                   written_, read_;
    boost::archive::binary_oarchive output_{written_, bare};
    boost::archive::binary_iarchive input_{read_, bare};
};

}  // namespace

codec<shop::paid>    boost_paid(const std::vector<shop::paid>& batch) { return codec_of<format<shop::paid>>(batch); }
codec<shop::ordered> boost_ordered(const std::vector<shop::ordered>& batch) { return codec_of<format<shop::ordered>>(batch); }
