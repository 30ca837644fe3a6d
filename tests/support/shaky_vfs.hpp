// SQLite on a disk that fails when a test says so.
#pragma once

#include <atomic>
#include <stdexcept>

#include <sqlite3.h>

namespace support {

/// As long as it lives, databases that are opened lie on the usual disk, but with its troubles. One at a time.
class shaky_vfs {
public:
    static inline std::atomic<bool> full{false};         // what would be written finds no place
    static inline std::atomic<bool> cannot_sync{false};  // a sync fails
    static inline std::atomic<bool> read_only{false};    // a database can be opened for reading only

    shaky_vfs() {
        full = cannot_sync = read_only = false;
        usual()                        = sqlite3_vfs_find(nullptr);
        vfs_                           = *usual();
        vfs_.zName                     = "shaky";
        vfs_.xOpen                     = open;
        if (sqlite3_vfs_register(&vfs_, 1) != SQLITE_OK) throw std::runtime_error("no VFS");
    }
    shaky_vfs(const shaky_vfs&)            = delete;
    shaky_vfs& operator=(const shaky_vfs&) = delete;
    ~shaky_vfs() { sqlite3_vfs_unregister(&vfs_); }

private:
    static sqlite3_vfs*& usual() {
        static sqlite3_vfs* one = nullptr;
        return one;
    }
    // What files of one kind can do, and the same with the troubles: a database can do more than a log.
    struct methods {
        const sqlite3_io_methods* theirs = nullptr;
        sqlite3_io_methods        ours{};
    };
    static methods& of_kind(bool is_log) {
        static methods both[2];
        return both[is_log ? 1 : 0];
    }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
        if (read_only && (flags & SQLITE_OPEN_MAIN_DB) != 0)
            flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
        const int code = usual()->xOpen(usual(), name, file, flags, out);
        if (code != SQLITE_OK || (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) return code;
        methods& known    = of_kind((flags & SQLITE_OPEN_WAL) != 0);
        known.theirs      = file->pMethods;
        known.ours        = *known.theirs;
        known.ours.xWrite = write;
        known.ours.xSync  = sync;
        file->pMethods    = &known.ours;
        return code;
    }
    static const sqlite3_io_methods* theirs(const sqlite3_file* file) {
        return of_kind(file->pMethods == &of_kind(true).ours).theirs;
    }
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
        return full ? SQLITE_FULL : theirs(file)->xWrite(file, data, size, at);
    }
    static int sync(sqlite3_file* file, int flags) {
        return cannot_sync ? SQLITE_IOERR_FSYNC : theirs(file)->xSync(file, flags);
    }

    sqlite3_vfs vfs_{};
};

}  // namespace support
