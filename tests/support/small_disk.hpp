// A disk that is soon full, for tests.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace support {

/// So many bytes of memory, mounted where only this thread, and what it starts from then on, sees them: they are gone with it,
/// however it ends. Not everybody may mount something: look at `is_there`.
class small_disk {
public:
    explicit small_disk(std::size_t bytes) {
        std::string name = (std::filesystem::temp_directory_path() / "annals-disk-XXXXXX").string();
        if (!::mkdtemp(name.data())) return;
        path_              = name;
        const auto options = "mode=1777,size=" + std::to_string(bytes);
        is_there_          = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    ::mount("none", name.c_str(), "tmpfs", 0, options.c_str()) == 0;
    }
    small_disk(const small_disk&)            = delete;
    small_disk& operator=(const small_disk&) = delete;
    ~small_disk() {
        if (is_there_) (void)::umount2(path_.c_str(), MNT_DETACH);
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] bool                         is_there() const noexcept { return is_there_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// Leaves no room, or no more than somebody gives back.
    void fill() const {
        std::ofstream filler(path_ / "filler", std::ios::binary | std::ios::app);
        while (filler << std::string(4096, 'x') << std::flush) {}
    }
    void make_room() const { std::filesystem::remove(path_ / "filler"); }

private:
    std::filesystem::path path_;
    bool                  is_there_ = false;
};

}  // namespace support
