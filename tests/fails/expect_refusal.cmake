# Compiles PROGRAM twice with COMPILER, of the family `gcc` or `clang`, and FLAGS: as it is, which must succeed, and with
# MUST_NOT_COMPILE, which must be refused with the texts that the program asks for. See CMakeLists.txt here.

set(ENV{LC_ALL} C)

# Reports failures and what the compiler said. Lines that begin with a space are left as they are by CMake.
function(report what)
    string(REPLACE "\n" "\n  " text "  ${what}\n${ARGN}")
    message(FATAL_ERROR "${text}")
endfunction()

function(compile status output)
    execute_process(COMMAND "${COMPILER}" ${FLAGS} -fsyntax-only ${ARGN} "${PROGRAM}"
                    RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
    set(${status} "${result}" PARENT_SCOPE)
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

compile(status output)
if(NOT status EQUAL 0)
    report("does not compile without the mistake" "${output}")
endif()

compile(status output -DMUST_NOT_COMPILE)
if(status EQUAL 0)
    report("compiles in spite of the mistake")
endif()

# Lists of CMake know semicolons and brackets; the lines are taken one by one instead.
string(REGEX MATCHALL "\n" line_ends "${output}")
list(LENGTH line_ends line_count)
string(REGEX MATCH "^([^\n]*\n?)([^\n]*\n?)([^\n]*\n?)([^\n]*\n?)([^\n]*\n?)" first_lines "${output}")
string(REGEX MATCH "error:[^\n]*" first_error "${output}")

set(failures "")
string(FIND "${first_error}" "annals" place)
if(place EQUAL -1)
    string(APPEND failures "the first error does not name annals\n")
endif()
if(NOT line_count LESS 40)
    string(APPEND failures "the error has ${line_count} lines\n")
endif()

set(asked 0)
file(STRINGS "${PROGRAM}" comments REGEX "^// (refused|refused by ${FAMILY}|remedy): ")
foreach(comment IN LISTS comments)
    string(REGEX MATCH "^// (refused|remedy)[^:]*: (.*)$" matched "${comment}")
    set(kind "${CMAKE_MATCH_1}")
    set(text "${CMAKE_MATCH_2}")
    if(kind STREQUAL "refused")
        string(FIND "${first_lines}" "${text}" place)
        set(where "within the first five lines")
        math(EXPR asked "${asked} + 1")
    else()
        string(FIND "${output}" "${text}" place)
        set(where "anywhere")
    endif()
    if(place EQUAL -1)
        string(APPEND failures "does not say, ${where}: ${text}\n")
    endif()
endforeach()
if(asked EQUAL 0)
    string(APPEND failures "asks for no text\n")
endif()

if(failures)
    report("${failures}" "${output}")
endif()
