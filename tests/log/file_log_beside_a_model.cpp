// What only a file log can do, at random, beside a list that is searched from one end to the other: appends to several streams,
// ends of streams, retention, truncation, copies, closes and crashes.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <annals/testing/arbitrary/random_source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace bank;
using annals::errc;
using annals::position;
using annals::receipt;
using annals::timestamp;
using annals::version;
namespace fs = std::filesystem;

namespace {

using timed_log = annals::file_log<bank::events, set_clock>;
using any_event = bank::events::variant;
using batch     = std::vector<any_event>;

struct remembered {
    std::string   stream;
    std::uint64_t at;
    std::uint64_t in_log;
    std::size_t   append;
    annals::uuid  id;
    std::int64_t  time;
    std::string   text;
};

// What an append says of one of its streams.
struct share {
    std::string              stream;
    annals::expected_version expects = annals::any_version;
    batch                    events;
};

struct past {
    std::uint64_t first = 1, most = annals::unlimited;
    bool          ended = false;
};

// What a query yields, and how it ends.
struct answer {
    std::vector<std::string> lines;
    std::optional<errc>      error;
    std::uint64_t            count = 0, at = 0, in_log = 0;

    friend bool operator==(const answer&, const answer&) = default;
};

std::string line_of(std::string_view stream, std::uint64_t at, std::uint64_t in_log, std::int64_t time, const annals::uuid& id,
                    const std::string& text) {
    return std::string{stream} + ' ' + std::to_string(at) + ' ' + std::to_string(in_log) + ' ' + std::to_string(time) + ' ' +
           std::to_string(id.bytes[14] * 256 + id.bytes[15]) + ' ' + text;
}

class model {
public:
    std::vector<remembered>     all;
    std::map<std::string, past> pasts;
    std::uint64_t               there   = 1;  // the first position that is
    std::size_t                 appends = 0;

    std::uint64_t last_of(const std::string& stream) const {
        return static_cast<std::uint64_t>(
            std::count_if(all.begin(), all.end(), [&](const remembered& each) { return each.stream == stream; }));
    }
    std::uint64_t first_of(const std::string& stream) const {
        const auto found = pasts.find(stream);
        if (found == pasts.end()) return 1;
        const std::uint64_t last = last_of(stream), most = found->second.most;
        return std::max(found->second.first, most < last ? last - most + 1 : 0);
    }

    std::variant<std::vector<receipt>, errc> append(const std::vector<share>& shares, const std::vector<annals::uuid>& ids,
                                                    std::int64_t time) {
        for (const share& each : shares) {
            const remembered* known = nullptr;
            for (const remembered& other : all)
                if (other.stream == each.stream && other.in_log >= there && other.at >= first_of(each.stream) &&
                    std::find(ids.begin(), ids.end(), other.id) != ids.end())
                    known = &other;
            if (known) return repeated(known->append, shares, ids);
        }
        for (const share& each : shares) {
            if (pasts[each.stream].ended) return errc::stream_ended;
            if (!each.expects.holds(version{last_of(each.stream)})) return errc::version_conflict;
        }
        std::size_t next = 0;
        for (const share& each : shares)
            for (const any_event& event : each.events)
                all.push_back({each.stream, last_of(each.stream) + 1, all.size() + 1, appends, ids[next++], time,
                               std::visit([](const auto& e) { return support::text_of(e); }, event)});
        return receipts_of(appends++, shares);
    }

    template <class Unit>
    answer select(const annals::query<Unit>& what) const {
        answer              made;
        const std::string   name{what.name};
        const bool          of_stream = what.scope == annals::query_scope::stream;
        const std::uint64_t begin     = std::max<std::uint64_t>(what.first, of_stream ? first_of(name) : 1);
        bool                misses    = begin < there;
        if (of_stream) {
            misses = false;
            for (const remembered& each : all)
                misses = misses || (each.stream == name && each.at == begin && begin <= what.last && each.in_log < there);
        }
        if (what.most == 0) return made;
        if (misses && !what.descending) {
            made.error = errc::out_of_range;
            return made;
        }
        std::vector<const remembered*> found;
        for (const remembered& each : all) {
            const std::uint64_t number = of_stream ? each.at : each.in_log;
            if (each.in_log < there || each.at < first_of(each.stream) || number < begin || number > what.last) continue;
            if (each.in_log > what.last_position.value || each.time > what.last_time.nanoseconds) continue;
            if (of_stream && each.stream != name) continue;
            if (what.scope == annals::query_scope::category && annals::category_of(each.stream) != what.name) continue;
            found.push_back(&each);
        }
        if (what.descending) std::reverse(found.begin(), found.end());
        if (found.size() >= what.most)
            found.resize(what.most);
        else if (misses)
            made.error = errc::out_of_range;
        for (const remembered* each : found)
            made.lines.push_back(line_of(each->stream, each->at, each->in_log, each->time, each->id, each->text));
        if (!made.error && !found.empty()) {
            made.count  = found.size();
            made.at     = found.back()->at;
            made.in_log = found.back()->in_log;
        }
        return made;
    }

private:
    std::variant<std::vector<receipt>, errc> repeated(std::size_t number, const std::vector<share>& shares,
                                                      const std::vector<annals::uuid>& ids) const {
        std::vector<std::string>  streams, mine;
        std::vector<annals::uuid> known;
        for (const remembered& each : all)
            if (each.append == number) streams.push_back(each.stream), known.push_back(each.id);
        for (const share& each : shares) mine.insert(mine.end(), each.events.size(), each.stream);
        if (streams != mine || known != ids) return errc::duplicate_event;
        return receipts_of(number, shares);
    }
    std::vector<receipt> receipts_of(std::size_t number, const std::vector<share>& shares) const {
        std::vector<receipt> made;
        for (const share& each : shares)
            for (auto last = all.rbegin(); last != all.rend(); ++last)
                if (last->append == number && last->stream == each.stream) {
                    made.push_back({version{last->at}, position{last->in_log}, each.events.size()});
                    break;
                }
        return made;
    }
};

class script {
public:
    explicit script(std::uint64_t seed) : random_(seed) {
        options_             = support::small_files();
        options_.acknowledge = annals::acknowledge::when_written;
        options_.background  = seed % 2 == 0;
        log_.emplace(open());
    }

    void step() {
        now_ += static_cast<std::int64_t>(random_.below(3));
        append();
        switch (random_.below(30)) {
            case 0: return drop();
            case 1: return end();
            case 2: return truncate();
            case 3: return open_again();
            case 4: return look_at_all();
            default: return ask(*log_);
        }
    }
    void look_at_all() {
        const auto found = log_->verify();
        REQUIRE(found.has_value());
        CHECK(found->events == model_.all.size() + 1 - model_.there);
        const auto reader = timed_log::open_read_only(directory());
        REQUIRE(reader.has_value());
        CHECK(reader->head().value() == log_->head().value());
        for (int i = 0; i < 5; ++i) ask(*reader);
        compare(*reader, annals::whole_log().from(position{model_.there}));
    }

private:
    std::string directory() const { return home_ / std::to_string(place_); }
    timed_log   open() {
          auto opened = timed_log::open(directory(), options_, set_clock{&now_});
          if (!opened) throw std::runtime_error(opened.error().message());
        return std::move(*opened);
    }
    std::string stream() {
        static const char* const names[] = {
            "account-ann", "account-bob", "account", "audit-1", "audit-2", "-", "loan-of-a-name-that-is-longer-than-others"};
        return names[random_.below(std::size(names))];
    }
    annals::uuid next_id() {
        annals::uuid id;
        ++ids_;
        id.bytes[8]  = 0x80;
        id.bytes[14] = static_cast<std::uint8_t>(ids_ / 256);
        id.bytes[15] = static_cast<std::uint8_t>(ids_ % 256);
        return id;
    }
    batch events() {
        batch made;
        for (std::uint64_t left = 1 + random_.below(random_.one_in(10) ? 20 : 3); left != 0; --left) switch (random_.below(4)) {
                case 0: made.push_back(deposited{static_cast<std::int64_t>(random_.below(100))}); break;
                case 1: made.push_back(annotated{std::string(random_.below(random_.one_in(4) ? 4000 : 20), 'n')}); break;
                case 2: made.push_back(bank::opened{static_cast<std::uint32_t>(random_.below(9))}); break;
                default: made.push_back(closed{}); break;
            }
        return made;
    }
    annals::expected_version expectation(const std::string& of) {
        switch (random_.below(8)) {
            case 0: return annals::no_stream;
            case 1: return annals::stream_exists;
            case 2: return version{random_.below(5)};
            case 3: return version{model_.last_of(of)};
            default: return annals::any_version;
        }
    }

    void append() {
        std::vector<share>        shares;
        std::set<std::string>     names;
        std::vector<annals::uuid> ids;
        for (std::uint64_t left = 1 + random_.below(random_.one_in(2) ? 4 : 1); left != 0; --left)
            if (std::string name = stream(); names.insert(name).second) shares.push_back({name, expectation(name), events()});
        if (!earlier_.empty() && random_.one_in(6)) {
            const auto& [before, known] =
                earlier_[earlier_.size() - 1 - random_.below(std::min<std::size_t>(earlier_.size(), 10))];
            shares = before;
            ids    = known;
            switch (random_.below(5)) {
                case 0: std::reverse(ids.begin(), ids.end()); break;
                case 1: ids.back() = next_id(); break;
                case 2: std::reverse(shares.begin(), shares.end()); break;
                default: break;
            }
            for (share& each : shares) each.expects = expectation(each.stream);
        } else
            for (const share& each : shares)
                for (std::size_t i = 0; i < each.events.size(); ++i) ids.push_back(next_id());
        earlier_.emplace_back(shares, ids);

        annals::metadata about;
        about.event_ids                                      = ids;
        const auto                                       due = model_.append(shares, ids, now_);
        std::vector<annals::stream_append<const batch&>> given;
        for (const share& each : shares) given.push_back(annals::append_to(each.stream, each.expects, each.events));
        const auto made = [&]() -> annals::expected<std::vector<receipt>, annals::error> {
            if (shares.size() > 1 || random_.one_in(3)) return log_->append(about, given);
            return log_->append(shares[0].stream, shares[0].expects, about, shares[0].events).map([](const receipt& one) {
                return std::vector<receipt>{one};
            });
        }();
        REQUIRE(made.has_value() == (due.index() == 0));
        if (made)
            REQUIRE(*made == std::get<0>(due));
        else
            REQUIRE(made.error().code == std::get<1>(due));
        REQUIRE(log_->head()->value == model_.all.size());
    }

    void drop() {
        const std::string   name = stream();
        const std::uint64_t last = model_.last_of(name);
        past&               kept = model_.pasts[name];
        annals::retention   keep;
        if (random_.one_in(2)) keep.before = version{random_.below(last + 3)};
        if (random_.one_in(3)) keep.most = random_.below(last + 2);
        std::uint64_t first = keep.before.value;
        if (model_.there == 1 && random_.one_in(2)) {
            keep.older_than = timestamp{now_ - static_cast<std::int64_t>(random_.below(50))};
            for (const remembered& each : model_.all)
                if (each.stream == name && each.time < keep.older_than.nanoseconds) first = std::max(first, each.at + 1);
        }
        const auto answered = log_->drop_events(name, keep);
        REQUIRE(answered.has_value());
        kept.first = std::max({kept.first, model_.first_of(name), std::min(first, last + 1)});
        kept.most  = std::min(kept.most, keep.most);
        CHECK(answered->value == model_.first_of(name));
        ask(*log_);
        compare(*log_, annals::stream(name));
    }
    void end() {
        if (!random_.one_in(3)) return;
        const std::string name     = stream();
        const auto        expects  = expectation(name);
        const auto        answered = log_->end_stream(name, expects);
        REQUIRE(answered.has_value() == expects.holds(version{model_.last_of(name)}));
        if (!answered) return;
        CHECK(answered->value == model_.last_of(name));
        model_.pasts[name].ended = true;
    }
    void truncate() {
        struct sum {
            std::uint64_t events;
        };
        const std::uint64_t first    = 1 + random_.below(model_.all.size() + 1);
        const auto          answered = log_->truncate_before(position{first}, sum{first - 1});
        REQUIRE(answered.has_value());
        CHECK(answered->value >= model_.there);
        CHECK(answered->value <= std::max(first, model_.there));
        model_.there = answered->value;
        CHECK(log_->first_position() == *answered);
        const auto kept = log_->snapshot_of<sum>();
        REQUIRE(kept.has_value());
        REQUIRE(kept->has_value());
        CHECK((*kept)->state.events == first - 1);
        CHECK((*kept)->first == position{first});
        ask(*log_);
    }
    void open_again() {
        const std::string before = directory();
        const auto        how    = random_.below(4);
        if (how == 0) {  // a crash
            ++place_;
            support::copy_directory(before, directory());
        } else if (how == 1) {
            ++place_;
            REQUIRE(log_->copy_to(directory()).has_value());
        }
        REQUIRE(log_->close().has_value());
        if (random_.one_in(2)) fs::remove(fs::path(directory()) / "streams.index");
        log_.emplace(open());
        look_at_all();
    }

    template <class Unit>
    annals::query<Unit> restricted(annals::query<Unit> what) {
        const std::uint64_t all =
            what.scope == annals::query_scope::stream ? model_.last_of(std::string{what.name}) : model_.all.size();
        if (random_.one_in(2)) what = what.from(Unit{random_.below(all + 3)});
        if (what.scope != annals::query_scope::stream && random_.one_in(2))
            what = what.from(Unit{model_.there + random_.below(10)});
        if (random_.one_in(4)) what = what.to(Unit{random_.below(all + 3)});
        if (random_.one_in(3)) what = what.limit(random_.below(10));
        if (random_.one_in(2)) what = what.backwards();
        if (random_.one_in(6)) what = what.until(position{random_.below(model_.all.size() + 2)});
        if (random_.one_in(6)) what = what.until(timestamp{now_ - static_cast<std::int64_t>(random_.below(60))});
        return what;
    }
    void ask(const timed_log& of) {
        const std::string name = stream();
        compare(of, restricted(annals::stream(name)));
        compare(of, restricted(annals::category(annals::category_of(name))));
        compare(of, restricted(annals::whole_log()));
    }
    template <class Unit>
    void compare(const timed_log& of, const annals::query<Unit>& what) {
        answer     seen, some;
        const auto end = [](answer& made, const auto& read) {
            if (!read) made.error = read.error().code;
            if (read) made.count = read->count, made.at = read->version.value, made.in_log = read->position.value;
        };
        end(seen, of.read(what, annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
                              seen.lines.push_back(line_of(where.stream, where.version.value, where.position.value,
                                                           where.time.nanoseconds, where.id, support::text_of(event)));
                          })}));
        const answer due = model_.select(what);
        CAPTURE(std::string{what.name}, what.first, what.last, what.most, what.descending, what.last_position.value,
                what.last_time.nanoseconds, model_.there);
        REQUIRE(seen == due);
        end(some, of.read(what, annals::handlers{[](const closed&) {}, annals::otherwise()}));
        some.lines = due.lines;
        REQUIRE(some == due);
    }

    annals::random_source                                                 random_;
    support::temporary_directory                                          home_;
    annals::file_log_options                                              options_;
    std::int64_t                                                          now_   = 1000;
    int                                                                   place_ = 0;
    int                                                                   ids_   = 0;
    model                                                                 model_;
    std::vector<std::pair<std::vector<share>, std::vector<annals::uuid>>> earlier_;
    std::optional<timed_log>                                              log_;
};

}  // namespace

TEST_CASE("whatever is done to a file log, it answers as the plainest of all logs would") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        script played(seed);
        for (int step = 0; step < 120; ++step) {
            CAPTURE(step);
            played.step();
        }
        played.look_at_all();
    }
}
