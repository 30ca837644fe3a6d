// MessagePack, each struct as an array, with a buffer and a zone that are kept; texts are not copied twice.
#include "loops.hpp"

#include <msgpack.hpp>

namespace shop {

template <class... Field>
void pack_fields(msgpack::packer<msgpack::sbuffer>& packer, const Field&... fields) {
    packer.pack_array(sizeof...(fields));
    (packer.pack(fields), ...);
}
template <class... Field>
void unpack_fields(const msgpack::object& from, Field&... fields) {
    if (from.type != msgpack::type::ARRAY || from.via.array.size != sizeof...(fields)) throw msgpack::type_error();
    const msgpack::object* at = from.via.array.ptr;
    ((at++)->convert(fields), ...);
}

}  // namespace shop

namespace msgpack {
MSGPACK_API_VERSION_NAMESPACE(MSGPACK_DEFAULT_API_NS) {
    namespace adaptor {

    template <>
    struct pack<shop::paid> {
        auto& operator()(packer<sbuffer>& to, const shop::paid& e) const {
            shop::pack_fields(to, e.account, e.cents, e.branch, e.teller);
            return to;
        }
    };
    template <>
    struct convert<shop::paid> {
        const msgpack::object& operator()(const msgpack::object& from, shop::paid& e) const {
            shop::unpack_fields(from, e.account, e.cents, e.branch, e.teller);
            return from;
        }
    };

    template <>
    struct pack<shop::line> {
        auto& operator()(packer<sbuffer>& to, const shop::line& e) const {
            shop::pack_fields(to, e.article, e.count, e.cents);
            return to;
        }
    };
    template <>
    struct convert<shop::line> {
        const msgpack::object& operator()(const msgpack::object& from, shop::line& e) const {
            shop::unpack_fields(from, e.article, e.count, e.cents);
            return from;
        }
    };

    template <>
    struct pack<shop::ordered> {
        auto& operator()(packer<sbuffer>& to, const shop::ordered& e) const {
            shop::pack_fields(to, e.order, e.placed, e.customer, e.street, e.mail, e.lines);
            return to;
        }
    };
    template <>
    struct convert<shop::ordered> {
        const msgpack::object& operator()(const msgpack::object& from, shop::ordered& e) const {
            shop::unpack_fields(from, e.order, e.placed, e.customer, e.street, e.mail, e.lines);
            return from;
        }
    };

    }  // namespace adaptor
}
}  // namespace msgpack

namespace {

bool in_place(msgpack::type::object_type, std::size_t, void*) { return true; }

template <class E>
class format {
public:
    void  start() { written_.clear(); }
    bytes encode(const E& event) {
        const std::size_t before = written_.size();
        packer_.pack(event);
        return {reinterpret_cast<const std::byte*>(written_.data()) + before, written_.size() - before};
    }
    template <class Sink>
    void decode(bytes encoding, Sink&& sink) {
        E event;
        decode_into(encoding, event);
        sink(event);
    }
    void decode_into(bytes encoding, E& event) {
        zone_.clear();
        std::size_t read       = 0;
        bool        referenced = false;
        msgpack::unpack(zone_, reinterpret_cast<const char*>(encoding.data()), encoding.size(), read, referenced, in_place)
            .convert(event);
    }

private:
    msgpack::sbuffer                  written_;
    msgpack::packer<msgpack::sbuffer> packer_{written_};
    msgpack::zone                     zone_;
};

}  // namespace

codec<shop::paid>    msgpack_paid(const std::vector<shop::paid>& batch) { return codec_of<format<shop::paid>>(batch); }
codec<shop::ordered> msgpack_ordered(const std::vector<shop::ordered>& batch) { return codec_of<format<shop::ordered>>(batch); }
