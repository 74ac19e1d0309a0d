// SPDX-License-Identifier: BSD-3-Clause
// Every instruction set draws the masks that mask.hpp defines and forms the products that they say.
#include "ann/kernels/kernels.hpp"
#include "ann/matrix.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace bouton::ann {
namespace {

struct Shape {
    std::size_t examples, rows, outputs;
};

/// One layer with numbers in every cell.
struct Layer {
    Shape shape;
    Matrix inputs, weights, sums, errors;

    explicit Layer(Shape of)
        : shape(of),
          inputs(of.examples, of.rows),
          weights(of.rows, of.outputs),
          sums(of.examples, of.outputs),
          errors(of.examples, of.rows) {
        fill(inputs, 1);
        fill(weights, 2);
        fill(sums, 3);
    }
    static void fill(Matrix& m, std::uint32_t which) {
        for (std::size_t i = 0; i < m.rows(); ++i) {
            for (std::size_t j = 0; j < m.columns(); ++j) {
                m(i, j) = bn::normal<float>(
                    {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), which, 0}, {5, 6});
            }
        }
    }
    LayerBatch batch(const MaskStream* masks) {
        return {inputs.row(0),  inputs.stride(), weights.row(0), weights.stride(),
                sums.row(0),    sums.stride(),   errors.row(0),  errors.stride(),
                shape.examples, shape.rows,      shape.outputs,  masks};
    }
    bool keeps(const MaskStream* masks, std::size_t b, std::size_t j, std::size_t i) const {
        return masks == nullptr || kept(*masks, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(j),
                                        static_cast<std::uint32_t>(i));
    }
};

constexpr double kTolerance =
    2e-6;  // of float sums of some hundred terms of size 1, relative to their spread

class KernelProducts : public testing::TestWithParam<Shape> {
protected:
    /// For all instruction sets, without masks and with p of one digit, of two and of eight.
    static void for_all(const std::function<void(const Kernels&, const MaskStream*)>& check) {
        for (const Kernels* kernels : all_kernels()) {
            SCOPED_TRACE(kernels->name);
            check(*kernels, nullptr);
            for (const double p : {0.5, 0.75, 0.1}) {
                SCOPED_TRACE("p " + std::to_string(p));
                const MaskStream masks = mask_stream(9, 1, 77, Keep(p));
                check(*kernels, &masks);
            }
        }
    }
};

TEST_P(KernelProducts, Forward) {
    for_all([](const Kernels& kernels, const MaskStream* masks) {
        Layer x(GetParam());
        kernels.forward(x.batch(masks), 0, x.shape.examples, 0, round_up(x.shape.outputs, kLanes));
        for (std::size_t b = 0; b < x.shape.examples; ++b) {
            for (std::size_t i = 0; i < x.shape.outputs; ++i) {
                double sum = 0.0, scale = 1.0;
                for (std::size_t j = 0; j < x.shape.rows; ++j) {
                    const double term = double{x.inputs(b, j)} * double{x.weights(j, i)};
                    if (x.keeps(masks, b, j, i)) sum += term;
                    scale += std::abs(term);
                }
                ASSERT_NEAR(x.sums(b, i), sum, kTolerance * scale) << "example " << b << " output " << i;
            }
        }
    });
}

TEST_P(KernelProducts, Gradient) {
    for_all([](const Kernels& kernels, const MaskStream* masks) {
        Layer x(GetParam());
        Matrix gradient(kRowGroup, x.shape.outputs);
        for (std::size_t j0 = 0; j0 < x.shape.rows; j0 += kRowGroup) {
            kernels.gradient(x.batch(masks), j0, 0.25f, gradient.row(0), gradient.stride());
            for (std::size_t j = j0; j < std::min(j0 + kRowGroup, x.shape.rows); ++j) {
                for (std::size_t i = 0; i < x.shape.outputs; ++i) {
                    double sum = 0.0, scale = 1.0;
                    for (std::size_t b = 0; b < x.shape.examples; ++b) {
                        const double term = 0.25 * double{x.inputs(b, j)} * double{x.sums(b, i)};
                        if (x.keeps(masks, b, j, i)) sum += term;
                        scale += std::abs(term);
                    }
                    ASSERT_NEAR(gradient(j - j0, i), sum, kTolerance * scale)
                        << "input " << j << " output " << i;
                }
            }
        }
    });
}

TEST_P(KernelProducts, Backward) {
    for_all([](const Kernels& kernels, const MaskStream* masks) {
        Layer x(GetParam());
        for (std::size_t b = 0; b < x.shape.examples; b += kRowGroup) {
            kernels.backward(x.batch(masks), b, 0, round_up(x.shape.rows, kRowGroup));
        }
        for (std::size_t b = 0; b < x.shape.examples; ++b) {
            for (std::size_t j = 0; j < x.shape.rows; ++j) {
                double sum = 0.0, scale = 1.0;
                for (std::size_t i = 0; i < x.shape.outputs; ++i) {
                    const double term = double{x.sums(b, i)} * double{x.weights(j, i)};
                    if (x.keeps(masks, b, j, i)) sum += term;
                    scale += std::abs(term);
                }
                ASSERT_NEAR(x.errors(b, j), sum, kTolerance * scale) << "example " << b << " input " << j;
            }
        }
    });
}

// Whole tiles and ragged ones, one example, and more outputs than a backward pass draws masks for at a time.
INSTANTIATE_TEST_SUITE_P(Shapes, KernelProducts,
                         testing::Values(Shape{16, 32, 32}, Shape{1, 17, 40}, Shape{3, 9, 16},
                                         Shape{6, 50, 17}, Shape{13, 25, 100}, Shape{9, 12, 1100}),
                         [](const auto& about) {
                             return std::to_string(about.param.examples) + "x" +
                                    std::to_string(about.param.rows) + "x" +
                                    std::to_string(about.param.outputs);
                         });

TEST(KernelMasks, AreThoseOfTheDefinition) {
    for (const Kernels* kernels : all_kernels()) {
        for (int n = 1; n <= 256; n += n < 8 ? 1 : 31) {
            const MaskStream masks = mask_stream(3, 2, 12345, Keep(n / 256.0));
            ASSERT_EQ(masks.keep.in_256(), n);
            for (const auto& [b0, j0, i0] : {std::tuple(0U, 0U, 0U), std::tuple(8U, 784U, 1584U)}) {
                alignas(64) std::uint16_t bits[64];
                kernels->draw(masks, b0, j0, i0, bits);
                for (std::uint32_t e = 0; e < 8; ++e) {
                    for (std::uint32_t t = 0; t < 8; ++t) {
                        for (std::uint32_t k = 0; k < 16; ++k) {
                            ASSERT_EQ((bits[t / 4 * 32 + e * 4 + t % 4] >> k & 1) != 0,
                                      kept(masks, b0 + e, j0 + t, i0 + k))
                                << kernels->name << " p " << n << "/256";
                        }
                    }
                }
            }
        }
    }
}

TEST(KernelMasks, KeepAsOftenAsTheyShould) {
    for (const int n : {1, 32, 77, 128, 192, 255}) {
        const double p = n / 256.0;
        std::size_t count = 0;
        const std::size_t draws = 64 * 64 * 48;
        for (std::uint32_t step = 0; step < 48; ++step) {
            const MaskStream masks = mask_stream(1, 0, step, Keep(p));
            for (std::uint32_t j = 0; j < 64; ++j) {
                for (std::uint32_t i = 0; i < 64; ++i) count += kept(masks, step % 5, j, i) ? 1 : 0;
            }
        }
        const double error = std::sqrt(p * (1.0 - p) / static_cast<double>(draws));
        EXPECT_NEAR(static_cast<double>(count) / static_cast<double>(draws), p, 4.0 * error) << n;
    }
}

TEST(KernelMasks, ExamplesStepsLayersAndSeedsDiffer) {
    const auto bits = [](std::uint64_t seed, std::size_t layer, std::uint32_t step, std::uint32_t example) {
        std::vector<bool> all;
        const MaskStream masks = mask_stream(seed, layer, step, Keep(0.5));
        for (std::uint32_t j = 0; j < 32; ++j) {
            for (std::uint32_t i = 0; i < 32; ++i) all.push_back(kept(masks, example, j, i));
        }
        return all;
    };
    const auto common = [&](const std::vector<bool>& a, const std::vector<bool>& b) {
        std::size_t same = 0;
        for (std::size_t k = 0; k < a.size(); ++k) same += a[k] == b[k] ? 1 : 0;
        return static_cast<double>(same) / static_cast<double>(a.size());
    };
    const auto one = bits(1, 1, 1, 1);
    EXPECT_EQ(one, bits(1, 1, 1, 1));
    for (const auto& other : {bits(2, 1, 1, 1), bits(1, 2, 1, 1), bits(1, 1, 2, 1), bits(1, 1, 1, 2)}) {
        EXPECT_NEAR(common(one, other), 0.5, 4.0 * std::sqrt(0.25 / 1024.0));
    }
}

TEST(Keep, RoundsTo256ths) {
    EXPECT_EQ(Keep(0.9).in_256(), 230);
    EXPECT_EQ(Keep(1e-9).in_256(), 1);
    EXPECT_EQ(Keep(0.999).in_256(), 256);
    EXPECT_TRUE(Keep(1.0).always());
    EXPECT_EQ(Keep(1.0).digits(), 0);
    EXPECT_EQ(Keep(0.5).digits(), 1);
    EXPECT_EQ(Keep(0.75).digits(), 2);
    EXPECT_EQ(Keep(1.0 / 256.0).digits(), 8);
}

}  // namespace
}  // namespace bouton::ann
