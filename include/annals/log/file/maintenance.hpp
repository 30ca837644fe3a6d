// What is done to a file log as a whole: dropping its beginning, copying it, checking it.
#pragma once

#include <annals/log/file/file_store.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals {

/// Told how far a long work is: bytes that are done, of how many.
using progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// What `file_log::verify` finds in order.
struct verified_log {
    std::uint64_t bytes = 0, frames = 0, events = 0, streams = 0;
};

namespace detail {

/// The bytes of all segments in a view.
template <file_system Files>
std::uint64_t bytes_in(const log_view<Files>& view) {
    std::uint64_t all = 0;
    for (const auto& each : *view.segments)
        if (each->number() <= segment_of(view.end.address)) all += view.end_of(*each);
    return all;
}

/// Why a frame's events are none: an event does not end within its frame, or has a schema that nobody announced.
inline bool events_are_sound(const frame_view& frame, const std::vector<schema_record>& schemas) {
    event_place at(frame);
    for (std::uint64_t i = 0; i < frame.count(); ++i) {
        const std::uint32_t number = at.schema();
        const bool          is_known =
            std::any_of(schemas.begin(), schemas.end(), [&](const schema_record& each) { return each.number == number; });
        if (!is_known || (frame.head().types >> (number % 64U) & 1U) == 0 || !at.advance(frame.end())) return false;
    }
    return at.payload == frame.end();
}

/// Reads a segment from its file, not through the mapping: a disk that cannot be read is an error then, and no signal. If the
/// file was removed meanwhile, from what is still mapped of it.
template <file_system Files>
expected<std::vector<std::byte>, error> read_segment(Files& files, const segment<Files>& in, std::uint64_t size) {
    const auto failed = [](const io_error& why) { return unexpected<error>(system_error(why, "a segment cannot be read")); };
    auto       file   = uninterrupted([&] { return files.open(in.path, file_access::read); });
    const bool is_gone = !file && file.error().code == ENOENT;
    if (!file && !is_gone) return failed(file.error());
    std::vector<std::byte> bytes(in.is_packed() ? in.bytes().size() : size);
    if (is_gone)
        std::memcpy(bytes.data(), in.bytes().data(), bytes.size());
    else {
        const auto count = read_all(*file, 0, bytes);
        if (!count) return failed(count.error());
        if (*count != bytes.size()) return refused(errc::damaged, "a segment is shorter than it was", in.path);
    }
    if (!in.is_packed()) return bytes;
    const auto packed = open_packed(files, std::span<const std::byte>(bytes), in.salt(), in.path);
    if (!packed) return unexpected<error>(packed.error());
    auto content = packed->all();
    if (!content.is_whole || content.bytes.size() != size) return refused(errc::damaged, "a compressed segment's chunk is damaged", in.path);
    std::memcpy(content.bytes.data(), bytes.data(), first_frame);
    return std::move(content.bytes);
}

/// Calls `function(frame, offset)` for each frame of a segment; `bytes` are its own, up to its end. Checks heads, bodies and
/// links.
template <file_system Files, class Function>
expected<void, error> check_segment(const segment<Files>& in, std::span<const std::byte> bytes, std::uint32_t& link, bool is_first,
                                    Function&& function) {
    for (std::uint64_t offset = first_frame; offset < bytes.size();) {
        frame_fault fault = check_head(bytes, offset, in.salt());
        if (fault != frame_fault::none) return unexpected<error>(damage(fault, in.path, offset, 0));
        const frame_view frame(bytes.data() + offset);
        if (!frame.body_is_intact()) return unexpected<error>(damage(frame_fault::wrong_checksum, in.path, offset, frame.first()));
        if (keeps(safeguard::check_of_a_link) && !(is_first && offset == first_frame) && frame.head().link != link)
            return unexpected<error>(damage(frame_fault::wrong_link, in.path, offset, frame.first()));
        link = frame.head().head_check;
        if (auto done = function(frame, offset); !done) return done;
        offset += frame.size();
    }
    return {};
}

/// Checks everything: the bytes on the disk, and that the index is what they say.
template <file_system Files>
class verification {
public:
    verification(file_store<Files>& store, const progress& told) : store_(store), told_(told) {}

    expected<verified_log, error> run() {
        auto&       state = store_.state();
        log_index   known;
        {
            const std::lock_guard lock(state.mutex);
            view_ = state.view_now(true);
            saved_ = save_log_index(state.index, state.log_id);
        }
        if (view_.damage) return unexpected<error>(*view_.damage);
        auto loaded = load_log_index(index_buffer(std::span<const std::byte>(saved_)));
        if (!loaded) return refused(errc::damaged, "the index contradicts itself", state.directory);
        known = std::move(loaded->index);
        if (auto done = begin(known); !done) return unexpected<error>(std::move(done.error()));
        const std::uint64_t all  = bytes_in(view_);
        std::uint32_t       link = 0;
        for (const auto& each : *view_.segments) {
            if (each->number() > segment_of(view_.end.address)) break;
            if (auto done = check(*each, link, each == view_.segments->front()); !done) return unexpected<error>(std::move(done.error()));
            if (told_) told_(found_.bytes, all);
        }
        if (auto done = compare(known); !done) return unexpected<error>(std::move(done.error()));
        for (std::uint32_t number = 0; number < known.streams.size(); ++number)
            if (!is_key_of_tag(known.streams.name(number))) ++found_.streams;
        return found_;
    }

private:
    // Before what was truncated nothing can be seen: what the streams were there is taken from what was written then.
    expected<void, error> begin(const log_index& known) {
        const segment<Files>& first = *view_.segments->front();
        index_.end.address          = address_of(first.number(), first_frame);
        if (first.number() == 1) return {};
        const auto frame = view_.frame_at(known.truncated.streams);
        if (!frame) return unexpected<error>(frame.error());
        auto loaded = load_log_index(index_buffer(frame->body()));
        if (!loaded) return refused(errc::damaged, "what a truncation left of the index is damaged", first.path);
        index_ = std::move(loaded->index);
        return {};
    }

    expected<void, error> check(const segment<Files>& in, std::uint32_t& link, bool is_first) {
        const std::uint64_t size  = view_.end_of(in);
        auto                bytes = read_segment(store_.state().files, in, size);
        if (!bytes) return unexpected<error>(std::move(bytes.error()));
        segment_header header;
        std::memcpy(&header, bytes->data(), sizeof(header));
        if (!is_header(header) || header.number != in.number())
            return refused(errc::damaged, "a segment's first page is damaged", in.path);
        found_.bytes += size;
        block_list listed;
        auto       done = check_segment(in, std::span<const std::byte>(*bytes), link, is_first,
                                  [&](const frame_view& frame, std::uint64_t offset) -> expected<void, error> {
            const std::uint64_t address = address_of(in.number(), offset);
            const auto          wrong   = [&] { return unexpected<error>(damage(frame_fault::malformed, in.path, offset, frame.first())); };
            if (address >= index_.end.address && index_.take(frame, address) != frame_fault::none) return wrong();
            if (frame.kind() == frame_kind::events && !events_are_sound(frame, index_.schemas)) return wrong();
            if (frame.kind() == frame_kind::seal) {
                if (!lists(frame, listed)) return wrong();
            } else
                note_frame(listed, frame, offset);
            ++found_.frames;
            found_.events += frame.count();
            return {};
        });
        return done;
    }
    static bool lists(const frame_view& seal, const block_list& blocks) {
        const auto body = seal.body();
        if (body.size() != blocks.size() * sizeof(block_entry)) return false;
        return blocks.empty() || std::memcmp(body.data(), blocks.data(), body.size()) == 0;
    }

    expected<void, error> compare(const log_index& known) const {
        const auto wrong = [&](std::string_view what) { return refused(errc::damaged, what, store_.directory()); };
        if (index_.end.address != known.end.address || index_.end.position != known.end.position || index_.end.link != known.end.link)
            return wrong("the index does not end where the log does");
        if (index_.streams.size() > known.streams.size()) return wrong("the index misses a stream");
        for (std::uint32_t number = 0; number < known.streams.size(); ++number) {
            const std::string_view name  = known.streams.name(number);
            const std::uint32_t    other = index_.streams.find(name);
            const stream_state     state = other == stream_table::none ? stream_state{} : index_.streams[other];
            const stream_state&    mine  = known.streams[number];
            if (state.version != mine.version || state.last != mine.last || state.milestone != mine.milestone ||
                state.ordinal != mine.ordinal || state.ended != mine.ended || state.trimmed != mine.trimmed)
                return unexpected<error>(error{errc::damaged, "the index is wrong about a stream", std::string{name_of_key(name)}, version{mine.version}});
        }
        return {};
    }

    file_store<Files>&     store_;
    const progress&        told_;
    log_view<Files>        view_;
    std::vector<std::byte> saved_;
    log_index              index_;
    verified_log           found_;
};

/// Copies a log, as it is at one moment, into a directory that is made for it. Segments get their names from the last one to
/// the first, so that what was broken off is no log that anybody would take for a whole one.
template <file_system Files>
expected<void, error> copy_log(file_store<Files>& store, const std::string& directory, const progress& told) {
    auto&                  state = store.state();
    Files&                 files = state.files;
    log_view<Files>        view;
    std::vector<std::byte> index;
    {
        const std::lock_guard lock(state.mutex);
        view  = state.view_now(true);
        index = save_log_index(state.index, state.log_id);
    }
    const auto failed = [](const io_error& why) { return unexpected<error>(system_error(why, "the copy cannot be written")); };
    if (view.damage) return unexpected<error>(*view.damage);
    if (auto done = uninterrupted([&] { return files.make_directory(directory); }); !done) return failed(done.error());
    const std::uint64_t      all  = bytes_in(view);
    std::uint64_t            done_bytes = 0;
    std::uint32_t            link = 0;
    std::vector<std::string> names;
    for (const auto& each : *view.segments) {
        if (each->number() > segment_of(view.end.address)) break;
        std::vector<std::byte> unpacked;
        if (each->is_packed()) {
            auto bytes = read_segment(files, *each, view.end_of(*each));
            if (!bytes) return unexpected<error>(std::move(bytes.error()));
            unpacked = std::move(*bytes);
        }
        const auto used = each->is_packed() ? std::span<const std::byte>(unpacked) : view.used(*each);
        auto       good = check_segment(*each, used, link, names.empty(), [](const frame_view&, std::uint64_t) { return expected<void, error>{}; });
        if (!good) return good;
        std::string name = each->is_packed() ? packed_name(each->number()) : segment_name(each->number());
        auto        file = uninterrupted([&] { return files.open(path_in(directory, name + ".tmp"), file_access::create); });
        if (!file) return failed(file.error());
        if (auto done = write_all(*file, 0, each->is_packed() ? each->bytes() : used); !done) return failed(done.error());
        if (view.is_last(*each)) {
            frame_draft mark = control_draft(frame_kind::mark, {}, flag_closing);
            mark.put_in_place({each->salt(), view.end.link, static_cast<std::uint32_t>(used.size()), view.end.position, view.end.time});
            if (auto done = write_all(*file, used.size(), mark.view().bytes()); !done) return failed(done.error());
        }
        if (keeps(safeguard::sync_of_a_copy))
            if (auto done = sync_file(*file); !done) return failed(done.error());
        names.push_back(std::move(name));
        done_bytes += used.size();
        if (told) told(done_bytes, all);
    }
    (void)replace_file(files, path_in(directory, index_name), index);
    const auto sync_names = [&](const std::string& in) {
        return keeps(safeguard::sync_of_a_copy_s_directory) ? uninterrupted([&] { return files.sync_directory(in); })
                                                            : io_result<void>{};
    };
    for (std::size_t i = names.size(); i-- > 0;) {
        const std::string path = path_in(directory, names[i]);
        if (auto done = uninterrupted([&] { return files.rename(path + ".tmp", path); }); !done) return failed(done.error());
        if (i + 1 != names.size() && i != 0) continue;
        if (auto done = sync_names(directory); !done) return failed(done.error());
    }
    if (auto done = sync_names(parent_of(directory)); !done) return failed(done.error());
    return {};
}

}  // namespace detail
}  // namespace annals
