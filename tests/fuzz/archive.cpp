// Bytes as an archive. Its checksums are made right first, so that what is behind them is reached too.
#include "fuzz/input.hpp"
#include "generations/generation_10.hpp"

#include <annals/log/archive.hpp>
#include <annals/log/query.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace {

using fuzz::must;
using all = annals::join<every::events, shop::events>;

// An entry begins with the lengths of its payload and its head, and then has their checksum.
void correct_checksums(std::span<std::byte> bytes) {
    for (std::size_t at = sizeof(annals::detail::archive_magic); bytes.size() >= at && bytes.size() - at >= 16;) {
        std::uint32_t lengths[2];
        std::memcpy(lengths, &bytes[at], sizeof(lengths));
        const std::size_t size = std::size_t{lengths[0]} + lengths[1];
        const auto        rest = bytes.subspan(at + 16);
        if (size > rest.size()) return;
        const std::uint32_t checksum = annals::detail::archive_checksum(rest.first(size));
        std::memcpy(&bytes[at + 8], &checksum, sizeof(checksum));
        at += 16 + annals::detail::padded(size);
    }
}

void read_all(const annals::archive<all>& log) {
    std::uint64_t    seen = 0;
    annals::handlers counting{annals::otherwise([&](const auto&, const annals::context& where) {
        must(!where.stream.empty() && where.version.value != 0 && where.position.value != 0, "an event has its place");
        ++seen;
    })};
    const auto       forwards = log.read(annals::whole_log(), counting);
    must(!forwards || forwards->count == log.contents().events().size(), "the whole log is read");
    const auto backwards = log.read(annals::whole_log().backwards(), counting);
    must(forwards.has_value() == backwards.has_value(), "it is read from both ends, or from none");
    std::uint64_t in_streams = 0;
    for (const annals::archived_stream& stream : log.contents().streams()) {
        const auto read = log.read(annals::stream(stream.name), counting);
        must(read || !forwards, "each stream of a log that can be read can be read");
        if (read) in_streams += read->count;
    }
    must(!forwards || in_streams == forwards->count, "each event is in a stream");
    must(log.read(annals::category("order"), counting) || !forwards, "and each category");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // At an address at which events can be read in place.
    std::vector<std::byte> bytes(reinterpret_cast<const std::byte*>(data), reinterpret_cast<const std::byte*>(data) + size);
    correct_checksums(bytes);
    const auto log = annals::archive<all>::open(bytes);
    if (log)
        read_all(*log);
    else
        must(!log.error().details.empty(), "an error says where it is");
    return 0;
}
