// Certificates for servers and clients of tests, made by `openssl`.
#pragma once

#include "support/child_process.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace support {

/// Two files.
struct certificate {
    std::string path, key;
};

/// Makes both. It is for the names (`IP:127.0.0.1`, `DNS:localhost`, with commas), and signed by another one, or by itself.
inline void make_certificate(const certificate& made, const std::string& names, const certificate* signer = nullptr) {
    // The subject must be another one than the signer's, else it is taken for one that signs itself.
    std::vector<std::string> words{"openssl",
                                   "req",
                                   "-x509",
                                   "-newkey",
                                   "ec",
                                   "-pkeyopt",
                                   "ec_paramgen_curve:prime256v1",
                                   "-nodes",
                                   "-days",
                                   "2",
                                   "-subj",
                                   signer ? "/CN=signed" : "/CN=itself",
                                   "-addext",
                                   "subjectAltName=" + names,
                                   "-out",
                                   made.path,
                                   "-keyout",
                                   made.key};
    if (signer) words.insert(words.end(), {"-CA", signer->path, "-CAkey", signer->key});
    if (child_process(words, "/dev/null").wait() != 0) throw std::runtime_error("openssl makes no certificate");
}

}  // namespace support
