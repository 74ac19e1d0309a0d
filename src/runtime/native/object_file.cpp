// SPDX-License-Identifier: BSD-3-Clause
// ELF as far as the loader reads it without looking whether it is there: the header, the segments, the sections.
#include "runtime/native/object_file.hpp"

#if defined(__ELF__)
#include <elf.h>
#include <link.h>
#endif

#include <cstdint>
#include <cstring>
#include <optional>

namespace bouton::runtime {

#if defined(__ELF__)

namespace {

template <class Record>
std::optional<Record> record_at(std::string_view content, std::uint64_t offset) {
    if (offset > content.size() || content.size() - offset < sizeof(Record)) return std::nullopt;
    Record record;
    std::memcpy(&record, content.data() + offset, sizeof record);
    return record;
}

/// The header of this program, which runs on the machine at hand.
ElfW(Ehdr) own_header() {
    ElfW(Ehdr) header{};
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* found) {
            for (int k = 0; k < info->dlpi_phnum; ++k) {
                const auto& segment = info->dlpi_phdr[k];
                if (segment.p_type != PT_LOAD || segment.p_offset != 0) continue;
                std::memcpy(found, reinterpret_cast<const void*>(info->dlpi_addr + segment.p_vaddr),
                            sizeof(ElfW(Ehdr)));
                return 1;
            }
            return 0;
        },
        &header);
    return header;
}

bool is_whole(std::string_view content, const ElfW(Ehdr) & header) {
    for (int k = 0; k < header.e_phnum; ++k) {
        const auto segment =
            record_at<ElfW(Phdr)>(content, header.e_phoff + sizeof(ElfW(Phdr)) * std::size_t(k));
        if (!segment || segment->p_offset > content.size()) return false;
        if (segment->p_type == PT_LOAD && segment->p_filesz > content.size() - segment->p_offset)
            return false;
    }
    // Linkers write the table of sections last.
    const std::uint64_t end = header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
    return end <= content.size();
}

}  // namespace

std::string fault_of_object(std::string_view content) {
    if (content.empty()) return "it is empty or missing";
    const auto header = record_at<ElfW(Ehdr)>(content, 0);
    if (!content.starts_with(ELFMAG)) return "it is not a shared object";
    if (!header) return "it is cut off";
    const ElfW(Ehdr) own = own_header();
    if (header->e_ident[EI_CLASS] != own.e_ident[EI_CLASS] ||
        header->e_ident[EI_DATA] != own.e_ident[EI_DATA] || header->e_machine != own.e_machine)
        return "it is for another kind of machine";
    if (header->e_type != ET_DYN) return "it is not a shared object";
    return is_whole(content, *header) ? std::string() : "it is cut off";
}

#else

std::string fault_of_object(std::string_view content) {
    return content.empty() ? "it is empty or missing" : std::string();
}

#endif

}  // namespace bouton::runtime
