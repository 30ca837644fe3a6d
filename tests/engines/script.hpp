// A random story of appends and questions, told to one log. Another log, told the same, answers the same.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/log/tagged.hpp>
#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/log_conformance/appending.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/observed.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace engines {

namespace conformance = annals::conformance;
using conformance::any_event;

/// What is asked beside appends and queries: where a log is reopened, and whether conditions are part of the story.
struct script_options {
    std::uint64_t         seed           = 1;
    std::size_t           steps          = 200;
    bool                  has_conditions = false;
    std::function<void()> reopen{};
};

template <class Log>
class script {
public:
    script(Log& log, script_options options) : log_(log), options_(std::move(options)), random_(options_.seed) {}

    /// One answer for each step. Positions are told as numbers of events, for there may be gaps between them.
    std::vector<std::string> tell() {
        std::vector<std::string> answers;
        for (std::size_t step = 0; step < options_.steps; ++step) {
            switch (random_.below(8)) {
                case 0:
                case 1:
                case 2: answers.push_back(append()); break;
                case 3: answers.push_back(decide()); break;
                case 4: answers.push_back(ask(annals::stream(name_ = some_name()), version_of(name_))); break;
                case 5:
                    answers.push_back(ask(annals::category(name_ = random_.one_in(2) ? "a" : "b"), positions_.size()));
                    break;
                case 6: answers.push_back(ask(annals::whole_log(), positions_.size())); break;
                default: answers.push_back(ask_for_tags());
            }
            if (random_.one_in(40)) options_.reopen();
        }
        return answers;
    }

private:
    std::string some_name() {
        static const char* const names[] = {"a-1", "a-2", "b-1", "b-2.3 > *", "b"};
        return names[random_.below(std::size(names))];
    }
    std::uint64_t version_of(const std::string& name) const {
        return static_cast<std::uint64_t>(std::count(streams_.begin(), streams_.end(), name));
    }
    any_event event() {
        const auto number = static_cast<std::int32_t>(random_.below(6));
        switch (random_.below(5)) {
            case 0: return conformance::placed{number, -number};
            case 1: return conformance::weighed{number};
            case 2: return conformance::named{std::string(random_.below(random_.one_in(10) ? 9000 : 30), 'n')};
            case 3:
                return conformance::labelled{{"a", std::string(random_.below(5), 'b')},
                                             random_.one_in(3) ? std::optional<std::int32_t>{} : number};
            default: return conformance::emptied{};
        }
    }
    std::vector<any_event> batch() {
        std::vector<any_event> made;
        for (std::size_t count = random_.one_in(20) ? random_.below(40) : 1 + random_.below(4); count != 0; --count)
            made.push_back(event());
        return made;
    }
    // Ids and times are given, so that they are the same in all logs.
    annals::metadata about(std::size_t count) {
        annals::metadata made;
        time_ += static_cast<std::int64_t>(random_.below(4)) - 1;
        made.time = annals::timestamp{2'000'000'000'000'000'000 + time_};
        if (random_.one_in(3)) made.actor = std::string(random_.below(10), 'x');
        if (random_.one_in(4)) made.values = {{"key", std::to_string(time_)}};
        if (random_.one_in(4)) made.correlation = conformance::id_of(random_.next());
        if (!used_.empty() && random_.one_in(4)) {
            made.event_ids = used_[random_.below(used_.size())];
            if (random_.one_in(4)) std::reverse(made.event_ids.begin(), made.event_ids.end());
        } else
            while (made.event_ids.size() < count) made.event_ids.push_back(conformance::id_of(++ids_));
        return made;
    }
    annals::expected_version expectation(const std::string& name) {
        switch (random_.below(6)) {
            case 0: return annals::no_stream;
            case 1: return annals::stream_exists;
            case 2: return annals::version{random_.below(9)};
            case 3: return annals::version{version_of(name)};
            default: return annals::any_version;
        }
    }

    std::string append() {
        const std::string name  = random_.one_in(40) ? std::string{} : some_name();
        auto              given = batch();
        auto              said  = about(given.size());
        if (!random_.one_in(10)) given.resize(said.event_ids.size(), conformance::emptied{});
        return answered(name, said, log_.append(name, expectation(name), said, given));
    }
    std::string decide() {
        const std::string name  = some_name();
        auto              given = batch();
        auto              said  = about(given.size());
        given.resize(said.event_ids.size(), conformance::emptied{});
        const auto from  = position_of(random_.below(positions_.size() + 1));
        const auto rank  = annals::tag_set("rank", static_cast<std::int32_t>(random_.below(6)));
        const auto other = annals::tag_set("milligrams", static_cast<std::int64_t>(random_.below(6)));
        if (!options_.has_conditions) return "no decision";
        if constexpr (annals::tagged_log<Log>) {
            using annals::append_condition;
            if (random_.one_in(2))
                return answered(
                    name, said,
                    log_.append(name, append_condition<annals::events<conformance::labelled>>{from, {rank}}, said, given));
            return answered(
                name, said,
                log_.append(name,
                            append_condition<annals::events<conformance::labelled>, annals::events<conformance::weighed>>{
                                from, {rank, other}},
                            said, given));
        } else
            return "no decision";
    }
    std::string answered(const std::string& name, const annals::metadata& said,
                         const annals::expected<annals::receipt, annals::error>& answer) {
        if (!answer) return "append to " + name + ": " + std::string{to_string(answer.error().code)};
        if (answer->version.value > version_of(name)) {
            // It was written, so its positions are new.
            const auto wrote = log_.read(annals::stream(name).from(annals::version{version_of(name) + 1}),
                                         annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                                             positions_.push_back(where.position);
                                             streams_.push_back(name);
                                         })});
            if (!wrote) return "append to " + name + ", which cannot be read: " + wrote.error().message();
            used_.push_back(said.event_ids);
        }
        return "append to " + name + ": version " + std::to_string(answer->version.value) + ", event " +
               number_of(answer->position) + ", " + std::to_string(answer->count);
    }

    [[nodiscard]] annals::position position_of(std::uint64_t number) const {
        if (number == 0) return {};
        if (number <= positions_.size()) return positions_[static_cast<std::size_t>(number - 1)];
        return annals::position{(positions_.empty() ? 0 : positions_.back().value) + (number - positions_.size())};
    }
    [[nodiscard]] std::string number_of(annals::position at) const {
        if (at == annals::position{}) return "0";
        const auto found = std::find(positions_.begin(), positions_.end(), at);
        return found == positions_.end() ? "that nobody knows" : std::to_string(found - positions_.begin() + 1);
    }
    template <class Unit>
    Unit some(std::uint64_t around) {
        const std::uint64_t number = random_.below(around + 3);
        if constexpr (std::is_same_v<Unit, annals::position>)
            return position_of(number);
        else
            return Unit{number};
    }

    std::string ask_for_tags() {
        const auto rank = static_cast<std::int32_t>(random_.below(6));
        if (random_.one_in(2)) {
            const auto tags = annals::tag_set("rank", rank);
            return ask(annals::tagged(tags), positions_.size());
        }
        const auto tags = annals::tag_set("milligrams", std::int64_t{rank});
        return ask(annals::tagged(tags), positions_.size());
    }
    template <class Unit>
    std::string ask(annals::query<Unit> what, std::uint64_t around) {
        if (random_.one_in(3)) what = what.from(some<Unit>(around));
        if (random_.one_in(3)) what = what.to(some<Unit>(around));
        if (random_.one_in(3)) what = what.limit(random_.below(7));
        if (random_.one_in(2)) what = what.backwards();
        if (random_.one_in(4)) what = what.until(some<annals::position>(positions_.size()));
        if (random_.one_in(4))
            what =
                what.until(annals::timestamp{2'000'000'000'000'000'000 + static_cast<std::int64_t>(random_.below(100)) - 10});
        std::string answer =
            "read " +
            conformance::text_of(
                annals::query<Unit>(what).from(Unit{0}).to(Unit{annals::unlimited}).until(annals::position{annals::unlimited}));
        const auto read = conformance::each_event(std::as_const(log_), what, [&](conformance::observed each) {
            const std::string number = number_of(each.position), first = number_of(each.first_of_append);
            each.position = each.first_of_append = {};
            answer.append("\n  ").append(number).append(" from ").append(first).append(" ").append(
                conformance::text_of(each).substr(0, 300));
        });
        if (!read) return answer + ": " + read.error().message();
        return answer + "\n  " + std::to_string(read->count) + " up to version " + std::to_string(read->version.value) +
               ", event " + number_of(read->position);
    }

    Log&                                   log_;
    script_options                         options_;
    annals::random_source                  random_;
    std::string                            name_;
    std::int64_t                           time_ = 0;
    std::uint64_t                          ids_  = 0;
    std::vector<annals::position>          positions_;
    std::vector<std::string>               streams_;  // of each event, in the order of the log
    std::vector<std::vector<annals::uuid>> used_;
};

}  // namespace engines
