// Protocol Buffers as those use it whose events are its messages: nothing is copied from or to a struct.
#include "loops.hpp"
#include "protobuf.hpp"

#include <cstdlib>

namespace {

template <class Message>
class format {
public:
    void  start() { used_ = 0; }
    bytes encode(const Message& message) {
        std::byte* const  to   = room_.data() + used_;
        const std::size_t size = message.ByteSizeLong();
        if (used_ + size > room_.size()) std::abort();
        message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(to));
        used_ += size;
        return {to, size};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        Message message;
        decode_into(encoding, message);
        sink(message);
    }
    void decode_into(bytes encoding, Message& message) {
        if (!message.ParseFromArray(encoding.data(), static_cast<int>(encoding.size()))) std::abort();
    }

private:
    std::vector<std::byte> room_ = std::vector<std::byte>(shop::batch_size * 512);
    std::size_t            used_ = 0;
};

template <class Message, class E>
codec<E> codec_of_messages(const std::vector<E>& batch) {
    std::vector<Message> messages(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) copy(batch[i], messages[i]);
    codec<Message> of_messages = codec_of<format<Message>>(messages);

    codec<E> made;
    made.encode        = std::move(of_messages.encode);
    made.decode        = std::move(of_messages.decode);
    made.decode_reused = std::move(of_messages.decode_reused);
    made.round_trip    = [messages = std::move(of_messages.round_trip)] {
        std::vector<E> decoded;
        for (const Message& each : messages()) copy(each, decoded.emplace_back());
        return decoded;
    };
    return made;
}

}  // namespace

codec<shop::paid> protobuf_message_paid(const std::vector<shop::paid>& batch) {
    return codec_of_messages<shop_proto::Paid>(batch);
}
codec<shop::ordered> protobuf_message_ordered(const std::vector<shop::ordered>& batch) {
    return codec_of_messages<shop_proto::Ordered>(batch);
}
