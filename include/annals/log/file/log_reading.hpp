// What a query selects of a file log's view, and how it is handed to a reader.
#pragma once

#include <annals/log/file/event_reading.hpp>
#include <annals/log/file/paused_reading.hpp>
#include <annals/log/file/stream_walk.hpp>
#include <annals/log/file/view.hpp>
#include <annals/log/query.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

/// The first versions that are read of the streams whose past was dropped.
using trimmed_streams = std::map<std::string, std::uint64_t, std::less<>>;

/// What a reading begins with: the log at one moment.
template <class Events, file_system Files>
struct reading_place {
    log_view<Files>                                view;
    stream_state                                   stream;  // of the stream that is asked for, or of a tag
    std::string                                    tag;     // that one's key
    bool                                           goes_through = false;  // all frames, not only those that are known to be meant
    trimmed_streams                                trimmed;
    std::shared_ptr<const schema_readers<Events>> readers;
    paused_reading<Files>                         paused{};  // where it goes on, if another one ended there
    std::shared_ptr<const segment<Files>>         paused_in{};
};

/// One reading: of a stream, a category or the whole log.
template <class Events, file_system Files, class Unit, class Reader>
class log_reading {
public:
    log_reading(const reading_place<Events, Files>& from, const query<Unit>& what, Reader& reader)
        : from_(from),
          what_(what),
          delivery_(*from.readers, reader),
          wanted_(from.readers->template wanted_by<Reader>()),
          first_(what.first == 0 ? 1 : what.first) {}

    expected<read_result, error> run() {
        if (what_.most == 0) return result_;
        if (what_.scope == query_scope::stream) return read_stream();
        if (what_.scope == query_scope::tagged && !from_.goes_through) return read_tagged();
        return read_log();
    }

    /// Where it ended, if that is inside of an append which is worth to be remembered.
    [[nodiscard]] const std::optional<paused_reading<Files>>& paused() const { return paused_; }

private:
    static constexpr std::uint64_t worth_a_pause = 64;  // events

    struct range {
        std::uint64_t first = 0, behind = 0;
    };

    const log_view<Files>& view() const { return from_.view; }

    // The events of a part that are selected, but for the limit.
    range selected(const frame_view& frame, const frame_part& part, std::string_view stream, std::uint64_t before) const {
        const std::uint64_t at = frame.first() + before;  // the position of the first
        range               chosen{0, part.count};
        const auto          not_before = [&](std::uint64_t wanted, std::uint64_t number) {
            if (wanted > number) chosen.first = std::max(chosen.first, wanted - number);
        };
        const auto not_behind = [&](std::uint64_t wanted, std::uint64_t number) {
            chosen.behind = wanted < number ? 0 : std::min(chosen.behind, std::min(wanted - number, std::uint64_t{part.count}) + 1);
        };
        not_before(first_, what_.scope == query_scope::stream ? std::uint64_t{part.first_version} : at);
        not_behind(what_.last, what_.scope == query_scope::stream ? std::uint64_t{part.first_version} : at);
        not_behind(what_.last_position.value, at);
        if (!from_.trimmed.empty())
            if (const auto found = from_.trimmed.find(stream); found != from_.trimmed.end())
                not_before(found->second, part.first_version);
        chosen.behind = std::min(chosen.behind, std::uint64_t{part.count});
        return chosen;
    }

    // Hands over what is selected of a part; false if that was the last one.
    bool take_part(const frame_view& frame, const frame_part& part, std::uint64_t before, event_place& at, range chosen,
                   std::uint64_t stands = 0) {
        const std::uint64_t left = what_.most - result_.count;
        if (chosen.behind - chosen.first > left) {
            if (what_.descending)
                chosen.first = chosen.behind - left;
            else
                chosen.behind = chosen.first + left;
        }
        const bool is_wanted = (frame.head().types & wanted_) != 0;
        if (is_wanted && what_.descending) {
            if (!delivery_.backwards(frame, part, before, at, chosen.first, chosen.behind)) return fail(frame);
        } else if (is_wanted) {
            if (!delivery_.forwards(frame, part, before, at, stands, chosen.first, chosen.behind)) return fail(frame);
            if (chosen.behind - chosen.first == left)
                pause(frame, at, chosen.behind);
            else if (!at.advance(frame.end(), part.count - chosen.behind))
                return fail(frame);
        }
        const std::uint64_t last = what_.descending ? chosen.first : chosen.behind - 1;
        result_.count += chosen.behind - chosen.first;
        result_.version  = version{part.first_version + last};
        result_.position = position{frame.first() + before + last};
        return result_.count != what_.most;
    }
    void pause(const frame_view& frame, const event_place& at, std::uint64_t index) {
        if (what_.scope == query_scope::stream || frame.head().parts != 1 || frame.count() - index < worth_a_pause) return;
        const auto in = view().segment_of_position(frame.first());
        if (!in->is_packed()) paused_ = paused_reading<Files>{frame.first() + index, in, frame, at};
    }
    // Whether another reading ended inside of this frame, where this one begins.
    bool goes_on_in(const frame_view& frame) const {
        return from_.paused_in && !what_.descending && frame.data() == from_.paused.frame.data();
    }
    bool fail(const frame_view& frame) {
        failure_ = damage_in(frame, "an event's bytes are none of its schema");
        return false;
    }

    error damage_in(const frame_view& frame, std::string_view what) const {
        error made = file_error(errc::damaged, "what is stored is not what was written", {}, frame.first());
        for (const auto& each : *view().segments) {
            if (each->first_position > frame.first()) break;
            made.path        = each->path;
            const auto begin = reinterpret_cast<std::uintptr_t>(each->bytes().data());
            const auto at    = reinterpret_cast<std::uintptr_t>(frame.data()) - begin;
            made.details     = std::string{what};
            if (at < each->bytes().size()) made.details += ", at byte " + std::to_string(at);
        }
        return made;
    }

    // Hands over what is selected of a frame; false if that was the last one.
    bool take_frame(const frame_view& frame, const frame_part* only) {
        if constexpr (has_tagged_events<flat<Events>>)
            if (what_.scope == query_scope::tagged) return take_tagged(frame);
        const bool was_begun = goes_on_in(frame);
        if ((frame.head().types & wanted_) != 0 && !was_begun && !frame.body_is_intact()) {
            failure_ = damage_in(frame, to_string(frame_fault::wrong_checksum));
            return false;
        }
        if (what_.descending && frame.head().parts > 1) return take_parts_backwards(frame, only);
        event_place         at      = was_begun ? from_.paused.at : event_place(frame);
        const std::uint64_t stands  = was_begun ? from_.paused.next - frame.first() : 0;
        std::uint64_t       before  = 0;
        bool                goes_on = true;
        frame.for_each_part([&](const frame_part& part, std::string_view name) {
            const bool  is_asked_for = only ? &part == only : is_of_category(name);
            const range chosen       = is_asked_for ? selected(frame, part, name, before) : range{};
            if (chosen.first < chosen.behind)
                goes_on = take_part(frame, part, before, at, chosen, stands);
            else if ((frame.head().types & wanted_) != 0 && !at.advance(frame.end(), part.count - stands))
                goes_on = fail(frame);
            before += part.count;
            return goes_on;
        });
        return goes_on;
    }
    // The same of those that carry tags, one by one. That all tags of the set stand in the frame of a single event says it.
    bool take_tagged(const frame_view& frame) {
        if (!frame.body_is_intact()) {
            failure_ = damage_in(frame, to_string(frame_fault::wrong_checksum));
            return false;
        }
        struct share {
            const frame_part* part;
            std::uint64_t     before, index;
            event_place       at;
        };
        std::vector<share> shares;
        event_place        at(frame);
        std::uint64_t      before  = 0;
        bool               is_good = true;
        frame.for_each_part([&](const frame_part& part, std::string_view name) {
            const range chosen = selected(frame, part, name, before);
            for (std::uint64_t index = 0; index < part.count && is_good; ++index) {
                if (index >= chosen.first && index < chosen.behind) shares.push_back({&part, before, index, at});
                is_good = at.advance(frame.end());
            }
            before += part.count;
            return is_good;
        });
        if (!is_good) return fail(frame);
        const bool is_sure = frame.count() == 1 && !from_.goes_through &&
                             for_each_tag_in(what_.name, [&](std::string_view tag) { return frame.part_of(key_of_tag(tag)) != nullptr; });
        bool found  = false;
        auto reader = reader_of_any_tagged(found, what_.name);
        event_delivery<Events, decltype(reader)> matching(*from_.readers, reader);
        for (std::size_t i = 0; i < shares.size(); ++i) {
            const share& each = shares[what_.descending ? shares.size() - 1 - i : i];
            found             = is_sure;
            if (!is_sure && !matching.one(frame, *each.part, each.before, each.at, each.index)) return fail(frame);
            if (!found) continue;
            if (!delivery_.one(frame, *each.part, each.before, each.at, each.index)) return fail(frame);
            ++result_.count;
            result_.version  = version{each.part->first_version + each.index};
            result_.position = position{frame.first() + each.before + each.index};
            if (result_.count == what_.most) return false;
        }
        return true;
    }
    bool take_parts_backwards(const frame_view& frame, const frame_part* only) {
        struct share {
            const frame_part* part;
            std::uint64_t     before;
            event_place       at;
        };
        std::vector<share> shares;
        event_place        at(frame);
        std::uint64_t      before  = 0;
        bool               is_good = true;
        frame.for_each_part([&](const frame_part& part, std::string_view) {
            shares.push_back({&part, before, at});
            is_good = (frame.head().types & wanted_) == 0 || at.advance(frame.end(), part.count);
            before += part.count;
            return is_good;
        });
        if (!is_good) return fail(frame);
        for (std::size_t i = shares.size(); i-- > 0;) {
            const std::string_view name         = frame_view::name_of(*shares[i].part);
            const bool             is_asked_for = only ? shares[i].part == only : is_of_category(name);
            const range            chosen = is_asked_for ? selected(frame, *shares[i].part, name, shares[i].before) : range{};
            if (chosen.first < chosen.behind && !take_part(frame, *shares[i].part, shares[i].before, shares[i].at, chosen)) return false;
        }
        return true;
    }
    bool is_of_category(std::string_view stream) const {
        return what_.scope == query_scope::whole_log || category_of(stream) == what_.name;
    }

    expected<read_result, error> read_log() {
        const std::uint64_t there = view().segments->front()->first_position;
        frame_selection     wide;
        wide.first       = first_;
        wide.last        = std::min(what_.last, what_.last_position.value);
        wide.last_time   = what_.last_time.nanoseconds;
        const bool counts = what_.scope == query_scope::whole_log && from_.trimmed.empty() && !view().has_gaps;
        if (counts) wide.types = wanted_;
        if (counts && !what_.descending && what_.most < wide.last && first_ <= wide.last - what_.most)
            wide.last = first_ + what_.most - 1;
        if (what_.scope == query_scope::category) wide.categories = category_bit(what_.name);
        const bool goes_behind = view().damage && wide.last >= view().end.position;
        if (what_.descending) {
            if (goes_behind) return unexpected<error>(*view().damage);
            auto done = view().backwards(wide, [&](const frame_view& frame) { return take_frame(frame, nullptr); });
            if (failure_) return unexpected<error>(std::move(*failure_));
            if (!done) return unexpected<error>(std::move(done.error()));
            if (first_ < there && result_.count < what_.most) return was_truncated(there);
            return result_;
        }
        if (first_ < there) return was_truncated(there);
        std::uint64_t passed_to = 0;
        const auto    passed    = [&](std::uint64_t first, std::uint64_t behind) {
            if (!counts || behind <= std::max(first, first_)) return;
            result_.count += behind - std::max(first, first_);
            passed_to = behind - 1;
        };
        auto done = view().forwards(wide, [&](const frame_view& frame) { return take_frame(frame, nullptr); }, passed);
        if (failure_) return unexpected<error>(std::move(*failure_));
        if (!done) return unexpected<error>(std::move(done.error()));
        if (goes_behind && result_.count < what_.most) return unexpected<error>(*view().damage);
        if (passed_to > result_.position.value) note_last(passed_to);
        return result_;
    }

    // The last event that was selected was passed by: its version is looked for.
    void note_last(std::uint64_t at) {
        frame_selection only;
        only.first = only.last = at;
        (void)view().forwards(
            only,
            [&](const frame_view& frame) {
                std::uint64_t before = 0;
                frame.for_each_part([&](const frame_part& part, std::string_view) {
                    if (at < frame.first() + before + part.count) {
                        result_.version  = version{part.first_version + (at - frame.first() - before)};
                        result_.position = position{at};
                        return false;
                    }
                    before += part.count;
                    return true;
                });
                return false;
            },
            [](std::uint64_t, std::uint64_t) {});
    }

    expected<read_result, error> read_stream() {
        const stream_state& state = from_.stream;
        std::uint64_t       first = first_;
        if (const auto found = from_.trimmed.find(what_.name); found != from_.trimmed.end()) first = std::max(first, found->second);
        const bool goes_behind = view().damage && what_.last > state.version;
        if (what_.descending && goes_behind) return unexpected<error>(*view().damage);
        const stream_key         key(what_.name);
        const stream_walk<Files> walk(view(), key, state);
        const auto               take = [&](const frame_view& frame, const frame_part& part) {
            const bool is_later = frame.head().time > what_.last_time.nanoseconds || frame.first() > what_.last_position.value;
            if (is_later) return what_.descending;
            return take_frame(frame, &part);
        };
        auto done = what_.descending ? walk.backwards(first, what_.last, take) : walk.forwards(first, what_.last, take);
        if (failure_) return unexpected<error>(std::move(*failure_));
        if (!done) return unexpected<error>(std::move(done.error()));
        if (goes_behind && result_.count < what_.most) return unexpected<error>(*view().damage);
        return result_;
    }

    // The frames that have a tag link back to each other as those of a stream do.
    expected<read_result, error> read_tagged() {
        const std::uint64_t there       = view().segments->front()->first_position;
        const std::uint64_t last        = std::min(what_.last, what_.last_position.value);
        const bool          goes_behind = view().damage && last >= view().end.position;
        if (first_ < there && !what_.descending) return was_truncated(there);
        if (what_.descending && goes_behind) return unexpected<error>(*view().damage);
        const stream_walk<Files> walk(view(), from_.tag, from_.stream);
        std::uint64_t            oldest = 0, newest = 0;  // which of the tag's frames are meant
        const auto               find = [&](const frame_view& frame, const frame_part& part) {
            if (frame.first() + frame.count() <= first_) return false;
            if (frame.first() > last || frame.head().time > what_.last_time.nanoseconds) return true;
            oldest = part.first_version;
            if (newest == 0) newest = oldest;
            return true;
        };
        auto done = walk.backwards(1, from_.stream.version, find);
        if (!done && done.error().code != errc::out_of_range) return unexpected<error>(std::move(done.error()));
        const auto take = [&](const frame_view& frame, const frame_part&) { return take_tagged(frame); };
        if constexpr (has_tagged_events<flat<Events>>)
            if (newest != 0) done = what_.descending ? walk.backwards(oldest, newest, take) : walk.forwards(oldest, newest, take);
        if (failure_) return unexpected<error>(std::move(*failure_));
        if (!done && done.error().code != errc::out_of_range) return unexpected<error>(std::move(done.error()));
        if (goes_behind && result_.count < what_.most) return unexpected<error>(*view().damage);
        if (what_.descending && first_ < there && result_.count < what_.most) return was_truncated(there);
        return result_;
    }

    unexpected<error> was_truncated(std::uint64_t there) const {
        return refused(errc::out_of_range, "the log was truncated: begin behind what was dropped, with the snapshot of it",
                       view().segments->front()->path, there);
    }

    const reading_place<Events, Files>& from_;
    const query<Unit>&                  what_;
    event_delivery<Events, Reader>      delivery_;
    std::uint64_t                       wanted_;
    std::uint64_t                       first_;
    read_result                         result_;
    std::optional<error>                failure_;
    std::optional<paused_reading<Files>> paused_;
};

}  // namespace annals::detail
