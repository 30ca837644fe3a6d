// Arbitrary events and histories, for tests of what must hold for all of them.
//
//     arbitrary<E>(random)                 a value that follows from a seed
//     arbitrary_history<events<...>>(random)
//     shrink(value)                        simpler values
//     for_all<E...>(property, options)     looks for a counterexample, and for the simplest
//     arbitrary_as<T>                      how a type of your own is made, if not from its fields
#pragma once

#include <annals/testing/arbitrary/for_all.hpp>
#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/arbitrary/shrink.hpp>
#include <annals/testing/arbitrary/value.hpp>
