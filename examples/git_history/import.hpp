// Chapter 4: from git into the log. What git tells of a commit becomes one append for each file, and one for the branch.
#pragma once

#include "events.hpp"
#include "file.hpp"
#include "mistake.hpp"
#include "progress.hpp"
#include "raw_log.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace git_history {

/// Refuses what is no repository. Git itself says why not.
inline void check_repository(const std::string& path) {
    if (path.empty() || !ask_git(path, {"rev-parse", "--git-dir"}).succeeded)
        throw mistake("`" + path + "` is not a git repository");
}

/// Imports the first-parent history of a repository's HEAD into an empty log. A branch without commits leaves it empty.
class importer {
public:
    importer(const std::string& repository, history_log& log) : log_(log) {
        if (ask_git(repository, {"rev-parse", "--verify", "--quiet", "HEAD"}).succeeded)
            read_raw_log(
                repository, [this](const commit_line& next) { begin(next); },
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
            append(stream_, before.decide(remove{}));
        else
            append(stream_, before.decide(put{change.mode_after, change.object_after}));
    }

    void seal() {
        if (sealed_.commit.size == 0) return;
        append(branch_stream, sealed_);
        progress_.count_commit();
    }

    template <class Given>
    void append(std::string_view stream, Given&& events) {
        const auto written = log_.append(stream, annals::any_version, about_, std::forward<Given>(events));
        if (!written) throw mistake("the history does not fit together: " + written.error().message());
        progress_.count_events(written->count);
    }

    history_log&     log_;
    annals::metadata about_;     // of the commit that is being read
    committed        sealed_{};  // its event, which comes behind its changes
    std::string      stream_;
    progress         progress_;
};

}  // namespace git_history
