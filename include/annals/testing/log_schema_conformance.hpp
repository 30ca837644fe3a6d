// Whether a log that outlives its program knows what it holds, when programs of other times open it: for whoever writes a log
// of their own.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/revisions.hpp>
#include <annals/testing/log_conformance/findings.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

namespace conformance {

/// The program as it was at first.
namespace first_program {
struct paid {
    std::int64_t cents;
};
struct renamed {
    std::string name;
};
using events = annals::events<paid, renamed>;
}  // namespace first_program

/// The next one: one event has a field more, another a new shape, and there is a new one.
namespace second_program {
struct paid {
    std::int64_t cents;
    std::int32_t currency = 978;
};
struct renamed {
    std::string from;
    std::string to;
};
namespace v1 {
struct renamed {
    std::string name;
};
inline second_program::renamed upcast(const renamed& older) { return {"", older.name}; }
}  // namespace v1
struct closed {};
using events = annals::events<paid, revisions<v1::renamed, renamed>, closed>;
}  // namespace second_program

/// One that misunderstands what is there.
namespace mistaken_program {
struct paid {
    std::string cents;
};
using events = annals::events<paid, first_program::renamed>;
}  // namespace mistaken_program

/// One that does not know all that is there.
namespace forgetful_program {
using events = annals::events<first_program::paid>;
}  // namespace forgetful_program

template <class Open>
class schema_promises {
public:
    schema_promises(Open& open, findings& found) : open_(open), found_(found) {}

    void run() {
        with<first_program::events>("a new log is opened", [&](auto& log) {
            done(log.append("account-1", any_version, first_program::paid{5}, first_program::renamed{"ann"}));
        });
        with<first_program::events>("the same program opens it again", [&](auto& log) { said(log, "paid 5; renamed ann; "); });
        refused<mistaken_program::events>("a program that misreads an event", "paid");
        refused<forgetful_program::events>("a program that does not know an event", "renamed");
        with<first_program::events>("what was refused changed nothing", [&](auto& log) { said(log, "paid 5; renamed ann; "); });
        with<second_program::events>("a program that has grown opens it", [&](auto& log) {
            said(log, "paid 5 in 978; renamed  to ann; ");
            done(log.append("account-1", version{2}, second_program::paid{7, 840}, second_program::renamed{"ann", "bea"},
                            second_program::closed{}));
            said(log, "paid 5 in 978; renamed  to ann; paid 7 in 840; renamed ann to bea; closed; ");
        });
        refused<first_program::events>("a program of yesterday, which cannot read what was written today", "closed");
        with<second_program::events>("the program of today goes on", [&](auto& log) {
            said(log, "paid 5 in 978; renamed  to ann; paid 7 in 840; renamed ann to bea; closed; ");
        });
    }

private:
    static std::string text_of(const first_program::paid& e) { return "paid " + std::to_string(e.cents); }
    static std::string text_of(const first_program::renamed& e) { return "renamed " + e.name; }
    static std::string text_of(const second_program::paid& e) {
        return "paid " + std::to_string(e.cents) + " in " + std::to_string(e.currency);
    }
    static std::string text_of(const second_program::renamed& e) { return "renamed " + e.from + " to " + e.to; }
    static std::string text_of(const second_program::closed&) { return "closed"; }
    static std::string text_of(const mistaken_program::paid& e) { return "paid " + e.cents; }

    template <class Log>
    static expected<read_result, error> read_all(const Log& log, std::string& text) {
        return log.read(whole_log(), handlers{otherwise([&](const auto& event) { text.append(text_of(event)).append("; "); })});
    }

    template <class Events, class Work>
    void with(std::string_view promise, Work&& work) {
        promise_ = promise;
        try {
            auto log = open_(std::type_identity<Events>{});
            if (!log) return found_.add(promise, log.error().message());
            work(*log);
        } catch (const std::exception& thrown) { found_.add("nothing is thrown", thrown.what()); }
    }
    template <class Log>
    void said(const Log& log, std::string_view due) {
        std::string text;
        const auto  read = read_all(log, text);
        found_.check(read && text == due, promise_, read ? text : read.error().message());
    }
    void done(const expected<receipt, error>& answer) {
        if (!answer) found_.add("an append is accepted", answer.error().message());
    }
    // When it opens the log, or at the latest when it reads.
    template <class Events>
    void refused(const std::string& who, std::string_view event) {
        try {
            auto  log = open_(std::type_identity<Events>{});
            error why{};
            bool  was_refused = !log;
            if (log) {
                std::string text;
                const auto  read = read_all(*log, text);
                was_refused      = !read;
                if (!read) why = read.error();
            } else
                why = log.error();
            found_.check(was_refused && why.code == errc::incompatible_schema, who + " is refused with incompatible_schema",
                         was_refused ? why.message() : "it reads");
            found_.check(!was_refused || why.details.find(event) != std::string::npos,
                         who + " is told which event it is, and what to write", why.message());
        } catch (const std::exception& thrown) { found_.add("nothing is thrown", thrown.what()); }
    }

    Open&            open_;
    findings&        found_;
    std::string_view promise_;
};

}  // namespace conformance

/// Checks that a log keeps the schemas of its events, and reads what programs of other times wrote, or says that it cannot.
/// Returns the promises that are broken.
///
/// `open(std::type_identity<Events>)` opens one and the same log, with nothing in it at first, as one of `Events`, and answers
/// what opening it did: `expected<my_log<Events>, error>`. What it answered before was closed by then.
template <class Open>
[[nodiscard]] std::vector<std::string> log_schema_conformance(Open&& open) {
    conformance::findings found;
    found.begin("schemas");
    conformance::schema_promises<std::remove_reference_t<Open>>(open, found).run();
    return found.broken();
}

}  // namespace annals
