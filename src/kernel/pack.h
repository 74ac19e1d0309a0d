// SPDX-License-Identifier: BSD-3-Clause
// As many real numbers as the widest registers hold, what is true of them, and lists of the elements of which it is. Some processors
// keep truth values as bits: a loop that the compiler makes vectors of turns them into numbers and back, these types do not.
#pragma once

#include "flags.h"
#include "neuron_words.h"
#include "real.h"

namespace bn {

template <class Real>
struct PackTypes;
template <>
struct PackTypes<double> {
    typedef double Numbers __attribute__((vector_size(BN_WIDE_BYTES)));
    typedef double Stored __attribute__((vector_size(BN_WIDE_BYTES), aligned(8), may_alias));
    typedef int64_t Signs __attribute__((vector_size(BN_WIDE_BYTES)));
    typedef uint8_t Bits;
};
template <>
struct PackTypes<float> {
    typedef float Numbers __attribute__((vector_size(BN_WIDE_BYTES)));
    typedef float Stored __attribute__((vector_size(BN_WIDE_BYTES), aligned(4), may_alias));
    typedef int32_t Signs __attribute__((vector_size(BN_WIDE_BYTES)));
    typedef uint16_t Bits;
};
template <class Real>
using Pack = typename PackTypes<Real>::Numbers;
template <class Real>
constexpr int64_t kPackSize = BN_WIDE_BYTES / sizeof(Real);

// The same number everywhere.
template <class Real>
BN_INLINE Pack<Real> pack(Real number) {
    return number - Pack<Real>{};
}
template <class Real>
BN_INLINE Pack<Real> load_pack(const Real* from) {
    return *reinterpret_cast<const typename PackTypes<Real>::Stored*>(from);
}
template <class Real>
BN_INLINE void store_pack(Real* to, Pack<Real> numbers) {
    *reinterpret_cast<typename PackTypes<Real>::Stored*>(to) = numbers;
}

#if BN_WIDE_BYTES == 64

#define BN_COMPARED(a, sign, b, predicate) compare<predicate>(a, b)

// Bit l tells of number l.
template <class Real>
struct Mask {
    typename PackTypes<Real>::Bits bits;
};
template <class Real>
BN_INLINE Mask<Real> mask(uint32_t bits) {
    return {static_cast<typename PackTypes<Real>::Bits>(bits)};
}

// From bytes that are 0 or 1.
template <class Real>
BN_INLINE Mask<Real> load_mask(const uint8_t* from) {
    uint64_t words[2] = {};
    __builtin_memcpy(words, from, kPackSize<Real>);
#if defined(__AVX512BW__) && defined(__AVX512VL__)
    typedef uint64_t Words __attribute__((vector_size(16)));
    typedef char Bytes __attribute__((vector_size(16)));
    const Bytes bytes = (Bytes)Words{words[0], words[1]};
    return mask<Real>(__builtin_ia32_cmpb128_mask(bytes, Bytes{}, 4, -1));
#else
    return mask<Real>(eight_flag_bits(words[0]) | eight_flag_bits(words[1]) << 8);
#endif
}
// `predicate` as the instruction counts them.
template <int predicate>
BN_INLINE Mask<double> compare(const Pack<double>& a, const Pack<double>& b) {
    return mask<double>(__builtin_ia32_cmppd512_mask(a, b, predicate, -1, 4));
}
template <int predicate>
BN_INLINE Mask<float> compare(const Pack<float>& a, const Pack<float>& b) {
    return mask<float>(__builtin_ia32_cmpps512_mask(a, b, predicate, -1, 4));
}
template <class Real>
BN_INLINE Pack<Real> select(Mask<Real> mask, const Pack<Real>& yes, const Pack<Real>& no) {
#ifdef __clang__
    if constexpr (sizeof(Real) == 8)
        return __builtin_ia32_selectpd_512(mask.bits, yes, no);
    else
        return __builtin_ia32_selectps_512(mask.bits, yes, no);
#else
    if constexpr (sizeof(Real) == 8)
        return __builtin_ia32_blendmpd_512_mask(no, yes, mask.bits);
    else
        return __builtin_ia32_blendmps_512_mask(no, yes, mask.bits);
#endif
}
template <class Real>
BN_INLINE uint64_t bits(Mask<Real> mask) {
    return mask.bits;
}

#else

#define BN_COMPARED(a, sign, b, predicate) \
    { a sign b }

template <class Real>
struct Mask {
    typename PackTypes<Real>::Signs bits;  // -1 or 0
};
template <class Real>
BN_INLINE Mask<Real> mask(const typename PackTypes<Real>::Signs& signs) {
    return {signs};
}
// From bytes that are 0 or 1.
template <class Real>
BN_INLINE Mask<Real> load_mask(const uint8_t* from) {
    typedef uint8_t Bytes __attribute__((vector_size(kPackSize<Real>)));
    typedef typename PackTypes<Real>::Signs Signs;
    Bytes bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return {-__builtin_convertvector(bytes, Signs)};
}
template <class Real>
BN_INLINE Pack<Real> select(const Mask<Real>& mask, const Pack<Real>& yes, const Pack<Real>& no) {
    return mask.bits ? yes : no;
}
template <class Real>
BN_INLINE uint64_t bits(const Mask<Real>& mask) {
#if BN_WIDE_BYTES == 32
    return sign_bits(mask.bits);
#elif defined(__SSE2__)
    typedef float Floats __attribute__((vector_size(16)));
    typedef double Doubles __attribute__((vector_size(16)));
    if constexpr (sizeof(Real) == 4)
        return static_cast<uint64_t>(__builtin_ia32_movmskps((Floats)mask.bits));
    else
        return static_cast<uint64_t>(__builtin_ia32_movmskpd((Doubles)mask.bits));
#else
    uint64_t found = 0;
    for (int l = 0; l < kPackSize<Real>; ++l) found |= uint64_t{mask.bits[l] != 0} << l;
    return found;
#endif
}

#endif

// Nan is less than nothing, equals nothing, and differs from everything.
template <class Real>
BN_INLINE Mask<Real> less(const Pack<Real>& a, const Pack<Real>& b) {
    return BN_COMPARED(a, <, b, 17);
}
template <class Real>
BN_INLINE Mask<Real> less_equal(const Pack<Real>& a, const Pack<Real>& b) {
    return BN_COMPARED(a, <=, b, 18);
}
template <class Real>
BN_INLINE Mask<Real> equal(const Pack<Real>& a, const Pack<Real>& b) {
    return BN_COMPARED(a, ==, b, 0);
}
template <class Real>
BN_INLINE Mask<Real> not_equal(const Pack<Real>& a, const Pack<Real>& b) {
    return BN_COMPARED(a, !=, b, 4);
}
#undef BN_COMPARED

template <class Real>
BN_INLINE Mask<Real> operator&(const Mask<Real>& a, const Mask<Real>& b) {
    return mask<Real>(a.bits & b.bits);
}
template <class Real>
BN_INLINE Mask<Real> operator|(const Mask<Real>& a, const Mask<Real>& b) {
    return mask<Real>(a.bits | b.bits);
}
template <class Real>
BN_INLINE Mask<Real> operator!(const Mask<Real>& a) {
    return mask<Real>(~a.bits);
}

// The numbers of the elements from `first` on whose bits are set go to `list`, ascending. Returns the end of the list.
BN_INLINE uint32_t* append(uint64_t bits, int64_t first, uint32_t* list) {
    for (; bits != 0; bits &= bits - 1) *list++ = static_cast<uint32_t>(first + __builtin_ctzll(bits));
    return list;
}

}  // namespace bn
