// Chapter 7: a moment of the history, as a person names it, becomes a position in the log.
#pragma once

#include "date.hpp"
#include "events.hpp"
#include "git_process.hpp"
#include "mistake.hpp"
#include "read_models.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace git_history {

/// A commit (its id has a size), or else a time.
struct moment {
    std::string  name;  // as the person wrote it
    object_id    commit{};
    std::int64_t seconds = 0;  // since 1970
};

/// What a commit's name means (a branch, a tag, an abbreviation, `HEAD~3`) is git's to say. Whether that commit is in
/// the log is not asked yet.
[[nodiscard]] inline moment commit_named(const std::string& repository, const std::string& name) {
    // `^{commit}` looks through tags, but does not go with every way of naming a commit (`:/text`).
    git_answer found{false, {}};
    if (!name.empty() && name.front() != '-') {
        found = ask_git(repository, {"rev-parse", "--verify", "--quiet", name + "^{commit}"});
        if (!found.succeeded) found = ask_git(repository, {"rev-parse", "--verify", name});
    }
    const auto id = parse_object_id(found.text);
    if (!found.succeeded || !id) throw mistake("`" + name + "` names no commit, or more than one");
    return {name, *id};
}

[[nodiscard]] inline moment date_named(const std::string& name) {
    const auto seconds = parse_date(name);
    if (!seconds) throw mistake("`" + name + "` is not a date: write YYYY-MM-DD[THH:MM[:SS]][Z|+HH:MM|-HH:MM]");
    return {name, {}, *seconds};
}

/// The log's position at a commit; for a time, at the last commit of the branch that was made then or before. Clocks
/// differ, so a commit before that one may claim a later time; it is included all the same.
[[nodiscard]] annals::position position_of(const annals::event_log auto& log, const moment& wanted) {
    const auto known = value_of(annals::replay<commits>(log, annals::stream(branch_stream)));

    const bool  by_id = wanted.commit.size != 0;
    const auto  fits  = [&](const commits::entry& each) {
        return by_id ? each.commit == wanted.commit : each.seconds <= wanted.seconds;
    };
    const auto last = std::find_if(known.line.rbegin(), known.line.rend(), fits);
    if (last != known.line.rend()) return last->at;
    throw mistake(by_id ? "`" + wanted.name + "` is not on the first-parent line of HEAD"
                        : "nothing was committed by " + wanted.name);
}

}  // namespace git_history
