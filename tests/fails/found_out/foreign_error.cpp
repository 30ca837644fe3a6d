// Found out: the first error does not name annals
// refused: main
#ifdef MUST_NOT_COMPILE
void* main;
#endif
