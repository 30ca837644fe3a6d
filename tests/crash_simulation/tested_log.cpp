#include "crash_simulation/tested_log.hpp"

#include "crash_simulation/log_type.hpp"

#include <annals/log/append_to.hpp>
#include <annals/log/file/salvage.hpp>

#include <algorithm>
#include <utility>

namespace crash_simulation {

std::vector<std::byte> packing_files::compress(std::span<const std::byte> bytes, int) {
    std::vector<std::byte> packed;
    for (std::size_t i = 0; i < bytes.size();) {
        std::size_t count = 1;
        while (i + count < bytes.size() && count < 255 && bytes[i + count] == bytes[i]) ++count;
        packed.push_back(static_cast<std::byte>(count));
        packed.push_back(bytes[i]);
        i += count;
    }
    return packed;
}
bool packing_files::decompress(std::span<const std::byte> packed, std::span<std::byte> room) {
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < packed.size(); i += 2) {
        const auto count = static_cast<std::size_t>(packed[i]);
        if (count > room.size() - at) return false;
        std::fill_n(room.begin() + static_cast<std::ptrdiff_t>(at), count, packed[i + 1]);
        at += count;
    }
    return at == room.size() && packed.size() % 2 == 0;
}

tested_log::tested_log(std::unique_ptr<parts> inner) : inner_(std::move(inner)) {}
tested_log::tested_log(tested_log&& other) noexcept            = default;
tested_log& tested_log::operator=(tested_log&& other) noexcept = default;
tested_log::~tested_log()                                      = default;

expected<tested_log, error> tested_log::open(annals::simulated_disk& disk, const std::string& directory,
                                             const annals::file_log_options& options, const std::int64_t* now,
                                             const annals::uuid* id) {
    auto opened = log_type::open(directory, options, still_clock{now}, given_id{id}, packing_files(disk));
    if (!opened) return annals::unexpected<error>(opened.error());
    return tested_log(std::make_unique<parts>(parts{std::move(*opened)}));
}
expected<tested_log, error> tested_log::open_read_only(annals::simulated_disk& disk, const std::string& directory) {
    auto opened = log_type::open_read_only(directory, packing_files(disk));
    if (!opened) return annals::unexpected<error>(opened.error());
    return tested_log(std::make_unique<parts>(parts{std::move(*opened)}));
}

// As file_log::salvage, but with files that a simulated disk has room for.
expected<void, error> tested_log::salvage(annals::simulated_disk& disk, const std::string& damaged,
                                          const std::string& directory, const annals::file_log_options& options) {
    packing_files files(disk);
    auto          store = annals::detail::file_store<packing_files>::open(directory, options, files, annals::detail::any_schemas);
    if (!store) return annals::unexpected<error>(store.error());
    const auto saved = annals::detail::salvage<packing_files>(files, damaged, **store).run();
    if (!saved) return annals::unexpected<error>(saved.error());
    return (*store)->close();
}

std::vector<segment_layout> tested_log::layout(annals::simulated_disk& disk, const std::string& directory) {
    namespace detail      = annals::detail;
    const auto    missing = std::exchange(detail::missing_safeguard, detail::safeguard::none);
    packing_files files(disk);
    const auto    found       = detail::examination<packing_files>(files, directory).run();
    detail::missing_safeguard = missing;
    std::vector<segment_layout> all;
    if (!found || found->damage) return all;
    for (const auto& each : found->segments) {
        segment_layout made{each->path, each->end(), {}, each->is_packed()};
        if (made.is_packed) {
            const std::uint64_t beginning = detail::first_frame + each->frame(detail::first_frame).size();
            made.used                     = disk.content(made.path).size();
            made.frames                   = {{0, beginning, beginning, each->first_position, 0, false},
                                             {beginning, made.used - beginning, 8, each->first_position, 0, false}};
            all.push_back(std::move(made));
            continue;
        }
        if (each == found->segments.back()) {
            made.used = detail::offset_of(found->index.end.address);
            for (const std::uint64_t offset : found->tail) made.used = offset + each->frame(offset).size();
        }
        for (std::uint64_t at = detail::first_frame; at < made.used; at += each->frame(at).size()) {
            const detail::frame_view frame = each->frame(at);
            made.frames.push_back({at, frame.size(), frame.head().head_size, frame.first(), frame.head().durable,
                                   frame.kind() == detail::frame_kind::schemas});
        }
        all.push_back(std::move(made));
    }
    return all;
}

std::string tested_log::process_name(const annals::simulated_disk& disk) {
    return annals::simulated_files(const_cast<annals::simulated_disk&>(disk)).process_name();
}
std::string tested_log::boot_id(const annals::simulated_disk& disk) {
    return annals::simulated_files(const_cast<annals::simulated_disk&>(disk)).boot_id();
}

expected<std::vector<annals::receipt>, error> tested_log::append(const annals::metadata&      about,
                                                                 std::span<const named_share> shares) {
    using receipts  = std::vector<annals::receipt>;
    const auto part = [&](std::size_t i) { return annals::append_to(shares[i].stream, shares[i].expects, shares[i].events); };
    const auto all  = [](const auto& made) -> expected<receipts, error> {
        if (!made) return annals::unexpected<error>(made.error());
        return receipts(made->begin(), made->end());
    };
    if (shares.size() == 2) return all(inner_->log.append(about, part(0), part(1)));
    if (shares.size() == 3) return all(inner_->log.append(about, part(0), part(1), part(2)));
    const auto made = inner_->log.append(shares[0].stream, shares[0].expects, about, shares[0].events);
    if (!made) return annals::unexpected<error>(made.error());
    return receipts{*made};
}

expected<annals::version, error> tested_log::end_stream(const std::string& stream) { return inner_->log.end_stream(stream); }
expected<annals::version, error> tested_log::drop_events(const std::string& stream, const annals::retention& keep) {
    return inner_->log.drop_events(stream, keep);
}
expected<annals::position, error> tested_log::truncate_before(std::uint64_t first, std::uint64_t number) {
    return inner_->log.truncate_before(annals::position{first}, summary{number, "all that was"});
}
expected<void, error> tested_log::copy_to(const std::string& directory) { return inner_->log.copy_to(directory); }
expected<void, error> tested_log::compress() {
    const auto done = inner_->log.compress_sealed(1);
    if (!done) return annals::unexpected<error>(done.error());
    return {};
}
expected<void, error> tested_log::sync() { return inner_->log.sync(); }
expected<void, error> tested_log::close() { return inner_->log.close(); }

expected<std::uint64_t, error> tested_log::verify() const {
    const auto done = inner_->log.verify();
    if (!done) return annals::unexpected<error>(done.error());
    return done->events;
}
expected<kept_summary, error> tested_log::snapshot() const {
    const auto kept = inner_->log.snapshot_of<summary>();
    if (!kept) return annals::unexpected<error>(kept.error());
    if (!*kept) return kept_summary{};
    return kept_summary{(*kept)->state.number, (*kept)->first.value};
}
std::uint64_t tested_log::first_position() const { return inner_->log.first_position().value; }
std::uint64_t tested_log::head() const {
    const auto head = inner_->log.head();
    if (!head) throw broken("head(): " + head.error().message());
    return head->value;
}

}  // namespace crash_simulation
