// Run under ThreadSanitizer too.
#include "catch.hpp"
#include "support/temporary_directory.hpp"

#include <annals/annals.hpp>
#include <annals/log/append_to.hpp>
#include <annals/log/file_log.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

using annals::any_version;
using annals::errc;
using annals::version;

namespace {

// One event of an append: which it is, of how many.
struct counted {
    std::uint32_t thread   = 0;
    std::uint64_t sequence = 0;
    std::uint32_t index    = 0;
    std::uint32_t count    = 0;
    std::string   text;
};
// Like it, so that what is announced in the log changes while threads append.
struct remarked {
    std::uint32_t thread   = 0;
    std::uint64_t sequence = 0;
    std::uint32_t index    = 0;
    std::uint32_t count    = 0;
};
using events   = annals::events<counted, remarked>;
using log_type = annals::file_log<events>;
using batch    = std::vector<std::variant<counted, remarked>>;

annals::file_log_options tiny_segments(annals::acknowledge acknowledge = annals::acknowledge::when_durable) {
    annals::file_log_options options;
    options.segment_size  = std::uint64_t{64} << 10U;
    options.acknowledge   = acknowledge;
    options.sync_interval = std::chrono::milliseconds(1);
    return options;
}

batch batch_of(std::uint32_t thread, std::uint64_t sequence, std::uint32_t first, std::uint32_t behind, std::uint32_t count) {
    batch made;
    for (std::uint32_t i = first; i < behind; ++i)
        if ((sequence + i) % 5 == 3)
            made.emplace_back(remarked{thread, sequence, i, count});
        else
            made.emplace_back(counted{thread, sequence, i, count, std::string((sequence * 7 + i) % 200, 't')});
    return made;
}
batch batch_of(std::uint32_t thread, std::uint64_t sequence, std::uint32_t count) {
    return batch_of(thread, sequence, 0, count, count);
}

annals::metadata with_ids(std::uint32_t thread, std::uint64_t sequence, std::uint32_t count) {
    annals::metadata about;
    for (std::uint32_t i = 0; i < count; ++i) {
        annals::uuid id;
        id.bytes[0] = static_cast<std::uint8_t>(thread + 1);
        for (std::size_t byte = 0; byte < 4; ++byte) {
            id.bytes[8 + byte]  = static_cast<std::uint8_t>(sequence >> 8 * byte);
            id.bytes[12 + byte] = static_cast<std::uint8_t>(i >> 8 * byte);
        }
        about.event_ids.push_back(id);
    }
    return about;
}

// What a reader may see: whole appends, those of a thread in their order, without gaps.
class onlooker {
public:
    // Reads what is new; answers how many mistakes there were.
    template <class Log>
    int look(const Log& log) {
        const auto take = [this](const auto& event, const annals::context& where) {
            const bool is_next = where.position.value == ++position_ && where.version.value == ++versions_[std::string(where.stream)];
            if (!is_next || event.index != index_) ++wrong_;
            if (event.index == 0 && event.sequence != ++sequences_[event.thread]) ++wrong_;
            if (event.index != 0 && (event.thread != thread_ || event.sequence != sequences_[event.thread])) ++wrong_;
            thread_ = event.thread;
            index_  = event.index + 1 == event.count ? 0 : event.index + 1;
        };
        annals::handlers reader{[&](const counted& event, const annals::context& where) {
                                    if (event.text != std::string((event.sequence * 7 + event.index) % 200, 't')) ++wrong_;
                                    take(event, where);
                                },
                                [&](const remarked& event, const annals::context& where) { take(event, where); }};
        const auto done = log.read(annals::whole_log().from(annals::position{position_ + 1}), reader);
        if (!done || index_ != 0) ++wrong_;
        return std::exchange(wrong_, 0);
    }
    [[nodiscard]] std::uint64_t position() const { return position_; }
    [[nodiscard]] std::uint64_t appends_of(std::uint32_t thread) { return sequences_[thread]; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& versions() const { return versions_; }

private:
    std::map<std::string, std::uint64_t>   versions_;
    std::map<std::uint32_t, std::uint64_t> sequences_;
    std::uint64_t                          position_ = 0;
    std::uint32_t                          index_    = 0;
    std::uint32_t                          thread_   = 0;
    int                                    wrong_    = 0;
};

// A stream from its end: versions without a gap.
template <class Log>
int look_backwards(const Log& log, const std::string& stream, std::uint64_t most) {
    std::uint64_t    behind = 0;
    int              wrong  = 0;
    annals::handlers reader{annals::otherwise([&](const auto&, const annals::context& where) {
        if (where.stream != stream || (behind != 0 && where.version.value + 1 != behind)) ++wrong;
        behind = where.version.value;
    })};
    const auto       done = log.read(annals::stream(stream).backwards().limit(most), reader);
    return done && (done->count == most || behind <= 1) ? wrong : wrong + 1;
}

}  // namespace

TEST_CASE("threads append to a file log and read it, and see whole appends in order") {
    constexpr std::uint32_t writers = 4;
    constexpr std::uint64_t appends = 250;
    const auto acknowledge = GENERATE(annals::acknowledge::when_durable, annals::acknowledge::when_written);
    const support::temporary_directory home;
    auto                               log = log_type::open(home / "log", tiny_segments(acknowledge));
    REQUIRE(log.has_value());
    std::atomic<std::uint32_t> at_work{writers};
    std::atomic<int>           wrong{0}, refused{0}, looks{0};

    std::vector<std::thread> threads;
    for (std::uint32_t thread = 0; thread < writers; ++thread)
        threads.emplace_back([&, thread] {
            std::uint64_t own = 0;
            const auto    name = "own-" + std::to_string(thread), shared = "shared-" + std::to_string(thread % 2);
            for (std::uint64_t sequence = 1; sequence <= appends; ++sequence) {
                const auto count = static_cast<std::uint32_t>(sequence % 23 == 0 ? 50 : 1 + sequence % 5);
                const auto ids   = sequence % 3 == 0 ? with_ids(thread, sequence, count) : annals::metadata{};
                switch (count > 1 ? sequence % 4 : 0) {
                    case 0: {
                        const auto made = log->append(shared, any_version, ids, batch_of(thread, sequence, count));
                        if (!made || made->count != count) ++refused;
                        break;
                    }
                    case 1: {
                        const batch here = batch_of(thread, sequence, 0, 1, count), there = batch_of(thread, sequence, 1, count, count);
                        const auto  made = log->append(ids, append_to(name, version{own}, here), append_to(shared, any_version, there));
                        if (!made || (*made)[0].version.value != ++own || (*made)[1].count != count - 1) ++refused;
                        break;
                    }
                    default: {
                        const auto made = log->append(name, version{own}, ids, batch_of(thread, sequence, count));
                        if (!made || made->version.value != own + count) ++refused;
                        own += count;
                        if (ids.event_ids.empty() || !made) break;
                        const auto again = log->append(name, version{own - count}, ids, batch_of(thread, sequence, count));
                        if (!again || *again != *made) ++refused;
                        break;
                    }
                }
            }
            --at_work;
        });
    for (std::uint32_t reader = 0; reader < 2; ++reader)
        threads.emplace_back([&, reader] {
            onlooker looking;
            for (bool is_over = false; !is_over; ++looks) {
                is_over         = at_work == 0;
                const auto head = log->head();
                wrong += looking.look(*log);
                if (!head || head->value > looking.position()) ++wrong;
                wrong += look_backwards(*log, "shared-" + std::to_string(reader), 40);
                wrong += look_backwards(*log, "own-" + std::to_string(reader), 5);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
    threads.emplace_back([&] {
        while (at_work != 0) {
            const auto sound = log->verify();
            if (!sound || !log->sync()) ++wrong;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    for (auto& each : threads) each.join();
    CHECK(refused == 0);
    CHECK(wrong == 0);
    CHECK(looks > 2);

    onlooker all;
    CHECK(all.look(*log) == 0);
    for (std::uint32_t thread = 0; thread < writers; ++thread) CHECK(all.appends_of(thread) == appends);
    for (const auto& [name, known] : all.versions()) CHECK(look_backwards(*log, name, known) == 0);
    REQUIRE(log->close().has_value());
    const auto again = log_type::open_read_only(home / "log");
    REQUIRE(again.has_value());
    onlooker afterwards;
    CHECK(afterwards.look(*again) == 0);
    CHECK(afterwards.position() == all.position());
}

TEST_CASE("of threads that race for a version of a file log's stream one wins, and all come to their turn") {
    constexpr std::uint32_t writers = 3;
    constexpr std::uint64_t appends = 60;
    const support::temporary_directory home;
    auto                               log = log_type::open(home / "log", tiny_segments());
    REQUIRE(log.has_value());
    std::atomic<int>         wrong{0};
    std::atomic<std::size_t> conflicts{0};

    std::vector<std::thread> threads;
    for (std::uint32_t thread = 0; thread < writers; ++thread)
        threads.emplace_back([&, thread] {
            version known{};
            for (std::uint64_t sequence = 1; sequence <= appends; ++sequence) {
                const auto count = static_cast<std::uint32_t>(1 + sequence % 40);
                const auto ids   = with_ids(thread, sequence, count);
                for (;;) {
                    const auto made = log->append("shared", known, ids, batch_of(thread, sequence, count));
                    if (!made && made.error().code == errc::version_conflict && made.error().actual > known) {
                        known = made.error().actual;
                        ++conflicts;
                        continue;
                    }
                    if (!made || made->version.value != known.value + count) ++wrong;
                    const auto again = log->append("shared", known, ids, batch_of(thread, sequence, count));
                    if (!made || !again || *again != *made) ++wrong;
                    known = made ? made->version : known;
                    break;
                }
            }
        });
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
    CHECK(conflicts > 0);
    onlooker all;
    CHECK(all.look(*log) == 0);
    for (std::uint32_t thread = 0; thread < writers; ++thread) CHECK(all.appends_of(thread) == appends);
}

namespace {

// Real files, whose syncs fail once the flag is raised; all from then on, or one, as a system tells of what it could not write.
class files_that_fail : public annals::posix_files {
public:
    enum class how { always, once };

    explicit files_that_fail(std::shared_ptr<std::atomic<bool>> failing = {}, how often = how::always)
        : failing_(std::move(failing)), often_(often) {}

    class file : public annals::posix_file {
    public:
        file(annals::posix_file opened, std::shared_ptr<std::atomic<bool>> failing, how often)
            : annals::posix_file(std::move(opened)), failing_(std::move(failing)), often_(often) {}
        annals::io_result<void> sync() {
            const bool fails_now = often_ == how::once && failing_->exchange(false);
            std::this_thread::sleep_for(std::chrono::microseconds(fails_now ? 30'000 : 300));
            if (fails_now || (often_ == how::always && *failing_)) return annals::unexpected<annals::io_error>(annals::io_error{EIO, "fdatasync", {}});
            return annals::posix_file::sync();
        }
        annals::io_result<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
            if (bytes.size() < 500 || bytes.size() > 16'000) return annals::posix_file::write_at(offset, bytes);
            // In steps, so that what is written must stay there for a while.
            std::this_thread::sleep_for(std::chrono::microseconds(100));
            return annals::posix_file::write_at(offset, bytes.first(bytes.size() / 2));
        }

    private:
        std::shared_ptr<std::atomic<bool>> failing_;
        how                                often_;
    };

    annals::io_result<file> open(const std::string& path, annals::file_access access) {
        auto opened = annals::posix_files::open(path, access);
        if (!opened) return annals::unexpected<annals::io_error>(opened.error());
        return file(std::move(*opened), failing_, often_);
    }

private:
    std::shared_ptr<std::atomic<bool>> failing_;
    how                                often_;
};
static_assert(annals::file_system<files_that_fail>);

using failing_log = annals::file_log<events, annals::utc_clock, annals::uuid_v7_generator, files_that_fail>;

}  // namespace

TEST_CASE("when a sync fails while threads append, each is told, and nothing that was acknowledged is lost") {
    constexpr std::uint32_t writers = 4;
    const auto acknowledge = GENERATE(annals::acknowledge::when_durable, annals::acknowledge::when_written);
    for (int round = 0; round < 8; ++round) {
        const support::temporary_directory home;
        const auto                         failing = std::make_shared<std::atomic<bool>>(false);
        auto log = failing_log::open(home / "log", tiny_segments(acknowledge), {}, {}, files_that_fail(failing));
        REQUIRE(log.has_value());
        std::atomic<int>                wrong{0};
        std::vector<std::uint64_t>      acknowledged(writers, 0);
        std::vector<std::set<errc>>     answers(writers);
        std::vector<std::thread>        threads;
        for (std::uint32_t thread = 0; thread < writers; ++thread)
            threads.emplace_back([&, thread] {
                std::uint64_t sequence = 1;
                while (!answers[thread].contains(errc::log_failed)) {
                    const auto made = log->append("s-" + std::to_string(thread), any_version, batch_of(thread, sequence, 3));
                    if (made) acknowledged[thread] = sequence;
                    if (made && answers[thread].contains(errc::durability_unknown)) ++wrong;
                    if (!made) answers[thread].insert(made.error().code);
                    // `io_failed`: a new file was refused, and nothing was written.
                    if (made || made.error().code != errc::io_failed) ++sequence;
                }
            });
        std::this_thread::sleep_for(std::chrono::milliseconds(5 + round));
        *failing = true;
        for (auto& each : threads) each.join();
        CHECK(wrong == 0);
        std::set<errc> all;
        for (const auto& each : answers) all.insert(each.begin(), each.end());
        all.erase(errc::durability_unknown);
        all.erase(errc::io_failed);
        CHECK(all == std::set<errc>{errc::log_failed});
        onlooker reading;
        CHECK(reading.look(*log) == 0);
        for (std::uint32_t thread = 0; thread < writers; ++thread) CHECK(reading.appends_of(thread) >= acknowledged[thread]);
        CHECK(!log->close().has_value());

        const auto again = log_type::open(home / "log", tiny_segments());
        INFO((again ? "" : again.error().message()));
        REQUIRE(again.has_value());
        onlooker afterwards;
        CHECK(afterwards.look(*again) == 0);
        for (std::uint32_t thread = 0; thread < writers; ++thread) {
            CHECK(afterwards.appends_of(thread) >= acknowledged[thread]);
            CHECK(afterwards.appends_of(thread) <= acknowledged[thread] + 1);
        }
    }
}

TEST_CASE("a failure that the system tells once is not missed by who syncs at the same time") {
    const support::temporary_directory home;
    const auto                         failing = std::make_shared<std::atomic<bool>>(false);
    auto log = failing_log::open(home / "log", tiny_segments(annals::acknowledge::when_written), {}, {},
                                 files_that_fail(failing, files_that_fail::how::once));
    REQUIRE(log.has_value());
    REQUIRE(log->append("s", any_version, batch_of(1, 1, 3)).has_value());
    *failing = true;
    std::thread syncing([&] { CHECK_FALSE(log->sync().has_value()); });
    while (*failing) std::this_thread::yield();
    const auto ended = log->end_stream("s");  // which must be durable, and is in the same file
    syncing.join();
    REQUIRE_FALSE(ended.has_value());
    CHECK(ended.error().code == errc::log_failed);
    CHECK_FALSE(log->close().has_value());
}
