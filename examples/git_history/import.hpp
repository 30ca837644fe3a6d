// Chapter 4: from git into the log. What git tells of a commit becomes one append for each file, and one for the branch.
#pragma once

#include "events.hpp"
#include "file.hpp"
#include "mistake.hpp"
#include "progress.hpp"
#include "raw_log.hpp"
#include "resume.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace git_history {

/// Refuses what is no repository. Git itself says why not.
inline void check_repository(const std::string& path) {
    if (path.empty() || !ask_git(path, {"rev-parse", "--git-dir"}).succeeded)
        throw mistake("`" + path + "` is not a git repository");
}

/// Imports the first-parent history of a repository's HEAD into a log that holds a beginning of it, or nothing. A branch
/// without commits adds nothing.
template <annals::event_log Log>
class importer {
public:
    importer(const std::string& repository, Log& log) : log_(log) {
        const auto head   = ask_git(repository, {"rev-parse", "--verify", "--quiet", "HEAD"});
        const auto branch = head.succeeded ? first_parent_line(repository, head.text) : std::vector<object_id>{};
        there_            = extent_of(log, branch);
        progress_.count_kept(there_.commits);
        read_raw_log(
            repository, branch, there_.commits, [this](const commit_line& next) { begin(next); },
            [this](const change_line& change) { record(change); });
        seal();
        progress_.finish();
    }

    /// How many commits and events there were, and how long the import took.
    [[nodiscard]] const progress& summary() const noexcept { return progress_; }

private:
    void begin(const commit_line& next) {
        seal();
        sealed_       = committed{next.id, next.seconds};
        about_.actor  = next.author;
        about_.values = {{"commit", next.digits}, {"time", next.time}};
    }

    // Git tells what a path was before the commit, so no stream has to be loaded for the file to decide.
    void record(const change_line& change) {
        const file before{change.mode_before, change.object_before};
        stream_.assign(file_prefix).append(change.path);
        if (change.mode_after == file_mode::none)
            append_missing(before.decide(remove{}));
        else
            append_missing(before.decide(put{change.mode_after, change.object_after}));
    }

    // An import that was cut off in this commit may have brought its first changes.
    template <class Decision>
    void append_missing(const Decision& decided) {
        if (there_.changes != 0)
            there_.changes -= decided.size();
        else
            append(stream_, decided);
    }

    void seal() {
        if (sealed_.commit.size == 0) return;
        if (there_.changes != 0)
            throw mistake("the log holds more of commit " + about_.values.front().value + " than git tells");
        append(branch_stream, sealed_);
        progress_.count_commit();
    }

    template <class Given>
    void append(std::string_view stream, Given&& events) {
        const auto written = log_.append(stream, annals::any_version, about_, std::forward<Given>(events));
        if (!written) throw mistake("the log does not take the history: " + written.error().message());
        progress_.count_events(written->count);
    }

    Log&             log_;
    extent           there_;     // what was there already; its changes are counted down
    annals::metadata about_;     // of the commit that is being read
    committed        sealed_{};  // its event, which comes behind its changes
    std::string      stream_;
    progress         progress_;
};

}  // namespace git_history
