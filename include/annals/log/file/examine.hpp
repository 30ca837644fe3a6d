// What is found in a log's directory: the segments, the index, where the log ends, and whether it is as it was written.
#pragma once

#include <annals/log/file/directory.hpp>
#include <annals/log/file/index_file.hpp>
#include <annals/log/file/log_index.hpp>
#include <annals/log/file/segment.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// A log's files as they are, before anything is done about it.
template <file_system Files>
struct found_log {
    segment_list<Files>             segments;
    std::optional<published_record> published;
    std::optional<error>            damage;  // where the log is not as it was written; what follows is about what lies before
    log_index                       index;   // of what is known to be durable
    block_list                      blocks;  // of the last segment, up to there
    std::vector<std::uint64_t>      tail;    // the offsets of whole frames behind that, in the last segment
    std::vector<std::string>        left_over;  // segments that were truncated or compressed, but are still there
    bool                            is_closed = false;  // the last thing that was done to it was a close
};

template <file_system Files>
class examination {
public:
    examination(Files& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

    /// Looks at everything, and changes nothing. Errors only if there is nothing to be seen; else `damage` says what is wrong.
    expected<found_log<Files>, error> run() {
        // First what says where the end is: a writer may go on meanwhile, and what it said before is there in any case.
        found_.published = read_published(files_, directory_);
        saved_ = load_log_index(files_, path_in(directory_, index_name));
        const auto names = uninterrupted([&] { return files_.list(directory_); });
        if (!names) {
            error made = system_error(names.error(), "the log's directory cannot be read");
            if (names.error().code == ENOENT) made.code = errc::no_such_log;
            return unexpected<error>(std::move(made));
        }
        open_segments(segment_numbers(*names));
        if (found_.damage && found_.damage->code == errc::unsupported) return unexpected<error>(*found_.damage);
        note_twice(*names);
        if (found_.segments.empty()) {
            if (found_.damage) return unexpected<error>(*found_.damage);
            if (found_.published || saved_)
                return refused(errc::damaged, "the log's segments are missing", directory_);
            return refused(errc::no_such_log, "there is no log here", directory_);
        }
        check_end();
        walk_last_segment();
        find_index();
        walk_from_index();
        check_beginning();
        return std::move(found_);
    }

private:
    segment<Files>& last() const { return *found_.segments.back(); }

    void note(error what) {
        if (!found_.damage) found_.damage = std::move(what);
    }

    // A segment whose compressing was broken off before the old file was removed. The old one is read.
    void note_twice(const std::vector<std::string>& names) {
        for (const std::string& name : names)
            if (is_segment(name) && name.ends_with(".zst") &&
                std::find(names.begin(), names.end(), name.substr(0, 10) + ".log") != names.end())
                found_.left_over.push_back(path_in(directory_, name));
    }

    void open_segments(std::vector<std::uint64_t> numbers) {
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            // One that is compressed just now gets its other name while the names are read: it may be in neither place.
            if (i != 0 && numbers[i] != numbers[i - 1] + 1 && segment<Files>::find(files_, directory_, numbers[i - 1] + 1))
                numbers.insert(numbers.begin() + static_cast<std::ptrdiff_t>(i), numbers[i - 1] + 1);
            std::string path = path_in(directory_, segment_name(numbers[i]));
            if (keeps(safeguard::check_of_missing_segments) && i != 0 && numbers[i] != numbers[i - 1] + 1) {
                if (numbers[i] > first_kept(numbers.back()))
                    return note(file_error(errc::damaged, "a segment is missing before this one", std::move(path)));
                // They were truncated, and not all of them could be removed.
                for (const auto& each : found_.segments) found_.left_over.push_back(each->path);
                found_.segments.clear();
            }
            auto opened = segment<Files>::find(files_, directory_, numbers[i]);
            if (!opened) return note(std::move(opened.error()));
            if (!found_.segments.empty()) {
                segment<Files>& before = *found_.segments.back();
                if (uuid_at((*opened)->header.log_id) != uuid_at(before.header.log_id))
                    return note(file_error(errc::damaged, "a segment is of another log", (*opened)->path));
                if ((*opened)->begin.previous_end > before.size() || (*opened)->begin.previous_end % 8 != 0)
                    return note(file_error(errc::damaged, "a segment is shorter than the next one says", before.path));
                before.end_at((*opened)->begin.previous_end, (*opened)->begin.previous_seal);
            }
            found_.segments.push_back(std::move(*opened));
        }
    }

    // The first segment that was not truncated, as the index or the last segment has it.
    std::uint64_t first_kept(std::uint64_t last_number) const {
        std::uint64_t first = saved_ ? saved_->index.truncated.first_segment : 1;
        const auto    found = segment<Files>::find(files_, directory_, last_number);
        if (!found || (*found)->is_packed()) return first;
        const segment<Files>& in = **found;
        first                    = std::max(first, in.begin.truncated.first_segment);
        for (std::uint64_t at = first_frame; check_head(in.bytes(), at, in.salt()) == frame_fault::none; at += in.frame(at).size())
            if (in.frame(at).kind() == frame_kind::truncated && in.frame(at).body_is_intact())
                if (const auto record = record_in<truncated_record>(in.frame(at).body())) first = std::max(first, record->first_segment);
        return first;
    }

    // What was published or indexed is in a segment whose name was durable before.
    void check_end() {
        const uuid          log_id = uuid_at(last().header.log_id);
        const auto&         said   = found_.published;
        const std::uint64_t end    = std::max(said && uuid_at(said->log_id) == log_id ? std::uint64_t{said->end} : 0,
                                              saved_ && saved_->log_id == log_id ? saved_->index.end.address : 0);
        if (keeps(safeguard::check_of_missing_segments) && segment_of(end) > last().number())
            note(file_error(errc::damaged, "a segment is missing", path_in(directory_, segment_name(last().number() + 1))));
    }

    // Which frames of the last segment are whole, and which of them are known to be durable.
    void walk_last_segment() {
        if (last().is_packed()) {  // only segments that have another one behind them are compressed
            note(file_error(errc::damaged, "a segment is missing behind this one", last().path));
            last().unpack();
        }
        durable_   = first_frame + last().frame(first_frame).size();
        whole_end_ = first_frame;
        if (const auto& said = found_.published; said && segment_of(said->durable) == last().number() && said->salt == last().salt())
            durable_ = std::max<std::uint64_t>(durable_, offset_of(said->durable));
        bool          has_more = false;
        std::uint64_t before   = 0;
        do {  // again, for a writer may have gone on since the last frame was looked at
            before   = whole_end_;
            fault_   = walk_on();
            has_more = look_behind(whole_end_);
        } while (durable_ > whole_end_ && whole_end_ != before);
        if (keeps(safeguard::check_of_durable_marks) && durable_ > whole_end_) damage_in_last_ = damage(fault_, last().path, whole_end_, 0);
        if (durable_ > whole_end_) durable_ = whole_end_;
        found_.is_closed = closing_ && !has_more && !damage_in_last_ && end_is_durable();
        if (found_.is_closed) durable_ = whole_end_;
    }

    // A close whose sync failed is in the system's cache, and perhaps not on the disk. So the writer must have said that it is.
    bool end_is_durable() const {
        return found_.published && found_.published->durable >= address_of(last().number(), whole_end_);
    }

    // Goes on behind the frames that are known to be whole, and answers why the next one is not.
    frame_fault walk_on() {
        const auto bytes = last().bytes();
        for (;; whole_end_ += last().frame(whole_end_).size()) {
            if (const frame_fault fault = check_head(bytes, whole_end_, last().salt()); fault != frame_fault::none) return fault;
            const frame_view frame = last().frame(whole_end_);
            if (!frame.body_is_intact()) return frame_fault::wrong_checksum;
            if (keeps(safeguard::check_of_a_link) && whole_end_ != first_frame && frame.head().link != link_) return frame_fault::wrong_link;
            whole_.push_back(whole_end_);
            link_ = frame.head().head_check;
            if (frame.head().durable > durable_) durable_ = frame.head().durable;
            closing_ = frame.kind() == frame_kind::mark && (frame.head().flags & flag_closing) != 0;
        }
    }

    // True if there is anything behind the last whole frame. Frames there may say that what is missing was durable.
    bool look_behind(std::uint64_t offset) {
        const auto bytes   = last().bytes();
        bool       is_zero = true;
        for (; offset + sizeof(std::uint64_t) <= bytes.size(); offset += sizeof(std::uint64_t)) {
            if (record_at<little_uint64_t>(bytes.data() + offset) == 0) continue;
            is_zero = false;
            if (bytes.size() - offset < sizeof(frame_head)) continue;
            if (keeps(safeguard::check_of_a_salt) && record_at<frame_head>(bytes.data() + offset).salt != last().salt()) continue;
            if (check_head(bytes, offset, last().salt()) != frame_fault::none) continue;
            durable_ = std::max<std::uint64_t>(durable_, last().frame(offset).head().durable);
        }
        return !is_zero;
    }

    // Begins with the saved index, if there is one that can be used, or with what a truncation left in the log.
    void find_index() {
        const uuid log_id = uuid_at(last().header.log_id);
        if (take_saved(std::move(saved_), log_id)) return;
        truncated_record truncated = last().begin.truncated;
        for (std::uint64_t offset : whole_)
            if (const frame_view frame = last().frame(offset); offset < durable_ && frame.kind() == frame_kind::truncated)
                if (auto record = record_in<truncated_record>(frame.body())) truncated = *record;
        if (truncated.streams != 0) {
            const std::uint64_t first = found_.segments.front()->number(), number = segment_of(truncated.streams);
            if (number >= first && number <= last().number()) {
                const segment<Files>& in    = *found_.segments[number - first];
                const std::uint64_t   end   = number == last().number() ? durable_ : in.end();
                const std::uint64_t   at    = offset_of(truncated.streams);
                const auto            piece = in.piece_at(at, end);
                if (piece && at < end && check_head(piece->bytes, at - piece->first, in.salt()) == frame_fault::none) {
                    const frame_view frame(piece->at(at));
                    if (frame.body_is_intact() && take_saved(load_log_index(index_buffer(frame.body())), log_id)) return;
                }
            }
        }
        found_.index             = log_index{};
        segment<Files>& first    = *found_.segments.front();
        found_.index.end.address = address_of(first.number(), first_frame);
        if (first.number() == 1) return;
        // What came before is gone, and nothing says where its streams were.
        note(file_error(errc::damaged, "a segment is missing before this one", first.path));
        found_.index.has_gaps     = true;
        found_.index.begins_at    = found_.index.end.address;
        found_.index.end.position = first.first_position;
        found_.index.end.link     = first.frame(first_frame).head().link;
    }

    bool take_saved(std::optional<saved_log_index> loaded, const uuid& log_id) {
        if (!loaded || loaded->log_id != log_id) return false;
        const std::uint64_t number = segment_of(loaded->index.end.address), first = found_.segments.front()->number();
        if (number < first || number > last().number()) return false;
        const std::uint64_t covered = offset_of(loaded->index.end.address);
        const std::uint64_t end     = number == last().number() ? whole_end_ : found_.segments[number - first]->end();
        if (covered < first_frame) return false;
        if (covered > end) {
            // An index is saved only of what is durable. Where another segment follows, that one says where the end is.
            if (number == last().number() && !damage_in_last_) damage_in_last_ = damage(fault_, last().path, whole_end_, 0);
            return false;
        }
        if (number == last().number()) durable_ = std::max(durable_, covered);
        found_.index = std::move(loaded->index);
        return true;
    }

    // Takes what the index does not know yet, up to what is known to be durable.
    void walk_from_index() {
        log_index&          index = found_.index;
        const std::uint64_t first = found_.segments.front()->number();
        for (std::uint64_t number = segment_of(index.end.address); number <= last().number(); ++number) {
            segment<Files>&     in      = *found_.segments[number - first];
            const bool          is_last = &in == &last();
            const std::uint64_t end     = is_last ? durable_ : in.end();
            const std::uint64_t known   = segment_of(index.end.address) == number ? offset_of(index.end.address) : first_frame;
            segment_piece       here;
            for (std::uint64_t offset = known; offset < end;) {
                if (offset >= here.behind()) {
                    auto next = in.piece_at(offset, end);
                    if (!next) {
                        next.error().position = position{index.end.position};
                        note(std::move(next.error()));
                        cut_at(number, offset);
                        return;
                    }
                    here = std::move(*next);
                }
                frame_fault      fault = check_head(here.bytes, offset - here.first, in.salt());
                const frame_view frame(here.at(offset));
                if (fault == frame_fault::none && !is_last && frame.kind() != frame_kind::events && !frame.body_is_intact())
                    fault = frame_fault::wrong_checksum;
                if (fault == frame_fault::none) fault = index.take(frame, address_of(number, offset));
                if (fault == frame_fault::none) {
                    offset += frame.size();
                    continue;
                }
                note(damage(fault, in.path, offset, index.end.position));
                cut_at(number, offset);
                return;
            }
        }
        if (damage_in_last_) {
            damage_in_last_->position = position{index.end.position};
            note(std::move(*damage_in_last_));
        }
        for (std::uint64_t offset : whole_) {
            if (offset < durable_)
                note_frame(found_.blocks, last().frame(offset), offset);
            else
                found_.tail.push_back(offset);
        }
    }

    // Behind damage nothing is known.
    void cut_at(std::uint64_t number, std::uint64_t offset) {
        found_.segments.resize(number - found_.segments.front()->number() + 1);
        found_.index.end.address = address_of(number, offset);
        found_.blocks.clear();
        last().unpack();
        for (std::uint64_t at = first_frame; at < offset; at += last().frame(at).size()) {
            if (check_head(last().bytes().first(offset), at, last().salt()) != frame_fault::none) break;
            note_frame(found_.blocks, last().frame(at), at);
        }
    }

    // What a truncation says is gone may still be there, if it was interrupted.
    void check_beginning() {
        auto&      all    = found_.segments;
        const auto behind = std::find_if(all.begin(), all.end() - 1, [&](const auto& each) {
            return each->number() >= found_.index.truncated.first_segment;
        });
        for (auto each = all.begin(); each != behind; ++each) found_.left_over.push_back((*each)->path);
        all.erase(all.begin(), behind);
        if (keeps(safeguard::check_of_missing_segments) && found_.segments.front()->number() > found_.index.truncated.first_segment)
            note(file_error(errc::damaged, "a segment is missing before this one", found_.segments.front()->path));
    }

    Files&                         files_;
    std::string                    directory_;
    found_log<Files>               found_;
    std::optional<saved_log_index> saved_;
    std::vector<std::uint64_t>     whole_;  // the offsets of the whole frames of the last segment
    std::uint64_t                  whole_end_ = 0;
    std::uint64_t                  durable_   = 0;
    std::uint32_t                  link_      = 0;                  // of the last whole frame
    bool                           closing_   = false;              // whether that is the last one of a clean close
    frame_fault                    fault_     = frame_fault::none;  // why there is no other one behind
    std::optional<error>           damage_in_last_;
};

}  // namespace annals::detail
