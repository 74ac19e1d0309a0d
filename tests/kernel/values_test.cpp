// SPDX-License-Identifier: BSD-3-Clause
// The kernel's functions at special arguments: the C library's values for the C functions, Python's for // and %, and exact results.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "kernel/bouton_math.h"

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();
constexpr double kHuge = std::numeric_limits<double>::max();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

/// Equal with the sign of zero, or both nan.
template <class T>
::testing::AssertionResult same(T a, T b) {
    if ((std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b)))
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << a << " instead of " << b;
}

template <class T>
void one_argument() {
    using std::numeric_limits;
    const T inf = numeric_limits<T>::infinity();
    const T special[] = {0, -T(0), inf, -inf, numeric_limits<T>::quiet_NaN()};
    for (const T x : special) {
        EXPECT_TRUE(same(bn::exp(x), std::exp(x))) << "exp " << x;
        EXPECT_TRUE(same(bn::log(x), std::log(x))) << "log " << x;
        EXPECT_TRUE(same(bn::log10(x), std::log10(x))) << "log10 " << x;
        EXPECT_TRUE(same(bn::log1p(x), std::log1p(x))) << "log1p " << x;
        EXPECT_TRUE(same(bn::sqrt(x), std::sqrt(x))) << "sqrt " << x;
        EXPECT_TRUE(same(bn::sin(x), std::sin(x))) << "sin " << x;
        EXPECT_TRUE(same(bn::cos(x), std::cos(x))) << "cos " << x;
    }
    for (const T x : {T(0), -T(0), inf, -inf, numeric_limits<T>::quiet_NaN(), numeric_limits<T>::denorm_min(),
                      T(1e-30)}) {
        EXPECT_TRUE(same(bn::expm1(x), std::expm1(x))) << "expm1 " << x;
        EXPECT_TRUE(same(bn::tanh(x), std::tanh(x))) << "tanh " << x;
        EXPECT_TRUE(same(bn::sinh(x), std::sinh(x))) << "sinh " << x;
        EXPECT_TRUE(same(bn::cosh(x), std::cosh(x))) << "cosh " << x;
        EXPECT_TRUE(same(bn::asin(x), static_cast<T>(std::asin(double(x))))) << "asin " << x;
        EXPECT_TRUE(same(bn::atan(x), static_cast<T>(std::atan(double(x))))) << "atan " << x;
    }
    EXPECT_TRUE(same(bn::log(T(1)), T(0)));
    EXPECT_TRUE(std::isnan(bn::log(T(-1))));
    EXPECT_EQ(bn::log1p(T(-1)), -inf);
    EXPECT_TRUE(std::isnan(bn::log1p(T(-1.5))));
    EXPECT_EQ(bn::exprel(T(0)), 1);
    EXPECT_EQ(bn::exprel(numeric_limits<T>::denorm_min()), 1);
    EXPECT_EQ(bn::exprel(-inf), 0);
    EXPECT_EQ(bn::exprel(inf), inf);
    EXPECT_TRUE(std::isnan(bn::exprel(numeric_limits<T>::quiet_NaN())));
    const T edge = bn::Exprel<T>::near;
    for (T x = -edge; x <= edge; x += T(0x1p-12)) EXPECT_EQ(bn::exprel(x), bn::exprel_near(x)) << x;
    for (const T odd_one : {T(0), T(-0.1), -edge, edge, std::nextafter(edge, T(1)),
                            std::nextafter(-edge, T(-1)), inf, -inf, numeric_limits<T>::quiet_NaN()}) {
        const T many[] = {T(0.1), T(-0.2), odd_one, T(0.3)};
        T found[4];
        bn::exprel(many, found, 4);
        for (int l = 0; l < 4; ++l) EXPECT_TRUE(same(found[l], bn::exprel(many[l]))) << odd_one << " " << l;
    }
    EXPECT_EQ(bn::tanh(T(30)), 1);
    EXPECT_EQ(bn::expm1(T(-60)), -1);
}

TEST(Values, SpecialDouble) { one_argument<double>(); }
TEST(Values, SpecialFloat) { one_argument<float>(); }

TEST(Values, EndsOfTheRange) {
    EXPECT_EQ(bn::exp(709.782712893384), 0x1.fffffffffff2ap1023);  // largest argument whose result is finite
    EXPECT_EQ(bn::exp(709.782712893385), kInf);
    EXPECT_EQ(bn::exp(-745.13), kTiny);
    EXPECT_EQ(bn::exp(-745.14), 0.0);
    EXPECT_EQ(bn::exp(88.72284f), std::exp(88.72284f));
    EXPECT_EQ(bn::exp(88.73f), std::numeric_limits<float>::infinity());
    EXPECT_EQ(bn::exp(-104.0f), 0.0f);
    EXPECT_EQ(bn::log(kTiny), std::log(kTiny));
    EXPECT_EQ(bn::log(kHuge), std::log(kHuge));
    EXPECT_EQ(bn::sinh(710.5), kInf);
    EXPECT_TRUE(std::isfinite(bn::sinh(710.4)));
    EXPECT_EQ(bn::cosh(-710.5), kInf);
    EXPECT_TRUE(std::isfinite(bn::exprel(715.0)));  // where expm1 overflows
    EXPECT_EQ(bn::exprel(717.0), kInf);
    EXPECT_EQ(bn::sin(1e22), std::sin(1e22));
    EXPECT_EQ(bn::cos(1e300), std::cos(1e300));
}

TEST(Values, ExactPowersOfTen) {
    double power = 1;
    for (int n = 0; n < 23; ++n, power *= 10) {
        EXPECT_EQ(bn::log10(power), n);
        EXPECT_EQ(bn::pow(10.0, double(n)), power);
        EXPECT_EQ(bn::pow(2.0, double(n - 11)), std::ldexp(1.0, n - 11));
    }
}

TEST(Values, PowerFollowsC) {
    const double values[] = {0.0,  -0.0,  1.0,    -1.0,  2.0,    -2.0,   0.5,        -0.5,
                             3.0,  -3.0,  2.5,    -2.5,  1e300,  -1e300, kInf,       -kInf,
                             kNan, kTiny, -kTiny, kHuge, -kHuge, 0x1p53, 0x1p52 + 1, 9007199254740993.0,
                             -7.0};
    for (const double x : values)
        for (const double y : values) {
            const double expected = std::pow(x, y);
            const double got = bn::pow(x, y);
            if (std::isfinite(expected) && expected != 0)
                EXPECT_NEAR(got / expected, 1.0, 5e-16) << x << " ** " << y;
            else
                EXPECT_TRUE(same(got, expected)) << x << " ** " << y;
            const float narrow = std::pow(static_cast<float>(x), static_cast<float>(y));
            const float mine = bn::pow(static_cast<float>(x), static_cast<float>(y));
            if (std::isfinite(narrow) && narrow != 0)
                EXPECT_NEAR(mine / narrow, 1.0F, 2.5e-7F) << x << " ** " << y << " in float";
            else
                EXPECT_TRUE(same(mine, narrow)) << x << " ** " << y << " in float";
        }
}

TEST(Values, IntegerPowers) {
    EXPECT_EQ(bn::powi<0>(kNan), 1.0);
    EXPECT_EQ(bn::powi<1>(3.5), 3.5);
    EXPECT_EQ(bn::powi<5>(3.0), 243.0);
    EXPECT_EQ(bn::powi<-2>(4.0F), 0.0625F);
    for (int n = -40; n <= 64; ++n) EXPECT_EQ(bn::powi(1.5, n) * 0 + bn::powi(2.0, n), std::ldexp(1.0, n));
    const double x = 1.1;
    EXPECT_EQ(bn::powi(x, 7), bn::powi<7>(x));
    EXPECT_EQ(bn::powi(x, 12), bn::powi<12>(x));
    EXPECT_EQ(bn::powi(x, 31), bn::powi<31>(x));
    EXPECT_EQ(bn::powi(x, -6), bn::powi<-6>(x));
    EXPECT_EQ(bn::pow(std::int64_t{3}, std::int64_t{4}), 81);
    EXPECT_EQ(bn::pow(std::int64_t{-2}, std::int64_t{63}), kLeast);
    EXPECT_EQ(bn::pow(std::int64_t{0}, std::int64_t{0}), 1);
    EXPECT_EQ(bn::pow(std::int64_t{-1}, std::int64_t{-3}), -1);
    EXPECT_EQ(bn::pow(std::int64_t{5}, std::int64_t{-1}), 0);
}

TEST(Values, PythonDivision) {
    struct Row {
        double x, y, quotient, remainder;
    };
    const Row rows[] = {
        // from divmod() of Python 3.11
        {7.5, 2, 3, 1.5},
        {-7.5, 2, -4, 0.5},
        {7.5, -2, -4, -0.5},
        {-7.5, -2, 3, -1.5},
        {6, 3, 2, 0},
        {-6, 3, -2, 0},
        {1.0, 0.1, 9, 0x1.9999999999996p-4},
        {-1.0, 0.1, -10, 0x1p-54},
        {0.3, 0.1, 2, 0x1.9999999999998p-4},
        {0.0, 3, 0.0, 0.0},
        {-0.0, 3, -0.0, 0.0},
        {kTiny, 2, 0, kTiny},
        {-kTiny, 2, -1, 2},
        {1e-20, -1, -1, -1},
        {3, kInf, 0, 3},
        {-3, kInf, -1, kInf},
        {1e300, 3, 0x1.fdafb60009cd0p+994, 0},
        {-1e300, 7, -0x1.b4dfc092518b2p+993, 6},
        {123456789.123, 0.001, 0x1.cbe991a82p+36, 0x1.06246b6681608p-10},
    };
    for (const Row& r : rows) {
        EXPECT_TRUE(same(bn::floordiv(r.x, r.y), r.quotient)) << r.x << " // " << r.y;
        EXPECT_TRUE(same(bn::mod(r.x, r.y), r.remainder)) << r.x << " % " << r.y;
    }
    EXPECT_EQ(bn::floordiv(1.0, 0.0), kInf);
    EXPECT_TRUE(std::isnan(bn::mod(1.0, 0.0)));
    EXPECT_EQ(bn::mod(-1.5F, 1.0F), 0.5F);
    EXPECT_EQ(bn::floordiv(-1.5F, 1.0F), -2.0F);
}

TEST(Values, PythonDivisionOfIntegers) {
    const std::int64_t rows[][4] = {{7, 2, 3, 1},
                                    {-7, 2, -4, 1},
                                    {7, -2, -4, -1},
                                    {-7, -2, 3, -1},
                                    {6, 3, 2, 0},
                                    {-6, 3, -2, 0},
                                    {0, 5, 0, 0},
                                    {kMost, 2, kMost / 2, 1},
                                    {kLeast, 3, -3074457345618258603, 1}};
    for (const auto& r : rows) {
        EXPECT_EQ(bn::floordiv(r[0], r[1]), r[2]) << r[0] << " // " << r[1];
        EXPECT_EQ(bn::mod(r[0], r[1]), r[3]) << r[0] << " % " << r[1];
    }
    EXPECT_EQ(bn::floordiv(std::int64_t{5}, std::int64_t{0}), 0);
    EXPECT_EQ(bn::mod(std::int64_t{5}, std::int64_t{0}), 0);
    EXPECT_EQ(bn::floordiv(kLeast, std::int64_t{-1}), kLeast);
    EXPECT_EQ(bn::mod(kLeast, std::int64_t{-1}), 0);
}

TEST(Values, Rounding) {
    for (const double x : {0.0, -0.0, 0.49999999999999994, 0.5, 1.5, -0.5, -1.5, 2.0, 0x1p52 - 0.5,
                           0x1p52 + 1, -0x1p60, kInf, -kInf, kNan, kTiny, -kTiny}) {
        EXPECT_TRUE(same(bn::floor(x), std::floor(x))) << "floor " << x;
        EXPECT_TRUE(same(bn::ceil(x), std::ceil(x))) << "ceil " << x;
        EXPECT_TRUE(same(bn::trunc(x), std::trunc(x))) << "trunc " << x;
        EXPECT_TRUE(same(bn::abs(x), std::fabs(x))) << "abs " << x;
        const float narrow = static_cast<float>(x);
        EXPECT_TRUE(same(bn::floor(narrow), std::floor(narrow))) << "floor " << narrow;
        EXPECT_TRUE(same(bn::ceil(narrow), std::ceil(narrow))) << "ceil " << narrow;
    }
    EXPECT_EQ(bn::to_int(-2.9), -2);
    EXPECT_EQ(bn::to_int(2.9F), 2);
    EXPECT_EQ(bn::to_int(1e30), kMost);
    EXPECT_EQ(bn::to_int(-kInf), kLeast);
    EXPECT_EQ(bn::to_int(0x1p62), std::int64_t{1} << 62);
    EXPECT_EQ(bn::to_int(kNan), 0);
}

TEST(Values, Comparisons) {
    EXPECT_EQ(bn::min(1.0, 2.0), 1.0);
    EXPECT_EQ(bn::max(1.0F, 2.0F), 2.0F);
    EXPECT_TRUE(std::isnan(bn::min(kNan, 2.0)));
    EXPECT_TRUE(std::isnan(bn::min(2.0, kNan)));
    EXPECT_TRUE(std::isnan(bn::max(kNan, 2.0)));
    EXPECT_TRUE(std::isnan(bn::max(2.0, kNan)));
    EXPECT_EQ(bn::clip(5.0, 0.0, 1.0), 1.0);
    EXPECT_EQ(bn::clip(-5.0, 0.0, 1.0), 0.0);
    EXPECT_EQ(bn::clip(0.5, 1.0, 0.0), 0.0);  // bounds crossed: the upper wins, as in NumPy
    EXPECT_TRUE(std::isnan(bn::clip(kNan, 0.0, 1.0)));
    EXPECT_EQ(bn::clip(std::int64_t{7}, std::int64_t{0}, std::int64_t{3}), 3);
    EXPECT_EQ(bn::sign(-3.0), -1.0);
    EXPECT_TRUE(same(bn::sign(-0.0), 0.0));
    EXPECT_TRUE(std::isnan(bn::sign(kNan)));
    EXPECT_EQ(bn::sign(std::int64_t{-9}), -1);
    EXPECT_EQ(bn::abs(std::int64_t{-9}), 9);
    EXPECT_EQ(bn::abs(kLeast), kLeast);
}

}  // namespace
