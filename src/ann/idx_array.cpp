// SPDX-License-Identifier: BSD-3-Clause
// Memory is taken as content arrives, never on the word of the header; the checksum is taken on the way.
#include "ann/idx_array.hpp"

#include "base/diagnostics.hpp"
#include "base/sha256.hpp"
#include "base/stop.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <system_error>

#include <fmt/format.h>

namespace bouton::ann {
namespace {

namespace fs = std::filesystem;
using base::Code;

constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr const char* kAgain = "fetch the file again";

[[noreturn]] void refuse(Code code, const fs::path& file, const std::string& what, const std::string& hint) {
    base::Diagnostics diagnostics;
    diagnostics.error(code, {}, fmt::format("'{}': {}", file.string(), what), hint);
    throw base::DiagnosticError(std::move(diagnostics));
}

/// The unpacked bytes of a file, hashed as they are read.
class Content {
public:
    explicit Content(const fs::path& file) : file_(file) {
        std::error_code error;
        const auto status = fs::status(file, error);
        if (!fs::exists(status)) refuse(Code::E701, file, "no such file", "name the folder that holds it");
        if (!fs::is_regular_file(status)) {
            refuse(Code::E701, file, "not an ordinary file", "name the folder that holds the data");
        }
        errno = 0;
        stream_.reset(gzopen(file.c_str(), "rbe"));  // reads what is not gzip as it is
        if (!stream_) refuse(Code::E701, file, "cannot be read: " + cause(errno), "look at its permissions");
    }

    /// Fewer than asked for only at the end of the content.
    std::size_t read(std::span<std::uint8_t> to) {
        std::size_t done = 0;
        while (done < to.size()) {
            base::check_stop();
            errno = 0;
            const auto wanted = static_cast<unsigned>(std::min(to.size() - done, kChunk));
            const int count = gzread(stream_.get(), to.data() + done, wanted);
            if (count < static_cast<int>(wanted)) check_stream();
            if (count <= 0) break;
            hash_.add(std::as_bytes(to.subspan(done, static_cast<std::size_t>(count))));
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    std::string sha256() { return hash_.text(); }

private:
    static std::string cause(int number) { return std::generic_category().message(number); }

    void check_stream() const {
        const int system = errno;
        int error = Z_OK;
        const std::string text = gzerror(stream_.get(), &error);
        if (error == Z_ERRNO) refuse(Code::E701, file_, "cannot be read: " + cause(system), kAgain);
        if (error == Z_BUF_ERROR) refuse(Code::E703, file_, "cut off: its gzip data end early", kAgain);
        if (error == Z_MEM_ERROR) throw std::bad_alloc();
        if (error < 0) refuse(Code::E701, file_, "damaged gzip data (" + text + ")", kAgain);
    }

    struct Close {
        void operator()(gzFile stream) const { gzclose(stream); }
    };
    fs::path file_;
    std::unique_ptr<gzFile_s, Close> stream_;
    base::Sha256 hash_;
};

std::string hex(std::span<const std::uint8_t> bytes) {
    return fmt::format("{:02x}", fmt::join(bytes.begin(), bytes.end(), " "));
}

void check_magic(Content& content, const fs::path& file, std::size_t dimensions) {
    const std::array<std::uint8_t, 4> magic = {0, 0, 0x08, static_cast<std::uint8_t>(dimensions)};
    std::array<std::uint8_t, 4> found{};
    const std::size_t size = content.read(found);
    if (size == 0) refuse(Code::E703, file, "empty", kAgain);
    if (size == found.size() && found == magic) return;
    refuse(Code::E702, file,
           fmt::format("not an IDX file of bytes in {} dimension{}: it begins with {}, expected {}",
                       dimensions, dimensions == 1 ? "" : "s", hex(std::span(found).first(size)), hex(magic)),
           "images have 3 dimensions, labels 1; was a file renamed or another kind of data put here?");
}

std::vector<std::size_t> read_shape(Content& content, const fs::path& file, std::size_t dimensions) {
    std::vector<std::uint8_t> bytes(4 * dimensions);
    if (content.read(bytes) < bytes.size()) refuse(Code::E703, file, "cut off within its header", kAgain);
    std::vector<std::size_t> shape;
    for (std::size_t d = 0; d < dimensions; ++d) {
        const std::uint8_t* b = &bytes[4 * d];
        shape.push_back(std::size_t{b[0]} << 24 | std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | b[3]);
    }
    return shape;
}

std::string sizes(const std::vector<std::size_t>& shape) {
    return fmt::format("{}", fmt::join(shape, " x "));
}

std::size_t count_of(const std::vector<std::size_t>& shape, const fs::path& file) {
    std::size_t count = 1;
    for (const std::size_t size : shape) {
        if (__builtin_mul_overflow(count, size, &count)) {
            refuse(Code::E703, file, "no file holds the " + sizes(shape) + " values that its header states",
                   kAgain);
        }
    }
    return count;
}

}  // namespace

IdxArray read_idx(const fs::path& file, std::size_t dimensions) {
    Content content(file);
    check_magic(content, file, dimensions);
    IdxArray array{read_shape(content, file, dimensions), {}, {}};
    const std::size_t count = count_of(array.shape, file);

    auto& values = array.values;
    values.reserve(std::min(count, 64 * kChunk));
    while (values.size() < count) {
        const std::size_t begin = values.size();
        values.resize(begin + std::min(count - begin, std::max(begin, kChunk)));
        const std::size_t got = content.read(std::span(values).subspan(begin));
        if (begin + got == values.size()) continue;
        refuse(Code::E703, file,
               fmt::format("cut off: {} bytes follow the header, which states {}", begin + got,
                           sizes(array.shape)),
               kAgain);
    }
    std::uint8_t further = 0;
    if (content.read({&further, 1}) > 0) {
        refuse(
            Code::E703, file,
            fmt::format("too long: more bytes follow the header than the {} it states", sizes(array.shape)),
            kAgain);
    }
    array.sha256 = content.sha256();
    return array;
}

}  // namespace bouton::ann
