// How a log that is open for reading learns what its writer, in another process, has done since.
#pragma once

#include <annals/log/file/examine.hpp>
#include <annals/log/file/log_state.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace annals::detail {

/// Takes what was found in a log's directory for what readers see.
template <file_system Files>
void take_found(log_state<Files>& state, found_log<Files> found) {
    state.log_id   = uuid_at(found.segments.front()->header.log_id);
    state.segments = std::make_shared<const segment_list<Files>>(std::move(found.segments));
    state.index    = std::move(found.index);
    state.blocks   = std::move(found.blocks);
    state.damage   = std::move(found.damage);
    ++state.times_looked;
    // After the system was started again there is nothing in its cache: what is read is on the disk. Before, what a writer
    // said. What a segment begins with was durable before it had its name, and something is published before anything is put
    // behind it.
    const bool says_it = found.published && segment_of(found.published->end) == state.last().number() &&
                         found.published->boot == boot_number(state.files.boot_id());
    const std::uint64_t limit = says_it ? std::uint64_t{found.published->end} : ~std::uint64_t{0};
    for (std::uint64_t offset : found.tail) {
        const std::uint64_t address = address_of(state.last().number(), offset);
        const frame_view    frame   = state.last().frame(offset);
        if (address >= limit || state.index.take(frame, address) != frame_fault::none) break;
        note_frame(state.blocks, frame, offset);
    }
}

template <file_system Files>
class log_follower {
public:
    explicit log_follower(log_state<Files>& state) : state_(state) {}

    /// Takes what was published since the last time. Errors: those of the disk.
    expected<void, error> follow() {
        const auto said = read_published(state_.files, state_.directory);
        const std::lock_guard lock(state_.mutex);
        if (!said || uuid_at(said->log_id) != state_.log_id || said->end <= state_.index.end.address) return {};
        return follow_to(*said);
    }

private:
    // Goes on from what is known to what was published. If the writer came back from a crash meanwhile, all is looked at anew.
    expected<void, error> follow_to(const published_record& said) {
        for (std::uint64_t number = state_.last().number() + 1; number <= segment_of(said.end); ++number) {
            auto next = segment<Files>::find(state_.files, state_.directory, number);
            if (!next) return look_anew();
            if (state_.index.end.address > address_of(number - 1, (*next)->begin.previous_end)) return look_anew();
            state_.last().end_at((*next)->begin.previous_end, (*next)->begin.previous_seal);
            if (!take_up_to((*next)->begin.previous_end)) return look_anew();
            state_.last().set_blocks(std::exchange(state_.blocks, {}));
            state_.add_segment(std::move(*next));
            state_.index.end.address = address_of(number, first_frame);
        }
        if (state_.last().salt() != said.salt || !take_up_to(offset_of(said.end))) return look_anew();
        return {};
    }
    bool take_up_to(std::uint64_t end) {
        segment<Files>& last = state_.last();
        if (end > last.size()) return false;
        segment_piece here;
        for (std::uint64_t offset = offset_of(state_.index.end.address); offset < end;) {
            if (offset >= here.behind()) {
                auto next = last.piece_at(offset, end);
                if (!next) return false;
                here = std::move(*next);
            }
            if (check_head(here.bytes, offset - here.first, last.salt()) != frame_fault::none) return false;
            const frame_view frame(here.at(offset));
            if (!frame.body_is_intact() || state_.index.take(frame, address_of(last.number(), offset)) != frame_fault::none) return false;
            note_frame(state_.blocks, frame, offset);
            offset += frame.size();
        }
        return true;
    }
    expected<void, error> look_anew() {
        auto found = examination<Files>(state_.files, state_.directory).run();
        if (!found) return unexpected<error>(std::move(found.error()));
        take_found(state_, std::move(*found));
        return {};
    }

    log_state<Files>& state_;
};

}  // namespace annals::detail
