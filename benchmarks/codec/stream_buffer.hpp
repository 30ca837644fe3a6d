// A stream buffer over memory that is there already, for the contestants that write to streams.
#pragma once

#include "loops.hpp"

#include <cstring>
#include <streambuf>

/// Neither allocates nor grows: what is written beyond the room is lost, and the contestant fails its round trip.
class stream_buffer : public std::streambuf {
public:
    void write_to(std::span<std::byte> room) {
        auto* const at = reinterpret_cast<char*>(room.data());
        setp(at, at + room.size());
    }
    void read_from(bytes from) {
        auto* const at = const_cast<char*>(reinterpret_cast<const char*>(from.data()));
        setg(at, at, at + from.size());
    }
    std::byte* end() const { return reinterpret_cast<std::byte*>(pptr()); }

protected:
    std::streamsize xsputn(const char* from, std::streamsize count) override {
        if (epptr() - pptr() < count) return 0;
        std::memcpy(pptr(), from, static_cast<std::size_t>(count));
        pbump(static_cast<int>(count));
        return count;
    }
    std::streamsize xsgetn(char* to, std::streamsize count) override {
        if (egptr() - gptr() < count) return 0;
        std::memcpy(to, gptr(), static_cast<std::size_t>(count));
        gbump(static_cast<int>(count));
        return count;
    }
};
