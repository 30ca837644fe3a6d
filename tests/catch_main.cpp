// The main program of the tests, where no Catch2 library fits the standard library.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
