// The connections of those who read a log in a database.
#pragma once

#include <annals/log/sqlite/reading.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// Lends connections, and opens as many as are needed at the same time.
class sqlite_readers {
public:
    sqlite_readers(std::string path, int patience) : path_(std::move(path)), patience_(patience) {}

    /// A reader, which goes back when it is no longer needed.
    class loan {
    public:
        loan(sqlite_readers& from, std::unique_ptr<sqlite_reader> lent) : from_(&from), lent_(std::move(lent)) {}
        loan(loan&&) noexcept   = default;
        loan& operator=(loan&&) = delete;
        ~loan() {
            if (!lent_) return;
            const std::lock_guard lock(from_->mutex_);
            from_->idle_.push_back(std::move(lent_));
        }

        [[nodiscard]] sqlite_reader& reader() const noexcept { return *lent_; }

    private:
        sqlite_readers*                from_;
        std::unique_ptr<sqlite_reader> lent_;
    };

    expected<loan, error> borrow() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                auto lent = std::move(idle_.back());
                idle_.pop_back();
                return loan(*this, std::move(lent));
            }
        }
        auto connection = sqlite_connection::open(path_, SQLITE_OPEN_READWRITE, patience_);
        if (!connection) return unexpected<error>(std::move(connection.error()));
        return loan(*this, std::make_unique<sqlite_reader>(std::move(*connection)));
    }

private:
    std::string                                 path_;
    int                                         patience_;
    std::mutex                                  mutex_;
    std::vector<std::unique_ptr<sqlite_reader>> idle_;
};

}  // namespace annals::detail
