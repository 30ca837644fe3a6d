// What libnats hands out, given back when it is no longer needed.
#pragma once

#include <memory>

#include <nats/nats.h>

namespace annals::detail {

template <auto Destroy>
struct given_back {
    template <class T>
    void operator()(T* held) const noexcept {
        (void)Destroy(held);
    }
};
struct closed_for_good {
    void operator()(natsConnection* held) const noexcept {
        natsConnection_Close(held);
        natsConnection_Destroy(held);
    }
};

using nats_options      = std::unique_ptr<natsOptions, given_back<natsOptions_Destroy>>;
using nats_connection   = std::unique_ptr<natsConnection, closed_for_good>;
using nats_jetstream    = std::unique_ptr<jsCtx, given_back<jsCtx_Destroy>>;
using nats_message      = std::unique_ptr<natsMsg, given_back<natsMsg_Destroy>>;
using nats_subscription = std::unique_ptr<natsSubscription, given_back<natsSubscription_Destroy>>;
using nats_inbox        = std::unique_ptr<natsInbox, given_back<natsInbox_Destroy>>;
using nats_ack          = std::unique_ptr<jsPubAck, given_back<jsPubAck_Destroy>>;
using nats_statistics   = std::unique_ptr<natsStatistics, given_back<natsStatistics_Destroy>>;
using nats_stream_info  = std::unique_ptr<jsStreamInfo, given_back<jsStreamInfo_Destroy>>;

}  // namespace annals::detail
