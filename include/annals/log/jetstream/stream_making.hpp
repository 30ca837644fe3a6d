// The JetStream stream that holds a log: made, if there is none, and known again by its description.
#pragma once

#include <annals/log/jetstream/guarantees.hpp>
#include <annals/log/jetstream/server.hpp>
#include <annals/log/jetstream/server_info.hpp>
#include <annals/log/jetstream/subjects.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

/// The description of the stream, with the version of the format behind it.
inline constexpr std::string_view jetstream_mark   = "annals log, format ";
inline constexpr int              jetstream_format = 1;

inline bool is_stream_name(std::string_view name) noexcept {
    for (const char each : name)
        if (!((each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') || each == '-' ||
              each == '_'))
            return false;
    return !name.empty();
}

/// Asks for the stream, which it makes if there is none. Errors: `no_such_log`, if it holds something else; `unsupported`, if a
/// newer version wrote it; those of the server.
inline expected<jetstream_guarantees, error> open_stream(jetstream_server& server, const jetstream_subjects& subjects,
                                                         jetstream_server::clock::time_point until) {
    const auto& options = server.options();
    const auto  other   = [&](errc code, std::string_view reason) {
        return unexpected<error>(error{code, reason, {}, {}, server.stream(), server.place()});
    };
    if (!is_stream_name(server.stream()))
        return other(errc::no_such_log, "a log on a NATS server is named with letters, digits, - and _");
    jsOptions wait;
    jsOptions_Init(&wait);
    wait.Wait             = server.attempt(until);
    jsErrCode        code = {};
    nats_stream_info found;
    const auto       look = [&] {
        jsStreamInfo* raw = nullptr;
        const auto    s   = server.insist(
            [&] { return js_GetStreamInfo(&raw, server.jetstream(), server.stream().c_str(), &wait, &code); }, code, until);
        found.reset(raw);
        return s;
    };
    auto s = look();
    if (s != NATS_OK && code == JSStreamNotFoundErr) {
        jsStreamConfig how;
        jsStreamConfig_Init(&how);
        const std::string mark     = std::string{jetstream_mark} + std::to_string(jetstream_format);
        const char*       within[] = {subjects.everything().c_str()};
        how.Name                   = server.stream().c_str();
        how.Description            = mark.c_str();
        how.Subjects               = within;
        how.SubjectsLen            = 1;
        how.Storage                = js_FileStorage;
        how.Replicas               = options.replicas;
        how.MaxMsgSize             = options.largest_append > 0 ? options.largest_append : -1;
        how.Discard                = js_DiscardNew;
        how.DenyDelete             = true;
        how.DenyPurge              = true;
        how.AllowDirect            = true;
        s = server.insist([&] { return js_AddStream(nullptr, server.jetstream(), &how, &wait, &code); }, code, until);
        // Another one may have made it meanwhile, or an answer may be lost: what is there counts.
        if (s == NATS_OK || code == JSStreamNameExistErr) s = look();
    }
    if (s != NATS_OK) return unexpected<error>(server.failure(s, code));

    const std::string_view mark = found->Config->Description ? found->Config->Description : "";
    if (mark.substr(0, jetstream_mark.size()) != jetstream_mark)
        return other(errc::no_such_log, "the stream holds something else");
    if (std::atoi(mark.data() + jetstream_mark.size()) > jetstream_format)
        return other(errc::unsupported, "the log was written by a newer version");
    const int replicas = static_cast<int>(found->Config->Replicas);
    server.set_replicated(replicas > 1);
    char        url[512];
    std::string info;
    if (natsConnection_GetConnectedUrl(server.connection(), url, sizeof url) == NATS_OK) info = info_of_server(url);
    auto made = jetstream_guarantees::of(text_in_info(info, "version"),
                                         found->Cluster != nullptr && !text_in_info(info, "cluster").empty(), replicas);
    server.set_chained(made.checks_are_safe);
    return made;
}

}  // namespace annals::detail
