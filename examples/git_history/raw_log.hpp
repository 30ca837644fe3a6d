// Appendix: git's account of a branch, read as it is written.
//
// `git log -z --raw` separates everything by NUL bytes, so that no path or name can be mistaken for anything else:
//
//     commit NUL seconds NUL time NUL author NUL  [ [newline] ":" modes ids status NUL path NUL ]...  [NUL]
//
// A merge is compared with its first parent only, and so tells what it brought to the branch.
#pragma once

#include "events.hpp"
#include "git_process.hpp"
#include "mistake.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace git_history {

/// The time of a commit whose date is broken or past all counting: later than any that can be asked for.
inline constexpr std::int64_t no_date = std::numeric_limits<std::int64_t>::max();

/// A commit of the branch; its changes follow.
struct commit_line {
    object_id    id;
    std::string  digits;   // the id as git writes it
    std::int64_t seconds;  // when it was committed, since 1970
    std::string  time;     // the same for people, in the committer's zone
    std::string  author;   // `name <address>`
};

/// What a commit did to one path. `path` is valid until the next change is read.
struct change_line {
    file_mode        mode_before, mode_after;
    object_id        object_before, object_after;
    std::string_view path;
};

/// Text that comes in pieces, cut at its NUL bytes.
class nul_separated {
public:
    explicit nul_separated(git_process& git) : git_(git) {}

    /// The next piece, which is valid until the one after it is asked for. None at the end.
    std::optional<std::string_view> next() {
        std::size_t looked_at = 0;
        for (;;) {
            const char* const begin = buffer_.data() + first_;
            const std::size_t held  = last_ - first_;
            if (const void* const end = std::memchr(begin + looked_at, '\0', held - looked_at)) {
                const std::string_view piece{begin, static_cast<std::size_t>(static_cast<const char*>(end) - begin)};
                first_ += piece.size() + 1;
                return piece;
            }
            looked_at = held;
            if (!fill()) {
                first_ = last_;
                if (held == 0) return {};
                return std::string_view{buffer_.data() + last_ - held, held};
            }
        }
    }

private:
    bool fill() {
        std::memmove(buffer_.data(), buffer_.data() + first_, last_ - first_);
        last_ -= first_;
        first_ = 0;
        if (last_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
        const std::size_t count = git_.read(buffer_.data() + last_, buffer_.size() - last_);
        last_ += count;
        return count != 0;
    }

    git_process&      git_;
    std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16U);
    std::size_t       first_ = 0, last_ = 0;  // what is in the buffer
};

/// The first-parent history of a commit, from the root to the commit itself. Throws `mistake` if git fails.
[[nodiscard]] inline std::vector<object_id> first_parent_line(const std::string& repository, const std::string& head) {
    const auto told = ask_git(repository, {"rev-list", "--first-parent", "--reverse", head, "--"});
    if (!told.succeeded) throw mistake("git could not tell the history of " + repository);
    std::vector<object_id> line;
    for (std::string_view rest = told.text; !rest.empty();) {
        const std::string_view digits = rest.substr(0, rest.find('\n'));
        const auto             id     = parse_object_id(digits);
        if (!id) throw mistake("git wrote something that is no history");
        line.push_back(*id);
        rest.remove_prefix(std::min(rest.size(), digits.size() + 1));
    }
    return line;
}

/// Reads a first-parent history behind its first `known` commits: calls `on_commit(commit_line)` for each commit, and
/// `on_change(change_line)` for each of its changes behind it. Throws `mistake` if git fails.
template <class OnCommit, class OnChange>
void read_raw_log(const std::string& repository, const std::vector<object_id>& line, std::size_t known, OnCommit&& on_commit,
                  OnChange&& on_change) {
    if (known == line.size()) return;
    std::string range;
    if (known != 0) {
        append_digits(range, line[known - 1]);
        range.append("..");
    }
    append_digits(range, line.back());
    git_process git(repository, {"log", "--first-parent", "-m", "--raw", "--no-renames", "--no-abbrev", "-z", "--reverse",
                                 "--format=%H%x00%ct%x00%cI%x00%an <%ae>%x00", "--encoding=UTF-8",
                                 "--ignore-submodules=none", "-O/dev/null", range, "--"});
    nul_separated text(git);
    commit_line   commit;

    const auto unreadable = [] { return mistake("git wrote something that is no history"); };
    const auto field      = [&] {
        const auto piece = text.next();
        if (!piece) throw unreadable();
        return *piece;
    };
    const auto id = [&](std::string_view digits) {
        const auto parsed = parse_object_id(digits);
        if (!parsed) throw unreadable();
        return *parsed;
    };
    const auto mode = [&](std::string_view digits) {
        std::uint32_t value = 0;
        const auto    end   = digits.data() + digits.size();
        if (std::from_chars(digits.data(), end, value, 8).ptr != end) throw unreadable();
        return static_cast<file_mode>(value);
    };

    while (auto piece = text.next()) {
        if (piece->starts_with('\n')) piece->remove_prefix(1);
        if (piece->empty()) continue;
        if (piece->front() != ':') {
            commit.id                  = id(*piece);
            commit.digits              = *piece;
            const std::string_view when = field();
            commit.seconds             = no_date;
            std::from_chars(when.data(), when.data() + when.size(), commit.seconds);
            commit.time = field();
            if (commit.seconds == no_date) commit.time = "(no date)";
            commit.author = field();
            on_commit(commit);
        } else {
            // ":100644 100755 <id> <id> M", then the path.
            const std::size_t digits = (piece->size() - 18) / 2;
            if (piece->size() < 18 || commit.digits.empty()) throw unreadable();
            change_line change{mode(piece->substr(1, 6)), mode(piece->substr(8, 6)), id(piece->substr(15, digits)),
                               id(piece->substr(16 + digits, digits)), {}};
            change.path = field();
            on_change(change);
        }
    }
    if (!git.finish()) throw mistake("git could not tell the history of " + repository);
}

}  // namespace git_history
