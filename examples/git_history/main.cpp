// git_history: travels through the history of a git repository, which it reads as events.
//
// Read the chapters in this order: events.hpp, file.hpp, read_models.hpp, import.hpp, resume.hpp, answers.hpp,
// moments.hpp.
// The appendices (raw_log.hpp, git_process.hpp, print.hpp, date.hpp, progress.hpp) are about git and text, not about events.
#include "answers.hpp"
#include "import.hpp"
#include "moments.hpp"
#include "resume.hpp"

#include "../support/log_at.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace git_history;

constexpr const char* usage =
    "usage: git_history [--log PLACE] REPOSITORY QUESTION\n"
    "\n"
    "Reads the first-parent history of the repository's HEAD as events, and answers from them:\n"
    "  tree [--at COMMIT | --as-of DATE]   the files, as `git ls-tree -r` prints them\n"
    "  diff COMMIT COMMIT                  what differs between two, as `git diff-tree -r` prints it\n"
    "  history PATH                        who changed a file, when and how, the oldest change first\n"
    "  authors                             commits and changes of each author\n"
    "  busiest                             the files that were changed most\n"
    "`authors busiest` answers both from one pass.\n"
    "\n"
    "With --log, the events are kept, and the next time only new commits are read. An import that was interrupted, by\n"
    "whatever, goes on where it was. PLACE is a directory of the log's own, which is made if it is not there, or\n"
    "  sqlite:FILE   postgresql://USER@HOST/NAME   nats://HOST:PORT/NAME   memory, which keeps nothing\n"
    "\n"
    "COMMIT  whatever git understands, if it is on the first-parent line of HEAD\n"
    "DATE    YYYY-MM-DD[THH:MM[:SS]][Z|+HH:MM|-HH:MM]; without a time midnight, without a zone UTC\n";

using words = std::vector<std::string>;

[[nodiscard]] bool asks_for_statistics(const words& question) {
    return std::all_of(question.begin(), question.end(),
                       [](const auto& word) { return word == "authors" || word == "busiest"; });
}

/// Refuses what is no question, before a long import.
void check(const words& question) {
    const std::string& first = question.front();
    const bool         timed = question.size() == 3 && (question[1] == "--at" || question[1] == "--as-of");
    if (first == "tree" && (question.size() == 1 || timed)) return;
    if (first == "diff" && question.size() == 3) return;
    if (first == "history" && question.size() == 2) return;
    if (asks_for_statistics(question)) return;
    std::string text;
    for (const auto& word : question) text.append(text.empty() ? "" : " ").append(word);
    throw mistake("`" + text + "` is no question; `git_history --help` lists them");
}

/// The moments that a question names, understood before a long import begins.
[[nodiscard]] std::vector<moment> moments_in(const words& question, const std::string& repository) {
    if (question[0] == "diff") return {commit_named(repository, question[1]), commit_named(repository, question[2])};
    if (question[0] != "tree" || question.size() == 1) return {};
    return {question[1] == "--at" ? commit_named(repository, question[2]) : date_named(question[2])};
}

[[nodiscard]] std::string answer(const annals::event_log auto& log, const words& question, const std::vector<moment>& moments) {
    if (question[0] == "history") return answer_history(log, question[1]);
    if (question[0] == "diff") return answer_diff(log, position_of(log, moments[0]), position_of(log, moments[1]));
    if (question[0] != "tree") return answer_statistics(log, question);
    return answer_tree(log, moments.empty() ? value_of(log.head()) : position_of(log, moments[0]));
}

/// What the program was started for.
struct request {
    std::string         place;  // of the log, if it is to be kept
    std::string         repository;
    words               question;
    std::vector<moment> moments;
};

/// Takes a log up to where the repository is, and asks it.
[[nodiscard]] std::string import_and_answer(annals::event_log auto& log, const request& asked) {
    const importer imported(asked.repository, log);
    auto           text = answer(log, asked.question, asked.moments);
    std::cerr << imported.summary() << '\n';
    return text;
}

[[nodiscard]] std::string import_and_answer(const request& asked) {
    if (asked.place.empty() || asked.place == "memory") {
        history_log log;
        return import_and_answer(log, asked);
    }
    if (!examples::is_directory_place(asked.place)) {
        auto log = examples::log_at<history_events>(asked.place, examples::use::quick_writing);
        return import_and_answer(log, asked);
    }
    auto log  = open_kept_log(asked.place);
    auto text = import_and_answer(log, asked);
    if (const auto closed = log.close(); !closed) throw mistake(closed.error().message());
    return text;
}

}  // namespace

int main(int count, char** arguments) {
    words given(arguments + std::min(count, 1), arguments + count);
    if (given.size() == 1 && (given[0] == "--help" || given[0] == "-h")) {
        std::cout << usage;
        return EXIT_SUCCESS;
    }
    request asked;
    if (given.size() > 1 && given[0] == "--log" && !given[1].empty()) {
        asked.place = given[1];
        given.erase(given.begin(), given.begin() + 2);
    }
    if (given.size() < 2 || given[0] == "--log") {
        std::cerr << usage;
        return 2;
    }
    try {
        asked.repository = given[0];
        asked.question.assign(given.begin() + 1, given.end());
        check(asked.question);
        check_repository(asked.repository);
        asked.moments = moments_in(asked.question, asked.repository);

        std::cout << import_and_answer(asked) << std::flush;
        if (!std::cout) throw std::runtime_error("the answer cannot be written");
        return EXIT_SUCCESS;
    } catch (const mistake& wrong) {
        std::cerr << "git_history: " << wrong.what() << '\n';
        return 2;
    } catch (const std::exception& failure) {
        std::cerr << "git_history: " << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
