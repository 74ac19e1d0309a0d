// SPDX-License-Identifier: BSD-3-Clause
// sin, cos, tan and their inverses. float goes through double.
#pragma once

#include "real.h"

namespace bn {

// The C library's functions under names the compiler does not know, so that it never folds or replaces the calls.
extern "C" double bn_libm_sin(double) __asm__("sin");
extern "C" double bn_libm_cos(double) __asm__("cos");
extern "C" double bn_libm_tan(double) __asm__("tan");
extern "C" double bn_libm_asin(double) __asm__("asin");
extern "C" double bn_libm_acos(double) __asm__("acos");
extern "C" double bn_libm_atan(double) __asm__("atan");

// sin(r + low) and cos(r + low) for |r| <= pi/4; minimax coefficients of fdlibm's k_sin and k_cos (Ng 1993),
// shorter ones for float.
BN_INLINE double sin_near_zero(double r, double low) {
    const double z = r * r;
    const double tail = 8.33333333332248946124e-03 +
                        z * (-1.98412698298579493134e-04 +
                             z * (2.75573137070700676789e-06 +
                                  z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
    const double cube = z * r;
    return r - ((z * (0.5 * low - cube * tail) - low) - cube * -1.66666666666666324348e-01);
}

BN_INLINE double cos_near_zero(double r, double low) {
    const double z = r * r;
    const double tail =
        z * (4.16666666666666019037e-02 +
             z * (-1.38888888888741095749e-03 +
                  z * (2.48015872894767294178e-05 +
                       z * (-2.75573143513906633035e-07 +
                            z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
    const double half = 0.5 * z;
    const double w = 1.0 - half;
    return w + (((1.0 - w) - half) + (z * tail - r * low));
}

BN_INLINE float sin_near_zero(float r, float low) {
    const float z = r * r;
    return r + (r * (z * (-0x1.555546p-3f + z * (0x1.110762p-7f + z * -0x1.994e96p-13f))) + low);
}

BN_INLINE float cos_near_zero(float r, float low) {
    const float z = r * r;
    const float tail = z * z * (0x1.55554ap-5f + z * (-0x1.6c0c98p-10f + z * 0x1.9a0538p-16f));
    return 1.0f - (0.5f * z - (tail - r * low));
}

// x - q pi/2 = r + low for |x| <= kTurnLimit: pi/2 in three parts, of which the first two times q are exact.
constexpr double kTurnLimit = 1e6;

struct Quadrant {
    double q, r, low;
};

BN_INLINE Quadrant quadrant(double x) {
    const double q = (x * 0x1.45f306dc9c883p-1 + Format<double>::round) - Format<double>::round;
    const double first = x - q * 0x1.921fb544p0;
    const double part = q * 0x1.0b4611a6p-34;
    const double second = first - part;
    const double back = second - first;
    const double lost = (first - (second - back)) - (part + back);  // first - part = second + lost exactly
    const double rest = q * 0x1.3198a2e037073p-69 - lost;
    const double r = second - rest;
    return {q, r, (second - r) - rest};
}

// sin(x + turns pi/2), |x| <= kTurnLimit, turns 0 or 1.
BN_INLINE double sin_turned(double x, double turns) {
    const Quadrant p = quadrant(x);
    const double s = sin_near_zero(p.r, p.low);
    const double c = cos_near_zero(p.r, p.low);
    const double q = p.q + turns;
    const double half = q * 0.5;
    const double quarter = half * 0.5;
    const bool odd = (half + Format<double>::round) - Format<double>::round != half;
    const double y = odd ? c : s;
    const double rest =
        q - 4.0 * ((quarter + Format<double>::round) - Format<double>::round);  // -2, -1, 0, 1 or 2
    return ((rest < 0.0) | (rest == 2.0)) ? -y : y;
}

BN_INLINE double sin(double x) { return magnitude(x) <= kTurnLimit ? sin_turned(x, 0.0) : bn_libm_sin(x); }
BN_INLINE double cos(double x) { return magnitude(x) <= kTurnLimit ? sin_turned(x, 1.0) : bn_libm_cos(x); }
BN_INLINE double tan(double x) { return bn_libm_tan(x); }
BN_INLINE double asin(double x) { return bn_libm_asin(x); }
BN_INLINE double acos(double x) { return bn_libm_acos(x); }
BN_INLINE double atan(double x) { return bn_libm_atan(x); }
BN_INLINE float sin(float x) { return static_cast<float>(sin(static_cast<double>(x))); }
BN_INLINE float cos(float x) { return static_cast<float>(cos(static_cast<double>(x))); }
BN_INLINE float tan(float x) { return static_cast<float>(tan(static_cast<double>(x))); }
BN_INLINE float asin(float x) { return static_cast<float>(asin(static_cast<double>(x))); }
BN_INLINE float acos(float x) { return static_cast<float>(acos(static_cast<double>(x))); }
BN_INLINE float atan(float x) { return static_cast<float>(atan(static_cast<double>(x))); }

}  // namespace bn
