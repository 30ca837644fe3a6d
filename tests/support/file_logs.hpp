// File logs of a bank, and their files.
#pragma once

#include "support/bank.hpp"
#include "support/temporary_directory.hpp"

#include <annals/log/file_log.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

using bank_log = annals::file_log<bank::events>;

// Files as small as they can be, and nothing that happens by itself.
inline annals::file_log_options small_files() {
    annals::file_log_options options;
    options.segment_size = 64 * 1024;
    options.background   = false;
    return options;
}

template <class Log = bank_log>
Log opened(const std::string& directory, const annals::file_log_options& options = small_files()) {
    auto log = Log::open(directory, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}
template <class Log = bank_log>
Log opened_read_only(const std::string& directory) {
    auto log = Log::open_read_only(directory);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

inline std::string text_of(const bank::opened& e) { return "opened " + std::to_string(e.customer); }
inline std::string text_of(const bank::deposited& e) { return "deposited " + std::to_string(e.cents); }
inline std::string text_of(const bank::withdrawn& e) { return "withdrawn " + std::to_string(e.cents); }
inline std::string text_of(const bank::annotated& e) { return "annotated " + e.note; }
inline std::string text_of(const bank::closed&) { return "closed"; }

inline std::string text_of(const annals::uuid& id) {
    std::string text;
    for (const unsigned byte : id.bytes) text += std::to_string(byte) + '.';
    return text;
}
// All that is known of an event.
inline std::string line_of(const annals::context& where, const std::string& event) {
    std::string line = std::string{where.stream} + ' ' + std::to_string(where.version.value) + ' ' +
                       std::to_string(where.position.value) + ' ' + std::to_string(where.time.nanoseconds) + ' ' +
                       text_of(where.id) + ' ' + text_of(where.correlation) + ' ' + text_of(where.causation) + ' ' +
                       std::string{where.actor};
    for (const annals::key_value_view& each : where.values) line.append(" ").append(each.key).append("=").append(each.value);
    return line + ": " + event;
}

// What a query yields, and what it ends with if that is an error.
template <class Unit>
std::vector<std::string> lines_of(const bank_log& log, const annals::query<Unit>& what) {
    std::vector<std::string> lines;
    const auto answer = log.read(what, annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
                                     lines.push_back(line_of(where, text_of(event)));
                                 })});
    if (!answer) lines.push_back(answer.error().message());
    return lines;
}
inline std::vector<std::string> lines_of(const bank_log& log) { return lines_of(log, annals::whole_log()); }

inline std::string contents_of(const std::filesystem::path& path) {
    std::ifstream     in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}
inline void write_file(const std::filesystem::path& path, const std::string& contents) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
}
// The files of a directory, and what is in them.
inline std::map<std::string, std::string> files_of(const std::filesystem::path& directory) {
    std::map<std::string, std::string> files;
    for (const auto& each : std::filesystem::directory_iterator(directory))
        files[each.path().filename().string()] = contents_of(each.path());
    return files;
}
inline std::vector<std::filesystem::path> segments_of(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> found;
    for (const auto& each : std::filesystem::directory_iterator(directory))
        if (each.path().extension() == ".log") found.push_back(each.path());
    std::sort(found.begin(), found.end());
    return found;
}
inline void copy_directory(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

}  // namespace support
