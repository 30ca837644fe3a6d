// A command that may be refused is one that may be refused.
// refused: annals::event_without_react<post::delivery, annals::events<annals::command_refused<post::parcel, post::ship>
// remedy: give the process `annals::reaction<P> react(const E&) const`
#include <annals/annals.hpp>
#include <annals/app/process.hpp>

namespace post {

struct ordered {
    long order;
};
struct shipped {
    long order;
};
struct refusal {
    long left;
};
struct ship {
    long order;
};

struct parcel {
    using events   = annals::events<shipped>;
    using commands = annals::commands<ship>;

    bool is_shipped = false;

    void                               apply(const shipped&) { is_shipped = true; }
    annals::decision<shipped, refusal> decide(const ship& c) const {
        if (is_shipped) return annals::refuse(refusal{0});
        return shipped{c.order};
    }
};

struct begun {
    long order;
};
struct delivery {
    using inputs = annals::events<ordered>;
    using events = annals::events<begun>;
    using sends  = annals::sends<annals::to<parcel, ship>>;

    void                       apply(const begun&) {}
    static std::string         instance(const ordered& e) { return std::to_string(e.order); }
    annals::reaction<delivery> react(const ordered& e) const {
        annals::reaction<delivery> todo;
        todo.send<parcel>("1", ship{e.order});
        return todo;
    }
#ifndef MUST_NOT_COMPILE
    annals::reaction<delivery> react(const annals::command_refused<parcel, ship>&) const { return {}; }
#endif
};

using events = annals::events<ordered, shipped, annals::process_events<delivery>>;

}  // namespace post

bool delivers(annals::memory_log<post::events>& log) {
    auto running = annals::process_of<post::delivery>(log);
    return running.catch_up().has_value();
}
