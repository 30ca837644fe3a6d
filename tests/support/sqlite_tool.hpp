// A database as any SQLite tool sees it.
#pragma once

#include <stdexcept>
#include <string>

#include <sqlite3.h>

namespace support {

/// What SQL answers: values, each with a `|` behind it. Of a failure, why.
inline std::string answer_of(const std::string& path, const char* sql) {
    sqlite3* tool = nullptr;
    if (sqlite3_open(path.c_str(), &tool) != SQLITE_OK) throw std::runtime_error(path + " cannot be opened");
    std::string answer;
    const auto  take = [](void* to, int columns, char** values, char**) {
        for (int i = 0; i < columns; ++i) static_cast<std::string*>(to)->append(values[i] ? values[i] : "NULL").append("|");
        return 0;
    };
    char* why = nullptr;
    if (sqlite3_exec(tool, sql, take, &answer, &why) != SQLITE_OK) answer = why;
    sqlite3_free(why);
    sqlite3_close(tool);
    return answer;
}

}  // namespace support
