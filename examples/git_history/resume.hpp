// Chapter 5: a log that is kept. The next import goes on where the last one ended, even if that was killed.
//
// No note beside the log says how far that one came: the log does. Each append is there completely or not at all, and the
// last one of a commit is its own event. So what is there is a beginning of the branch, commit by commit, and behind it
// perhaps some changes of the commit whose import was cut off. The next import adds the others.
#pragma once

#include "events.hpp"
#include "mistake.hpp"
#include "read_models.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace git_history {

/// Opens the log in a directory, which is made if it is not there. One process at a time may.
///
/// An import can be repeated, so it does not wait for the disk at each event. What is appended survives that this process is
/// killed; a power cut takes its last moments away, without a gap, and then the next import adds them again.
///
/// The names of its streams are at most 1024 bytes long, so a history with a path of more than 1019 is refused.
[[nodiscard]] inline kept_history_log open_kept_log(const std::string& directory) {
    annals::file_log_options options;
    options.acknowledge  = annals::acknowledge::when_written;
    options.segment_size = std::uint64_t{8} << 20U;  // most repositories are small

    auto log = kept_history_log::open(directory, options);
    if (log) return std::move(*log);
    if (log.error().code == annals::errc::locked)
        throw mistake("the log in `" + directory + "` is in use " + log.error().details + "; ask again when that is done");
    throw mistake("the log in `" + directory + "` cannot be used: " + log.error().message());
}

/// How much of a branch a log holds.
struct extent {
    std::size_t   commits = 0;  // that are there whole
    std::uint64_t changes = 0;  // of the commit behind them
};

/// Ends an import, for the log holds a commit that the branch does not. Events are not rewritten, as commits may be.
[[noreturn]] inline void refuse(const object_id& commit, bool is_first) {
    std::string text = is_first ? "the log begins with commit " : "the log holds commit ";
    append_digits(text, commit);
    text.append(is_first ? ", the first-parent line of HEAD does not: the log is another repository's, or a shallow clone's. "
                         : ", the first-parent line of HEAD does not: it was rewritten, or HEAD is on another branch. ");
    throw mistake(text.append("Name another directory with --log, or remove this one to import everything again"));
}

/// Compares a log with a branch as git tells it now, from the root on. Throws `mistake` unless the log holds a beginning of it.
[[nodiscard]] extent extent_of(const annals::event_log auto& log, const std::vector<object_id>& branch) {
    const auto known = value_of(annals::replay<commits>(log, annals::stream(branch_stream))).line;
    extent     held;
    for (const commits::entry& each : known) {
        if (held.commits == branch.size() || each.commit != branch[held.commits]) refuse(each.commit, held.commits == 0);
        ++held.commits;
    }

    const auto behind = annals::position{known.empty() ? 1 : known.back().at.value + 1};
    const auto change = [&](const auto&, const annals::context& where) {
        const auto commit = parse_object_id(*where.values.find("commit")).value();
        if (held.commits == branch.size() || commit != branch[held.commits]) refuse(commit, held.commits == 0);
        ++held.changes;
    };
    static_cast<void>(value_of(log.read(annals::whole_log().from(behind), annals::handlers{annals::otherwise(change)})));
    return held;
}

}  // namespace git_history
