// Found out: the error has [0-9]+ lines
// refused: annals
#ifdef MUST_NOT_COMPILE
#define TEN(x) x x x x x x x x x x
namespace annals {
TEN(TEN(static_assert(sizeof(int) == 1, "too long");))
}
#endif
