// The contestant that the others are compared with: this library, as its users write it.
#include "loops.hpp"

#include <annals/codec/binary.hpp>

#include <cstdlib>

namespace {

template <class E>
class format {
public:
    void start() {
        appended_.clear();
        at_ = room_.data();
    }
    bytes append(const E& event) {
        const std::size_t before = appended_.size();
        if (!annals::encode(event, appended_)) std::abort();
        return bytes(appended_).subspan(before);
    }
    bytes encode(const E& event) {
        std::byte* const to   = at_;
        const auto       size = annals::encode_into(event, {to, end_});
        if (!size) std::abort();
        at_ += *size;
        return {to, *size};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        const auto event = annals::decode<E>(encoding);
        if (!event) std::abort();
        sink(*event);
    }
    void decode_into(bytes encoding, E& event) {
        if (!annals::decode_into(encoding, event)) std::abort();
    }
    std::uint64_t sum(bytes encoding) requires std::is_trivially_copyable_v<E> {
        const E* const event = annals::view_in_place<E>(encoding);
        return event != nullptr ? sum_of(*event) : 0;
    }

private:
    std::vector<std::byte> appended_;
    std::vector<std::byte> room_ = std::vector<std::byte>(shop::batch_size * 512);
    std::byte*             at_   = room_.data();
    std::byte*             end_  = room_.data() + room_.size();
};

}  // namespace

codec<shop::paid>    annals_paid(const std::vector<shop::paid>& batch) { return codec_of<format<shop::paid>>(batch); }
codec<shop::ordered> annals_ordered(const std::vector<shop::ordered>& batch) { return codec_of<format<shop::ordered>>(batch); }
