// A question about the past sends no mails.
// refused: annals::effects_would_be_reached_by_a_replay<post::mails, annals::events<post::ordered>
// remedy: run it with annals::effects_of(log
#include <annals/annals.hpp>
#include <annals/app/effects.hpp>
#include <annals/read/history.hpp>

namespace post {

struct ordered {
    long order;
};

struct mails {
    using events = annals::events<ordered>;

    long sent = 0;

#ifdef MUST_NOT_COMPILE
    void react(const ordered&, const annals::live&) { ++sent; }
#else
    void apply(const ordered&) { ++sent; }
#endif
};

}  // namespace post

bool was_sent(const annals::memory_log<annals::events<post::ordered>>& log) {
    const auto found =
        annals::first_when<post::mails>(log, annals::whole_log(), [](const post::mails& now) { return now.sent > 0; });
    return found.has_value() && found->has_value();
}
