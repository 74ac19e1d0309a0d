// SPDX-License-Identifier: BSD-3-Clause
// The kernel's functions against the C library's in long double (error below 2^-9 of a double's last place): worst error in units of the
// last place over dense random ranges, for double and float.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernel/bouton_math.h"

namespace {

using Wide = long double;

template <class T>
Wide last_place(T y) {
    const T size = std::fabs(y);
    const T next = std::nextafter(size, std::numeric_limits<T>::infinity());
    return std::isfinite(next) ? static_cast<Wide>(next) - size
                               : static_cast<Wide>(size) - std::nextafter(size, T(0));
}

/// Error of `y` in units of the last place of the true value; infinite where one of them alone is not finite.
template <class T>
double error_of(T y, Wide truth) {
    const T nearest = static_cast<T>(truth);
    if (!std::isfinite(nearest) || !std::isfinite(y)) return nearest == y ? 0.0 : HUGE_VAL;
    return static_cast<double>(std::fabs(y - truth) / last_place(nearest));
}

struct Range {
    double from, to;
    bool of_exponents = false;  // x = 2^u instead of u
};

struct Function {
    const char* name;
    double (*in_double)(double);
    float (*in_float)(float);
    Wide (*truth)(Wide);
    double double_ulp, float_ulp;  // greatest error allowed
    std::vector<Range> ranges;
};

template <class T>
void check(const Function& f, T (*function)(T), double allowed) {
    std::mt19937_64 engine(20240611);
    double worst = 0;
    T where = 0;
    for (const Range& range : f.ranges) {
        std::uniform_real_distribution<double> draw(range.from, range.to);
        for (int n = 0; n < 100000; ++n) {
            const double u = draw(engine);
            const T x = static_cast<T>(range.of_exponents ? std::exp2(u) : u);
            const double error = error_of(function(x), f.truth(static_cast<Wide>(x)));
            if (error > worst) {
                worst = error;
                where = x;
            }
        }
    }
    EXPECT_LE(worst, allowed) << f.name << (sizeof(T) == 8 ? " (double)" : " (float)") << " at "
                              << std::hexfloat << where;
}

#define BOTH(name) [](double x) { return bn::name(x); }, [](float x) { return bn::name(x); }

Wide exprel_wide(Wide x) { return x == 0 ? 1 : std::expm1(x) / x; }

const Function kFunctions[] = {
    {"exp",
     BOTH(exp),
     [](Wide x) { return std::exp(x); },
     1.001,
     1.001,
     {{-1, 1}, {-100, 88}, {-700, 709.7}, {-746, -700}, {-50, 0, true}}},
    {"expm1",
     BOTH(expm1),
     [](Wide x) { return std::expm1(x); },
     1,
     1,
     {{-1, 1}, {0.3, 0.5}, {-50, 88}, {-60, 1, true}}},
    {"exprel", BOTH(exprel), exprel_wide, 2, 2, {{-1, 1}, {-60, 88}, {-60, 1, true}, {700, 716}}},
    {"log",
     BOTH(log),
     [](Wide x) { return std::log(x); },
     1,
     1,
     {{0.5, 2}, {-1070, 1023, true}, {-0.01, 0.01, true}}},
    {"log1p", BOTH(log1p), [](Wide x) { return std::log1p(x); }, 1, 1, {{-0.9999, 2}, {-1070, 1023, true}}},
    {"log10", BOTH(log10), [](Wide x) { return std::log10(x); }, 1, 1, {{0.5, 2}, {-1070, 1023, true}}},
    {"tanh", BOTH(tanh), [](Wide x) { return std::tanh(x); }, 1.5, 1.5, {{-2, 2}, {-25, 25}, {-60, 1, true}}},
    {"sinh",
     BOTH(sinh),
     [](Wide x) { return std::sinh(x); },
     2,
     2,
     {{-3, 3}, {-89, 89}, {-711, 711}, {-60, 1, true}}},
    {"cosh", BOTH(cosh), [](Wide x) { return std::cosh(x); }, 1.5, 1.5, {{-3, 3}, {-89, 89}, {-711, 711}}},
    {"sin",
     BOTH(sin),
     [](Wide x) { return std::sin(x); },
     1,
     0.51,
     {{-4, 4}, {-1e5, 1e5}, {-1e6, 1e6}, {-40, 60, true}}},
    {"cos",
     BOTH(cos),
     [](Wide x) { return std::cos(x); },
     1,
     0.51,
     {{-4, 4}, {-1e5, 1e5}, {-1e6, 1e6}, {-40, 60, true}}},
    {"tan", BOTH(tan), [](Wide x) { return std::tan(x); }, 1, 0.51, {{-4, 4}, {-1e5, 1e5}}},
    {"asin", BOTH(asin), [](Wide x) { return std::asin(x); }, 1, 0.51, {{-1, 1}}},
    {"acos", BOTH(acos), [](Wide x) { return std::acos(x); }, 1, 0.51, {{-1, 1}}},
    {"atan", BOTH(atan), [](Wide x) { return std::atan(x); }, 1, 0.51, {{-3, 3}, {-60, 60, true}}},
};

class Accuracy : public ::testing::TestWithParam<Function> {};

TEST_P(Accuracy, Double) { check<double>(GetParam(), GetParam().in_double, GetParam().double_ulp); }
TEST_P(Accuracy, Float) { check<float>(GetParam(), GetParam().in_float, GetParam().float_ulp); }

INSTANTIATE_TEST_SUITE_P(Kernel, Accuracy, ::testing::ValuesIn(kFunctions),
                         [](const auto& info) { return std::string(info.param.name); });

/// x^y with |log2(x^y)| up to `span`, x between 2^low and 2^high.
template <class T>
double worst_power(double low, double high, double span, double& where_x, double& where_y) {
    std::mt19937_64 engine(7);
    std::uniform_real_distribution<double> exponent(low, high);
    std::uniform_real_distribution<double> result(-span, span);
    double worst = 0;
    for (int n = 0; n < 100000; ++n) {
        const double u = exponent(engine);
        const T x = static_cast<T>(std::exp2(u));
        const T y = static_cast<T>(result(engine) / u);
        const double error = error_of(bn::pow(x, y), std::pow(static_cast<Wide>(x), static_cast<Wide>(y)));
        if (error > worst) {
            worst = error;
            where_x = x;
            where_y = y;
        }
    }
    return worst;
}

TEST(Accuracy, Power) {
    double x = 0;
    double y = 0;
    for (const double size : {1e-6, 1e-3, 0.5, 3.0, 100.0}) {
        EXPECT_LE(worst_power<double>(-size, size, 1022, x, y), 2.0) << x << " ** " << y;
        EXPECT_LE(worst_power<double>(-size, size, 3, x, y), 1.0) << x << " ** " << y;
        EXPECT_LE(worst_power<double>(-size, size, 1074, x, y), 2.0) << x << " ** " << y;
        EXPECT_LE(worst_power<float>(-size, size, 126, x, y), 1.0) << x << " ** " << y;
    }
    EXPECT_LE(worst_power<double>(-1074, -1000, 1000, x, y), 2.0) << x << " ** " << y;
}

}  // namespace
