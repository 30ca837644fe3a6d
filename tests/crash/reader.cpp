#include "crash/writer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include <poll.h>

namespace crash {

namespace {

class reader {
public:
    reader(const std::string& directory, std::uint64_t seed, const pipe_end& end)
        : directory_(directory), seed_(seed), end_(end), seen_(seed) {}

    observed run() {
        while (!log_)
            if (!open()) {
                if (is_over()) return found_;
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            }
        for (bool is_last = false; !is_last;) {
            is_last = is_over();  // what is there by now is read
            look();
            if (!is_last) std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        read_whole();
        found_.position = seen_.position();
        found_.hash     = seen_.hash();
        return found_;
    }

private:
    [[nodiscard]] bool is_over() const {
        ::pollfd waiting{end_.number(), POLLIN, 0};
        return ::poll(&waiting, 1, 0) > 0;
    }
    bool open() {
        auto opened = log_type::open_read_only(directory_);
        if (opened) {
            log_.emplace(std::move(*opened));
            return true;
        }
        if (opened.error().code != annals::errc::no_such_log) give_up("reader, opening: " + opened.error().message());
        return false;
    }

    void look() {
        const std::uint64_t before = seen_.position();
        const auto          head   = log_->head();
        if (!head) give_up("reader, head: " + head.error().message());
        if (head->value < before) give_up("reader: the log became shorter, from " + std::to_string(before) + " to " + std::to_string(head->value));
        if (!seen_.read_on(*log_)) give_up("reader: " + seen_.trouble());
        if (seen_.position() < head->value) give_up("reader: less than the head");
        ++found_.observations;
        found_.growths += seen_.position() != before;
        switch (mixed(seed_, found_.observations) % 64) {
            case 0: read_whole(); break;
            case 1:
            case 2:
            case 3: read_streams(); break;
            case 4:
            case 5:
            case 6: read_backwards(); break;
            default: break;
        }
    }
    // Whoever opens the log now reads what was read before, and maybe more.
    void read_whole() {
        auto fresh = log_type::open_read_only(directory_);
        if (!fresh) give_up("reader, opening again: " + fresh.error().message());
        book again(seed_);
        if (!again.read_on(*fresh, seen_.position())) give_up("reader, opening again: " + again.trouble());
        if (again.position() != seen_.position() || again.hash() != seen_.hash())
            give_up("reader: what was read is another after opening again: " + std::to_string(seen_.position()) + " events before, " +
                    std::to_string(again.position()) + " now");
        if (mixed(seed_, found_.whole++) % 2 == 0) log_.emplace(std::move(*fresh));
    }
    void read_streams() const {
        for (const auto& each : seen_.versions()) {
            const std::string&  name  = each.first;
            const std::uint64_t known = each.second;
            std::uint64_t       last  = known > 60 ? known - 60 : 0;
            annals::handlers    counting{annals::otherwise([&](const auto&, const annals::context& where) {
                if (where.version.value != ++last || where.stream != name) give_up("reader: a version of " + name + " is missing");
            })};
            const auto done = log_->read(annals::stream(name).from(annals::version{last + 1}), counting);
            if (!done) give_up("reader, a stream: " + done.error().message());
            if (last < known) give_up("reader: " + name + " became shorter");
        }
    }
    void read_backwards() const {
        std::uint64_t    behind = 0;
        annals::handlers counting{annals::otherwise([&](const auto&, const annals::context& where) {
            if (behind != 0 && where.position.value != behind - 1) give_up("reader: a position is missing, backwards");
            behind = where.position.value;
        })};
        const auto done = log_->read(annals::whole_log().backwards().limit(200), counting);
        if (!done) give_up("reader, backwards: " + done.error().message());
        if (done->count != 200 && behind > 1) give_up("reader: less than 200 events, backwards");
    }

    std::string             directory_;
    std::uint64_t           seed_;
    const pipe_end&         end_;
    book                    seen_;
    std::optional<log_type> log_;
    observed                found_;
};

}  // namespace

int read_until_told(const std::string& directory, std::uint64_t seed, const pipe_end& end, const pipe_end& answer) {
    return answer.put(reader(directory, seed, end).run()) ? 0 : 1;
}

}  // namespace crash
