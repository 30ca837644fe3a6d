// What an event costs at least that is copied as it lies in memory. Who does not know how much room there is, or how many
// bytes a record has, has to look before copying; `unchecked` is for those who know.
#include "loops.hpp"

#include <cstdlib>

namespace {

template <bool Checked>
class format {
public:
    void start() {
        appended_.clear();
        at_ = room_.data();
    }
    bytes encode(const shop::paid& event) {
        std::byte* const to = at_;
        if (Checked && static_cast<std::size_t>(end_ - to) < sizeof(event)) std::abort();
        std::memcpy(to, &event, sizeof(event));
        at_ += sizeof(event);
        return {to, sizeof(event)};
    }
    bytes append(const shop::paid& event) {
        const auto* const from = reinterpret_cast<const std::byte*>(&event);
        appended_.insert(appended_.end(), from, from + sizeof(event));
        return {appended_.data() + appended_.size() - sizeof(event), sizeof(event)};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        shop::paid event;
        decode_into(encoding, event);
        sink(event);
    }
    void decode_into(bytes encoding, shop::paid& event) {
        if (Checked && encoding.size() != sizeof(event)) std::abort();
        std::memcpy(&event, encoding.data(), sizeof(event));
    }
    std::uint64_t sum(bytes encoding) {
        if (Checked && encoding.size() != sizeof(shop::paid)) std::abort();
        return sum_of(*reinterpret_cast<const shop::paid*>(encoding.data()));
    }

private:
    std::vector<std::byte> appended_;
    std::vector<std::byte> room_ = std::vector<std::byte>(shop::batch_size * sizeof(shop::paid));
    std::byte*             at_   = room_.data();
    std::byte*             end_  = room_.data() + room_.size();
};

}  // namespace

codec<shop::paid> memcpy_paid(const std::vector<shop::paid>& batch) { return codec_of<format<true>>(batch); }
codec<shop::paid> memcpy_unchecked_paid(const std::vector<shop::paid>& batch) { return codec_of<format<false>>(batch); }
