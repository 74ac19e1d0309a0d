// SPDX-License-Identifier: BSD-3-Clause
// The kernels' loops, written once over an instruction set Isa. Included only by the files that name one; everything
// here has internal linkage, so that no code for one CPU is linked into another's.
#pragma once

#include "ann/kernels/compiler.hpp"
#include "ann/kernels/kernels.hpp"

namespace bouton::ann {
namespace {

constexpr std::size_t kTile = 8;        // examples, and inputs, of a tile
constexpr std::size_t kMaskWords = 64;  // 16-bit masks of a tile: one per example and input

/// The mask of example e and input t of a tile.
inline const std::uint16_t* mask_at(const std::uint16_t* bits, std::size_t e, std::size_t t) {
    return bits + (t / 4) * 32 + e * 4 + t % 4;
}

inline std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

/// Eight rows of a matrix that four registers address: rows 0 to 3 from one pointer, 4 to 7 from another.
struct EightRows {
    const float* low;
    const float* high;
    std::size_t stride, stride3;

    EightRows(const float* first, std::size_t row_stride)
        : low(first), high(first + 4 * row_stride), stride(row_stride), stride3(3 * row_stride) {
        BOUTON_HIDE(stride3);
        BOUTON_HIDE(high);
    }
    const float* row(std::size_t k, std::size_t column) const {
        const float* base = (k < 4 ? low : high) + column;
        return k % 4 == 0 ? base : k % 4 == 1 ? base + stride : k % 4 == 2 ? base + 2 * stride : base + stride3;
    }
};

/// What a tile is drawn from.
template <class Isa>
struct Bits {
    typename Isa::Generator generator;
    explicit Bits(const LayerBatch& x) : generator(x.masks) {}
    void draw(std::size_t b0, std::size_t j0, std::size_t i0, std::uint16_t* bits) const {
        generator.draw(static_cast<std::uint32_t>(b0), static_cast<std::uint32_t>(j0 / 8),
                       static_cast<std::uint32_t>(i0 / 16), bits);
    }
};

template <class Isa, bool Masked, std::size_t Examples, std::size_t Panels>
inline void forward_tile(const LayerBatch& x, const Bits<Isa>& source, std::size_t b, std::size_t i) {
    using V = typename Isa::Vector;
    alignas(64) std::uint16_t bits[Panels][kMaskWords];
    V sum[Examples][Panels];
    BOUTON_UNROLL for (auto& row : sum) { BOUTON_UNROLL for (V& s : row) s = Isa::zero(); }
    const EightRows v(x.inputs + b * x.inputs_stride, x.inputs_stride);
    const float* w = x.weights + i;
    const std::size_t stride = x.weights_stride, rows = x.rows;
    for (std::size_t j = 0; j < rows; j += kTile) {
        if constexpr (Masked) {
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) source.draw(b, j, i + 16 * p, bits[p]);
            BOUTON_FENCE();
        }
        BOUTON_UNROLL for (std::size_t t = 0; t < kTile; ++t) {
            V weight[Panels];
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                weight[p] = Isa::load(w + 16 * p);
            }
            w += stride;
            BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
                const V input = Isa::broadcast(v.row(e, j + t));
                BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                    if constexpr (Masked) {
                        sum[e][p] = Isa::add_kept(sum[e][p], weight[p], input, mask_at(bits[p], e, t));
                    } else {
                        sum[e][p] = Isa::add_product(sum[e][p], weight[p], input);
                    }
                }
            }
        }
    }
    BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
        BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
            Isa::store(x.sums + (b + e) * x.sums_stride + i + 16 * p, sum[e][p]);
        }
    }
}

template <class Isa, bool Masked, std::size_t Examples>
inline void forward_rows(const LayerBatch& x, std::size_t b, std::size_t i0, std::size_t i1) {
    constexpr std::size_t panels = Examples >= 8 ? 2 : Examples >= 4 ? 4 : 8;
    const Bits<Isa> source(x);
    std::size_t i = i0;
    for (; i + 16 * panels <= i1; i += 16 * panels)
        forward_tile<Isa, Masked, Examples, panels>(x, source, b, i);
    for (; i < i1; i += 16) forward_tile<Isa, Masked, Examples, 1>(x, source, b, i);
}

/// Panels of outputs outside, examples inside: a panel of W stays in the second-level cache.
template <class Isa, bool Masked>
void forward(const LayerBatch& x, std::size_t b0, std::size_t b1, std::size_t i0, std::size_t i1) {
    constexpr std::size_t wide = 32;
    if (b1 - b0 < kTile) {
        if (b1 - b0 == 1) return forward_rows<Isa, Masked, 1>(x, b0, i0, i1);
        if (b1 - b0 <= 4) return forward_rows<Isa, Masked, 4>(x, b0, i0, i1);
        return forward_rows<Isa, Masked, kTile>(x, b0, i0, i1);
    }
    for (std::size_t i = i0; i < i1; i += wide) {
        for (std::size_t b = b0; b < b1; b += kTile) {
            forward_rows<Isa, Masked, kTile>(x, b, i, smaller(i + wide, i1));
        }
    }
}

template <class Isa, bool Masked, std::size_t Panels>
inline void gradient_tile(const LayerBatch& x, const Bits<Isa>& source, std::size_t j, std::size_t i,
                          float scale, float* gradient, std::size_t stride) {
    using V = typename Isa::Vector;
    alignas(64) std::uint16_t bits[Panels][kMaskWords];
    V sum[kTile][Panels];
    BOUTON_UNROLL for (auto& row : sum) { BOUTON_UNROLL for (V& s : row) s = Isa::zero(); }
    const std::size_t examples = x.examples, inputs_stride = x.inputs_stride, sums_stride = x.sums_stride;
    const float* v = x.inputs + j;
    const float* deltas = x.sums + i;
    for (std::size_t b = 0; b < examples; b += kTile) {
        if constexpr (Masked) {
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) source.draw(b, j, i + 16 * p, bits[p]);
            BOUTON_FENCE();
        }
        const std::size_t here = smaller(kTile, examples - b);
        for (std::size_t e = 0; e < here; ++e) {
            V delta[Panels];
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                delta[p] = Isa::load(deltas + 16 * p);
            }
            BOUTON_UNROLL for (std::size_t t = 0; t < kTile; ++t) {
                const V input = Isa::broadcast(v + t);
                BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                    if constexpr (Masked) {
                        sum[t][p] = Isa::add_kept(sum[t][p], delta[p], input, mask_at(bits[p], e, t));
                    } else {
                        sum[t][p] = Isa::add_product(sum[t][p], delta[p], input);
                    }
                }
            }
            v += inputs_stride;
            deltas += sums_stride;
        }
    }
    const V factor = Isa::broadcast(&scale);
    BOUTON_UNROLL for (std::size_t t = 0; t < kTile; ++t) {
        BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
            Isa::store(gradient + t * stride + i + 16 * p, Isa::multiply(sum[t][p], factor));
        }
    }
}

template <class Isa, bool Masked>
void gradient(const LayerBatch& x, std::size_t j0, float scale, float* to, std::size_t stride) {
    const Bits<Isa> source(x);
    std::size_t i = 0;
    for (; i + 32 <= x.outputs; i += 32) gradient_tile<Isa, Masked, 2>(x, source, j0, i, scale, to, stride);
    for (; i < x.outputs; i += 16) gradient_tile<Isa, Masked, 1>(x, source, j0, i, scale, to, stride);
}

/// Outputs whose masks are drawn at a time for 8 examples and 8 inputs: 8 KiB of them.
constexpr std::size_t kBackwardOutputs = 1024;

template <class Isa, bool Masked, std::size_t Examples>
inline void backward_tile(const LayerBatch& x, const std::uint16_t* bits, std::size_t b, std::size_t e0,
                          std::size_t j, std::size_t t0, std::size_t i0, std::size_t i1) {
    using V = typename Isa::Vector;
    constexpr std::size_t inputs = 4;
    V sum[Examples][inputs];
    BOUTON_UNROLL for (auto& row : sum) { BOUTON_UNROLL for (V& s : row) s = Isa::zero(); }
    const EightRows delta(x.sums + (b + e0) * x.sums_stride, x.sums_stride);
    const EightRows w(x.weights + (j + t0) * x.weights_stride, x.weights_stride);
    for (std::size_t i = i0; i < i1; i += 16, bits += kMaskWords) {
        V weight[inputs];
        BOUTON_UNROLL for (std::size_t t = 0; t < inputs; ++t) weight[t] =
            Isa::load(w.row(t, i));
        BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
            const V d = Isa::load(delta.row(e, i));
            BOUTON_UNROLL for (std::size_t t = 0; t < inputs; ++t) {
                if constexpr (Masked) {
                    sum[e][t] = Isa::add_kept(sum[e][t], weight[t], d, mask_at(bits, e0 + e, t0 + t));
                } else {
                    sum[e][t] = Isa::add_product(sum[e][t], weight[t], d);
                }
            }
        }
    }
    BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
        float* to = x.errors + (b + e0 + e) * x.errors_stride + j + t0;
        BOUTON_UNROLL for (std::size_t t = 0; t < inputs; ++t) {
            const float part = Isa::total(sum[e][t]);
            to[t] = i0 == 0 ? part : to[t] + part;
        }
    }
}

template <class Isa, bool Masked>
void backward(const LayerBatch& x, std::size_t b0, std::size_t j0, std::size_t j1) {
    alignas(64) std::uint16_t bits[Masked ? kBackwardOutputs / 16 * kMaskWords : 1];
    const Bits<Isa> source(x);
    const std::size_t outputs = (x.outputs + 15) / 16 * 16;
    const std::size_t here = smaller(kTile, x.examples - b0);
    for (std::size_t j = j0; j < j1; j += kTile) {
        for (std::size_t i0 = 0; i0 < outputs; i0 += kBackwardOutputs) {
            const std::size_t i1 = smaller(outputs, i0 + kBackwardOutputs);
            if constexpr (Masked) {
                for (std::size_t i = i0; i < i1; i += 16)
                    source.draw(b0, j, i, bits + (i - i0) * (kMaskWords / 16));
            }
            for (std::size_t t = 0; t < kTile; t += 4) {
                if (here == 1) {
                    backward_tile<Isa, Masked, 1>(x, bits, b0, 0, j, t, i0, i1);
                    continue;
                }
                for (std::size_t e = 0; e < here; e += 4) {
                    backward_tile<Isa, Masked, 4>(x, bits, b0, e, j, t, i0, i1);
                }
            }
        }
    }
}

template <class Isa>
void update(const MomentumStep& step, std::size_t n, const float* gradient, float* velocity, float* weights) {
    using V = typename Isa::Vector;
    const float descent = -step.rate;
    const V rate = Isa::broadcast(&descent), momentum = Isa::broadcast(&step.momentum),
            decay = Isa::broadcast(&step.decay);
    for (std::size_t k = 0; k < n; k += 16) {
        const V w = Isa::load(weights + k);
        const V slope = Isa::add_product(Isa::load(gradient + k), w, decay);
        const V v = Isa::add_product(Isa::multiply(Isa::load(velocity + k), momentum), slope, rate);
        Isa::store(velocity + k, v);
        Isa::store(weights + k, Isa::add(w, v));
    }
}

template <class Isa>
void forward_either(const LayerBatch& x, std::size_t b0, std::size_t b1, std::size_t i0, std::size_t i1) {
    x.masks == nullptr ? forward<Isa, false>(x, b0, b1, i0, i1) : forward<Isa, true>(x, b0, b1, i0, i1);
}

template <class Isa>
void gradient_either(const LayerBatch& x, std::size_t j0, float scale, float* to, std::size_t stride) {
    x.masks == nullptr ? gradient<Isa, false>(x, j0, scale, to, stride)
                       : gradient<Isa, true>(x, j0, scale, to, stride);
}

template <class Isa>
void backward_either(const LayerBatch& x, std::size_t b0, std::size_t j0, std::size_t j1) {
    x.masks == nullptr ? backward<Isa, false>(x, b0, j0, j1) : backward<Isa, true>(x, b0, j0, j1);
}

template <class Isa>
void draw_tile(const MaskStream& masks, std::size_t b0, std::size_t j0, std::size_t i0, std::uint16_t* bits) {
    const typename Isa::Generator generator(&masks);
    generator.draw(static_cast<std::uint32_t>(b0), static_cast<std::uint32_t>(j0 / 8),
                   static_cast<std::uint32_t>(i0 / 16), bits);
}

template <class Isa>
constexpr Kernels make_kernels(const char* name) {
    return {name,          32, forward_either<Isa>, gradient_either<Isa>, backward_either<Isa>, update<Isa>,
            draw_tile<Isa>};
}

}  // namespace
}  // namespace bouton::ann
