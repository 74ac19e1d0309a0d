// SPDX-License-Identifier: BSD-3-Clause
#include "io/seal.hpp"

#include "base/sha256.hpp"
#include "io/hdf5/readers.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = std::size_t{1} << 16;
constexpr const char* kUseACopy = "; use a copy of it";

std::string cause() { return std::generic_category().message(errno); }

/// An open file, closed with it.
class Descriptor {
public:
    Descriptor(const fs::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

    /// Fewer bytes than asked for only at the end of the file. Nothing if reading fails.
    std::optional<std::size_t> read(char* to, std::size_t size) const {
        std::size_t done = 0;
        while (done < size) {
            const ssize_t count = ::read(number_, to + done, std::min(size - done, kChunk));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return std::nullopt;
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

private:
    int number_;
};

struct Content {
    std::string head;  ///< shorter only if the file is
    std::size_t bytes = 0;
    std::string sha256;
};

/// Nothing, with errno, if the file cannot be read.
std::optional<Content> read_content(const Descriptor& file) {
    Content content;
    content.head.resize(kSealBytes);
    const auto head = file.read(content.head.data(), kSealBytes);
    if (!head) return std::nullopt;
    content.head.resize(*head);
    base::Sha256 hash;
    std::vector<char> chunk(kChunk);
    for (;;) {
        const auto count = file.read(chunk.data(), chunk.size());
        if (!count) return std::nullopt;
        hash.add(std::as_bytes(std::span(chunk).first(*count)));
        content.bytes += *count;
        if (*count < chunk.size()) break;
    }
    content.sha256 = hash.text();
    return content;
}

/// The number behind `word` in a head; nothing if there is none.
std::optional<std::size_t> number_after(std::string_view head, std::string_view word) {
    const auto at = head.find(word);
    if (at == std::string_view::npos) return std::nullopt;
    std::size_t value = 0;
    const char* first = head.data() + at + word.size();
    const auto [end, failed] = std::from_chars(first, head.data() + head.size(), value);
    return failed == std::errc() && end != first ? std::optional(value) : std::nullopt;
}

std::string format_word(const SealKind& kind) { return fmt::format("{}, format ", kind.name); }
constexpr std::string_view kBytesWord = "\nbytes ";

}  // namespace

std::string seal_text(const SealKind& kind, std::size_t bytes, std::string_view sha256) {
    std::string text = fmt::format(
        "{}{}\nThese 512 bytes say what follows them: how many bytes, and their SHA-256.{}{}\nsha256 {}\n",
        format_word(kind), kind.format, kBytesWord, bytes, sha256);
    text.resize(kSealBytes, ' ');
    text.back() = '\n';
    return text;
}

void write_seal(const fs::path& path, const SealKind& kind) {
    const auto fail = [&] { throw WriteError("finish", cause()).in(path); };
    const Descriptor file(path, O_RDWR);
    if (!file) fail();
    const auto content = read_content(file);
    if (!content) fail();
    const std::string head = seal_text(kind, content->bytes, content->sha256);
    for (std::size_t done = 0; done < head.size();) {
        const ssize_t count =
            ::pwrite(file.get(), head.data() + done, head.size() - done, static_cast<off_t>(done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail();
        done += static_cast<std::size_t>(count);
    }
}

void check_seal(const fs::path& path, const SealKind& kind) {
    const Descriptor file(path, O_RDONLY);
    if (!file) throw ReadError(cause());
    const auto content = read_content(file);
    if (!content) throw ReadError("it cannot be read: " + cause());
    const std::string_view head = content->head;
    if (!head.starts_with(kind.name))
        throw ReadError(fmt::format("it does not begin as a {} does", kind.name));
    const auto format = number_after(head, format_word(kind));
    const SealKind stated{kind.name, static_cast<unsigned>(format.value_or(0))};
    if (head == seal_text(stated, content->bytes, content->sha256)) {
        if (stated.format == kind.format) return;
        throw ReadError(fmt::format("{} bouton wrote it, in format {}; this one reads format {}",
                                    stated.format > kind.format ? "a later" : "another", stated.format,
                                    kind.format));
    }
    const auto bytes = number_after(head, kBytesWord);
    if (bytes && *bytes != content->bytes) {
        throw ReadError(fmt::format("it is {}: {} bytes follow its head, which says {}{}",
                                    content->bytes < *bytes ? "cut off" : "longer than it was written",
                                    content->bytes, *bytes, kUseACopy));
    }
    throw ReadError(
        fmt::format("it is damaged or was changed: its bytes are not those that were written{}", kUseACopy));
}

}  // namespace bouton::io
