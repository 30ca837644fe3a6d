// How libnats is told to connect: to whom, as whom, and how known and encrypted.
#pragma once

#include <annals/log/jetstream/handles.hpp>
#include <annals/log/jetstream/options.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace annals::detail {

/// URLs as they may be shown: users, passwords and tokens are left out.
inline std::string without_secrets(std::string_view urls) {
    constexpr std::string_view scheme_end = "://";
    std::string                shown;
    for (;;) {
        const std::size_t      end  = urls.find(scheme_end);
        const std::string_view part = urls.substr(0, end);
        shown.append(part.substr(part.rfind('@') + 1));
        if (end == std::string_view::npos) return shown;
        shown.append(scheme_end);
        urls.remove_prefix(end + scheme_end.size());
    }
}

inline std::vector<std::string> each_url(std::string_view urls) {
    std::vector<std::string> each;
    for (std::size_t from = 0; from <= urls.size();) {
        const std::size_t end = std::min(urls.find(',', from), urls.size());
        each.emplace_back(urls.substr(from, end - from));
        from = end + 1;
    }
    return each;
}

/// Makes what libnats asks for, to connect within some time. Its last error says more, if it is not OK.
inline natsStatus make_nats_options(nats_options& made, const std::string& urls, const jetstream_log_options& options,
                                    std::chrono::milliseconds most) {
    natsOptions* raw = nullptr;
    natsStatus   s   = natsOptions_Create(&raw);
    made.reset(raw);
    if (s != NATS_OK) return s;
    const auto set  = [&](natsStatus done) { s = s == NATS_OK ? done : s; };
    const auto each = each_url(urls);
    if (each.size() == 1) {
        set(natsOptions_SetURL(raw, urls.c_str()));
    } else {
        std::vector<const char*> texts;
        for (const std::string& url : each) texts.push_back(url.c_str());
        set(natsOptions_SetServers(raw, texts.data(), static_cast<int>(texts.size())));
    }
    const auto for_one = most.count() / static_cast<std::int64_t>(each.size()) + 1;
    set(natsOptions_SetTimeout(raw, std::clamp<std::int64_t>(for_one, 1, 2000)));
    set(natsOptions_SetMaxReconnect(raw, -1));
    set(natsOptions_SetReconnectWait(raw, 50));
    set(natsOptions_SetReconnectJitter(raw, 50, 50));
    set(natsOptions_SetFailRequestsOnDisconnect(raw, true));
    set(natsOptions_SetPingInterval(raw, 5000));
    set(natsOptions_SetSendAsap(raw, true));
    if (!options.user.empty()) set(natsOptions_SetUserInfo(raw, options.user.c_str(), options.password.c_str()));
    if (!options.token.empty()) set(natsOptions_SetToken(raw, options.token.c_str()));
    if (!options.credentials.empty()) set(natsOptions_SetUserCredentialsFromFiles(raw, options.credentials.c_str(), nullptr));
    // libnats takes `tls://` for any other word: a server that does not encrypt would be told the password.
    const bool asks = std::any_of(each.begin(), each.end(), [](const std::string& url) { return url.rfind("tls://", 0) == 0; });
    if (asks || !options.certificate_authorities.empty() || !options.certificate.empty()) set(natsOptions_SetSecure(raw, true));
    if (!options.certificate_authorities.empty())
        set(natsOptions_LoadCATrustedCertificates(raw, options.certificate_authorities.c_str()));
    if (!options.certificate.empty())
        set(natsOptions_LoadCertificatesChain(raw, options.certificate.c_str(), options.key.c_str()));
    return s;
}

/// Why there is no connection, for people.
inline std::string_view why_refused(natsStatus s) noexcept {
    if (s == NATS_SSL_ERROR) return "no encrypted connection: the server's certificate, or its name, is not one to trust";
    if (s == NATS_SECURE_CONNECTION_WANTED) return "the server does not encrypt";
    if (s == NATS_CONNECTION_AUTH_FAILED) return "the server does not know the user, the password or the token";
    return "the server refused the connection";
}

}  // namespace annals::detail
