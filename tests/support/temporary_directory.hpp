// A directory for one test, which is gone when the test is.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace support {

class temporary_directory {
public:
    temporary_directory() {
        std::string name = (parent() / "annals-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory: " + name);
        path_ = name;
    }
    temporary_directory(const temporary_directory&)            = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// The path of something in it.
    [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    // In memory, where there is such a place: what is tested with it is not how fast a disk is.
    static std::filesystem::path parent() {
        std::error_code ignored;
        const bool      has_memory = std::getenv("TMPDIR") == nullptr && std::filesystem::is_directory("/dev/shm", ignored);
        return has_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    }

    std::filesystem::path path_;
};

}  // namespace support
