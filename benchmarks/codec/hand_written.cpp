// What a specialist would write for these two structs: the same bytes as this library's, with the same checks.
#include "loops.hpp"

#include <cstdlib>

namespace {

template <class T>
std::byte* put(const T& value, std::byte* at) {
    std::memcpy(at, &value, sizeof(T));
    return at + sizeof(T);
}
std::byte* put_all(const void* from, std::size_t count, std::size_t each, std::byte* at) {
    at = put(static_cast<std::uint32_t>(count), at);
    std::memcpy(at, from, count * each);
    return at + count * each;
}

class reader {
public:
    explicit reader(bytes from) : at_(from.data()), end_(from.data() + from.size()) {}

    template <class T>
    T take() {
        need(sizeof(T));
        T value;
        std::memcpy(&value, at_, sizeof(T));
        at_ += sizeof(T);
        return value;
    }
    template <class T>
    std::span<const T> take_all() {
        const std::size_t count = take<std::uint32_t>();
        need(count * sizeof(T));
        const auto* const first = reinterpret_cast<const T*>(at_);
        at_ += count * sizeof(T);
        return {first, count};
    }
    void finish() const {
        if (at_ != end_) std::abort();
    }

private:
    void need(std::size_t size) const {
        if (static_cast<std::size_t>(end_ - at_) < size) std::abort();
    }

    const std::byte* at_;
    const std::byte* end_;
};

class format {
public:
    using event = shop::ordered;

    void start() {
        appended_.clear();
        at_ = room_.data();
    }
    bytes append(const event& e) {
        const std::size_t before = appended_.size();
        appended_.resize(before + size_of(e));
        write(e, appended_.data() + before);
        return bytes(appended_).subspan(before);
    }
    bytes encode(const event& e) {
        std::byte* const to = at_;
        if (static_cast<std::size_t>(room_.data() + room_.size() - to) < size_of(e)) std::abort();
        at_ = write(e, to);
        return {to, at_};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        reader     from(encoding);
        const auto order    = from.take<std::uint64_t>();
        const auto placed   = from.take<std::int64_t>();
        const auto customer = from.take_all<char>();
        const auto street   = from.take_all<char>();
        const auto mail     = from.take_all<char>();
        const auto lines    = from.take_all<shop::line>();
        from.finish();
        const event e{order,
                      placed,
                      std::string(customer.data(), customer.size()),
                      std::string(street.data(), street.size()),
                      std::string(mail.data(), mail.size()),
                      std::vector<shop::line>(lines.begin(), lines.end())};
        sink(e);
    }
    void decode_into(bytes encoding, event& e) {
        reader from(encoding);
        e.order  = from.take<std::uint64_t>();
        e.placed = from.take<std::int64_t>();
        for (std::string* text : {&e.customer, &e.street, &e.mail}) {
            const auto letters = from.take_all<char>();
            text->assign(letters.data(), letters.size());
        }
        const auto lines = from.take_all<shop::line>();
        e.lines.assign(lines.begin(), lines.end());
        from.finish();
    }

private:
    static std::size_t size_of(const event& e) {
        return 32 + e.customer.size() + e.street.size() + e.mail.size() + e.lines.size() * sizeof(shop::line);
    }
    static std::byte* write(const event& e, std::byte* at) {
        at = put(e.order, at);
        at = put(e.placed, at);
        at = put_all(e.customer.data(), e.customer.size(), 1, at);
        at = put_all(e.street.data(), e.street.size(), 1, at);
        at = put_all(e.mail.data(), e.mail.size(), 1, at);
        return put_all(e.lines.data(), e.lines.size(), sizeof(shop::line), at);
    }

    std::vector<std::byte> appended_;
    std::vector<std::byte> room_ = std::vector<std::byte>(shop::batch_size * 512);
    std::byte*             at_   = room_.data();
};

}  // namespace

codec<shop::ordered> hand_written_ordered(const std::vector<shop::ordered>& batch) { return codec_of<format>(batch); }
