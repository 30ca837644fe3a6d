// Archives: of logs, and made by hand.
#pragma once

#include "support/bank.hpp"

#include <annals/log/archive.hpp>
#include <annals/log/memory_log.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

// In memory that is aligned for every event.
using bytes = std::vector<std::byte>;

template <class Log>
bytes archived(const Log& log) {
    std::ostringstream out;
    const auto         count = annals::write_archive(log, out);
    if (!count) throw std::runtime_error(count.error().message());
    const std::string text = out.str();
    const auto        all  = std::as_bytes(std::span(text));
    return {all.begin(), all.end()};
}

// An event a second; those of bob's were said more of.
void fill(auto& log, std::int64_t& now) {
    using namespace bank;
    const auto append = [&](std::string_view stream, const annals::metadata& about, auto... event) {
        now += 1'000'000'000;
        if (!log.append(stream, annals::any_version, about, event...)) throw std::runtime_error("not appended");
    };
    annals::metadata plain, detailed;
    detailed.correlation = id_of(1);
    detailed.causation   = id_of(2);
    detailed.actor       = "teller";
    detailed.values      = {{"branch", "north"}, {"desk", "4"}, {"desk", "5"}};
    append("account-ann", plain, opened{1});                                       // 1
    append("account-bob", detailed, opened{2}, deposited{-3});                     // 2, 3
    append("account-ann", plain, deposited{100});                                  // 4
    append("audit", plain, annotated{"checked"});                                  // 5
    append("account-bob", detailed, deposited{7});                                 // 6
    append("account-ann", plain, withdrawn{30}, annotated{"ok"}, closed{});        // 7, 8, 9
    append("a\xc3\xa4-\xff", plain, annotated{std::string("zero \0 in it", 12)});  // 10
}

struct beside_each_other {
    std::int64_t                                                         now = 0;
    annals::memory_log<bank::events, bank::set_clock, bank::counted_ids> log{bank::set_clock{&now}, bank::counted_ids{}};
    bytes                                                                file;

    beside_each_other() {
        fill(log, now);
        file = archived(log);
    }
};

// An archive made by hand, entry by entry.
class forged {
public:
    forged() {
        for (unsigned char each : annals::detail::archive_magic) bytes_.push_back(static_cast<std::byte>(each));
    }
    forged& add(annals::archive_head head, const bytes& payload = {}) {
        bytes body = payload;
        put(head, body);
        const annals::detail::archive_entry entry{static_cast<std::uint32_t>(payload.size()),
                                                  static_cast<std::uint32_t>(body.size() - payload.size()),
                                                  annals::detail::archive_checksum(body), 0};
        put(entry, bytes_);
        body.resize(annals::detail::padded(body.size()));
        bytes_.insert(bytes_.end(), body.begin(), body.end());
        return *this;
    }
    forged& schema(std::string name, std::string text) {
        return add(annals::archived_schema{std::move(name), std::move(text)});
    }
    forged& stream(std::string name) { return add(annals::archived_stream{std::move(name)}); }
    forged& event(std::uint32_t schema, std::uint32_t stream, std::uint64_t version, std::uint64_t position, std::int64_t time,
                  const bytes& payload = {}) {
        annals::archived_event head;
        head.schema   = schema;
        head.stream   = stream;
        head.version  = version;
        head.position = position;
        head.time     = time;
        return add(head, payload);
    }
    [[nodiscard]] bytes end(std::uint64_t count) {
        add(annals::archive_end{count});
        return bytes_;
    }

private:
    bytes bytes_;

    template <class Value>
    static void put(const Value& value, bytes& out) {
        if (!annals::encode(value, out)) throw std::runtime_error("not encoded");
    }
};

/// Why an archive is refused.
template <class Events>
annals::error refusal(std::span<const std::byte> file) {
    auto opened_log = annals::archive<Events>::open(file);
    if (opened_log) throw std::runtime_error("the archive is not refused");
    return std::move(opened_log.error());
}

}  // namespace support
