// NATS JetStream under this library beside libnats alone: see measure.cpp for the arguments. The one that is alone writes the
// messages of the log: an append is one message on the subject of its stream, stored if the stream's last message is the one
// that it knows. Each client has a connection of its own, and appends with js_PublishMsgAsync: to each of its streams one
// message is under way; an append that is waited for alone is a js_Publish. It reads with an ordered consumer of everything.
// This library's clients share one log: each appends with a jetstream_pipeline, and what is waited for alone with the log's
// own `append`.
//
// A server is started beside the files of the benchmark; or ANNALS_NATS says where there is one. No server of these waits for
// the disk before it acknowledges.
#include "../../tests/support/nats_server.hpp"
#include "annals_store.hpp"

#include <annals/log/jetstream_pipeline.hpp>

#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace {

using log_type = annals::jetstream_log<warehouse::small_events>;
using engines::give_up;

std::string server;

std::string name_of(const std::string& place) { return "b" + std::to_string(std::hash<std::string>{}(place)); }

struct connection {
    annals::detail::nats_connection to;
    annals::detail::nats_jetstream  jetstream;

    explicit connection(jsOptions* how = nullptr) {
        natsOptions* options = nullptr;
        check(natsOptions_Create(&options));
        const annals::detail::nats_options kept(options);
        check(natsOptions_SetURL(options, server.c_str()));
        // Else what is published waits a millisecond for company.
        check(natsOptions_SetSendAsap(options, true));
        natsConnection* made = nullptr;
        check(natsConnection_Connect(&made, options));
        to.reset(made);
        jsCtx* context = nullptr;
        check(natsConnection_JetStream(&context, made, how));
        jetstream.reset(context);
    }
    static void check(natsStatus done) {
        if (done != NATS_OK) give_up("libnats", natsStatus_GetText(done));
    }
};

// Files of places that the harness has removed go, too.
void forget_old_places(const std::string& place) {
    static std::vector<std::string> all;
    static const connection         tool;
    std::erase_if(all, [&](const std::string& each) {
        return !std::filesystem::exists(each) &&
               js_DeleteStream(tool.jetstream.get(), name_of(each).c_str(), nullptr, nullptr) == NATS_OK;
    });
    if (std::find(all.begin(), all.end(), place) == all.end()) all.push_back(place);
}

log_type open_log(const std::string& place) {
    forget_old_places(place);
    annals::jetstream_log_options options;
    options.name     = name_of(place);
    options.patience = std::chrono::seconds(20);
    auto log         = log_type::open(server, options);
    if (!log) give_up("annals", log.error().message());
    return std::move(*log);
}

/// Whether a client waits for each append by itself, as it did the last time: then nothing is gained by going on meanwhile.
class habit {
public:
    bool waits_for_next() { return ++since_ == 1 && waits_; }
    void settled() {
        waits_ = since_ == 1;
        since_ = 0;
    }

private:
    bool     waits_ = false;
    unsigned since_ = 0;
};

class annals_store : public engines::store {
public:
    explicit annals_store(const std::string& place) : log_(open_log(place)) {}

    std::unique_ptr<engines::client> connect() override { return std::make_unique<end>(log_); }

private:
    class end : public engines::client {
    public:
        explicit end(log_type& log) : log_(log), pipeline_(log) {}

        void append(const std::string& stream, std::uint64_t version, const warehouse::batch& batch) override {
            if (habit_.waits_for_next()) return engines::append_events(log_, stream, version, batch);
            const auto& events = batch.small();
            const auto  at     = annals::version{version};
            if (events.size() == 1)
                std::visit([&](const auto& event) { pipeline_.append(stream, at, event); }, events.front());
            else
                pipeline_.append(stream, at, events);
        }
        void settle() override {
            habit_.settled();
            if (const auto done = pipeline_.settle(); !done) give_up("annals", done.error().message());
        }
        warehouse::tally replay() override {
            auto state = annals::replay<warehouse::tally>(log_);
            if (!state) give_up("annals", state.error().message());
            return *state;
        }

    private:
        log_type&                            log_;
        annals::jetstream_pipeline<log_type> pipeline_;
        habit                                habit_;
    };

    log_type log_;
};

/// The messages by hand: see annals/log/jetstream/append_record.hpp.
class libnats_store : public engines::store {
public:
    explicit libnats_store(const std::string& place) : place_(place) {
        // The stream is the log's, and so are the numbers of the schemas: one event of each type comes first.
        auto log = open_log(place);
        if (log.head()->value != 0) return;
        warehouse::random_numbers random;
        warehouse::batch          first;
        first.fill(8, [&](std::size_t i) { return warehouse::random_small_event(i, random); });
        engines::append_events(log, "first", 0, first);
    }
    std::unique_ptr<engines::client> connect() override { return std::make_unique<end>(name_of(place_)); }

private:
    struct stream {
        std::string   subject;
        std::uint64_t sequence = 0, index = 0;
        bool          is_under_way = false;
    };

    class end : public engines::client {
    public:
        explicit end(std::string name) : name_(std::move(name)), subjects_(name_) {}
        ~end() override { (void)natsConnection_FlushTimeout(to_.to.get(), 1000); }

        void append(const std::string& name, std::uint64_t version, const warehouse::batch& events) override {
            if (habit_.waits_for_next())
                make(name, version, events);
            else
                begin(name, version, events);
        }
        void settle() override {
            habit_.settled();
            std::unique_lock lock(mutex_);
            wait(lock, [&] { return under_way_.empty(); });
        }
        warehouse::tally replay() override {
            warehouse::tally state;
            jsStreamInfo*    info = nullptr;
            connection::check(js_GetStreamInfo(&info, to_.jetstream.get(), name_.c_str(), nullptr, nullptr));
            const std::uint64_t last = info->State.LastSeq;
            jsStreamInfo_Destroy(info);
            jsSubOptions how;
            jsSubOptions_Init(&how);
            how.Ordered           = true;
            natsSubscription* all = nullptr;
            connection::check(
                js_SubscribeSync(&all, to_.jetstream.get(), subjects_.everything().c_str(), nullptr, &how, nullptr));
            std::uint64_t at = 0;
            do {
                natsMsg* message = nullptr;
                connection::check(natsSubscription_NextMsg(&message, all, 5000));
                at = sequence_in(natsMsg_GetReply(message));
                if (subjects_.is_of_stream(natsMsg_GetSubject(message))) fold(natsMsg_GetData(message), state);
                natsMsg_Destroy(message);
            } while (at < last);
            natsSubscription_Unsubscribe(all);
            connection::check(natsConnection_FlushTimeout(to_.to.get(), 5000));
            natsSubscription_Destroy(all);
            return state;
        }

    private:
        void begin(const std::string& name, std::uint64_t version, const warehouse::batch& batch) {
            stream& to = stream_of(name);
            {
                std::unique_lock lock(mutex_);
                wait(lock, [&] { return !to.is_under_way; });
                to.is_under_way = true;
            }
            write(to, version, batch);
            auto     how     = expectation(to);
            natsMsg* message = nullptr;
            connection::check(
                natsMsg_Create(&message, to.subject.c_str(), nullptr, body_.data(), static_cast<int>(body_.size())));
            {
                const std::lock_guard lock(mutex_);
                under_way_.emplace(message, &to);
            }
            connection::check(js_PublishMsgAsync(to_.jetstream.get(), &message, &how));
        }
        void make(const std::string& name, std::uint64_t version, const warehouse::batch& batch) {
            stream& to = stream_of(name);
            write(to, version, batch);
            auto      how = expectation(to);
            jsPubAck* ack = nullptr;
            connection::check(js_Publish(&ack, to_.jetstream.get(), to.subject.c_str(), body_.data(),
                                         static_cast<int>(body_.size()), &how, nullptr));
            to.sequence = ack->Sequence;
            ++to.index;
            jsPubAck_Destroy(ack);
        }
        static jsPubOptions expectation(const stream& of) {
            jsPubOptions how;
            jsPubOptions_Init(&how);
            how.ExpectNoMessage      = of.sequence == 0;
            how.ExpectLastSubjectSeq = of.sequence;
            return how;
        }
        static void answered(jsCtx*, natsMsg* message, jsPubAck* ack, jsPubAckErr* refusal, void* closure) {
            if (!ack) give_up("libnats", refusal->ErrText ? refusal->ErrText : "refused");
            auto&                 mine = *static_cast<end*>(closure);
            const std::lock_guard lock(mine.mutex_);
            const auto            found = mine.under_way_.find(message);
            found->second->sequence     = ack->Sequence;
            found->second->is_under_way = false;
            ++found->second->index;
            mine.under_way_.erase(found);
            natsMsg_Destroy(message);
            if (mine.is_waiting_) mine.changed_.notify_all();
        }
        template <class Question>
        void wait(std::unique_lock<std::mutex>& lock, Question&& is_so) {
            while (!is_so()) {
                is_waiting_ = true;
                changed_.wait(lock);
                is_waiting_ = false;
            }
        }
        stream& stream_of(const std::string& name) {
            const auto found = streams_.find(name);
            return found != streams_.end() ? found->second
                                           : streams_.emplace(name, stream{subjects_.of_stream(name)}).first->second;
        }
        template <class Number>
        void put(Number number) {
            body_.resize(body_.size() + sizeof number);
            std::memcpy(body_.data() + body_.size() - sizeof number, &number, sizeof number);
        }
        void put(const void* bytes, std::size_t count) {
            body_.resize(body_.size() + count);
            std::memcpy(body_.data() + body_.size() - count, bytes, count);
        }
        void write(const stream& to, std::uint64_t version, const warehouse::batch& batch) {
            body_.clear();
            body_.reserve(32 + batch.bytes().size() * 86);
            put(std::uint32_t{1});
            put(static_cast<std::uint32_t>(batch.bytes().size()));
            put(version);
            put(to.sequence);
            put(to.index + 1);
            for (const auto& each : batch.bytes()) {
                const annals::uuid id = make_id_();
                put(static_cast<std::uint16_t>(each.type));
                put(static_cast<std::uint32_t>(each.bytes.size()));
                put(id.bytes, sizeof id.bytes);
                put(each.bytes.data(), each.bytes.size());
            }
        }
        static std::uint64_t sequence_in(const char* answer) {
            for (int dots = 0; dots < 5; ++answer)
                if (*answer == '.') ++dots;
            return std::strtoull(answer, nullptr, 10);
        }
        static void fold(const char* body, warehouse::tally& state) {
            std::uint32_t count = 0;
            std::memcpy(&count, body + 4, sizeof count);
            for (const char* at = body + 32; count != 0; --count) {
                std::uint16_t schema = 0;
                std::uint32_t size   = 0;
                std::memcpy(&schema, at, sizeof schema);
                std::memcpy(&size, at + 2, sizeof size);
                warehouse::apply_stored(state, schema, reinterpret_cast<const std::byte*>(at + 22));
                at += 22 + size;
            }
        }
        static jsOptions* options(jsOptions& how, end* mine) {
            jsOptions_Init(&how);
            how.PublishAsync.AckHandler        = &end::answered;
            how.PublishAsync.AckHandlerClosure = mine;
            return &how;
        }

        std::string                                name_;
        annals::detail::jetstream_subjects         subjects_;
        annals::uuid_v7_generator                  make_id_;
        std::map<std::string, stream, std::less<>> streams_;
        std::vector<char>                          body_;
        std::mutex                                 mutex_;
        std::condition_variable                    changed_;
        bool                                       is_waiting_ = false;
        std::map<natsMsg*, stream*>                under_way_;
        jsOptions                                  how_;
        connection                                 to_{options(how_, this)};
        habit                                      habit_;
    };

    std::string place_;
};

}  // namespace

int main(int argc, char** argv) {
    std::optional<support::nats_server> own;
    if (const char* const said = std::getenv("ANNALS_NATS"))
        server = said;
    else {
        for (int i = 1; i < argc; ++i)
            if (std::strncmp(argv[i], "directory=", 10) == 0 && argv[i][10] != '\0') ::setenv("TMPDIR", argv[i] + 10, 1);
        if (!std::getenv("TMPDIR")) ::setenv("TMPDIR", "/tmp", 1);
        try {
            server = own.emplace().url();
        } catch (const std::exception&) { return 77; }
    }
    return engines::measure({"jetstream", [](const std::string& place) { return std::make_unique<annals_store>(place); },
                             [](const std::string& place) { return std::make_unique<libnats_store>(place); }},
                            argc, argv);
}
