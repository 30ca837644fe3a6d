// Found out: compiles in spite of the mistake
// refused: annals::never_said
int main() {}
