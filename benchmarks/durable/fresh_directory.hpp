// Where the files of a benchmark lie, and that they do not stay there.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

/// Makes a directory in `parent` (if empty: beside the program), has `work` done with it in a process of its own, and removes
/// it, however that process ends. Returns what `work` returned, or an error's number. Nothing is done, and it is said why, on
/// a file system that lives in memory: there a sync costs nothing.
int in_fresh_directory(const std::string& parent, const std::function<int(const std::string& directory)>& work);

/// Has `work` done in a process of its own, and returns what it returned.
int in_own_process(const std::function<int()>& work);

/// Empties the directory, and returns when the file system has nothing left to write.
void empty_directory(const std::string& directory);

/// Writes a file of so many bytes in the directory and removes it. A virtual disk takes its room from its host when that is written
/// first, which costs five times as much as to write there again, and would be a matter of luck.
void visit_room(const std::string& directory, std::size_t bytes);

/// Returns when the file system has nothing left to write.
void settle(const std::string& directory);
