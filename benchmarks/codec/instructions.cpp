// Has one contestant handle one batch once, for callgrind, which counts what happens inside `measured`:
//     valgrind --tool=callgrind --toggle-collect='measured*' instructions CONTESTANT CLAIM
// where a claim is `encode_paid`, `decode_reused_ordered` and so on.
#include "contestants.hpp"

#include <string_view>

extern "C" {
[[gnu::noinline]] void measured_batch(const std::function<void()>& batch) { batch(); }
}

namespace {

template <class E>
int run(const std::vector<contestant<E>>& contestants, const std::vector<E>& batch, std::string_view name,
        std::string_view what) {
    for (const contestant<E>& each : contestants) {
        if (each.name != name) continue;
        const codec<E>              codec  = each.enter(batch);
        const std::function<void()> chosen = what == "encode"   ? std::function<void()>(codec.encode)
                                             : what == "append" ? std::function<void()>(codec.append)
                                             : what == "decode" ? codec.decode
                                                                : codec.decode_reused;
        chosen();  // so that what is kept is there
        measured_batch(chosen);
        return 0;
    }
    return 2;
}

}  // namespace

int main(int count, char** given) {
    if (count != 3) return 2;
    const std::string_view name  = given[1];
    const std::string_view claim = given[2];
    const std::size_t      split = claim.rfind('_');
    const std::string_view what  = claim.substr(0, split);
    if (claim.substr(split + 1) == "paid") return run(paid_contestants, shop::many_paid(), name, what);
    return run(ordered_contestants, shop::many_ordered(), name, what);
}
