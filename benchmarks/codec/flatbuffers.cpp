// FlatBuffers, with a builder that is kept. Bytes are verified before they are read, as the other contestants check theirs.
#include "loops.hpp"

#include "shop_generated.h"

#include <cstdlib>
#include <string_view>

namespace {

using flatbuffers::FlatBufferBuilder;

template <class Table>
const Table& verified(bytes encoding) {
    flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(encoding.data()), encoding.size());
    if (!verifier.VerifyBuffer<Table>(nullptr)) std::abort();
    return *flatbuffers::GetRoot<Table>(encoding.data());
}

struct paid_format {
    using event = shop::paid;
    using table = shop_flat::Paid;

    static auto write(FlatBufferBuilder& builder, const event& e) {
        return shop_flat::CreatePaid(builder, e.account, e.cents, e.branch, e.teller);
    }
    static void          read(const table& from, event& e) { e = {from.account(), from.cents(), from.branch(), from.teller()}; }
    static std::uint64_t sum(const table& e) {
        return e.account() + static_cast<std::uint64_t>(e.cents()) + e.branch() + e.teller();
    }
};

struct ordered_format {
    using event = shop::ordered;
    using table = shop_flat::Ordered;

    static auto write(FlatBufferBuilder& builder, const event& e) {
        const auto customer = builder.CreateString(e.customer);
        const auto street   = builder.CreateString(e.street);
        const auto mail     = builder.CreateString(e.mail);
        static_assert(sizeof(shop_flat::Line) == sizeof(shop::line));
        const auto lines =
            builder.CreateVectorOfStructs(reinterpret_cast<const shop_flat::Line*>(e.lines.data()), e.lines.size());
        return shop_flat::CreateOrdered(builder, e.order, e.placed, customer, street, mail, lines);
    }
    static void read(const table& from, event& e) {
        e.order  = from.order();
        e.placed = from.placed();
        e.customer.assign(from.customer()->c_str(), from.customer()->size());
        e.street.assign(from.street()->c_str(), from.street()->size());
        e.mail.assign(from.mail()->c_str(), from.mail()->size());
        const auto* const first = reinterpret_cast<const shop::line*>(from.lines()->Data());
        e.lines.assign(first, first + from.lines()->size());
    }
    static std::uint64_t sum(const table& e) {
        std::uint64_t sum = e.order() + static_cast<std::uint64_t>(e.placed()) +
                            shop::sum_of_text(e.customer()->string_view()) + shop::sum_of_text(e.street()->string_view()) +
                            shop::sum_of_text(e.mail()->string_view());
        for (const shop_flat::Line* each : *e.lines())
            sum += each->article() + each->count() + static_cast<std::uint64_t>(each->cents());
        return sum;
    }
};

template <class Format>
class format {
public:
    using event = typename Format::event;

    void  start() {}
    bytes encode(const event& e) {
        builder_.Clear();
        builder_.Finish(Format::write(builder_, e));
        return {reinterpret_cast<const std::byte*>(builder_.GetBufferPointer()), builder_.GetSize()};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        event e;
        decode_into(encoding, e);
        sink(e);
    }
    void          decode_into(bytes encoding, event& e) { Format::read(verified<typename Format::table>(encoding), e); }
    std::uint64_t sum(bytes encoding) { return Format::sum(verified<typename Format::table>(encoding)); }

private:
    FlatBufferBuilder builder_;
};

}  // namespace

codec<shop::paid>    flatbuffers_paid(const std::vector<shop::paid>& batch) { return codec_of<format<paid_format>>(batch); }
codec<shop::ordered> flatbuffers_ordered(const std::vector<shop::ordered>& batch) {
    return codec_of<format<ordered_format>>(batch);
}
