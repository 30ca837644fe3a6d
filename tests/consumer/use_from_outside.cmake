# Configures, builds and runs `project/` in SCRATCH, with annals from ANNALS_SOURCE or as installed from ANNALS_BUILD.

function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/project" DESTINATION "${SCRATCH}")
if(WAY STREQUAL "installed")
    run("${CMAKE_COMMAND}" --install "${ANNALS_BUILD}" --prefix "${SCRATCH}/prefix")
    # What was installed has to stand on its own: the sources are out of sight, and nothing but the headers came along.
    set(where "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix")
    foreach(file IN ITEMS include/annals/annals.hpp share/licenses/annals/LICENSE)
        if(NOT EXISTS "${SCRATCH}/prefix/${file}")
            message(FATAL_ERROR "not installed: ${file}")
        endif()
    endforeach()
    if(EXISTS "${SCRATCH}/prefix/bin")
        message(FATAL_ERROR "programs were installed")
    endif()
else()
    set(where "-DANNALS_SOURCE=${ANNALS_SOURCE}")
endif()

run("${CMAKE_COMMAND}" -S "${SCRATCH}/project" -B "${SCRATCH}/build" -G Ninja "-DWAY=${WAY}" "-DCMAKE_CXX_COMPILER=${COMPILER}" ${where})
run("${CMAKE_COMMAND}" --build "${SCRATCH}/build")
run("${SCRATCH}/build/counter")
