// Bytes as a segment of a file log, and as its saved index. Checksums and links are made right first, so that what is behind
// them is reached too.
#include "fuzz/input.hpp"
#include "generations/generation_10.hpp"

#include <annals/log/file_log.hpp>
#include <annals/log/query.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace {

using fuzz::must;
using log_t = annals::file_log<shop::events, annals::utc_clock, annals::uuid_v7_generator, annals::simulated_files>;

constexpr std::size_t most_bytes = 64 * 1024;

void sign_header(std::vector<std::byte>& bytes) {
    auto& header          = annals::detail::record_at<annals::detail::segment_header>(bytes.data());
    header.number         = 1;
    header.format_version = annals::detail::format_version;
    std::memcpy(header.magic, annals::detail::segment_header::magic_bytes, sizeof(header.magic));
    header.check = annals::detail::crc32c(annals::detail::bytes_of(header).first(sizeof(header) - 4));
}

// Each frame as far as its lengths are possible.
void sign_frames(std::vector<std::byte>& bytes) {
    const std::uint32_t salt = annals::detail::record_at<annals::detail::segment_header>(bytes.data()).salt;
    std::uint32_t       link = 0;
    for (std::size_t at = annals::detail::first_frame; bytes.size() - at >= sizeof(annals::detail::frame_head);) {
        auto& head = annals::detail::record_at<annals::detail::frame_head>(bytes.data() + at);
        if (head.frame_size > bytes.size() - at || head.head_size > head.frame_size || head.head_size < sizeof(head)) return;
        if (head.frame_size % 8 != 0 || head.head_size % 8 != 0) return;
        const std::span<const std::byte> frame{bytes.data() + at, head.frame_size};
        head.salt       = salt;
        head.link       = link;
        head.body_check = annals::detail::crc32c(frame.subspan(head.head_size));
        head.head_check = annals::detail::crc32c(frame.first(head.head_size).subspan(4));
        link            = head.head_check;
        at += head.frame_size;
    }
}

void sign_index(std::vector<std::byte>& bytes) {
    using header_type = annals::detail::index_header;
    if (bytes.size() < sizeof(header_type)) return;
    auto&      header = annals::detail::record_at<header_type>(bytes.data());
    const auto first  = annals::detail::crc32c(std::span<const std::byte>(bytes).first(sizeof(header_type) - 4));
    header.check      = annals::detail::crc32c(std::span<const std::byte>(bytes).subspan(sizeof(header_type)), first);
}

void read_all(const log_t& log) {
    std::uint64_t    seen = 0;
    annals::handlers counting{annals::otherwise([&](const auto&, const annals::context& where) {
        must(!where.stream.empty() && where.version.value != 0 && where.position.value != 0, "an event has its place");
        ++seen;
    })};
    const auto forwards = log.read(annals::whole_log(), counting);
    must(!forwards || forwards->count <= seen, "an event is selected and handed over");
    const auto backwards = log.read(annals::whole_log().backwards(), counting);
    must(!forwards || !backwards || forwards->count == backwards->count, "it is read from both ends");
    for (const char* stream : {"order-7", "order-1", "s", "a"}) {
        (void)log.read(annals::stream(stream), counting);
        (void)log.read(annals::stream(stream).from(annals::version{3}).backwards(), counting);
    }
    (void)log.read(annals::category("order"), counting);
    (void)log.read(annals::whole_log().from(annals::position{5}).limit(3), counting);
    (void)log.snapshot_of<annals::key_value>();
    (void)log.verify();
}

}  // namespace

// The first byte says what is signed; the next two how long the segment is; the rest is the index.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3 || size > most_bytes) return 0;
    const auto             rest   = std::as_bytes(std::span(data, size)).subspan(3);
    const std::size_t      length = std::min<std::size_t>(rest.size(), std::size_t{data[1]} | std::size_t{data[2]} << 8U);
    std::vector<std::byte> segment(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length));
    std::vector<std::byte> index(rest.begin() + static_cast<std::ptrdiff_t>(length), rest.end());
    if (segment.size() < annals::detail::first_frame) segment.resize(annals::detail::first_frame);
    if ((data[0] & 1U) == 0) sign_header(segment);
    if ((data[0] & 2U) == 0) sign_frames(segment);
    if ((data[0] & 4U) == 0) sign_index(index);

    annals::disk_options room;
    room.largest_file = 2 * most_bytes;
    annals::simulated_disk disk(room);
    disk.set_content("log/0000000001.log", segment);
    if (!index.empty()) disk.set_content("log/streams.index", index);

    if (auto log = log_t::open_read_only("log", annals::simulated_files(disk))) read_all(*log);
    annals::file_log_options options;
    options.background   = false;
    options.segment_size = most_bytes;
    if (auto log = log_t::open("log", options, {}, {}, annals::simulated_files(disk))) {
        read_all(*log);
        const auto before = log->head();
        const auto made   = log->append("order-7", annals::any_version, shop::charged{1, 2});
        must(!made || made->position.value == before->value + 1, "an event comes behind the last one");
        must(!made || log->close(), "and the log is closed");
        const auto again = log_t::open_read_only("log", annals::simulated_files(disk));
        must(!made || (again && again->head()->value == made->position.value), "and is there when it is opened again");
    }
    (void)log_t::salvage("log", "saved", annals::simulated_files(disk));
    return 0;
}
