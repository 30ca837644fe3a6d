// RocksDB: events under their positions, and for each stream the version that it is at, written in one batch. That finds no
// stream's events, so it does less than the others. It takes threads that wait for a sync together by itself; positions are
// counted beside it, and may come to the disk in another order, which a log would have to prevent.
#include "contestant.hpp"
#include "key_value.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <atomic>

namespace {

constexpr char event_mark = 'e', stream_mark = 's';

void check(const rocksdb::Status& status) {
    if (!status.ok()) give_up("rocksdb", status.ToString());
}

template <std::size_t Size>
std::array<char, Size + 1> marked(char mark, const std::array<char, Size>& key) {
    std::array<char, Size + 1> made{mark};
    std::memcpy(made.data() + 1, key.data(), Size);
    return made;
}

template <std::size_t Size>
rocksdb::Slice slice(const std::array<char, Size>& key) {
    return {key.data(), Size};
}

class rocksdb_contestant : public contestant {
public:
    explicit rocksdb_contestant(const opening& how) : checks_versions_(how.use == purpose::appends) {
        rocksdb::Options options;
        options.create_if_missing = true;
        options.compression       = rocksdb::kNoCompression;
        rocksdb::DB* opened       = nullptr;
        check(rocksdb::DB::Open(options, how.directory, &opened));
        db_.reset(opened);
        write_.sync       = checks_versions_;
        write_.disableWAL = !checks_versions_;
        last_ = opened_at_ = count();
    }
    ~rocksdb_contestant() override {
        // What a replay reads is put in order first, so that none is slowed down by a compaction.
        if (!checks_versions_ && last_ != opened_at_) check(db_->CompactRange({}, nullptr, nullptr));
        check(db_->Close());
    }

    bool append(const stream_key& stream, std::uint64_t version, const warehouse::batch& events) override {
        const auto under = marked(stream_mark, key_of(stream.number));
        if (checks_versions_ && !is_at(under, version)) return false;
        rocksdb::WriteBatch all;
        std::uint64_t       position = last_.fetch_add(events.bytes().size());
        for (const warehouse::stored_event& event : events.bytes()) {
            std::array<char, sizeof(value_head) + 1024> value;
            write_value(value.data(), stream.number, ++version, event);
            const auto key = marked(event_mark, key_of(++position));
            check(all.Put(slice(key), {value.data(), sizeof(value_head) + event.bytes.size()}));
        }
        check(all.Put(slice(under), {reinterpret_cast<const char*>(&version), sizeof version}));
        check(db_->Write(write_, &all));
        return true;
    }

    std::uint64_t count() override {
        const std::unique_ptr<rocksdb::Iterator> all(db_->NewIterator({}));
        all->SeekForPrev(slice(marked(event_mark, key_of(~std::uint64_t{0}))));
        std::uint64_t last = 0;
        if (all->Valid() && all->key()[0] == event_mark)
            for (std::size_t i = 1; i < all->key().size(); ++i) last = last << 8 | static_cast<unsigned char>(all->key()[i]);
        return last;
    }

    warehouse::tally replay() override {
        warehouse::tally     state;
        rocksdb::ReadOptions how;
        how.fill_cache     = false;
        how.readahead_size = 1 << 20;
        const std::unique_ptr<rocksdb::Iterator> all(db_->NewIterator(how));
        for (all->Seek({&event_mark, 1}); all->Valid() && all->key()[0] == event_mark; all->Next())
            apply_value(state, all->value().data());
        check(all->status());
        return state;
    }

private:
    template <class Key>
    bool is_at(const Key& under, std::uint64_t version) {
        std::string                    value;
        std::uint64_t                  now   = 0;
        const rocksdb::Status          found = db_->Get({}, slice(under), &value);
        if (found.ok()) std::memcpy(&now, value.data(), sizeof now);
        else if (!found.IsNotFound()) check(found);
        return now == version;
    }

    std::unique_ptr<rocksdb::DB> db_;
    rocksdb::WriteOptions        write_;
    std::atomic<std::uint64_t>   last_{0};
    std::uint64_t                opened_at_ = 0;
    bool                         checks_versions_;
};

}  // namespace

contestant_pointer open_rocksdb(const opening& how) {
    return std::make_unique<rocksdb_contestant>(how);
}
