// Wherever the power fails, a subscription comes back as what a replay of the log is then: on a simulated disk, with a fault at
// each operation of the log and of the store in turn.
#include "catch.hpp"
#include "support/bank.hpp"

#include <annals/log/file_log.hpp>
#include <annals/read/file_snapshots.hpp>
#include <annals/read/subscription.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace bank;
using annals::acknowledge;
using annals::disk_fault;
using annals::position;
using annals::whole_log;

namespace {

std::uint64_t folded = 0;  // events, by any ledger

// All that was folded, so that it is seen if an event is missing, comes twice, or is of a past that is gone. It fills several
// sectors of the disk.
struct ledger {
    using events = annals::events<deposited, annotated>;

    std::int64_t               sum = 0;
    std::vector<std::uint64_t> places;
    std::vector<annals::uuid>  ids;
    std::vector<std::string>   notes;

    void apply(const deposited& e, const annals::context& where) {
        sum += e.cents;
        note(where);
    }
    void apply(const annotated& e, const annals::context& where) {
        notes.push_back(e.note);
        note(where);
    }
    void note(const annals::context& where) {
        ++folded;
        places.push_back(where.position.value);
        ids.push_back(where.id);
    }

    friend bool operator==(const ledger&, const ledger&) = default;
};

// Ids that no event had before, whatever became of the events.
struct ids_in_order {
    std::uint64_t* last;

    annals::uuid operator()() const {
        annals::uuid  id;
        std::uint64_t number = *last += 16;  // an append counts up from it
        for (std::size_t i = 16; i-- > 8; number >>= 8U) id.bytes[i] = static_cast<std::uint8_t>(number);
        return id;
    }
};

// The files of a disk that says that something is on it when it is not. Only the store's: no log could live there.
class hasty_files : public annals::simulated_files {
public:
    class file : public annals::simulated_file {
    public:
        explicit file(annals::simulated_file real) : simulated_file(std::move(real)) {}
        static annals::io_result<void> sync() { return {}; }
    };

    using simulated_files::simulated_files;
    annals::io_result<file> open(const std::string& path, annals::file_access access) {
        auto opened = simulated_files::open(path, access);
        if (!opened) return annals::unexpected<annals::io_error>(std::move(opened.error()));
        return file(std::move(*opened));
    }
};
static_assert(annals::file_system<hasty_files>);

using disk_log = annals::file_log<bank::events, set_clock, ids_in_order, annals::simulated_files>;

// What is done to each disk.
struct ordeal {
    acknowledge   acknowledged  = acknowledge::when_durable;
    bool          damages       = false;  // a bit of the snapshot, too
    bool          appends_first = false;  // after the restart, before anybody reads
    std::uint64_t fault_at      = 0;      // the operation; 0 is none
    disk_fault    fault         = disk_fault::crash(0);
    std::uint64_t seed          = 0;
};

// How a restart found the snapshot.
struct findings {
    std::uint64_t went_on = 0, ahead = 0, other = 0, unusable = 0, none = 0, lost = 0;
};

// A disk with a log and a store of read models, and the processes that live there one after the other.
template <class StoreFiles>
class machine {
    using store_type   = annals::file_snapshots<StoreFiles>;
    using subscription = annals::subscription<ledger, disk_log, store_type>;

public:
    explicit machine(const ordeal& what) : ordeal_(what), disk_({.seed = what.seed + 1, .largest_file = 80 * 1024}) {
        if (what.fault_at != 0) disk_.fail_at(what.fault_at, what.fault);
    }

    // What is wrong; empty if nothing is.
    std::string run(findings& found) {
        live(7);
        if (ordeal_.damages) damage_snapshot();
        if (const auto wrong = come_back(found); !wrong.empty()) return "after the fault: " + wrong;
        live(3);
        disk_.crash(ordeal_.seed + 7);
        ordeal_.appends_first = !ordeal_.appends_first;
        if (const auto wrong = come_back(found); !wrong.empty()) return "after the power failed again: " + wrong;
        return {};
    }
    [[nodiscard]] std::uint64_t operations() const { return disk_.operations(); }

private:
    annals::expected<disk_log, annals::error> open_log() {
        annals::file_log_options options;
        options.segment_size = std::uint64_t{64} * 1024;
        options.background   = false;
        options.acknowledge  = ordeal_.acknowledged;
        return disk_log::open("log", options, set_clock{&now_}, ids_in_order{&last_id_}, annals::simulated_files(disk_));
    }
    static annals::subscription_options often() {
        annals::subscription_options options;
        options.batch = 3;
        options.save  = annals::every(2);
        return options;
    }

    // A process that appends and follows, until it is through or something goes wrong. Errors end it.
    void live(int appends) {
        const std::uint64_t faults = disk_.faults();
        auto                log    = open_log();
        auto                store  = store_type::open("models", StoreFiles(disk_));
        if (!log || !store) return;
        subscription all(*log, whole_log(), often(), &*store);
        for (int i = 1; i <= appends && disk_.faults() == faults; ++i) {
            append(*log, i);
            if (i % 3 != 1) (void)all.catch_up();
        }
        (void)log->close();
    }
    // What is done in spite of a fault says nothing, and is done again.
    std::string come_back(findings& found) {
        for (;;) {
            const std::uint64_t faults = disk_.faults();
            auto                wrong  = restart(found);
            if (disk_.faults() == faults) return wrong;
        }
    }
    void append(disk_log& log, int number) {
        now_ += 1000;
        const std::string stream = "account-" + std::to_string(number % 2);
        const auto        cents  = static_cast<std::int64_t>(last_id_);
        const auto made = log.append(stream, annals::any_version, deposited{cents}, annotated{std::string(120, 'a') + stream});
        if (made) acknowledged_ = made->position.value;
    }

    // The next process: the read model is as if it had never been saved.
    std::string restart(findings& found) {
        auto log = open_log();
        if (!log) return "the log does not open: " + log.error().message();
        const std::uint64_t kept = log->head()->value;
        if (kept < acknowledged_ && ordeal_.acknowledged == acknowledge::when_durable) return "what was acknowledged is lost";
        found.lost += kept < acknowledged_ ? 1 : 0;
        if (ordeal_.appends_first)
            for (int i = 1; i <= 6; ++i) append(*log, i);
        auto store = store_type::open("models", StoreFiles(disk_));
        if (!store) return "the store does not open: " + store.error().message();
        count(*log, *store, found);
        subscription all(*log, whole_log(), often(), &*store);
        if (auto wrong = differs(all, *log, found); !wrong.empty()) return wrong;
        for (int i = 1; i <= 2; ++i) append(*log, i);
        if (auto wrong = differs(all, *log, found); !wrong.empty()) return "after another append, " + wrong;
        subscription next(*log, whole_log(), often(), &*store);
        if (auto wrong = differs(next, *log, found); !wrong.empty()) return "the next one " + wrong;
        if (auto done = log->close(); !done) return "the log does not close: " + done.error().message();
        return {};
    }
    static std::string differs(subscription& all, const disk_log& log, findings& found) {
        folded = 0;
        if (auto done = all.catch_up(); !done) return "does not catch up: " + done.error().message();
        const auto head = log.head().value();
        if (folded < head.value) ++found.went_on;
        const auto whole = annals::replay<ledger>(log);
        if (!whole) return "cannot be compared: " + whole.error().message();
        return all.look([&](const ledger& state, position at) -> std::string {
            if (at != head) return "is at " + std::to_string(at.value) + ", the log at " + std::to_string(head.value);
            for (std::size_t i = 0; i < state.places.size(); ++i)
                if (state.places[i] != i + 1) return "an event was folded twice, or none";
            if (state != *whole) return "is not what a replay is, at " + std::to_string(at.value);
            return {};
        });
    }
    void count(const disk_log& log, store_type& store, findings& found) const {
        const auto kept = store.load(annals::detail::snapshot_name<ledger>(whole_log()));
        if (!kept || !*kept) {
            const auto names = disk_.names("models");
            const bool is_there =
                std::any_of(names.begin(), names.end(), [](const auto& name) { return name.ends_with(".snapshot"); });
            ++(is_there ? found.unusable : found.none);
        } else if (const auto event = annals::detail::find_event(log, whole_log(), (*kept)->place); event.id.is_nil()) {
            ++found.ahead;
        } else if (event.id != (*kept)->event) {
            ++found.other;
        }
    }
    void damage_snapshot() {
        annals::simulated_files files(disk_);
        (void)files.sync_directory(".");
        (void)files.sync_directory("models");
        for (const std::string& name : disk_.durable_names("models")) {
            const std::string path = "models/" + name;
            const std::size_t size = disk_.durable_content(path).size();
            if (size != 0) disk_.flip_bit(path, (ordeal_.seed * 0x9e3779b97f4a7c15U >> 20U) % size, ordeal_.seed % 8);
        }
    }

    ordeal                 ordeal_;
    annals::simulated_disk disk_;
    std::int64_t           now_          = 1'000'000;
    std::uint64_t          last_id_      = 0;
    std::uint64_t          acknowledged_ = 0;  // the position of the last event
};

// Another chance for what a crash leaves. Nothing is thrown, for destructors meet it, too.
disk_fault again(const disk_fault& fault, std::uint64_t seed) {
    return (fault.what() == disk_fault::kind::crash ? disk_fault::crash(seed) : disk_fault::kill(seed)).silently();
}

// Each operation has its turn with g++; with the others, one of them with sanitizers, every fifth, for these tests take their
// time.
#if defined(__clang__)
constexpr std::uint64_t every = 5;
#else
constexpr std::uint64_t every = 1;
#endif

// The same with the fault at each operation in turn.
template <class StoreFiles = annals::simulated_files>
findings at_each_operation(ordeal what, const std::vector<disk_fault>& faults) {
    findings            found;
    machine<StoreFiles> undisturbed(what);
    REQUIRE(undisturbed.run(found).empty());
    const std::uint64_t operations = undisturbed.operations();
    REQUIRE(operations > 200);
    found = {};
    for (what.fault_at = 1; what.fault_at <= operations; what.fault_at += every)
        for (const disk_fault& fault : faults) {
            ++what.seed;
            what.appends_first = what.seed % 4 < 2;
            what.fault         = fault.ends_process() ? again(fault, what.seed) : fault;
            machine<StoreFiles> one(what);
            const auto          wrong = one.run(found);
            if (!wrong.empty()) FAIL("operation " << what.fault_at << ", seed " << what.seed << ": " << wrong);
        }
    return found;
}

const disk_fault crash = disk_fault::crash(0);
const disk_fault kill  = disk_fault::kill(0);

}  // namespace

TEST_CASE("wherever the power fails, the read model is what a replay of the log is then") {
    const auto found = at_each_operation({acknowledge::when_durable}, {crash, crash});
    CHECK(found.went_on > 1000 / every);
    CHECK(found.none > 0);
    CHECK(found.ahead + found.other + found.lost == 0);
}

TEST_CASE("a snapshot of a past that the log has lost is noticed") {
    const auto found = at_each_operation({acknowledge::when_written}, {crash, crash});
    CHECK(found.lost > 100 / every);
    CHECK(found.went_on > 1000 / every);
    CHECK(found.ahead > 0);  // there is no event at its place
    CHECK(found.other > 0);  // there is another one
}

TEST_CASE("a snapshot that is torn or damaged is never read") {
    const auto torn = at_each_operation<hasty_files>({}, {crash, crash});
    CHECK(torn.unusable > 100 / every);
    CHECK(torn.went_on > 100 / every);
    const auto damaged = at_each_operation({acknowledge::when_durable, true}, {crash});
    CHECK(damaged.unusable > 100 / every);
}

TEST_CASE("wherever the process dies or the disk fails, the read model is what a replay is") {
    const auto found = at_each_operation({acknowledge::when_durable}, {kill, disk_fault::error(EIO)});
    CHECK(found.went_on > 1000 / every);
    const auto in_a_hurry = at_each_operation({acknowledge::when_written}, {kill, disk_fault::error(ENOSPC)});
    CHECK(in_a_hurry.went_on > 1000 / every);
}
