// SPDX-License-Identifier: BSD-3-Clause
// The loops of loops.h. Compiled into the test and, while it runs, into shared objects with other flags.
#include "tests/kernel/variants/loops.h"

#include "kernel/bouton_math.h"
#include "kernel/bouton_random.h"
#include "kernel/deferred.h"
#include "kernel/pack.h"

namespace {

#define LOOP(id, T, expression)                                          \
    void id(const void* xs, const void* ys, void* outs, int n) {         \
        const T* __restrict x = static_cast<const T*>(xs);               \
        const T* __restrict y = static_cast<const T*>(ys);               \
        T* __restrict out = static_cast<T*>(outs);                       \
        (void)x, (void)y;                                                \
        for (int i = 0; i < n; ++i) out[i] = static_cast<T>(expression); \
    }                                                                    \
    constexpr int id##_line = __LINE__;

LOOP(exp_d, double, bn::exp(x[i]))
LOOP(exp_f, float, bn::exp(x[i]))
LOOP(expm1_d, double, bn::expm1(x[i]))
LOOP(expm1_f, float, bn::expm1(x[i]))
LOOP(exprel_d, double, bn::exprel(x[i]))
LOOP(exprel_f, float, bn::exprel(x[i]))
LOOP(log_d, double, bn::log(x[i]))
LOOP(log_f, float, bn::log(x[i]))
LOOP(log1p_d, double, bn::log1p(x[i]))
LOOP(log1p_f, float, bn::log1p(x[i]))
LOOP(log10_d, double, bn::log10(x[i]))
LOOP(log10_f, float, bn::log10(x[i]))
LOOP(tanh_d, double, bn::tanh(x[i]))
LOOP(tanh_f, float, bn::tanh(x[i]))
LOOP(sinh_d, double, bn::sinh(x[i]))
LOOP(sinh_f, float, bn::sinh(x[i]))
LOOP(cosh_d, double, bn::cosh(x[i]))
LOOP(cosh_f, float, bn::cosh(x[i]))
LOOP(pow_d, double, bn::pow(x[i], y[i]))
LOOP(pow_f, float, bn::pow(x[i], y[i]))
LOOP(sqrt_d, double, bn::sqrt(x[i]))
LOOP(sqrt_f, float, bn::sqrt(x[i]))
LOOP(cube_d, double, bn::powi<3>(x[i]))
LOOP(cube_f, float, bn::powi<-3>(x[i]))
LOOP(floor_d, double, bn::floor(x[i]))
LOOP(floor_f, float, bn::floor(x[i]))
LOOP(ceil_d, double, bn::ceil(x[i]))
LOOP(trunc_f, float, bn::trunc(x[i]))
LOOP(abs_d, double, bn::abs(x[i]))
LOOP(sign_d, double, bn::sign(x[i]))
LOOP(sign_f, float, bn::sign(x[i]))
LOOP(min_d, double, bn::min(x[i], y[i]))
LOOP(max_f, float, bn::max(x[i], y[i]))
LOOP(clip_d, double, bn::clip(x[i], -y[i], 2.0))
LOOP(sin_d, double, bn::sin(x[i]))
LOOP(cos_f, float, bn::cos(x[i]))
LOOP(tan_d, double, bn::tan(x[i]))
LOOP(asin_d, double, bn::asin(x[i]))
LOOP(acos_d, double, bn::acos(x[i]))
LOOP(atan_d, double, bn::atan(x[i]))
LOOP(floordiv_d, double, bn::floordiv(x[i], y[i]))
LOOP(mod_d, double, bn::mod(x[i], y[i]))
LOOP(mod_f, float, bn::mod(x[i], y[i]))
LOOP(to_int_d, double, bn::to_int(x[i]))

#define KEY bn::derive(12, 3)
#define AT(step) bn::neuron_counter(step, static_cast<uint32_t>(i), 0), KEY
LOOP(uniform_d, double, bn::uniform<double>(AT(5)))
LOOP(uniform_f, float, bn::uniform<float>(AT(5)))
LOOP(open_d, double, bn::uniform_open<double>(AT(6)))
LOOP(normal_d, double, bn::normal<double>(AT(7)))
LOOP(normal_f, float, bn::normal<float>(AT(7)))
LOOP(poisson_d, double, bn::poisson(bn::abs(x[i]), AT(8)))
LOOP(binomial_d, double, bn::binomial(i, 0.5 + 0.5 * bn::tanh(x[i]), AT(9)))

// Two blocks of events from x: which wait since y[0], the newest block, and the block after it of the first few.
template <class T, bool falls>
void events(const void* xs, const void* ys, void* outs, int n) {
    T* out = static_cast<T*>(outs);
    const int64_t targets = n / (2 * BN_EVENTS);
    const bn_deferred kept{xs, ys, targets, 2};
    const bn::Events<T, 1, falls> events(kept);
    constexpr int64_t count = 123;
    uint32_t ends[count];
    for (int64_t l = 0; l < count; ++l) ends[l] = static_cast<uint32_t>(7 * l % targets);
    static T newest[1][BN_EVENTS][BN_ROW_CHUNK], older[1][BN_EVENTS][BN_FEW];
    events.take(ends, count, newest);
    events.take_older(ends, older);
    int32_t pending[BN_ROW_CHUNK];
    const int64_t found = events.find_pending(newest[0][1], count, events.processed_until(0), pending);
    for (int k = 0; k < n; ++k) out[k] = 0;
    for (int64_t k = 0; k < found; ++k) *out++ = static_cast<T>(pending[k]);
    *out++ = static_cast<T>(events.waiting(newest[0][2] + 3, events.processed_until(0)));
    for (const auto& age : newest[0])
        for (int64_t l = 0; l < count; ++l) *out++ = age[l];
    for (const auto& age : older[0])
        for (const T value : age) *out++ = value;
}
const auto events_d = events<double, false>;
const auto events_f = events<float, true>;
constexpr int events_d_line = __LINE__, events_f_line = __LINE__;

// In pieces as long as a divided loop may have.
constexpr int64_t kCounts[] = {16, 48, 64, 112, 128, BN_CHUNK};

// The numbers of those of x that are greater than their y.
template <class T, class Int>
void lists(const void* xs, const void* ys, void* outs, int n) {
    const T *x = static_cast<const T*>(xs), *y = static_cast<const T*>(ys);
    static Int truth[BN_CHUNK];
    static uint32_t list[1 << 12];
    uint32_t* end = list;
    int64_t first = 0;
    for (const int64_t count : kCounts) {
        for (int64_t l = 0; l < count; ++l) truth[l] = x[first + l] > y[first + l] ? -1 : 0;
        end = bn::append(truth, first, count, end);
        first += count;
    }
    for (int k = 0; k < n; ++k) static_cast<T*>(outs)[k] = list + k < end ? static_cast<T>(list[k]) : T(-1);
}
const auto lists_d = lists<double, int64_t>;
const auto lists_f = lists<float, int32_t>;
constexpr int lists_d_line = __LINE__, lists_f_line = __LINE__;

// What is chosen by comparing x and y, then the numbers of the elements of which something is true.
template <class T>
void several(const void* xs, const void* ys, void* outs, int n) {
    const T *x = static_cast<const T*>(xs), *y = static_cast<const T*>(ys);
    T* out = static_cast<T*>(outs);
    static uint32_t list[1 << 12];
    uint32_t* end = list;
    int64_t first = 0;
    for (const int64_t count : kCounts) {
        static uint8_t bytes[BN_CHUNK];
        for (int64_t l = 0; l < count; ++l) bytes[l] = x[first + l] < y[first + l + 1] ? 1 : 0;
        uint64_t found = 0;
        for (int64_t l = 0; l < count; l += bn::kPackSize<T>) {
            if (l % 64 == 0) found = 0;
            const bn::Pack<T> a = bn::load_pack<T>(x + first + l), b = bn::load_pack<T>(y + first + l);
            const bn::Pack<T> half = bn::pack<T>(T(-0.5)),
                              positive = bn::select<T>(bn::less<T>(a, bn::Pack<T>{}), -a, a);
            const bn::Mask<T> less = bn::less<T>(a, b), most = bn::less_equal<T>(b, positive);
            const bn::Mask<T> same = bn::equal<T>(a, b), other = bn::not_equal<T>(b * half, positive);
            const bn::Mask<T> loaded = bn::load_mask<T>(bytes + l);
            bn::store_pack<T>(out + first + l,
                              bn::select<T>(less | same, a / b,
                                            bn::select<T>(!most, a - b, bn::select<T>(loaded, half, a * b))));
            found |= bn::bits(((less | !other) & !(most & same)) | (loaded & less)) << (l % 64);
            if (l % 64 == 64 - bn::kPackSize<T> || l == count - bn::kPackSize<T>)
                end = bn::append(found, first + l / 64 * 64, end);
        }
        first += count;
    }
    for (int64_t k = 0; first + k < n; ++k) out[first + k] = list + k < end ? static_cast<T>(list[k]) : T(-1);
}
const auto several_d = several<double>;
const auto several_f = several<float>;
constexpr int several_d_line = __LINE__, several_f_line = __LINE__;

#define DOUBLE(id, vectorises) \
    { #id, id##_line, 8, vectorises, id }
#define FLOAT(id, vectorises) \
    { #id, id##_line, 4, vectorises, id }
const Loop kLoops[] = {
    DOUBLE(exp_d, 1),      FLOAT(exp_f, 1),      DOUBLE(expm1_d, 1),    FLOAT(expm1_f, 1),
    DOUBLE(exprel_d, 1),   FLOAT(exprel_f, 1),   DOUBLE(log_d, 1),      FLOAT(log_f, 1),
    DOUBLE(log1p_d, 1),    FLOAT(log1p_f, 1),    DOUBLE(log10_d, 1),    FLOAT(log10_f, 1),
    DOUBLE(tanh_d, 1),     FLOAT(tanh_f, 1),     DOUBLE(sinh_d, 1),     FLOAT(sinh_f, 1),
    DOUBLE(cosh_d, 1),     FLOAT(cosh_f, 1),     DOUBLE(pow_d, 1),      FLOAT(pow_f, 1),
    DOUBLE(sqrt_d, 1),     FLOAT(sqrt_f, 1),     DOUBLE(cube_d, 1),     FLOAT(cube_f, 1),
    DOUBLE(floor_d, 1),    FLOAT(floor_f, 1),    DOUBLE(ceil_d, 1),     FLOAT(trunc_f, 1),
    DOUBLE(abs_d, 1),      DOUBLE(sign_d, 1),    FLOAT(sign_f, 1),      DOUBLE(min_d, 1),
    FLOAT(max_f, 1),       DOUBLE(clip_d, 1),    DOUBLE(sin_d, 0),      FLOAT(cos_f, 0),
    DOUBLE(tan_d, 0),      DOUBLE(asin_d, 0),    DOUBLE(acos_d, 0),     DOUBLE(atan_d, 0),
    DOUBLE(floordiv_d, 0), DOUBLE(mod_d, 0),     FLOAT(mod_f, 0),       DOUBLE(to_int_d, 0),
    DOUBLE(uniform_d, 1),  FLOAT(uniform_f, 1),  DOUBLE(open_d, 1),     DOUBLE(normal_d, 1),
    FLOAT(normal_f, 1),    DOUBLE(poisson_d, 0), DOUBLE(binomial_d, 0), DOUBLE(events_d, 0),
    FLOAT(events_f, 0),    DOUBLE(lists_d, 0),   FLOAT(lists_f, 0),     DOUBLE(several_d, 0),
    FLOAT(several_f, 0),
};

}  // namespace

extern "C" const Loop* bouton_loops(int* count) {
    *count = static_cast<int>(sizeof kLoops / sizeof kLoops[0]);
    return kLoops;
}
