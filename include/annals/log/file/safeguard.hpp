// The steps that a file log's promises stand on, each by a name, so that the tests can take one away at a time and see that
// the suite notices. In production this is a constant, and nothing of it is left.
#pragma once

namespace annals::detail {

enum class safeguard {
    none,
    sync_of_a_group,               // before its appends are acknowledged
    sync_of_a_new_segment,         // before it gets its name
    sync_of_the_directory,         // before anything in a segment that was just named is acknowledged
    sync_of_a_recovered_tail,      // what the page cache shows behind the last sync is written anew, and synced
    sync_before_rolling,           // a segment is durable before the next one begins
    sync_of_the_closing_mark,      // a close says that all before it is durable
    sync_of_a_copy,                // a backup is durable when the call returns
    sync_of_a_copy_s_directory,
    sync_before_removing,          // what a truncation says is durable before files are removed
    sync_of_a_compressed_segment,  // before it takes the place of the file that it was made from
    sync_of_its_name,
    check_of_a_header,             // the checksum of a segment's header
    check_of_a_head,               // the checksum of a frame's head
    check_of_a_body,               // the checksum of a frame's body
    check_of_a_link,               // each frame names the one before it
    check_of_a_salt,               // a frame is of this segment
    check_of_durable_marks,        // damage before what was synced is no torn tail
    check_of_an_index,             // the checksum of the saved index
    check_of_missing_segments,
    poison_after_failure,          // after a failed write or sync nothing more is written
    copy_behind_a_mark,            // recovery writes on in a new segment, not in one that may have had a failed sync
    count_of_safeguards,
};

#ifdef ANNALS_TEST_SAFEGUARDS
/// For the tests: the one that is taken away.
inline safeguard missing_safeguard = safeguard::none;
inline bool      keeps(safeguard step) noexcept { return step != missing_safeguard; }
#else
constexpr bool keeps(safeguard) noexcept { return true; }
#endif

}  // namespace annals::detail
