// How a segment comes into being: under another name, until its beginning is durable.
#pragma once

#include <annals/log/clock.hpp>
#include <annals/log/file/draft.hpp>
#include <annals/log/file/segment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// A file of zeros that is to become a segment.
template <file_system Files>
struct blank_segment {
    typename Files::file file;
    std::string          path;
    std::uint64_t        capacity = 0;
};

/// A number that tells a segment's frames from what other files left on the disk.
inline std::uint32_t random_salt() {
    const uuid    id   = uuid_v7_generator{}();
    std::uint32_t salt = 0;
    for (std::size_t i = 12; i < 16; ++i) salt = salt << 8U | id.bytes[i];
    return salt == 0 ? 1 : salt;
}

/// Whether the zeros of a new file are written, or only its room is reserved. A sync of what was written over written zeros
/// changes nothing but them, and takes two thirds of the time; but for appends that are large that saves less than the zeros
/// cost.
enum class blank_content { zeros, room };
inline constexpr std::uint64_t blank_piece = std::uint64_t{4} << 20U;   // bytes
inline constexpr std::uint64_t large_group = std::uint64_t{256} << 10U;  // bytes

/// Makes a file that reads as zeros, and has its room on the disk. Whatever stood under its name, which ends with .tmp, is
/// gone. Errors: `disk_full`, `io_failed`; nothing is left then, as far as the system lets it.
template <file_system Files>
expected<blank_segment<Files>, error> make_blank(Files& files, std::string path, std::uint64_t capacity, blank_content content) {
    const auto give_up = [&](const io_error& why) {
        (void)files.remove(path);
        return unexpected<error>(system_error(why, "there is no room for a new segment"));
    };
    (void)files.remove(path);
    auto file = uninterrupted([&] { return files.open(path, file_access::create); });
    if (!file) return give_up(file.error());
    const std::uint64_t          written = content == blank_content::zeros ? capacity : 0;
    const std::vector<std::byte> zeros(std::min<std::uint64_t>(written, std::uint64_t{1} << 20U));
    for (std::uint64_t at = 0; at < written; at += zeros.size()) {
        const auto part = std::span(zeros).first(std::min<std::uint64_t>(zeros.size(), written - at));
        if (const auto done = write_all(*file, at, part); !done) return give_up(done.error());
        // In pieces, for while the disk has one to write, the syncs of appends wait.
        if ((at + part.size()) % blank_piece == 0 && at + part.size() < written)
            if (const auto done = sync_file(*file); !done) return give_up(done.error());
    }
    if (const auto done = uninterrupted([&] { return file->reserve(capacity); }); !done) return give_up(done.error());
    if (const auto done = sync_file(*file); !done) return give_up(done.error());
    return blank_segment<Files>{std::move(*file), std::move(path), capacity};
}

/// Writes a segment's first page and its first frames, makes them durable, and gives the file its name. After an error it may
/// have the name or not.
template <file_system Files>
expected<std::shared_ptr<segment<Files>>, error> name_segment(Files& files, const std::string& directory,
                                                              blank_segment<Files>& blank, const segment_header& header,
                                                              std::span<const std::byte> frames,
                                                              safeguard sync = safeguard::sync_of_a_new_segment) {
    std::vector<std::byte> beginning(bytes_of(header).begin(), bytes_of(header).end());
    beginning.insert(beginning.end(), frames.begin(), frames.end());
    const auto failed = [](const io_error& why) { return unexpected<error>(system_error(why, "a new segment cannot be written")); };
    if (const auto done = write_all(blank.file, 0, beginning); !done) return failed(done.error());
    if (keeps(sync))
        if (const auto done = sync_file(blank.file); !done) return failed(done.error());
    std::string path = path_in(directory, segment_name(header.number));
    if (const auto done = uninterrupted([&] { return files.rename(blank.path, path); }); !done) return failed(done.error());
    if (keeps(safeguard::sync_of_the_directory))
        if (const auto done = uninterrupted([&] { return files.sync_directory(directory); }); !done) return failed(done.error());
    return segment<Files>::open(files, std::move(path), header.number);
}

/// The first frame of a segment.
inline frame_draft begin_draft(const begin_record& record, std::uint32_t salt, std::uint32_t link, std::uint64_t position,
                               std::int64_t time) {
    frame_draft draft = control_draft(frame_kind::begin, body_of(record));
    draft.put_in_place({salt, link, first_frame, position, time});
    return draft;
}

/// How large a segment has to be for a frame, or the usual size if that will do. 0 if none is large enough.
inline std::uint64_t capacity_for(std::uint64_t usual, std::uint64_t begin_size, std::uint64_t frame_size) {
    const std::uint64_t used   = first_frame + begin_size + frame_size;
    const std::uint64_t needed = rounded_up(used + room_for_end(used) + 4096, segment_header::page);
    if (needed > largest_segment) return 0;
    return std::max(needed, usual);
}

}  // namespace annals::detail
