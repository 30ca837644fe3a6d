#include "crash/book.hpp"

#include <type_traits>

namespace crash {

bool book::must(bool holds, const char* what, const annals::context& where) {
    if (holds) return true;
    if (trouble_.empty())
        trouble_ = std::string("not so: ") + what + ", at position " + std::to_string(where.position.value) + " behind " +
                   std::to_string(position_) + ", stream " + std::string(where.stream) + " version " +
                   std::to_string(where.version.value);
    return false;
}

void book::remember(const annals::context& where) {
    std::uint64_t id = 0;
    for (const std::uint8_t byte : where.id.bytes) id = id * 257 + byte;
    hash_     = mixed(hash_, where.position.value, where.version.value, static_cast<std::uint64_t>(where.time.nanoseconds), id);
    position_ = where.position.value;
    time_     = where.time.nanoseconds;
}

template <class Event>
void book::take(const Event& event, const annals::context& where) {
    if (!trouble_.empty()) return;
    const place& at = event.at;
    if (!must(where.position.value == position_ + 1, "positions have no gaps", where)) return;
    if (!must(where.time.nanoseconds >= time_, "time does not go back", where)) return;
    if (!must(at.thread < thread_count, "an event is of one of the threads", where)) return;
    if (count_ == 0) {
        if (!must(at.index == 0, "an append begins with its first event", where)) return;
        if (!must(at.sequence == next_[at.thread].sequence, "a thread's appends are there once each, in their order", where)) return;
        open_       = next_[at.thread];
        count_      = open_.count();
        open_count_ = 0;
        open_where_ = {};
    }
    if (!must(at.thread == open_.thread && at.sequence == open_.sequence && at.index == open_count_ && at.count == count_,
              "an append is there as a whole", where))
        return;
    if (!must(where.stream == open_.stream_of(at.index), "an event is in its stream", where)) return;
    if (!must(where.version.value == ++versions_[std::string(where.stream)], "versions have no gaps", where)) return;
    if (!must(!open_.has_ids() || where.id == open_.id_of(at.index), "an event has the id that was given", where)) return;
    if (!must(!where.id.is_nil() && where.correlation == open_.correlation() && where.actor == open_.actor() &&
                  where.causation.is_nil() && where.values.size() == 0,
              "an event has its metadata", where))
        return;
    const bool is_text = std::is_same_v<Event, noted>;
    if (!must(open_.is_text(at.index) == is_text, "an event has its type", where)) return;
    if constexpr (std::is_same_v<Event, noted>) {
        if (!must(event.text == open_.text(at.index), "an event is what was appended, byte for byte", where)) return;
    } else if (!must(event.values == open_.values(at.index), "an event is what was appended, byte for byte", where))
        return;
    remember(where);
    open_where_.position = position_;
    (at.index < open_.own_count() ? open_where_.own : open_where_.shared) = where.version.value;
    if (++open_count_ != count_) return;
    appends_[at.thread].push_back(open_where_);
    next_[at.thread] = open_.next();
    count_           = 0;
}

bool book::read_on(const log_type& log, std::uint64_t last) {
    if (last != annals::unlimited && last <= position_) return trouble_.empty();
    annals::handlers reader{[&](const noted& event, const annals::context& where) { take(event, where); },
                            [&](const measured& event, const annals::context& where) { take(event, where); }};
    const auto       done = log.read(annals::whole_log().from(annals::position{position_ + 1}).to(annals::position{last}), reader);
    if (!done && trouble_.empty()) trouble_ = done.error().message();
    if (count_ != 0 && trouble_.empty()) trouble_ = "half an append, behind position " + std::to_string(position_);
    return trouble_.empty();
}

}  // namespace crash
