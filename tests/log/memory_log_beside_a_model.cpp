// Random appends and queries, each answered by a memory log and by a list that is searched from one end to the other.
#include "catch.hpp"
#include "support/bank.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <variant>
#include <vector>

using namespace bank;
using annals::errc;
using annals::position;
using annals::receipt;
using annals::version;

namespace {

using any_event = bank::events::variant;

struct remembered {
    std::string  stream;
    version      at;
    position     in_log;
    std::size_t  append;
    annals::uuid id;
    std::int64_t time;
    any_event    event;
};

std::string text_of(const any_event& event) {
    struct {
        std::string operator()(const opened& e) const { return "opened " + std::to_string(e.customer); }
        std::string operator()(const deposited& e) const { return "deposited " + std::to_string(e.cents); }
        std::string operator()(const withdrawn& e) const { return "withdrawn " + std::to_string(e.cents); }
        std::string operator()(const annotated& e) const { return "annotated " + e.note; }
        std::string operator()(const closed&) const { return "closed"; }
    } const words;
    return std::visit(words, event);
}

std::string line_of(const annals::context& where, const any_event& event) {
    return std::string(where.stream) + ' ' + std::to_string(where.version.value) + ' ' + std::to_string(where.position.value) + ' ' +
           std::to_string(where.time.nanoseconds) + ' ' + std::to_string(where.id.bytes[14] * 256 + where.id.bytes[15]) + ' ' +
           text_of(event);
}

// The rules of a log, in their plainest form.
struct model {
    std::vector<remembered> all;
    std::size_t             appends = 0;

    version of(const std::string& stream) const {
        return version{static_cast<std::uint64_t>(
            std::count_if(all.begin(), all.end(), [&](const remembered& each) { return each.stream == stream; }))};
    }

    // The receipt, or else the code of the error.
    std::variant<receipt, errc> append(const std::string& stream, annals::expected_version expects, const std::vector<annals::uuid>& ids,
                                       std::int64_t time, const std::vector<any_event>& batch) {
        std::vector<std::size_t> known;  // in this stream, in the order of `ids`
        for (const annals::uuid& id : ids)
            for (std::size_t i = 0; i < all.size(); ++i)
                if (all[i].stream == stream && all[i].id == id) known.push_back(i);
        if (!known.empty()) {
            const auto in_first = [&](const remembered& each) { return each.append == all[known.front()].append; };
            bool       same     = known.size() == ids.size() &&
                        static_cast<std::size_t>(std::count_if(all.begin(), all.end(), in_first)) == ids.size();
            for (std::size_t i = 0; same && i < known.size(); ++i)
                same = known[i] == known.front() + i && in_first(all[known[i]]);
            if (!same) return errc::duplicate_event;
            return receipt{all[known.back()].at, all[known.back()].in_log, ids.size()};
        }
        if (!expects.holds(of(stream))) return errc::version_conflict;
        const std::uint64_t before = of(stream).value;
        for (std::size_t i = 0; i < batch.size(); ++i)
            all.push_back({stream, version{before + i + 1}, position{all.size() + 1}, appends, ids[i], time, batch[i]});
        ++appends;
        return receipt{version{before + batch.size()}, position{all.size()}, batch.size()};
    }

    template <class Unit>
    std::vector<std::string> select(const annals::query<Unit>& what) const {
        std::vector<std::string> lines;
        std::vector<remembered>  found;
        for (const remembered& each : all) {
            const bool in_scope = what.scope == annals::query_scope::whole_log ||
                                  (what.scope == annals::query_scope::stream ? each.stream == what.name
                                                                             : each.stream.substr(0, each.stream.find('-')) == what.name);
            const std::uint64_t unit = what.scope == annals::query_scope::stream ? each.at.value : each.in_log.value;
            if (in_scope && unit >= what.first && unit <= what.last && each.in_log.value <= what.last_position.value &&
                each.time <= what.last_time.nanoseconds)
                found.push_back(each);
        }
        if (what.descending) std::reverse(found.begin(), found.end());
        if (found.size() > what.most) found.resize(static_cast<std::size_t>(what.most));
        for (const remembered& each : found) {
            annals::context where;
            where.stream   = each.stream;
            where.version  = each.at;
            where.position = each.in_log;
            where.time     = annals::timestamp{each.time};
            where.id       = each.id;
            lines.push_back(line_of(where, each.event));
        }
        return lines;
    }
};

struct script {
    std::mt19937                                random;
    std::int64_t                                now = 1;
    annals::memory_log<bank::events, set_clock> log{set_clock{&now}};
    model                                       expected;
    std::vector<std::vector<annals::uuid>>      batches;
    int                                         ids = 0;

    explicit script(unsigned seed) : random(seed) {}

    std::uint64_t below(std::uint64_t limit) { return random() % limit; }
    std::string   stream() {
        static const char* const names[] = {"account-ann", "account-bob", "account", "audit-1", "audit-2-b", "account-"};
        return names[below(6)];
    }
    annals::uuid next_id() {
        annals::uuid id;
        ++ids;
        id.bytes[14] = static_cast<std::uint8_t>(ids / 256);
        id.bytes[15] = static_cast<std::uint8_t>(ids % 256);
        return id;
    }
    any_event event() {
        const auto number = static_cast<std::int64_t>(below(1000));
        switch (below(5)) {
            case 0: return opened{static_cast<std::uint32_t>(number)};
            case 1: return deposited{number};
            case 2: return withdrawn{number};
            case 3: return annotated{std::string(below(40), 'x') + std::to_string(number)};
            default: return closed{};
        }
    }
    annals::expected_version expectation(const std::string& stream_name) {
        switch (below(6)) {
            case 0: return annals::no_stream;
            case 1: return annals::stream_exists;
            case 2: return version{below(8)};
            case 3: return expected.of(stream_name);
            default: return annals::any_version;
        }
    }

    void append() {
        now += static_cast<std::int64_t>(below(3));
        const std::string      to = stream();
        std::vector<any_event> batch;
        for (std::uint64_t i = 0, count = 1 + below(4); i < count; ++i) batch.push_back(event());

        std::vector<annals::uuid> batch_ids;
        if (!batches.empty() && below(4) == 0) {
            // An earlier batch again: as it was, mixed up, in part, or with something new.
            batch_ids = batches[below(batches.size())];
            switch (below(5)) {
                case 0: std::reverse(batch_ids.begin(), batch_ids.end()); break;
                case 1: batch_ids.pop_back(); break;
                case 2: batch_ids.push_back(next_id()); break;
                default: break;
            }
            while (batch_ids.size() > batch.size()) batch.push_back(event());
            batch.resize(batch_ids.size());
            if (batch.empty()) return;
        } else
            for (std::size_t i = 0; i < batch.size(); ++i) batch_ids.push_back(next_id());

        const auto expects  = expectation(to);
        const auto answer   = log.append(to, expects, annals::metadata{.event_ids = batch_ids}, batch);
        const auto foreseen = expected.append(to, expects, batch_ids, now, batch);
        batches.push_back(batch_ids);
        REQUIRE(answer.has_value() == std::holds_alternative<receipt>(foreseen));
        if (answer)
            REQUIRE(*answer == std::get<receipt>(foreseen));
        else
            REQUIRE(answer.error().code == std::get<errc>(foreseen));
    }

    template <class Unit>
    annals::query<Unit> restricted(annals::query<Unit> what) {
        const std::uint64_t around = expected.all.size() + 2;
        if (below(3) == 0) what = what.from(Unit{below(around)});
        if (below(3) == 0) what = what.to(Unit{below(around)});
        if (below(3) == 0) what = what.limit(below(around));
        if (below(2) == 0) what = what.backwards();
        if (below(4) == 0) what = what.until(position{below(around)});
        if (below(4) == 0) what = what.until(annals::timestamp{static_cast<std::int64_t>(below(static_cast<std::uint64_t>(now) + 2))});
        return what;
    }

    template <class Unit>
    void compare(const annals::query<Unit>& what) {
        std::vector<std::string> seen;
        const auto read = log.read(what, annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
            seen.push_back(line_of(where, any_event(event)));
        })});
        const auto foreseen = expected.select(what);
        REQUIRE(seen == foreseen);
        REQUIRE(read.has_value());
        REQUIRE(read->count == foreseen.size());

        // A reader of one type sees just that type, and is answered the same.
        std::vector<std::string> notes;
        const auto part = log.read(what, annals::handlers{[&](const annotated& event, const annals::context& where) {
                                                              notes.push_back(line_of(where, event));
                                                          },
                                                          annals::otherwise()});
        std::vector<std::string> foreseen_notes;
        for (const std::string& line : foreseen)
            if (line.find("annotated") != std::string::npos) foreseen_notes.push_back(line);
        REQUIRE(notes == foreseen_notes);
        REQUIRE(part->count == read->count);
        REQUIRE(part->version == read->version);
        REQUIRE(part->position == read->position);
    }

    void ask() {
        const std::string name = stream();
        switch (below(3)) {
            case 0: return compare(restricted(annals::stream(name)));
            case 1: return compare(restricted(annals::category(annals::category_of(name))));
            default: return compare(restricted(annals::whole_log()));
        }
    }
};

}  // namespace

TEST_CASE("whatever is appended and asked, a memory log answers as the plainest of all logs would") {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        script played(seed);
        for (int step = 0; step < 150; ++step) {
            played.append();
            played.ask();
            REQUIRE(played.log.head().value() == position{played.expected.all.size()});
        }
    }
}
