// Compressing the segments of a file log that are no longer written.
#pragma once

#include <annals/log/file/maintenance.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals {

/// What `file_log::compress_sealed` came to: how many files it compressed, and how many bytes they had before and have now.
struct compressed_log {
    std::uint64_t files = 0, bytes_before = 0, bytes_after = 0;
};

namespace detail {

/// Writes a compressed segment's file.
template <compressing_file_system Files>
class segment_packer {
public:
    segment_packer(typename Files::file& file, const segment<Files>& in, const block_list& blocks, std::span<const std::byte> bytes, int level)
        : file_(file), in_(in), blocks_(blocks), bytes_(bytes), level_(level) {}

    /// Answers how long the file is.
    expected<std::uint64_t, error> run() {
        const auto beginning = bytes_.first(first_frame + frame_view(bytes_.data() + first_frame).size());
        if (auto done = put(beginning); !done) return unexpected<error>(std::move(done.error()));
        for (std::size_t i = 0; i < blocks_.size();) {
            const std::uint64_t first = blocks_[i].offset;
            while (++i < blocks_.size() && blocks_[i].offset - first < chunk_bytes) {}
            const std::uint64_t behind = i < blocks_.size() ? std::uint64_t{blocks_[i].offset} : bytes_.size();
            if (auto done = put_chunk(first, behind); !done) return unexpected<error>(std::move(done.error()));
        }
        chunk_table_end last{};
        last.end   = static_cast<std::uint32_t>(bytes_.size());
        last.count = static_cast<std::uint32_t>(table_.size() / sizeof(chunk_entry));
        last.salt  = in_.salt();
        table_.insert(table_.end(), bytes_of(last).begin(), bytes_of(last).end());
        record_at<chunk_table_end>(table_.data() + table_.size() - sizeof(last)).check =
            crc32c(std::span<const std::byte>(table_).first(table_.size() - sizeof(last.check)));
        if (auto done = put(table_); !done) return unexpected<error>(std::move(done.error()));
        return at_;
    }

private:
    expected<void, error> put(std::span<const std::byte> bytes) {
        if (auto done = write_all(file_, at_, bytes); !done)
            return unexpected<error>(system_error(done.error(), "a compressed segment cannot be written"));
        at_ += bytes.size();
        return {};
    }
    // What was compressed is compared: its only other copy is removed soon.
    expected<void, error> put_chunk(std::uint64_t first, std::uint64_t behind) {
        const auto                   plain  = bytes_.subspan(first, behind - first);
        const std::vector<std::byte> packed = Files::compress(plain, level_);
        room_.resize(plain.size());
        if (packed.empty() || !Files::decompress(packed, room_) || !std::equal(plain.begin(), plain.end(), room_.begin()))
            return refused(errc::io_failed, "a segment cannot be compressed", in_.path);
        chunk_head head{};
        head.salt   = in_.salt();
        head.offset = static_cast<std::uint32_t>(first);
        head.size   = static_cast<std::uint32_t>(plain.size());
        head.packed = static_cast<std::uint32_t>(packed.size());
        std::vector<std::byte> chunk(bytes_of(head).begin(), bytes_of(head).end());
        chunk.insert(chunk.end(), packed.begin(), packed.end());
        record_at<chunk_head>(chunk.data()).check = crc32c(std::span<const std::byte>(chunk).subspan(sizeof(head.check)));
        chunk.resize(in_words(chunk.size()));
        chunk_entry entry{};
        entry.offset = head.offset;
        entry.at     = static_cast<std::uint32_t>(at_);
        table_.insert(table_.end(), bytes_of(entry).begin(), bytes_of(entry).end());
        return put(chunk);
    }

    typename Files::file&      file_;
    const segment<Files>&      in_;
    const block_list&          blocks_;
    std::span<const std::byte> bytes_;
    int                        level_;
    std::uint64_t              at_ = 0;
    std::vector<std::byte>     table_, room_;
};

/// Compresses the segments that are no longer written, and are not yet compressed. The old file is removed when the new one is
/// durable; whoever reads it goes on.
template <compressing_file_system Files>
class compression {
public:
    compression(file_store<Files>& store, int level, const progress& told) : state_(store.state()), level_(level), told_(told) {}

    expected<compressed_log, error> run() {
        std::uint64_t all = 0, done_bytes = 0;
        {
            const auto view = state_.view(false);
            for (const auto& each : *view.segments)
                if (is_to_do(*each, view)) all += each->end();
        }
        for (std::uint64_t number = 0;;) {
            const std::lock_guard alone(state_.truncating);  // nothing is removed meanwhile
            const auto            view = state_.view(false);
            const auto            next = std::find_if(view.segments->begin(), view.segments->end(), [&](const auto& each) {
                return each->number() > number && is_to_do(*each, view);
            });
            if (next == view.segments->end()) return made_;
            number = (*next)->number();
            if (auto done = compress(**next); !done) return unexpected<error>(std::move(done.error()));
            done_bytes += (*next)->end();
            if (told_) told_(done_bytes, std::max(all, done_bytes));
        }
    }

private:
    static bool is_to_do(const segment<Files>& each, const log_view<Files>& view) {
        return !each.is_packed() && each.number() < segment_of(view.end.address);
    }

    expected<void, error> compress(const segment<Files>& in) {
        const auto bytes = read_segment(state_.files, in, in.end());
        if (!bytes) return unexpected<error>(bytes.error());
        std::uint32_t link = 0;
        if (!is_header(record_at<segment_header>(bytes->data()))) return refused(errc::damaged, "a segment's first page is damaged", in.path);
        block_list blocks;
        const auto note = [&](const frame_view& frame, std::uint64_t offset) {
            if (frame.kind() != frame_kind::seal) note_frame(blocks, frame, offset);
            return expected<void, error>{};
        };
        if (auto done = check_segment(in, std::span<const std::byte>(*bytes), link, true, note); !done) return done;

        const std::string path = path_in(state_.directory, packed_name(in.number())), temporary = path + ".tmp";
        const auto        size = write(in, blocks, *bytes, temporary);
        if (!size) {
            (void)state_.files.remove(temporary);
            return unexpected<error>(size.error());
        }
        const auto failed = [](const io_error& why) { return unexpected<error>(system_error(why, "a compressed segment cannot be named")); };
        if (auto done = uninterrupted([&] { return state_.files.rename(temporary, path); }); !done) return failed(done.error());
        if (keeps(safeguard::sync_of_its_name))
            if (auto done = uninterrupted([&] { return state_.files.sync_directory(state_.directory); }); !done)
                return failed(done.error());
        return replace(in, std::move(blocks), path, *size);
    }

    expected<std::uint64_t, error> write(const segment<Files>& in, const block_list& blocks, std::span<const std::byte> bytes,
                                         const std::string& path) {
        const auto failed = [](const io_error& why) { return unexpected<error>(system_error(why, "a compressed segment cannot be written")); };
        (void)state_.files.remove(path);
        auto file = uninterrupted([&] { return state_.files.open(path, file_access::create); });
        if (!file) return failed(file.error());
        auto size = segment_packer<Files>(*file, in, blocks, bytes, level_).run();
        if (!size) return size;
        if (keeps(safeguard::sync_of_a_compressed_segment))
            if (auto done = sync_file(*file); !done) return failed(done.error());
        return size;
    }

    // From now on, who begins to read reads the new file.
    expected<void, error> replace(const segment<Files>& in, block_list blocks, const std::string& path, std::uint64_t size) {
        auto opened = segment<Files>::open_packed_file(state_.files, path, in.number());
        if (!opened) return unexpected<error>(std::move(opened.error()));
        (*opened)->end_at(in.end(), in.seal());
        (*opened)->set_blocks(std::move(blocks));
        made_.files += 1;
        made_.bytes_before += in.bytes().size();
        made_.bytes_after += size;
        {
            const std::lock_guard lock(state_.mutex);
            auto changed = std::make_shared<segment_list<Files>>(*state_.segments);
            (*changed)[in.number() - changed->front()->number()] = std::move(*opened);
            state_.segments = std::move(changed);
        }
        (void)state_.files.remove(in.path);
        return {};
    }

    log_state<Files>& state_;
    int               level_;
    const progress&   told_;
    compressed_log    made_;
};

}  // namespace detail
}  // namespace annals
