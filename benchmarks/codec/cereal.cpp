// cereal's binary archives, which are kept, over a stream buffer that is kept.
#include "stream_buffer.hpp"

#include <cereal/archives/binary.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <istream>
#include <ostream>

namespace shop {

template <class Archive>
void serialize(Archive& archive, paid& e) {
    archive(e.account, e.cents, e.branch, e.teller);
}
template <class Archive>
void serialize(Archive& archive, line& e) {
    archive(e.article, e.count, e.cents);
}
template <class Archive>
void serialize(Archive& archive, ordered& e) {
    archive(e.order, e.placed, e.customer, e.street, e.mail, e.lines);
}

}  // namespace shop

namespace {

template <class E>
class format {
public:
    void  start() { written_.write_to(room_); }
    bytes encode(const E& event) {
        const std::byte* const before = written_.end();
        output_(event);
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
        input_(event);
    }

private:
    std::vector<std::byte>      room_ = std::vector<std::byte>(shop::batch_size * 512);
    stream_buffer               written_, read_;
    std::ostream                to_{&written_};
    std::istream                from_{&read_};
    cereal::BinaryOutputArchive output_{to_};
    cereal::BinaryInputArchive  input_{from_};
};

}  // namespace

codec<shop::paid>    cereal_paid(const std::vector<shop::paid>& batch) { return codec_of<format<shop::paid>>(batch); }
codec<shop::ordered> cereal_ordered(const std::vector<shop::ordered>& batch) { return codec_of<format<shop::ordered>>(batch); }
