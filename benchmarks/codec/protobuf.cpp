// Protocol Buffers as those use it who have structs of their own: a message that is kept, copied from and to the struct.
#include "loops.hpp"
#include "protobuf.hpp"

#include <cstdlib>

namespace {

template <class E, class Message>
class format {
public:
    void  start() { used_ = 0; }
    bytes encode(const E& event) {
        copy(event, message_);
        std::byte* const  to   = room_.data() + used_;
        const std::size_t size = message_.ByteSizeLong();
        if (used_ + size > room_.size()) std::abort();
        message_.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(to));
        used_ += size;
        return {to, size};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        E event;
        decode_into(encoding, event);
        sink(event);
    }
    void decode_into(bytes encoding, E& event) {
        if (!message_.ParseFromArray(encoding.data(), static_cast<int>(encoding.size()))) std::abort();
        copy(message_, event);
    }

private:
    std::vector<std::byte> room_ = std::vector<std::byte>(shop::batch_size * 512);
    std::size_t            used_ = 0;
    Message                message_;
};

}  // namespace

codec<shop::paid> protobuf_paid(const std::vector<shop::paid>& batch) {
    return codec_of<format<shop::paid, shop_proto::Paid>>(batch);
}
codec<shop::ordered> protobuf_ordered(const std::vector<shop::ordered>& batch) {
    return codec_of<format<shop::ordered, shop_proto::Ordered>>(batch);
}
