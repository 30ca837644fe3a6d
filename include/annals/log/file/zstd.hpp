// A file log whose sealed segments may be compressed, with libzstd: link with `annals::annals_zstd`, or with -lzstd.
#pragma once

#include <annals/log/file/packed.hpp>
#include <annals/log/file_log.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include <zstd.h>

namespace annals {

/// Files that can be compressed. Models `compressing_file_system`. Each log has 16 MiB for what it decompressed lately.
template <file_system Files = posix_files>
class zstd_files : public Files {
public:
    zstd_files(Files files = Files{}) : Files(std::move(files)) {}

    static std::vector<std::byte> compress(std::span<const std::byte> bytes, int level) {
        std::vector<std::byte> packed(ZSTD_compressBound(bytes.size()));
        const std::size_t      size = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), level);
        packed.resize(ZSTD_isError(size) ? 0 : size);
        return packed;
    }
    static bool decompress(std::span<const std::byte> packed, std::span<std::byte> room) {
        struct deleter {
            void operator()(ZSTD_DCtx* context) const { (void)ZSTD_freeDCtx(context); }
        };
        // Making one takes as long as decompressing some 50 KiB.
        thread_local const std::unique_ptr<ZSTD_DCtx, deleter> context(ZSTD_createDCtx());
        if (!context) throw std::bad_alloc();
        return ZSTD_decompressDCtx(context.get(), room.data(), room.size(), packed.data(), packed.size()) == room.size();
    }
    [[nodiscard]] std::shared_ptr<detail::chunk_cache> chunks() const { return chunks_; }

private:
    std::shared_ptr<detail::chunk_cache> chunks_ = std::make_shared<detail::chunk_cache>();
};

/// A `file_log` that can `compress_sealed`, and reads what was compressed. It opens any file log; one that has compressed
/// segments is opened as this.
template <list Events, class Clock = utc_clock, class IdGenerator = uuid_v7_generator, file_system Files = posix_files>
using zstd_file_log = file_log<Events, Clock, IdGenerator, zstd_files<Files>>;

}  // namespace annals
