// Chapter 2: a file. From what it was and what it shall be follows what happened to it.
#pragma once

#include "events.hpp"

#include <annals/testing/given.hpp>

namespace git_history {

// Commands: git tells what a path holds after a commit; the file decides which event that is.
struct put    { file_mode mode; object_id object; };
struct remove {};

enum class refusal { no_such_file };

struct file {
    using events   = file_events;
    using commands = annals::commands<put, remove>;

    file_mode mode = file_mode::none;
    object_id object{};

    constexpr void apply(const added& e) { mode = e.mode, object = e.object; }
    constexpr void apply(const modified& e) { mode = e.mode, object = e.object; }
    constexpr void apply(const mode_changed& e) { mode = e.mode; }
    constexpr void apply(const type_changed& e) { mode = e.mode, object = e.object; }
    constexpr void apply(const removed&) { mode = file_mode::none, object = object_id{}; }

    // No refusal: every content is welcome. The type of the decision says so.
    constexpr annals::decision<annals::events<added, modified, mode_changed, type_changed>> decide(const put& c) const {
        if (mode == file_mode::none) return added{c.mode, c.object};
        if (kind_of(mode) != kind_of(c.mode)) return type_changed{c.mode, c.object};
        if (object != c.object) return modified{c.mode, c.object};
        if (mode != c.mode) return mode_changed{c.mode};
        return annals::nothing;
    }
    constexpr annals::decision<removed, refusal> decide(const remove&) const {
        if (mode == file_mode::none) return annals::refuse(refusal::no_such_file);
        return removed{};
    }

    friend constexpr bool operator==(const file&, const file&) = default;
};

// The rules, proved before any repository is read.
namespace proof {

inline constexpr object_id one{.bytes = {1}, .size = 20};
inline constexpr object_id two{.bytes = {2}, .size = 20};
inline constexpr added     born{file_mode::regular, one};

static_assert(annals::aggregate<file>);
static_assert(annals::given<file>().when(put{file_mode::regular, one}).emits(born));
static_assert(annals::given<file>().when(remove{}).refuses(refusal::no_such_file));
static_assert(annals::given<file>(born).when(put{file_mode::regular, one}).emits());
static_assert(annals::given<file>(born).when(put{file_mode::regular, two}).emits(modified{file_mode::regular, two}));
static_assert(annals::given<file>(born).when(put{file_mode::executable, one}).emits(mode_changed{file_mode::executable}));
static_assert(annals::given<file>(born).when(put{file_mode::executable, two}).emits(modified{file_mode::executable, two}));
static_assert(annals::given<file>(born).when(put{file_mode::symlink, one}).emits(type_changed{file_mode::symlink, one}));
static_assert(annals::given<file>(born, removed{}).when(put{file_mode::symlink, two}).emits(added{file_mode::symlink, two}));
static_assert(annals::given<file>(born, removed{}).state() == file{});

}  // namespace proof
}  // namespace git_history
