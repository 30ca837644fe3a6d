// Who appends to a log in PostgreSQL, for any thread.
#pragma once

#include <annals/log/postgres/lane.hpp>
#include <annals/log/postgres/turns.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <random>
#include <utility>

namespace annals::detail {

/// Appends for any thread. Those who append at the same time share a transaction: each is decided by itself, and all are made
/// durable at once. Who appends much at the same time as another has a second session to go ahead in.
class postgres_writer {
public:
    explicit postgres_writer(const postgres_place& place)
        : postgres_writer(place, std::random_device{}(), std::make_index_sequence<postgres_turns::lanes>()) {}
    postgres_writer(const postgres_writer&)            = delete;
    postgres_writer& operator=(const postgres_writer&) = delete;

    /// With a session that is there already.
    void begin_with(postgres_session session) { lanes_.front().begin_with(std::move(session)); }

    /// Sees to it that there is an answer. Throws what a condition's check throws.
    expected<receipt, error> append(postgres_append& mine) {
        postgres_turns::waiting self{&mine};
        if (auto* const group = turns_.join(self)) {
            std::exception_ptr thrown;
            postgres_lane&     lane = lanes_[group->lane];
            try {
                lane.lead(*group);
            } catch (...) {
                thrown = std::current_exception();
                lane.give_up(*group);
            }
            turns_.finish(*group, thrown);
        }
        if (mine.thrown) std::rethrow_exception(mine.thrown);
        return std::move(*mine.answer);
    }

    /// Calls `work(session)` while nobody appends, with a session that was reached. Errors: `unreachable`.
    template <class Work>
    expected<std::int64_t, error> alone(Work&& work) {
        return turns_.alone([&]() -> expected<std::int64_t, error> {
            const auto until = place_.patience();
            for (;;) {
                const auto session = lanes_.front().reach_server(until);
                if (!session) return unexpected<error>(session.error());
                expected<std::int64_t, error> made = work(**session);
                if (made || !(*session)->is_lost() || std::chrono::steady_clock::now() >= until) return made;
            }
        });
    }

private:
    template <std::size_t... Lanes>
    postgres_writer(const postgres_place& place, std::uint32_t order, std::index_sequence<Lanes...>)
        : place_(place), lanes_{(static_cast<void>(Lanes), postgres_lane(place, turns_, lost_, order))...} {
        for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].is_beside(lanes_[(i + 1) % lanes_.size()]);
    }

    const postgres_place&                            place_;
    postgres_turns                                   turns_;
    postgres_lost_sessions                           lost_;
    std::array<postgres_lane, postgres_turns::lanes> lanes_;
};

}  // namespace annals::detail
