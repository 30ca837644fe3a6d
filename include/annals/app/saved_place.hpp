// How far one has come in a log, saved with what has to be known there.
#pragma once

#include <annals/read/load.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace annals {

namespace detail {

/// For who saves nothing.
struct no_store {};

/// `Memory` is a plain struct that can be stored.
template <class Memory, event_log Log, class Store>
class saved_place {
public:
    saved_place(const Log& log, Store* store, std::string name) : log_(log), store_(store), name_(std::move(name)) {}

    /// What was saved, if that is of this log.
    void load(Memory& memory, position& place) const {
        if constexpr (!std::is_same_v<Store, no_store>) {
            const auto kept = store_->load(name_);
            if (!kept || !*kept) return;
            loaded_with_snapshot<Memory> made;
            made.begin_with(log_, whole_log(), **kept);
            if (made.place == 0) return;
            memory = std::move(made.state);
            place  = position{made.place};
        }
    }
    /// That the store fails stops nothing: after a crash, more is looked at again then.
    void save(const Memory& memory, position place) const {
        if constexpr (!std::is_same_v<Store, no_store>)
            if (const auto fresh = snapshot_of(memory, place.value, find_event(log_, whole_log(), place.value)))
                (void)store_->save(name_, *fresh);
    }

private:
    const Log&  log_;
    Store*      store_;
    std::string name_;
};

}  // namespace detail
}  // namespace annals
