// What every log promises to threads: of several who want the same, one gets it, and who follows misses nothing.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/log/tagged.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/findings.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace annals::conformance {

template <class Log>
class concurrency {
public:
    concurrency(Log& log, findings& found) : log_(log), found_(found) {}

    /// Who appends at the version that it has read is alone there.
    void races() {
        constexpr int             rounds = 20;
        std::atomic<std::int64_t> won{0}, begun{0}, shared{0}, surprises{0};
        at_once([&](std::size_t writer) {
            for (int round = 0; round < rounds; ++round) {
                const auto fresh =
                    log_.append("race-" + std::to_string(round), no_stream, placed{static_cast<std::int64_t>(writer), round});
                begun += count(fresh, errc::version_conflict, surprises);
                for (bool is_done = false; !is_done;) {
                    const auto now     = log_.read(stream("race"), handlers{otherwise()});
                    const auto read_at = now ? now->version : version{};
                    const auto at      = log_.append("race", read_at, emptied{});
                    is_done            = at || at.error().code != errc::version_conflict;
                    if (at && at->version.value != read_at.value + 1) ++shared;
                    won += count(at, errc::version_conflict, surprises);
                }
            }
        });
        found_.check(surprises == 0, "who lost a race is told of a version_conflict");
        found_.check(begun == rounds, "of several who begin a stream, one does",
                     std::to_string(begun) + " of " + std::to_string(rounds));
        const auto end = log_.read(stream("race"), handlers{otherwise()});
        const auto due = static_cast<std::uint64_t>(won);
        found_.check(shared == 0, "who appends at the version that it read is behind no one else",
                     std::to_string(shared) + " were");
        found_.check(end && end->version.value == due && end->count == due && due == writers * rounds,
                     "of several who append at one version, one does", std::to_string(due) + " were told so");
    }

    /// Whoever reads on behind the last event that it saw, while others append, sees all of them, once and in order.
    void following() {
        constexpr std::int64_t         appends = 60;
        std::atomic<bool>              is_over{false};
        std::uint64_t                  last = 0, seen = 0;
        std::map<std::string, version> versions;
        std::string                    wrong;
        std::thread                    follower([&] {
            for (bool is_last = false; !is_last;) {
                is_last = is_over;
                const auto read =
                    log_.read(whole_log().from(position{last + 1}), handlers{otherwise([&](const auto&, const context& where) {
                                  ++seen;
                                  auto& before = versions[std::string{where.stream}];
                                  if (where.position.value <= last)
                                      wrong = "position " + std::to_string(where.position.value) + " again";
                                  if (where.version.value != before.value + 1)
                                      wrong = std::string{where.stream} + " at version " + std::to_string(where.version.value);
                                  last   = where.position.value;
                                  before = where.version;
                              })});
                if (!read) wrong = read.error().message();
            }
        });
        at_once([&](std::size_t writer) {
            for (std::int64_t i = 0; i < appends; ++i)
                (void)log_.append("followed-" + std::to_string((writer + static_cast<std::size_t>(i)) % 5), any_version,
                                  placed{i, i}, named{"two"});
        });
        is_over = true;
        follower.join();
        found_.check(wrong.empty(), "who follows sees each event once, in order", wrong);
        const std::uint64_t due = writers * static_cast<std::uint64_t>(appends) * 2;
        found_.check(seen == due, "who follows sees all events", std::to_string(seen) + " of " + std::to_string(due));
    }

    /// Of several whose condition is that there is nothing yet, one appends.
    void conditions() {
        if constexpr (tagged_log<Log>) {
            constexpr std::int32_t    rounds = 20;
            std::atomic<std::int64_t> won{0}, surprises{0};
            at_once([&](std::size_t writer) {
                for (std::int32_t round = 0; round < rounds; ++round) {
                    const append_condition<annals::events<labelled>> unchanged{position{0}, {tag_set("rank", round)}};
                    won += count(log_.append("ranks-" + std::to_string(writer), unchanged, labelled{{}, round}),
                                 errc::condition_failed, surprises);
                }
            });
            found_.check(surprises == 0, "an append whose condition does not hold is told condition_failed");
            found_.check(won == rounds, "of several whose condition is that there is nothing, one appends",
                         std::to_string(won) + " of " + std::to_string(rounds));
        }
    }

private:
    static constexpr std::size_t writers = 4;

    template <class Work>
    void at_once(const Work& work) {
        std::atomic<bool>        begins{false};
        std::vector<std::thread> threads;
        for (std::size_t writer = 0; writer < writers; ++writer)
            threads.emplace_back([&, writer] {
                while (!begins) std::this_thread::yield();
                work(writer);
            });
        begins = true;
        for (std::thread& each : threads) each.join();
    }
    static std::int64_t count(const expected<receipt, error>& answer, errc due, std::atomic<std::int64_t>& surprises) {
        if (!answer && answer.error().code != due) ++surprises;
        return answer ? 1 : 0;
    }

    Log&      log_;
    findings& found_;
};

}  // namespace annals::conformance
