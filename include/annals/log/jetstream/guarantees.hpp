// What a NATS server promises of what it acknowledged, which depends on its version.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace annals {

/// As the server said when the log was opened. Sources are nats-io/nats-server: its files by version, its issues by number.
struct jetstream_guarantees {
    enum class assurance { no, if_configured, yes };

    std::string server_version{};  // empty if it does not say, which is taken for an old one
    bool        is_clustered = false;
    int         replicas     = 1;
    /// What was acknowledged is there when the server's process ends, however that is: it was handed to the system, by a
    /// majority of the replicas.
    bool survives_process_crash = true;
    /// The same of a machine that loses power, or an operating system that crashes. Up to 2.9 a server asks the disk to write
    /// every two minutes, which cannot be changed (server/stream.go of 2.9.10). Since 2.10 its configuration may say
    /// `sync_interval: always`, which is not the default, and a client cannot see it; see also #7549, #7564 and #7567.
    /// Replicas on machines that do not fail together keep what one of them loses.
    assurance survives_power_cut = assurance::no;
    /// Of several who append to one stream at one version, one does. A single server compares and stores in one step. In a
    /// cluster, those who come at the same moment may all have been let through before 2.9.21 (#4320, #4319), and those who
    /// begin a stream before 2.10.19 (#5794): where two programs append to three streams as fast as they can, 2.9.10 does so
    /// with 1 to 9 of a hundred appends. All of them are in the log then, each once, at the same version, and whoever reads
    /// is handed all of them, with no error. What was refused is not there, and no version is left out. The numbers of schemas
    /// rest on the check, too: with such a cluster, let one program of a new version begin before the others.
    bool checks_are_safe = true;

    /// All of it, for people: a few lines.
    [[nodiscard]] std::string words() const {
        std::string text = "NATS server " + (server_version.empty() ? std::string{"of an unknown version"} : server_version);
        text.append(is_clustered ? ", a cluster" : ", a single server").append("; replicas: ").append(std::to_string(replicas));
        text.append("\nacknowledged appends survive the end of the server's process: yes");
        text.append("\nacknowledged appends survive a power cut: ")
            .append(survives_power_cut == assurance::no ? "no, the disk is told to write every two minutes"
                                                        : "only if the server is configured with sync_interval: always");
        text.append("\nof several who append at one version, one does: ")
            .append(checks_are_safe ? "yes" : "not if they come at the same moment; a server of 2.10.19 or later is needed");
        return text;
    }

    static jetstream_guarantees of(std::string version, bool is_clustered, int replicas) {
        jetstream_guarantees made;
        const auto           number = numbers_of(version);
        made.server_version         = std::move(version);
        made.is_clustered           = is_clustered;
        made.replicas               = replicas;
        if (number >= std::array{2, 10, 0}) made.survives_power_cut = assurance::if_configured;
        made.checks_are_safe = replicas == 1 || number >= std::array{2, 10, 19};
        return made;
    }

private:
    static std::array<int, 3> numbers_of(std::string_view version) {
        std::array<int, 3> numbers{};
        const char*        at  = version.data();
        const char* const  end = at + version.size();
        for (int& each : numbers) {
            at = std::from_chars(at, end, each).ptr;
            if (at != end && *at == '.') ++at;
        }
        return numbers;
    }
};

}  // namespace annals
