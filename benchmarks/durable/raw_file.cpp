// What the disk takes, and no log can be faster: the events' bytes are written to a file that has its full length already,
// and synced. They lie ready in memory, one behind the other, with nothing between them; nothing is checked or looked up.
// At its end the file begins again, so that all of it can be written with zeros before the time is taken.
#include "contestant.hpp"

#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

constexpr std::size_t file_bytes = std::size_t{256} << 20;

class raw_file : public contestant {
public:
    explicit raw_file(const opening& how)
        : file_(open((how.directory + "/raw").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
        if (file_ < 0) give_up("raw_file", "cannot be made");
        const std::vector<std::byte> zeros(std::size_t{1} << 20);
        for (std::size_t at = 0; at < file_bytes; at += zeros.size()) write(zeros, at);
        fsync(file_);
    }
    ~raw_file() override { close(file_); }
    raw_file(const raw_file&)            = delete;
    raw_file& operator=(const raw_file&) = delete;

    bool append(const stream_key&, std::uint64_t, const warehouse::batch& events) override {
        const std::size_t size = events.bytes().size() * events.bytes().front().bytes.size();
        if (ready_.size() != size) ready_.assign(size, std::byte{0xA5});
        if (at_ + size > file_bytes) at_ = 0;
        write(ready_, at_);
        if (fdatasync(file_) != 0) give_up("raw_file", "cannot be synced");
        at_ += size;
        count_ += events.bytes().size();
        return true;
    }
    std::uint64_t    count() override { return count_; }
    warehouse::tally replay() override { give_up("raw_file", "is not to be read"); }

private:
    void write(const std::vector<std::byte>& bytes, std::size_t at) {
        if (pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at)) != static_cast<ssize_t>(bytes.size()))
            give_up("raw_file", "cannot be written");
    }

    int                    file_;
    std::size_t            at_ = 0;
    std::uint64_t          count_ = 0;
    std::vector<std::byte> ready_;
};

}  // namespace

contestant_pointer open_raw_file(const opening& how) {
    return std::make_unique<raw_file>(how);
}
