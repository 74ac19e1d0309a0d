// SPDX-License-Identifier: BSD-3-Clause
// Writing an object down and reading it back. A class that is part of the state of a run has one member function, archive(),
// which hands over its members in a fixed order; whether they are written or read is the archive's business, so that the two
// directions cannot differ. The format is that of this program on this kind of machine: native byte order, no names but those
// of pieces, which tell a reader that it is where it should be.
#pragma once

#include "base/diagnostics.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace bouton::base {

/// What is read is not what was to be read.
class ArchiveError : public Error {
public:
    explicit ArchiveError(const std::string& what) : Error(what, 2) {}
};

class Archive {
public:
    virtual ~Archive() = default;

    virtual bool reads() const = 0;
    /// Writes `size` bytes from `data`, or reads as many to it. Reading throws ArchiveError if there are fewer.
    virtual void bytes(void* data, std::size_t size) = 0;
    /// How many bytes there are left to read; the most there can be if nobody knows.
    virtual std::size_t left() const { return static_cast<std::size_t>(-1); }

    /// Begins a piece of that name. Reading throws ArchiveError if another one was written here.
    void piece(std::string_view name);

    template <class T>
    void value(T& value) {
        static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
        bytes(&value, sizeof value);
    }
    /// A count of things of `each` bytes, one at least; reading throws ArchiveError if so many cannot follow.
    void count(std::size_t& count, std::size_t each);
    /// A vector, or whatever has data, size and resize, of plain values.
    template <class List>
    void list(List& list) {
        using T = std::remove_reference_t<decltype(*list.data())>;
        static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
        std::size_t size = list.size();
        count(size, sizeof(T));
        if (reads()) list.resize(size);
        if (size > 0) bytes(list.data(), size * sizeof(T));
    }
    void text(std::string& text) { list(text); }
    /// Throws ArchiveError, when reading, unless what was written here equals `value`. `what` says what it is.
    template <class T>
    void same(const T& value, const char* what) {
        T stored = value;
        this->value(stored);
        if (stored != value) refuse(what);
    }

private:
    [[noreturn]] static void refuse(const char* what);
};

/// Adds up how many bytes would be written.
class CountingArchive : public Archive {
public:
    bool reads() const override { return false; }
    void bytes(void*, std::size_t size) override { sum_ += size; }
    std::size_t sum() const { return sum_; }

private:
    std::size_t sum_ = 0;
};

/// Writes to memory.
class MemoryWriter : public Archive {
public:
    /// `memory` is emptied; room for `expected` bytes is made at once.
    MemoryWriter(std::vector<std::byte>& memory, std::size_t expected);
    bool reads() const override { return false; }
    void bytes(void* data, std::size_t size) override;

private:
    std::vector<std::byte>& memory_;
};

/// Reads from memory, which must outlive it.
class MemoryReader : public Archive {
public:
    explicit MemoryReader(const std::vector<std::byte>& memory) : memory_(memory) {}
    bool reads() const override { return true; }
    void bytes(void* data, std::size_t size) override;
    std::size_t left() const override { return memory_.size() - at_; }

private:
    const std::vector<std::byte>& memory_;
    std::size_t at_ = 0;
};

/// Writes an object to memory, in which nothing is moved as it grows.
template <class Object>
std::vector<std::byte> archived(Object& object) {
    CountingArchive counted;
    object.archive(counted);
    std::vector<std::byte> memory;
    MemoryWriter writer(memory, counted.sum());
    object.archive(writer);
    return memory;
}

}  // namespace bouton::base
