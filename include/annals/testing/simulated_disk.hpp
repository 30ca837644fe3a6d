// A disk that loses, tears and damages what is written to it as disks do, for tests of what is durable: a log opened with
// `simulated_files(disk)` lives on it.
#pragma once

#include <annals/testing/simulated_disk/disk.hpp>
#include <annals/testing/simulated_disk/fault.hpp>
#include <annals/testing/simulated_disk/files.hpp>
