// SPDX-License-Identifier: BSD-3-Clause
#include "base/flush_to_zero.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bouton::base {
namespace {

#if defined(__x86_64__)

constexpr std::uint64_t kFlush = 0x8040;  // results (bit 15) and operands (bit 6)

std::uint64_t control() { return _mm_getcsr(); }
void set_control(std::uint64_t value) { _mm_setcsr(static_cast<unsigned>(value)); }

#elif defined(__aarch64__)

constexpr std::uint64_t kFlush = 1 << 24;

std::uint64_t control() {
    std::uint64_t value = 0;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
}
void set_control(std::uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }

#else

constexpr std::uint64_t kFlush = 0;

std::uint64_t control() { return 0; }
void set_control(std::uint64_t) {}

#endif

}  // namespace

FlushToZero::FlushToZero() : before_(control()) { set_control(before_ | kFlush); }

// Exceptions that operations have noted meanwhile may be forgotten: nobody asks for them.
FlushToZero::~FlushToZero() { set_control(before_); }

}  // namespace bouton::base
