// What every log promises about much and about odd input: it is kept as it is, or refused with nothing lost.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/findings.hpp>
#include <annals/testing/log_conformance/observed.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace annals::conformance {

template <class Log>
class limits {
public:
    limits(Log& log, findings& found) : log_(log), found_(found) {}

    void large_appends() {
        for (const std::size_t bytes : {std::size_t{1} << 14U, std::size_t{1} << 18U, std::size_t{1} << 21U})
            kept_or_refused("large-1", {}, {named{std::string(bytes, 'x')}}, "an event of " + std::to_string(bytes) + " bytes");
        for (const std::size_t count : {300U, 5000U}) {
            std::vector<any_event> many;
            for (std::size_t i = 0; i < count; ++i) many.push_back(placed{static_cast<std::int64_t>(i), 1});
            kept_or_refused("large-2", {}, many, std::to_string(count) + " events in one append");
        }
        metadata about;
        about.actor = std::string(5000, 'a');
        about.values.push_back({std::string(5000, 'k'), std::string(50000, 'v')});
        kept_or_refused("large-3", about, {emptied{}}, "metadata of 60000 bytes");
        kept_or_refused("large-4", {}, {labelled{std::vector<std::string>(3000, "label"), 3}}, "an event with 3000 texts");
        expect_that_it_goes_on();
    }

    void odd_names() {
        for (const std::string& name : names())
            kept_or_refused(name, {}, {emptied{}}, "a stream whose name has " + std::to_string(name.size()) + " bytes");
        expect_that_it_goes_on();
    }

private:
    static std::vector<std::string> names() {
        std::vector<std::string> all{"a.b",
                                     "a.*-1",
                                     ">",
                                     "a b-c d",
                                     "'; DROP TABLE events; --",
                                     "\"q\"-1",
                                     "$1",
                                     "?1",
                                     "%41-%",
                                     "\\-\\",
                                     "\xff\xfe-\x80",
                                     "\xc3\xa9t\xc3\xa9-1",
                                     "line\nbreak-\r\t",
                                     std::string("\0", 1),
                                     std::string("zero\0-\0x", 8),
                                     "UPPER-1",
                                     "upper-1"};
        for (const std::size_t length : {200U, 255U, 2000U, 70000U}) {
            all.push_back(std::string(length, 'n'));
            all.push_back("category-" + std::string(length, '.'));
        }
        return all;
    }

    void kept_or_refused(const std::string& name, const metadata& about, const std::vector<any_event>& batch,
                         const std::string& what) {
        const auto before = std::as_const(log_).head();
        const auto done   = log_.append(name, any_version, about, batch);
        const auto after  = std::as_const(log_).head();
        if (!found_.check(before && after, "the head can be asked for", what)) return;
        if (!done) {
            found_.check(!done.error().reason.empty() && done.error().stream == name, "a refusal says why, and of which stream",
                         what + ": " + done.error().message().substr(0, 200));
            found_.check(*before == *after, "what is refused is not written", what);
            found_.check(look(std::as_const(log_), stream(name)).seen.size() == written_to_[name],
                         "what is refused is not seen", what);
            return;
        }
        const std::uint64_t from = std::exchange(written_to_[name], written_to_[name] + batch.size());
        const auto          seen = look(std::as_const(log_), stream(name).from(version{from + 1})).seen;
        bool                same = seen.size() == batch.size();
        for (std::size_t i = 0; same && i < batch.size(); ++i)
            same = seen[i].stream == name && seen[i].actor == about.actor && seen[i].values.size() == about.values.size() &&
                   (about.values.empty() || seen[i].values.front().value == about.values.front().value) &&
                   seen[i].event == std::visit([](const auto& event) { return text_of(event); }, batch[i]);
        found_.check(same, "what is accepted is read as it was appended", what);
        const std::string_view in             = std::string_view(name).substr(0, name.find('-'));
        bool                   is_in_category = false;
        (void)each_event(std::as_const(log_), category(in).backwards().limit(1),
                         [&](const observed& last) { is_in_category = last.stream == name; });
        found_.check(is_in_category, "a stream is in the category that its name begins with", what);
    }
    void expect_that_it_goes_on() {
        kept_or_refused("last-1", {}, {placed{1, 2}}, "an append behind all that");
        found_.check(written_to_["last-1"] == 1, "a log goes on behind what it refused");
        std::uint64_t due = 0;
        for (const auto& [name, count] : written_to_) due += count;
        const auto all = log_.read(whole_log(), handlers{otherwise()});
        found_.check(all && all->count == due, "nothing is lost, and nothing more is there",
                     all ? std::to_string(all->count) + " events, not " + std::to_string(due) : all.error().message());
    }

    Log&                                 log_;
    findings&                            found_;
    std::map<std::string, std::uint64_t> written_to_;
};

}  // namespace annals::conformance
