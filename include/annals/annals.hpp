// annals: event sourcing checked by the compiler: the model, the log in memory, repositories. What costs more to include
// stands beside it: annals/model/hana.hpp, annals/schema/print.hpp, annals/testing/given.hpp.
// The order is that of the rooms, so that an error in one of them is reported as directly included from here.
#pragma once

#include <annals/model/mistake.hpp>
#include <annals/model/events.hpp>
#include <annals/model/event.hpp>
#include <annals/model/context.hpp>
#include <annals/model/apply.hpp>
#include <annals/model/projection.hpp>
#include <annals/model/handlers.hpp>
#include <annals/model/reader.hpp>
#include <annals/model/decision.hpp>
#include <annals/model/aggregate.hpp>
#include <annals/model/replay.hpp>

#include <annals/schema/name.hpp>

#include <annals/log/error.hpp>
#include <annals/log/append.hpp>
#include <annals/log/query.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/capabilities.hpp>
#include <annals/log/front.hpp>
#include <annals/log/replay.hpp>
#include <annals/log/memory_log.hpp>

#include <annals/app/repository.hpp>
