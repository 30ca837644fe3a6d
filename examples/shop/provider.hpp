// Chapter 7: the world outside. Payments are taken by a bank, which knows nothing of the log, and which no replay may call.
#pragma once

#include "events.hpp"

#include <annals/app/effects.hpp>
#include <annals/schema/print.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace shop {

/// A bank. Who wants something of it shows by a `live` that it is now; and that has a key, the event's id. Asked again with the
/// same key, it answers as it did, and does nothing. This one keeps its books in a file, if it has one.
class bank {
public:
    struct habits {
        std::int64_t              limit       = std::numeric_limits<std::int64_t>::max();  // it declines what is more
        unsigned                  slow_one_in = 0;                                         // so many of its answers take …
        std::chrono::milliseconds slow{};                                                  // … so long
    };
    struct entry {
        std::string  what;  // "taken", "declined", "refunded"
        std::string  order;
        std::int64_t cents;
    };

    explicit bank(habits has) : habits_(has) {}
    bank(const std::string& file, habits has) : habits_(has) {
        std::ifstream in(file);
        std::string   key;
        for (entry each; in >> key >> each.what >> each.order >> each.cents;) books_.emplace(key, each);
        file_.open(file, std::ios::app);
        if (!file_) throw std::runtime_error("the bank cannot open its books: " + file);
    }

    /// Whether the money was taken.
    bool charge(const annals::live& now, const std::string& order, std::int64_t cents) {
        return enter(now, {cents > habits_.limit ? "declined" : "taken", order, cents}).what == "taken";
    }
    void refund(const annals::live& now, const std::string& order, std::int64_t cents) {
        enter(now, {"refunded", order, cents});
    }

    [[nodiscard]] const std::map<std::string, entry>& books() const noexcept { return books_; }

private:
    const entry& enter(const annals::live& now, entry what) {
        const auto   made = books_.emplace(annals::to_text(now.where().id), std::move(what));
        const entry& each = made.first->second;
        if (!made.second) return each;
        const auto& key = made.first->first;
        if (file_.is_open()) file_ << key << ' ' << each.what << ' ' << each.order << ' ' << each.cents << std::endl;
        if (habits_.slow_one_in != 0 && books_.size() % habits_.slow_one_in == 0) std::this_thread::sleep_for(habits_.slow);
        return each;
    }

    habits                       habits_{};
    std::map<std::string, entry> books_;
    std::ofstream                file_;
};

/// Brings requests to the bank, and its answers back. After a crash a request may be brought twice. Its key is the same then,
/// and so is the id of the command that records the answer, which is carried out once.
template <class Log>
struct payment_desk {
    Log*  log;
    bank* outside;

    using events = annals::events<payment_requested, refund_requested>;

    void react(const payment_requested& e, const annals::live& now) const {
        if (outside->charge(now, e.order, e.cents))
            record(e.order, record_taken{e.order, e.cents}, now.where());
        else
            record(e.order, record_declined{e.order}, now.where());
    }
    void react(const refund_requested& e, const annals::live& now) const {
        outside->refund(now, e.order, e.cents);
        record(e.order, record_refunded{e.order, e.cents}, now.where());
    }

private:
    template <class Command>
    void record(const std::string& order, const Command& answer, const annals::context& request) const {
        annals::metadata about;
        about.causation   = request.id;
        about.correlation = request.correlation;
        about.actor       = "bank";
        const auto id     = annals::derived_id(request.id, "answer");
        const auto done   = annals::repository_of<payment>(*log).handle_once(order, answer, id, request.position, about);
        if (!done) throw std::runtime_error("an answer of the bank cannot be recorded: " + done.error().log_error()->message());
    }
};

}  // namespace shop
