// LMDB: events under their positions, always put behind the last one, and a second database that finds a position by stream
// and version. One transaction for each append; LMDB lets one writer in at a time and syncs at each commit. It has no
// checksums, so a replay verifies none.
#include "contestant.hpp"
#include "key_value.hpp"

#include <lmdb.h>

namespace {

constexpr std::size_t map_bytes = std::size_t{64} << 30;

void check(int code) {
    if (code != MDB_SUCCESS) give_up("lmdb", mdb_strerror(code));
}

template <class Key>
MDB_val val(Key& key) {
    return {key.size(), key.data()};
}

class transaction {
public:
    transaction(MDB_env* env, unsigned flags) { check(mdb_txn_begin(env, nullptr, flags, &txn_)); }
    ~transaction() {
        if (txn_) mdb_txn_abort(txn_);
    }
    transaction(const transaction&)            = delete;
    transaction& operator=(const transaction&) = delete;

    void commit() { check(mdb_txn_commit(std::exchange(txn_, nullptr))); }
    operator MDB_txn*() const { return txn_; }

private:
    MDB_txn* txn_ = nullptr;
};

class cursor {
public:
    cursor(MDB_txn* txn, MDB_dbi in) { check(mdb_cursor_open(txn, in, &cursor_)); }
    ~cursor() { mdb_cursor_close(cursor_); }
    cursor(const cursor&)            = delete;
    cursor& operator=(const cursor&) = delete;

    operator MDB_cursor*() const { return cursor_; }

private:
    MDB_cursor* cursor_ = nullptr;
};

class lmdb_contestant : public contestant {
public:
    explicit lmdb_contestant(const opening& how) : checks_versions_(how.use == purpose::appends) {
        check(mdb_env_create(&env_));
        check(mdb_env_set_mapsize(env_, map_bytes));
        check(mdb_env_set_maxdbs(env_, 2));
        check(mdb_env_open(env_, how.directory.c_str(), checks_versions_ ? 0 : MDB_NOSYNC | MDB_WRITEMAP, 0644));
        transaction txn(env_, 0);
        check(mdb_dbi_open(txn, "events", MDB_CREATE, &events_));
        check(mdb_dbi_open(txn, "versions", MDB_CREATE, &versions_));
        txn.commit();
        last_ = count();
    }
    ~lmdb_contestant() override { mdb_env_close(env_); }
    lmdb_contestant(const lmdb_contestant&)            = delete;
    lmdb_contestant& operator=(const lmdb_contestant&) = delete;

    bool append(const stream_key& stream, std::uint64_t version, const warehouse::batch& events) override {
        transaction txn(env_, 0);
        if (checks_versions_ && !is_at(txn, stream, version)) return false;
        const cursor  at_end(txn, events_);
        std::uint64_t position = last_;
        for (const warehouse::stored_event& event : events.bytes()) {
            auto    key = key_of(++position);
            MDB_val at = val(key), room{sizeof(value_head) + event.bytes.size(), nullptr};
            check(mdb_cursor_put(at_end, &at, &room, MDB_APPEND | MDB_RESERVE));
            write_value(room.mv_data, stream.number, ++version, event);
            if (!checks_versions_) continue;
            auto    versioned = key_of(stream.number, version);
            MDB_val under = val(versioned), found = val(key);
            check(mdb_put(txn, versions_, &under, &found, MDB_NOOVERWRITE));
        }
        last_ = position;  // still in the transaction, which is the only one that writes
        txn.commit();
        return true;
    }

    std::uint64_t count() override {
        const transaction txn(env_, MDB_RDONLY);
        MDB_stat          about{};
        check(mdb_stat(txn, events_, &about));
        return about.ms_entries;
    }

    warehouse::tally replay() override {
        warehouse::tally  state;
        const transaction txn(env_, MDB_RDONLY);
        const cursor      all(txn, events_);
        MDB_val           key{}, value{};
        int               found = 0;
        while ((found = mdb_cursor_get(all, &key, &value, MDB_NEXT)) == MDB_SUCCESS) apply_value(state, value.mv_data);
        if (found != MDB_NOTFOUND) check(found);
        return state;
    }

private:
    bool has(MDB_txn* txn, const stream_key& stream, std::uint64_t version) {
        auto      key = key_of(stream.number, version);
        MDB_val   at = val(key), value{};
        const int found = mdb_get(txn, versions_, &at, &value);
        if (found != MDB_NOTFOUND) check(found);
        return found == MDB_SUCCESS;
    }
    bool is_at(MDB_txn* txn, const stream_key& stream, std::uint64_t version) {
        return (version == 0 || has(txn, stream, version)) && !has(txn, stream, version + 1);
    }

    MDB_env*      env_ = nullptr;
    MDB_dbi       events_{}, versions_{};
    std::uint64_t last_ = 0;
    bool          checks_versions_;
};

}  // namespace

contestant_pointer open_lmdb(const opening& how) {
    return std::make_unique<lmdb_contestant>(how);
}
