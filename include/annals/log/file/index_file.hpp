// The saved index of a file log: a help to open it fast, which is made anew if it is lost.
#pragma once

#include <annals/log/file/file_system.hpp>
#include <annals/log/file/log_index.hpp>
#include <annals/log/file/saved_index.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// What is saved beside the table of streams.
struct index_extras {
    std::vector<schema_record> schemas;
    std::vector<rule_record>   rules;
    truncated_record           truncated;
    bool                       has_gaps = false;
};

struct saved_log_index {
    uuid      log_id;
    log_index index;
};

inline std::vector<std::byte> save_log_index(const log_index& index, const uuid& log_id) {
    const auto more = body_of(index_extras{index.schemas, index.all_rules(), index.truncated, index.has_gaps});
    index_header_values values;
    values.log_id        = log_id;
    values.covered       = index.end.address;
    values.next_position = index.end.position;
    values.last_time     = index.end.time;
    values.link          = index.end.link;
    return save_index(values, index.streams, more).copy();
}

/// Nothing if it is damaged.
inline std::optional<saved_log_index> load_log_index(index_buffer bytes) {
    auto loaded = load_index(std::move(bytes));
    if (!loaded) return {};
    const auto extras = record_in<index_extras>(loaded->more);
    if (!extras) return {};
    saved_log_index saved;
    saved.log_id            = loaded->values.log_id;
    saved.index.streams     = std::move(loaded->streams);
    saved.index.end         = {loaded->values.covered, loaded->values.next_position, loaded->values.last_time, loaded->values.link};
    saved.index.truncated   = extras->truncated;
    saved.index.has_gaps    = extras->has_gaps;
    saved.index.take_schemas(extras->schemas);
    for (const rule_record& rule : extras->rules)
        if (!rule.stream.empty()) saved.index.take_rule(rule);
    return saved;
}

/// The saved index in a file, or nothing if it is not there or damaged.
template <file_system Files>
std::optional<saved_log_index> load_log_index(Files& files, const std::string& path) {
    auto file = uninterrupted([&] { return files.open(path, file_access::read); });
    if (!file) return {};
    const auto size = file->size();
    if (!size) return {};
    index_buffer buffer(*size);
    const auto   count = read_all(*file, 0, buffer.bytes());
    if (!count || *count != *size) return {};
    return load_log_index(std::move(buffer));
}

/// Puts bytes under a name in one step: after a crash there is all of it, or what was there before.
template <file_system Files>
io_result<void> replace_file(Files& files, const std::string& path, std::span<const std::byte> bytes) {
    const std::string made = path + ".tmp";
    (void)files.remove(made);
    auto file = uninterrupted([&] { return files.open(made, file_access::create); });
    if (!file) return unexpected<io_error>(file.error());
    if (auto done = write_all(*file, 0, bytes); !done) return done;
    if (auto done = sync_file(*file); !done) return done;
    return uninterrupted([&] { return files.rename(made, path); });
}

}  // namespace annals::detail
