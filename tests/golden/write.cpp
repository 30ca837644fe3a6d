// Adds to the golden corpus what it does not have yet: `golden_write FOLDER`. What is there is never written again, for it is
// the evidence that what was once written can be read.
#include "golden/corpus.hpp"
#include "golden/examples.hpp"

#include <annals/codec/binary.hpp>
#include <annals/codec/json.hpp>
#include <annals/model/event.hpp>
#include <annals/schema/schema_text.hpp>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string_view>
#include <type_traits>

namespace {

bool failed = false;

void add(const std::filesystem::path& path, std::string_view what) {
    if (std::filesystem::exists(path)) return;
    std::cout << path.string() << '\n';
    std::ofstream file(path, std::ios::binary);
    failed = !file.write(what.data(), static_cast<std::streamsize>(what.size())).flush() || failed;
}

template <class... E>
void add_events(const std::filesystem::path& folder, annals::events<E...>) {
    const auto add_one = [&]<class One>(std::type_identity<One>) {
        constexpr std::string_view name = annals::event_name<One>();
        add(folder / golden::schema_file(name), annals::schema_text<One>);
        std::size_t number = 0;
        for (const One& event : golden::examples<One>()) {
            golden::bytes record;
            failed = !annals::encode(event, record) || failed;
            add(folder / golden::record_file(name, number), golden::as_text(record));
            add(folder / golden::json_file(name, number), annals::json_text(event) + "\n");
            ++number;
        }
    };
    (add_one(std::type_identity<E>{}), ...);
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::cerr << "golden_write FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = std::filesystem::path(words[1]) / "every_field";
    std::filesystem::create_directories(folder);
    add_events(folder, every::events{});
    return failed ? 1 : 0;
}
