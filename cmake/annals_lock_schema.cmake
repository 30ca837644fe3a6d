# annals_lock_schema(TARGET EVENTS type HEADER header [FILE file])
#
# Keeps a lock of the schema of an event list: a text file under version control, by default TARGET.schema beside the
# CMakeLists.txt, of every shape of an event that logs in the field may hold.
#
#     annals_lock_schema(shop EVENTS shop::events HEADER shop/events.hpp)
#
# adds the test `shop.schema`, which fails if the structs no longer say what the file says, and tells additions from breaks;
# and the target `shop_accept_schema`, which writes the file anew, for a change that is intended. The header is included as
# the sources of TARGET include it.
function(annals_lock_schema target)
    cmake_parse_arguments(PARSE_ARGV 1 lock "" "EVENTS;HEADER;FILE" "")
    if(NOT lock_EVENTS OR NOT lock_HEADER OR lock_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "annals_lock_schema(${target}): say which events, and where they are declared, as in\n"
                            "  annals_lock_schema(${target} EVENTS shop::events HEADER shop/events.hpp)")
    endif()
    if(NOT lock_FILE)
        set(lock_FILE "${target}.schema")
    endif()
    cmake_path(ABSOLUTE_PATH lock_FILE BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")

    set(program "${target}_schema_lock")
    set(accept "${target}_accept_schema")
    file(CONFIGURE OUTPUT "${program}.cpp" @ONLY CONTENT [[
#include <@lock_HEADER@>

#include <annals/inspect/schema_lock.hpp>

int main(int argument_count, char** arguments) {
    return annals::schema_lock_main<@lock_EVENTS@>(argument_count, arguments,
                                                   "cmake --build @CMAKE_BINARY_DIR@ --target @accept@");
}
]])
    add_executable(${program} "${CMAKE_CURRENT_BINARY_DIR}/${program}.cpp")
    target_include_directories(${program} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
    target_compile_definitions(${program} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
    target_compile_options(${program} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_OPTIONS>)
    target_link_libraries(${program} PRIVATE annals::annals $<TARGET_PROPERTY:${target},LINK_LIBRARIES>)

    add_test(NAME ${target}.schema COMMAND ${program} check "${lock_FILE}")
    add_custom_target(${accept} COMMAND ${program} accept "${lock_FILE}" VERBATIM)
endfunction()
