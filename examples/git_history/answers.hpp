// Chapter 6: answers from the log. A past state is the same replay, only not as far; several read models are one pass.
#pragma once

#include "events.hpp"
#include "file.hpp"
#include "mistake.hpp"
#include "print.hpp"
#include "read_models.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace git_history {

/// The files as they were when the log was at a position.
[[nodiscard]] tree tree_at(const annals::event_log auto& log, annals::position at) {
    return value_of(annals::replay<tree>(log, annals::whole_log().until(at)));
}

/// `tree`: what `git ls-tree -r` prints for the commit at a position.
[[nodiscard]] std::string answer_tree(const annals::event_log auto& log, annals::position at) {
    const tree  files = tree_at(log, at);
    std::string text;
    for (const auto& [path, held] : in_order(files)) append_tree_line(text, path, held);
    return text;
}

/// `diff`: what `git diff-tree -r` prints for the commits at two positions. The earlier tree is replayed, and a copy of
/// it is taken on to the later one.
[[nodiscard]] std::string answer_diff(const annals::event_log auto& log, annals::position a, annals::position b) {
    tree       earlier = tree_at(log, std::min(a, b));
    tree       later   = earlier;
    const auto between = annals::whole_log().from(annals::position{std::min(a, b).value + 1}).until(std::max(a, b));
    static_cast<void>(value_of(log.read(between, later)));
    if (b < a) std::swap(earlier, later);

    const auto  before = in_order(earlier), after = in_order(later);
    std::string text;
    auto        from = before.begin();
    auto        to   = after.begin();
    while (from != before.end() || to != after.end()) {
        if (to == after.end() || (from != before.end() && from->first < to->first)) {
            append_difference_line(text, from->first, from->second, file{});
            ++from;
        } else if (from == before.end() || to->first < from->first) {
            append_difference_line(text, to->first, file{}, to->second);
            ++to;
        } else {
            if (from->second != to->second) append_difference_line(text, from->first, from->second, to->second);
            ++from, ++to;
        }
    }
    return text;
}

/// `history`: a line for each change of one file, the oldest first: the commit, when, what, who. Reads one stream, so
/// it takes the time that this file's events take, however long the log is.
[[nodiscard]] std::string answer_history(const annals::event_log auto& log, std::string_view path) {
    std::string text;
    const auto  line = [&](const annals::context& where, std::string_view what, file_mode mode) {
        constexpr std::size_t abbreviated = 10;
        text.append(where.values.find("commit")->substr(0, abbreviated)).push_back(' ');
        text.append(*where.values.find("time")).push_back(' ');
        text.append(what);
        if (mode != file_mode::none) {
            text.append(" (");
            append_mode(text, mode);
            text.push_back(')');
        }
        text.append(" by ").append(where.actor).push_back('\n');
    };
    const auto name = stream_of(path);
    const auto read = value_of(log.read(
        annals::stream(name),
        annals::handlers{
            [&](const added& e, const annals::context& where) { line(where, "added", e.mode); },
            [&](const modified& e, const annals::context& where) { line(where, "modified", e.mode); },
            [&](const mode_changed& e, const annals::context& where) { line(where, "mode changed", e.mode); },
            [&](const type_changed& e, const annals::context& where) { line(where, "type changed", e.mode); },
            [&](const removed&, const annals::context& where) { line(where, "removed", file_mode::none); },
            annals::otherwise([](const auto&) {}),  // the branch's events, which no file's stream holds
        }));
    if (read.count == 0) throw mistake("no commit ever held a file `" + std::string{path} + "`");
    return text;
}

/// `authors`: commits, changes and name of each author, most commits first.
[[nodiscard]] inline std::string print_authors(const authors& all) {
    std::vector<std::pair<std::string_view, authors::work>> rows(all.people.begin(), all.people.end());
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.second.commits != b.second.commits ? a.second.commits > b.second.commits : a.first < b.first;
    });
    std::ostringstream out;
    for (const auto& [name, work] : rows) {
        out.width(8);
        out << work.commits << ' ';
        out.width(8);
        out << work.changes << "  " << name << '\n';
    }
    return std::move(out).str();
}

/// `busiest`: changes and path of the files that were changed most.
[[nodiscard]] inline std::string print_busiest(const busiest& all, std::size_t most) {
    std::vector<std::pair<std::string_view, std::uint64_t>> rows(all.changes.begin(), all.changes.end());
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, rows.size()));
    std::partial_sort(rows.begin(), rows.begin() + count, rows.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    std::ostringstream out;
    for (auto row = rows.begin(); row != rows.begin() + count; ++row) {
        std::string path;
        append_path(path, row->first);
        out.width(8);
        out << row->second << "  " << path << '\n';
    }
    return std::move(out).str();
}

/// `authors`, `busiest`, or both in the order in which they were asked for, from one pass over the log.
[[nodiscard]] std::string answer_statistics(const annals::event_log auto& log, const std::vector<std::string>& questions) {
    constexpr std::size_t most = 20;
    const auto [people, files] = value_of(annals::replay<authors, busiest>(log));
    std::string text;
    for (const std::string& question : questions)
        text += question == "authors" ? print_authors(people) : print_busiest(files, most);
    return text;
}

}  // namespace git_history
