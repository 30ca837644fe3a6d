// Chapter 3: what we want to know. Each read model is a struct that says which events it handles, which it leaves out,
// and how one event changes it. The compiler tells each of them when an event is added that it must decide about.
#pragma once

#include "events.hpp"
#include "file.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace git_history {

/// What is known of each path or person. The names are copied once: what a log shows a handler is there for the call only.
template <class Value>
class by_name {
public:
    Value& operator[](std::string_view name) {
        const auto found = entries_.find(name);
        return found != entries_.end() ? found->second : entries_.try_emplace(std::string{name}).first->second;
    }
    void erase(std::string_view name) {
        if (const auto found = entries_.find(name); found != entries_.end()) entries_.erase(found);
    }
    [[nodiscard]] auto begin() const { return entries_.begin(); }
    [[nodiscard]] auto end() const { return entries_.end(); }

private:
    struct hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, Value, hash, std::equal_to<>> entries_;
};

/// Which files there are, and what they hold. Unordered while it is folded; who prints it puts it in order once.
struct tree {
    using events  = file_events;
    using ignores = annals::events<committed>;

    by_name<file> files;

    void apply(const added& e, const annals::context& where) { files[path_of(where)].apply(e); }
    void apply(const modified& e, const annals::context& where) { files[path_of(where)].apply(e); }
    void apply(const mode_changed& e, const annals::context& where) { files[path_of(where)].apply(e); }
    void apply(const type_changed& e, const annals::context& where) { files[path_of(where)].apply(e); }
    void apply(const removed&, const annals::context& where) { files.erase(path_of(where)); }
};

/// The commits of the branch, from the first to the last, and how far the log was at each.
struct commits {
    using events  = annals::events<committed>;
    using ignores = file_events;

    struct entry {
        object_id        commit;
        std::int64_t     seconds;
        annals::position at;
    };
    std::vector<entry> line;

    void apply(const committed& e, const annals::context& where) {
        line.push_back({e.commit, e.seconds, where.position});
    }
};

/// How many commits each author made, and how many changes to files were in them.
struct authors {
    using events = history_events;

    struct work {
        std::uint64_t commits = 0;
        std::uint64_t changes = 0;
    };
    by_name<work> people;

    void apply(const committed&, const annals::context& where) { ++people[where.actor].commits; }
    void apply(const added&, const annals::context& where) { ++people[where.actor].changes; }
    void apply(const modified&, const annals::context& where) { ++people[where.actor].changes; }
    void apply(const mode_changed&, const annals::context& where) { ++people[where.actor].changes; }
    void apply(const type_changed&, const annals::context& where) { ++people[where.actor].changes; }
    void apply(const removed&, const annals::context& where) { ++people[where.actor].changes; }
};

/// How often each path was changed, those that are gone included.
struct busiest {
    using events  = file_events;
    using ignores = annals::events<committed>;

    by_name<std::uint64_t> changes;

    void apply(const added&, const annals::context& where) { ++changes[path_of(where)]; }
    void apply(const modified&, const annals::context& where) { ++changes[path_of(where)]; }
    void apply(const mode_changed&, const annals::context& where) { ++changes[path_of(where)]; }
    void apply(const type_changed&, const annals::context& where) { ++changes[path_of(where)]; }
    void apply(const removed&, const annals::context& where) { ++changes[path_of(where)]; }
};

static_assert(annals::projection<tree> && annals::projection<commits>);
static_assert(annals::projection<authors> && annals::projection<busiest>);

}  // namespace git_history
