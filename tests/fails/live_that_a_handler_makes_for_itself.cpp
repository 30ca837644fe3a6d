// Who has no `live` cannot make one.
// refused: private
#include <annals/annals.hpp>
#include <annals/app/effects.hpp>

namespace post {

struct ordered {
    long order;
};

inline long sent = 0;
inline void send_mail(const annals::live&) { ++sent; }

struct mails {
    using events = annals::events<ordered>;

#ifdef MUST_NOT_COMPILE
    void apply(const ordered&, const annals::context& where) { send_mail(annals::live(where, where.time)); }
#else
    void apply(const ordered&, const annals::context&) {}
    void react(const ordered&, const annals::live& now) { send_mail(now); }
#endif
};

}  // namespace post
