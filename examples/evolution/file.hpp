// The bytes of a file. An archive refers to them, so whoever opens one keeps them.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

namespace shop {

[[nodiscard]] inline std::string bytes_of_file(const char* path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace shop
