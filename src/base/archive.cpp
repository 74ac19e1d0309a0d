// SPDX-License-Identifier: BSD-3-Clause
#include "base/archive.hpp"

#include <cstring>

namespace bouton::base {

void Archive::refuse(const char* what) {
    throw ArchiveError(std::string("the state is that of another network: ") + what + " differs");
}

void Archive::piece(std::string_view name) {
    std::string found(name);
    text(found);
    if (found != name)
        throw ArchiveError("the state is that of another network: it has " + escape(found) + " where " +
                           escape(std::string(name)) + " was to come");
}

void Archive::count(std::size_t& count, std::size_t each) {
    std::uint64_t stored = count;
    value(stored);
    count = static_cast<std::size_t>(stored);
    if (reads() && count > left() / each) throw ArchiveError("the state ends too early");
}

MemoryWriter::MemoryWriter(std::vector<std::byte>& memory, std::size_t expected) : memory_(memory) {
    memory_.clear();
    memory_.reserve(expected);
}

void MemoryWriter::bytes(void* data, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    memory_.insert(memory_.end(), first, first + size);
}

void MemoryReader::bytes(void* data, std::size_t size) {
    if (size > left()) throw ArchiveError("the state ends too early");
    if (size > 0) std::memcpy(data, memory_.data() + at_, size);
    at_ += size;
}

}  // namespace bouton::base
