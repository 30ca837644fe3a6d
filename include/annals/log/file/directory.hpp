// The files of a file log's directory beside its segments, and the names of all.
#pragma once

#include <annals/log/file/failure.hpp>
#include <annals/log/file/file_system.hpp>
#include <annals/log/file/format.hpp>
#include <annals/model/expected.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace annals::detail {

inline constexpr std::string_view index_name     = "streams.index";
inline constexpr std::string_view lock_name      = "lock";
inline constexpr std::string_view published_name = "published";

inline std::uint32_t boot_number(const std::string& boot_id) {
    return crc32c({reinterpret_cast<const std::byte*>(boot_id.data()), boot_id.size()});
}

/// All of a file, or nothing if it is not there or cannot be read: for what is only a help.
template <file_system Files>
std::vector<std::byte> contents_of(Files& files, const std::string& path) {
    std::vector<std::byte> bytes;
    auto                   file = uninterrupted([&] { return files.open(path, file_access::read); });
    if (!file) return bytes;
    const auto size = file->size();
    if (!size) return bytes;
    bytes.resize(*size);
    const auto count = read_all(*file, 0, bytes);
    bytes.resize(count ? *count : 0);
    return bytes;
}

/// What the writer said last of what is durable. Nothing if that cannot be relied on.
inline std::optional<published_record> published_in(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(published_record)) return {};
    const auto record = record_at<published_record>(bytes.data());
    if (crc32c(bytes.first(sizeof(record) - sizeof(record.check))) != record.check) return {};
    return record;
}

/// The same from the log's directory. A record that is written at this very moment may be read in part: it is read again.
template <file_system Files>
std::optional<published_record> read_published(Files& files, const std::string& directory) {
    constexpr int most_tries = 3;
    for (int tries = 1;; ++tries) {
        const auto bytes = contents_of(files, path_in(directory, published_name));
        auto       said  = published_in(bytes);
        if (said || bytes.empty() || tries == most_tries) return said;
        std::this_thread::sleep_for(std::chrono::milliseconds(tries));
    }
}

/// Whether a name is that of a segment.
inline bool is_segment(std::string_view name) {
    const std::string_view end = name.size() == 14 ? name.substr(10) : std::string_view{};
    return (end == ".log" || end == ".zst") && name.find_first_not_of("0123456789") == 10;
}

/// The numbers of the segments in a directory, ascending. One that was just compressed may be there twice, and is listed once.
inline std::vector<std::uint64_t> segment_numbers(const std::vector<std::string>& names) {
    std::vector<std::uint64_t> numbers;
    for (const std::string& name : names) {
        if (is_segment(name)) numbers.push_back(std::stoull(name.substr(0, 10)));
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

/// Opens a file for writing, which is made if it is not there.
template <file_system Files>
io_result<typename Files::file> open_or_make(Files& files, const std::string& path) {
    auto file = uninterrupted([&] { return files.open(path, file_access::update); });
    if (file || file.error().code != ENOENT) return file;
    return uninterrupted([&] { return files.open(path, file_access::create); });
}

/// Takes the lock on a log, and writes down who has it.
template <file_system Files>
expected<typename Files::lock_type, error> hold(Files& files, const std::string& directory) {
    const std::string path = path_in(directory, lock_name);
    auto              file = open_or_make(files, path);
    if (!file) return unexpected<error>(system_error(file.error(), "the log's directory cannot be written"));
    auto holding = uninterrupted([&] { return files.lock(path); });
    if (!holding && holding.error().code == EWOULDBLOCK) {
        const auto  bytes = contents_of(files, path);
        std::string holder(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return refused(errc::locked, "the log is open for writing already", path, 0, "by " + holder);
    }
    if (!holding) return unexpected<error>(system_error(holding.error(), "the log cannot be locked"));
    const std::string text = files.process_name();
    (void)file->resize(0);
    (void)write_all(*file, 0, std::as_bytes(std::span(text)));
    return std::move(*holding);
}

}  // namespace annals::detail
