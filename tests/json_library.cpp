// Boost.JSON, compiled with the flags of the tests.
#include <boost/json/src.hpp>
