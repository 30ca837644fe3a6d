// Chapter 8: what goes on behind the counter, put together: it takes a log, and a place to save how far it is.
#pragma once

#include "events.hpp"
#include "provider.hpp"
#include "read_models.hpp"

#include <annals/app/effects.hpp>
#include <annals/app/process.hpp>
#include <annals/read/subscription.hpp>

#include <tuple>

namespace shop {

template <class Log, class Store, class Clock = annals::utc_clock>
struct office {
    using read_models = annals::fused<sales, open_orders>;

    annals::process<fulfilment, Log, Store, Clock>        orders;
    annals::effects<payment_desk<Log>, Log, Store, Clock> payments;
    annals::subscription<read_models, Log, Store>         models;

    office(Log& log, Store& store, bank& outside, Clock clock = {})
        : orders(annals::process_of<fulfilment>(log, store, clock, orders_saved_often())),
          payments(annals::effects_of(log, payment_desk<Log>{&log, &outside}, store, annals::after_each_event(), clock)),
          models(annals::subscribe<read_models>(log, annals::whole_log(), store, models_saved_often())),
          log_(log) {}

    /// Does, in this thread, what is to be done now, and what comes of it, until there is nothing.
    annals::expected<void, annals::error> settle() {
        for (;;) {
            const auto before = log_.head();
            if (!before) return annals::unexpected<annals::error>(before.error());
            if (auto done = orders.catch_up(); !done) return done;
            if (auto done = payments.catch_up(); !done) return done;
            if (auto done = models.catch_up(); !done) return done;
            const auto after = log_.head();
            if (!after) return annals::unexpected<annals::error>(after.error());
            if (after->value == before->value) return {};
        }
    }
    /// Calls `see` with one of the read models, as it is now.
    template <class Model, class See>
    decltype(auto) look(See&& see) const {
        return models.look([&](const read_models& all, annals::position) { return see(std::get<Model>(all.states)); });
    }

private:
    // What comes after the last save is looked at once more when the next program goes on; it does nothing twice.
    static annals::reaction_options orders_saved_often() {
        annals::reaction_options options;
        options.save_every = 50;
        return options;
    }
    static annals::subscription_options models_saved_often() {
        annals::subscription_options options;
        options.save = annals::every(100);
        return options;
    }

    Log& log_;
};

}  // namespace shop
