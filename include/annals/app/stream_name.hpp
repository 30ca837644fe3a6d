// `category-id`, put together without an allocation where it is short.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

namespace annals::detail {

/// The name of an aggregate's stream. Up to 127 bytes it lies in place.
class stream_name {
public:
    stream_name(std::string_view category, std::string_view id) : size_(category.size() + 1 + id.size()) {
        char* to = short_;
        if (size_ > sizeof(short_)) {
            long_.resize(size_);
            to = long_.data();
        }
        std::memcpy(to, category.data(), category.size());
        to[category.size()] = '-';
        if (!id.empty()) std::memcpy(to + category.size() + 1, id.data(), id.size());
    }

    [[nodiscard]] operator std::string_view() const noexcept {
        return {size_ > sizeof(short_) ? long_.data() : short_, size_};
    }

private:
    std::size_t size_;
    char        short_[127];
    std::string long_;
};

}  // namespace annals::detail
