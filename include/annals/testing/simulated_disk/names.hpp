// The names of files and directories on a simulated disk: as processes see them, on the disk, and on their way there.
#pragma once

#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/simulated_disk/content.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// What has a name: a file, or a directory if there is no content.
struct named_thing {
    std::shared_ptr<file_content> content;

    [[nodiscard]] bool is_directory() const noexcept { return !content; }
};

using name_map = std::map<std::string, named_thing, std::less<>>;

/// A path without what does not matter in it: `./log/` and `/log` are `log`. The root is empty.
inline std::string plain_path(std::string_view path) {
    std::string plain;
    while (!path.empty()) {
        const std::size_t      slash = path.find('/');
        const std::string_view part  = path.substr(0, slash);
        path                         = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (part.empty() || part == ".") continue;
        if (!plain.empty()) plain += '/';
        plain += part;
    }
    return plain;
}

inline std::string directory_of(const std::string& plain) {
    const std::size_t slash = plain.rfind('/');
    return slash == std::string::npos ? std::string{} : plain.substr(0, slash);
}

inline std::vector<std::string> names_in(const name_map& names, const std::string& directory) {
    std::vector<std::string> found;
    for (const auto& [path, thing] : names)
        if (directory_of(path) == directory) found.push_back(directory.empty() ? path : path.substr(directory.size() + 1));
    return found;
}

class name_space {
public:
    name_space() = default;
    /// All of them on the disk.
    explicit name_space(name_map names) : seen_(names), durable_(std::move(names)) {}

    [[nodiscard]] const name_map& seen() const noexcept { return seen_; }
    [[nodiscard]] const name_map& durable() const noexcept { return durable_; }

    [[nodiscard]] const named_thing* find(const std::string& path) const {
        const auto found = seen_.find(path);
        return found == seen_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] bool is_directory(const std::string& path) const {
        const named_thing* found = find(path);
        return path.empty() || (found && found->is_directory());
    }

    void add(const std::string& path, named_thing thing) { change({{}, path, std::move(thing)}); }
    void remove(const std::string& path) { change({path, {}, {}}); }
    void rename(const std::string& from, const std::string& to) {
        if (from != to) change({from, to, seen_.find(from)->second});
    }

    /// Gives a thing a name on the disk too, and its directories.
    void add_durably(const std::string& path, named_thing thing) {
        const std::string directory = directory_of(path);
        if (!directory.empty()) add_durably(directory, {});
        sync(directory);
        seen_[path]    = thing;
        durable_[path] = std::move(thing);
    }

    /// All names in the directory are on the disk.
    void sync(const std::string& directory) {
        // What goes from one directory to another is one change: what came before it goes to the disk with it.
        std::size_t before = 0;
        for (std::size_t i = 0; i < unsynced_.size(); ++i)
            if (unsynced_[i].crosses() && unsynced_[i].is_in(directory)) before = i;
        std::vector<name_change> later;
        for (std::size_t i = 0; i < unsynced_.size(); ++i)
            if (i < before || unsynced_[i].is_in(directory))
                unsynced_[i].apply(durable_);
            else
                later.push_back(std::move(unsynced_[i]));
        unsynced_ = std::move(later);
    }

    /// The names on the disk after a crash. A change of a name needs those of the same names before it; apart from that any may
    /// have happened, or, as it is where directories have a journal, all up to one.
    [[nodiscard]] name_map after_crash(crash_odds odds, random_source& random) const {
        std::vector<bool> happened(unsynced_.size());
        if (random.one_in(2)) {
            std::map<std::string, std::size_t> left;  // of the changes of each directory
            for (const name_change& each : unsynced_) ++left[each.directory()];
            for (auto& [directory, count] : left) count = journalled(count, odds, random);
            for (std::size_t i = 0; i < unsynced_.size(); ++i) {
                std::size_t& count = left[unsynced_[i].directory()];
                if (count > 0) --count, happened[i] = true;
            }
        } else {
            for (std::size_t i = 0; i < unsynced_.size(); ++i) happened[i] = odds.survives(random);
        }
        for (std::size_t i = unsynced_.size(); i-- > 0;)
            for (std::size_t before = 0; happened[i] && before < i; ++before)
                if (unsynced_[before].shares_name_with(unsynced_[i])) happened[before] = true;

        name_map names = durable_;
        for (std::size_t i = 0; i < unsynced_.size(); ++i)
            if (happened[i]) unsynced_[i].apply(names);
        // A name whose directory is lost is lost with it. A directory comes before what is in it.
        for (auto each = names.begin(); each != names.end();) {
            const std::string directory = directory_of(each->first);
            each                        = directory.empty() || names.contains(directory) ? std::next(each) : names.erase(each);
        }
        return names;
    }

private:
    struct name_change {
        std::string from;  // a name that is taken away, or empty
        std::string to;    // a name that is given, or empty
        named_thing thing;

        void apply(name_map& names) const {
            if (!from.empty()) names.erase(from);
            if (!to.empty()) names[to] = thing;
        }
        [[nodiscard]] std::string directory() const { return directory_of(to.empty() ? from : to); }
        [[nodiscard]] bool        is_in(const std::string& directory) const {
                   return (!from.empty() && directory_of(from) == directory) || (!to.empty() && directory_of(to) == directory);
        }
        [[nodiscard]] bool crosses() const { return !from.empty() && !to.empty() && directory_of(from) != directory_of(to); }
        [[nodiscard]] bool shares_name_with(const name_change& other) const {
            const auto has = [&](const std::string& name) { return !name.empty() && (name == from || name == to); };
            return has(other.from) || has(other.to);
        }
    };

    void change(name_change made) {
        made.apply(seen_);
        unsynced_.push_back(std::move(made));
    }

    static std::size_t journalled(std::size_t count, crash_odds odds, random_source& random) {
        std::size_t survived = 0;
        while (survived < count && odds.survives(random)) ++survived;
        return survived;
    }

    name_map                 seen_;
    name_map                 durable_;
    std::vector<name_change> unsynced_;  // in their order
};

}  // namespace annals::detail
