// What can be chosen when a file log is opened.
#pragma once

#include <chrono>
#include <cstdint>

namespace annals {

/// When an append is acknowledged, which says what an acknowledgement is worth.
enum class acknowledge {
    when_durable,  // when the disk has it: it survives a power cut. Appends of several threads share one sync
    when_written,  // when the system has it: it survives the process, and a power cut takes the last moments away. What was
                   // written is synced every `sync_interval`, so that what is lost is no more than that, and no gap
};

struct file_log_options {
    annals::acknowledge       acknowledge   = annals::acknowledge::when_durable;
    std::chrono::milliseconds sync_interval = std::chrono::milliseconds(100);  // of `when_written`
    /// The size of the files, in bytes: from 64 KiB to 2 GiB. They are filled with zeros ahead of the writer, for that makes a
    /// sync one and a half times as fast. An append that is larger gets a file of its own size.
    std::uint64_t segment_size = std::uint64_t{64} << 20U;
    /// Whether a thread of the log's own makes files ahead, saves the index from time to time, and syncs for `when_written`.
    /// Without, files are made when they are needed, and the rest is done when the log is closed.
    bool background = true;
};

}  // namespace annals
